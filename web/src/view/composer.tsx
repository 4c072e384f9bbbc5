/** Where questions are written. It grows with them, and keeps a draft while an answer is written. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useApp, useWords } from './app-context.ts';
import { Icon } from './icon.tsx';
import { isSendKey } from './is-send-key.ts';
import { useStore } from './use-store.ts';

export const composerId = 'question';

export function Composer() {
  const words = useWords();
  const { chat, archive } = useApp();
  const [draft, setDraft] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const isWriting = useStore(chat, (state) => state.writingIn !== undefined);
  const currentId = useStore(archive, (state) => state.currentId);

  useEffect(() => {
    // On a phone focus would bring up the keyboard, which hides what was opened.
    if (matchMedia('(pointer: fine)').matches) field.current?.focus();
  }, [currentId]);

  useLayoutEffect(() => {
    const box = field.current;
    if (box === null) return;
    box.style.height = 'auto';
    box.style.height = `${box.scrollHeight}px`;
  }, [draft]);

  const send = () => {
    if (isWriting || draft.trim() === '') return;
    chat.send(draft.trim());
    setDraft('');
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        id={composerId}
        ref={field}
        rows={1}
        value={draft}
        placeholder={words.chat.placeholder}
        aria-label={words.chat.ask}
        aria-describedby="send-hint"
        enterkeyhint="send"
        onInput={(event) => setDraft(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (!isSendKey(event)) return;
          event.preventDefault();
          send();
        }}
      />
      {isWriting ? (
        <button
          key="stop"
          type="button"
          class="round stop"
          aria-label={words.chat.stop}
          title={`${words.chat.stop} (Esc)`}
          onClick={() => {
            chat.stop();
            field.current?.focus();
          }}
        >
          <Icon name="stop" />
        </button>
      ) : (
        <button
          key="send"
          type="submit"
          class="round"
          aria-label={words.chat.send}
          title={words.chat.sendHint}
          disabled={draft.trim() === ''}
        >
          <Icon name="send" />
        </button>
      )}
      <p id="send-hint" class="hint">
        {words.chat.sendHint}
      </p>
    </form>
  );
}
