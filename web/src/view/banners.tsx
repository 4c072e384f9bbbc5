/** What stands in the way and stays until it is gone: a lost server, a wanted key, a full browser. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { exportConversations } from '../state/export-conversations.ts';
import { useApp, useWords } from './app-context.ts';
import { useStore } from './use-store.ts';

export function Banners({ onSettings }: { readonly onSettings: () => void }) {
  return (
    <div class="banners">
      <ConnectionBanner onSettings={onSettings} />
      <StorageBanner />
    </div>
  );
}

function ConnectionBanner({ onSettings }: { readonly onSettings: () => void }) {
  const { connection: words } = useWords();
  const { connection, notices } = useApp();
  const kind = useStore(connection, (state) => state.kind);
  const before = useRef(kind);
  useEffect(() => {
    if (before.current === 'lost' && kind === 'online') notices.show(words.back);
    before.current = kind;
  }, [kind, notices, words]);
  if (kind === 'lost') {
    return (
      <div class="banner bad" role="alert">
        <p>{words.lost}</p>
        <button type="button" class="soft" onClick={() => void connection.check()}>
          {words.retryNow}
        </button>
      </div>
    );
  }
  if (kind === 'needsKey') {
    return (
      <div class="banner" role="alert">
        <p>{words.needsKey}</p>
        <button type="button" class="soft" onClick={onSettings}>
          {words.enterKey}
        </button>
      </div>
    );
  }
  if (kind === 'starting') {
    return (
      <div class="banner" role="status">
        <p>{words.starting}</p>
      </div>
    );
  }
  return null;
}

function StorageBanner() {
  const { storage: words } = useWords();
  const { archive } = useApp();
  const trouble = useStore(archive, (state) => state.trouble);
  const [dismissed, setDismissed] = useState<string>();
  if (trouble === undefined || trouble === dismissed) return null;
  return (
    <div class="banner" role="alert">
      <p>{words[trouble]}</p>
      <button
        type="button"
        class="soft"
        onClick={() => exportConversations(archive.get().conversations)}
      >
        {words.export}
      </button>
      <button type="button" class="soft" onClick={() => setDismissed(trouble)}>
        {words.dismiss}
      </button>
    </div>
  );
}
