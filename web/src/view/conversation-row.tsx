/** One conversation in the list: opened by its title, renamed in place, exported, deleted. */
import { memo } from 'preact/compat';
import { useState } from 'preact/hooks';
import type { Conversation } from '../state/conversation.ts';
import { exportConversations } from '../state/export-conversations.ts';
import { useApp, useWords } from './app-context.ts';
import { IconButton } from './icon-button.tsx';

interface ConversationRowProps {
  readonly conversation: Conversation;
  readonly isCurrent: boolean;
  readonly onOpened: () => void;
}

export const ConversationRow = memo(
  ({ conversation, isCurrent, onOpened }: ConversationRowProps) => {
    const { conversations: words } = useWords();
    const { archive, chat, notices } = useApp();
    const [isRenaming, setIsRenaming] = useState(false);
    const { id } = conversation;
    const title = conversation.title || words.untitled;

    const remove = () => {
      if (chat.get().writingIn === id) chat.stop();
      const undo = archive.remove(id);
      if (undo === undefined) return;
      notices.show(words.deleted(title), { label: words.undo, run: undo });
    };
    if (isRenaming) {
      return (
        <li class="conversation">
          <TitleField
            title={title}
            label={words.newName}
            onDone={(name) => {
              setIsRenaming(false);
              if (name !== undefined) archive.change(id, (item) => ({ ...item, title: name }));
            }}
          />
        </li>
      );
    }
    return (
      <li class={`conversation ${isCurrent ? 'current' : ''}`}>
        <button
          type="button"
          class="title"
          aria-current={isCurrent ? 'true' : undefined}
          title={title}
          onClick={() => {
            archive.open(id);
            onOpened();
          }}
          onDblClick={() => setIsRenaming(true)}
        >
          {title}
        </button>
        <div class="actions">
          <IconButton icon="edit" label={words.rename(title)} onClick={() => setIsRenaming(true)} />
          <IconButton
            icon="download"
            label={words.export(title)}
            onClick={() => exportConversations([conversation])}
          />
          <IconButton icon="trash" label={words.delete(title)} onClick={remove} />
        </div>
      </li>
    );
  },
);

interface TitleFieldProps {
  readonly title: string;
  readonly label: string;
  readonly onDone: (title: string | undefined) => void;
}

function TitleField({ title, label, onDone }: TitleFieldProps) {
  const [draft, setDraft] = useState(title);
  const finish = () => onDone(draft.trim() === '' ? undefined : draft.trim());
  return (
    <input
      value={draft}
      maxLength={200}
      aria-label={label}
      // biome-ignore lint/a11y/noAutofocus: the reader has just asked to type here
      autoFocus
      onFocus={(event) => event.currentTarget.select()}
      onInput={(event) => setDraft(event.currentTarget.value)}
      onBlur={finish}
      onKeyDown={(event) => {
        if (event.isComposing) return;
        if (event.key === 'Enter') finish();
        if (event.key === 'Escape') {
          event.stopPropagation();
          onDone(undefined);
        }
      }}
    />
  );
}
