/** The whole page: conversations at the side, the current one in the middle. */
import { useCallback, useEffect, useState } from 'preact/hooks';
import { languageTag } from '../text/language.ts';
import { useApp, useWords } from './app-context.ts';
import { Banners } from './banners.tsx';
import { Composer, composerId } from './composer.tsx';
import { ConversationView } from './conversation-view.tsx';
import { NoticeLine } from './notice-line.tsx';
import { SettingsDialog } from './settings-dialog.tsx';
import { Sidebar } from './sidebar.tsx';
import { TopBar } from './top-bar.tsx';
import { useIsNarrow } from './use-is-narrow.ts';
import { useShortcuts } from './use-shortcuts.ts';
import { useStore } from './use-store.ts';

export function Page() {
  const words = useWords();
  const isNarrow = useIsNarrow();
  const [isDrawerOpen, setIsDrawerOpen] = useState(false);
  const [isSettingsOpen, setIsSettingsOpen] = useState(false);
  const isDrawer = isNarrow && isDrawerOpen;
  const closeDrawer = useCallback(() => setIsDrawerOpen(false), []);
  useShortcuts(isDrawer ? closeDrawer : undefined);
  useDocument();
  return (
    <div class={`page ${isDrawer ? 'drawer-open' : ''}`}>
      <a class="skip" href={`#${composerId}`} onClick={focusComposer}>
        {words.skipToQuestion}
      </a>
      <Sidebar isHidden={isNarrow && !isDrawerOpen} onClose={closeDrawer} />
      {isDrawer && (
        <button
          type="button"
          class="backdrop"
          aria-label={words.conversations.close}
          onClick={closeDrawer}
        />
      )}
      <div class="stage" inert={isDrawer}>
        <TopBar onMenu={() => setIsDrawerOpen(true)} onSettings={() => setIsSettingsOpen(true)} />
        <Banners onSettings={() => setIsSettingsOpen(true)} />
        <main>
          <ConversationView />
          <Composer />
        </main>
      </div>
      <SettingsDialog isOpen={isSettingsOpen} onClose={() => setIsSettingsOpen(false)} />
      <NoticeLine />
    </div>
  );
}

function focusComposer(event: Event): void {
  event.preventDefault(); // the address keeps the conversation
  document.getElementById(composerId)?.focus();
}

/** What lies outside the page's own elements: title, language, light or dark, the address. */
function useDocument(): void {
  const { settings, archive } = useApp();
  const { language, theme } = useStore(settings, (state) => state);
  // Not the conversation itself: the whole page would be drawn with every token.
  const title = useStore(archive, () => archive.current?.title ?? '');
  const id = useStore(archive, () => archive.current?.id);
  const isLoaded = useStore(archive, (state) => state.isLoaded);
  useEffect(() => {
    document.documentElement.lang = languageTag(language);
    document.documentElement.dataset.theme = theme;
  }, [language, theme]);
  useEffect(() => {
    document.title = title === '' ? 'Sampan' : `${title} · Sampan`;
  }, [title]);
  useEffect(() => {
    if (!isLoaded) return;
    const address = id === undefined ? location.pathname : `#${id}`;
    history.replaceState(null, '', address);
  }, [id, isLoaded]);
}
