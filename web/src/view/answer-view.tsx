/** One answer: its thinking, its text, how it ended, and what can be done with it. */
import { memo } from 'preact/compat';
import { useState } from 'preact/hooks';
import type { Answer } from '../state/conversation.ts';
import { useApp, useWords } from './app-context.ts';
import { EndingNote } from './ending-note.tsx';
import { FiguresLine } from './figures-line.tsx';
import { IconButton } from './icon-button.tsx';
import { MarkdownView } from './markdown-view.tsx';
import { ThinkingFold } from './thinking-fold.tsx';
import { useStore } from './use-store.ts';

interface AnswerViewProps {
  readonly conversationId: string;
  readonly answer: Answer;
}

export const AnswerView = memo(({ conversationId, answer }: AnswerViewProps) => {
  const words = useWords();
  const { chat } = useApp();
  const isWriting = answer.ending.kind === 'writing';
  const isSilent = isWriting && answer.reasoning === '' && answer.text === '';
  const canAnswerNow = useStore(chat, (state) => isWriting && state.canAnswerNow);
  return (
    <article class="message answer" aria-label={words.chat.model} aria-busy={isWriting}>
      {isSilent && (
        <p class="waiting">
          <span class="ripple" />
          {words.thinking.waiting}
        </p>
      )}
      {answer.reasoning !== '' && <ThinkingFold answer={answer} />}
      {canAnswerNow && (
        <button type="button" class="soft" onClick={() => void chat.answerNow()}>
          {words.chat.answerNow}
        </button>
      )}
      {answer.text !== '' && <MarkdownView source={answer.text} />}
      <EndingNote answer={answer} />
      <footer>
        {!isWriting && <Actions conversationId={conversationId} answer={answer} />}
        <FiguresLine answer={answer} />
      </footer>
    </article>
  );
});

const shownMs = 1500;

function Actions({ conversationId, answer }: AnswerViewProps) {
  const words = useWords();
  const { chat } = useApp();
  const isBusy = useStore(chat, (state) => state.writingIn !== undefined);
  const [isCopied, setIsCopied] = useState(false);
  const copy = async () => {
    const isDone = await navigator.clipboard?.writeText(answer.text).then(
      () => true,
      () => false,
    );
    setIsCopied(isDone ?? false);
    setTimeout(() => setIsCopied(false), shownMs);
  };
  return (
    <div class="tools">
      {answer.text !== '' && (
        <IconButton
          icon={isCopied ? 'check' : 'copy'}
          label={isCopied ? words.chat.copied : words.chat.copy}
          onClick={() => void copy()}
        />
      )}
      <IconButton
        icon="retry"
        label={words.chat.retry}
        disabled={isBusy}
        onClick={() => chat.retry(conversationId, answer.id)}
      />
    </div>
  );
}
