/** Keys that work wherever the focus is: Esc stops the answer, Ctrl+K or Cmd+K begins a new chat. */
import { useEffect } from 'preact/hooks';
import { useApp } from './app-context.ts';
import { composerId } from './composer.tsx';

/** `closeOpen`: there while something is open that Esc closes first. */
export function useShortcuts(closeOpen: (() => void) | undefined): void {
  const { chat, archive } = useApp();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.isComposing) return;
      const isNewChat = event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey);
      if (isNewChat && !event.altKey && !event.shiftKey) {
        event.preventDefault();
        archive.open(undefined);
        document.getElementById(composerId)?.focus();
      } else if (event.key === 'Escape' && !closesByItself()) {
        if (closeOpen === undefined) chat.stop();
        else closeOpen();
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [chat, archive, closeOpen]);
}

/** The browser closes these on Esc. */
function closesByItself(): boolean {
  return document.querySelector('dialog[open], :popover-open') !== null;
}
