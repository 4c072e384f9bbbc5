/** The list of conversations; on a phone a drawer over the page. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { matches } from '../state/conversation.ts';
import { exportConversations } from '../state/export-conversations.ts';
import { useApp, useWords } from './app-context.ts';
import { ConversationRow } from './conversation-row.tsx';
import { Icon } from './icon.tsx';
import { IconButton } from './icon-button.tsx';
import { Logo } from './logo.tsx';
import { useStore } from './use-store.ts';

interface SidebarProps {
  /** Out of sight and out of reach. */
  readonly isHidden: boolean;
  readonly onClose: () => void;
}

export function Sidebar({ isHidden, onClose }: SidebarProps) {
  const { conversations: words } = useWords();
  const { archive } = useApp();
  const { conversations, currentId, isLoaded } = useStore(archive, (state) => state);
  const [search, setSearch] = useState('');
  const newChat = useRef<HTMLButtonElement>(null);
  const wasHidden = useRef(isHidden);
  useEffect(() => {
    if (wasHidden.current && !isHidden) newChat.current?.focus(); // a drawer takes the focus
    wasHidden.current = isHidden;
  }, [isHidden]);
  const found = useMemo(
    () => conversations.filter((conversation) => matches(conversation, search)),
    [conversations, search],
  );
  return (
    <nav class="sidebar" aria-label={words.title} inert={isHidden}>
      <div class="brand">
        <Logo />
        <strong>Sampan</strong>
        <IconButton icon="close" label={words.close} class="narrow-only" onClick={onClose} />
      </div>
      <button
        ref={newChat}
        type="button"
        class="new-chat"
        title="Ctrl+K, ⌘K"
        onClick={() => {
          archive.open(undefined);
          onClose();
        }}
      >
        <Icon name="plus" />
        {words.new}
      </button>
      <label class="search">
        <Icon name="search" />
        <input
          type="search"
          value={search}
          placeholder={words.search}
          aria-label={words.search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
      </label>
      <ul class="conversations">
        {found.map((conversation) => (
          <ConversationRow
            key={conversation.id}
            conversation={conversation}
            isCurrent={conversation.id === currentId}
            onOpened={onClose}
          />
        ))}
      </ul>
      {found.length === 0 && isLoaded && (
        <p class="faint none">{search === '' ? words.none : words.noneFound}</p>
      )}
      <a class="to-plan" href="./plan">
        <Icon name="chart" />
        {words.plan}
      </a>
      <div class="foot">
        <p class="faint">{words.keptHere}</p>
        <IconButton
          icon="download"
          label={words.exportAll}
          disabled={conversations.length === 0}
          onClick={() => exportConversations(conversations)}
        />
      </div>
    </nav>
  );
}
