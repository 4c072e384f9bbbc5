/**
 * The model's thinking in a fold: open while it thinks, closed when its answer begins, and as the
 * reader wants it once they have touched it. What is folded is not drawn.
 */
import { useEffect, useState } from 'preact/hooks';
import type { Answer } from '../state/conversation.ts';
import { useApp, useWords } from './app-context.ts';
import { formatTime } from './format-figures.ts';
import { Icon } from './icon.tsx';
import { MarkdownView } from './markdown-view.tsx';
import { useStore } from './use-store.ts';

const tickMs = 100;

export function ThinkingFold({ answer }: { readonly answer: Answer }) {
  const words = useWords();
  const { settings } = useApp();
  const language = useStore(settings, (state) => state.language);
  const isThinking = answer.ending.kind === 'writing' && answer.text === '';
  const [wanted, setWanted] = useState<boolean>();
  const isOpen = wanted ?? isThinking;
  const { thinkingMs = 0, reasoningTokens } = answer.figures;
  const running = useRunningMs(isThinking, thinkingMs);
  const time = formatTime(words, language, isThinking ? running : thinkingMs);
  return (
    <section class={`thinking ${isThinking ? 'live' : ''}`}>
      <button type="button" class="fold" aria-expanded={isOpen} onClick={() => setWanted(!isOpen)}>
        <Icon name="chevron" />
        <span>{isThinking ? words.thinking.now : words.thinking.done(time)}</span>
        <span class="faint">
          {isThinking && `${time} · `}
          {words.figures.tokens(reasoningTokens)}
        </span>
      </button>
      {isOpen && (
        <div class="thought">
          <MarkdownView source={answer.reasoning} />
        </div>
      )}
    </section>
  );
}

/** Goes on between pieces, so that a slow model's clock does not stand still. */
function useRunningMs(isRunning: boolean, knownMs: number): number {
  const [from] = useState(() => performance.now() - knownMs);
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(() => setNow(performance.now()), tickMs);
    return () => clearInterval(timer);
  }, [isRunning]);
  return Math.max(knownMs, now - from);
}
