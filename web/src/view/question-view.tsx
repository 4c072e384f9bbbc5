/** One question, and the way to ask it otherwise: the answers after it are then gone. */
import { memo } from 'preact/compat';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Question } from '../state/conversation.ts';
import { useApp, useWords } from './app-context.ts';
import { IconButton } from './icon-button.tsx';
import { isSendKey } from './is-send-key.ts';
import { useStore } from './use-store.ts';

interface QuestionViewProps {
  readonly conversationId: string;
  readonly question: Question;
}

export const QuestionView = memo(({ conversationId, question }: QuestionViewProps) => {
  const words = useWords();
  const { chat } = useApp();
  const isBusy = useStore(chat, (state) => state.writingIn !== undefined);
  const [isEditing, setIsEditing] = useState(false);
  if (isEditing) {
    return (
      <QuestionEditor
        text={question.text}
        onDone={(text) => {
          setIsEditing(false);
          if (text !== undefined) chat.edit(conversationId, question.id, text);
        }}
      />
    );
  }
  return (
    <article class="message question" aria-label={words.chat.you}>
      <div class="actions">
        <IconButton
          icon="edit"
          label={words.chat.editQuestion}
          disabled={isBusy}
          onClick={() => setIsEditing(true)}
        />
      </div>
      <p class="bubble">{question.text}</p>
    </article>
  );
});

interface QuestionEditorProps {
  readonly text: string;
  /** undefined: left as it was. */
  readonly onDone: (text: string | undefined) => void;
}

function QuestionEditor({ text, onDone }: QuestionEditorProps) {
  const words = useWords();
  const [draft, setDraft] = useState(text);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.select(), []);
  const resend = () => draft.trim() !== '' && onDone(draft);
  return (
    <form
      class="message question editor"
      onSubmit={(event) => {
        event.preventDefault();
        resend();
      }}
    >
      <textarea
        ref={field}
        value={draft}
        rows={Math.min(8, draft.split('\n').length + 1)}
        aria-label={words.chat.editQuestion}
        onInput={(event) => setDraft(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (isSendKey(event)) {
            event.preventDefault();
            resend();
          } else if (event.key === 'Escape' && !event.isComposing) {
            event.stopPropagation();
            onDone(undefined);
          }
        }}
      />
      <div class="row">
        <button type="button" class="soft" onClick={() => onDone(undefined)}>
          {words.chat.cancel}
        </button>
        <button type="submit" class="strong" disabled={draft.trim() === ''}>
          {words.chat.resend}
        </button>
      </div>
    </form>
  );
}
