/** Speed, plot, first token and totals of an answer, in one faint line. */
import type { Answer } from '../state/conversation.ts';
import { useApp, useWords } from './app-context.ts';
import { formatSpeed, formatTime } from './format-figures.ts';
import { Sparkline } from './sparkline.tsx';
import { useStore } from './use-store.ts';

export function FiguresLine({ answer }: { readonly answer: Answer }) {
  const { figures: words, ...rest } = useWords();
  const language = useStore(useApp().settings, (state) => state.language);
  const { figures, model, ending } = answer;
  const { tokensPerSecond, ttftMs, totalMs, completionTokens, cachedTokens = 0 } = figures;
  const time = (ms: number) => formatTime({ figures: words, ...rest }, language, ms);
  if (completionTokens === 0) return null;
  const details = [
    model,
    figures.promptTokens !== undefined && words.prompt(figures.promptTokens),
    cachedTokens > 0 && words.cached(cachedTokens),
  ].filter(Boolean);
  return (
    <ul class="figures" aria-label={words.details} title={details.join(' · ')}>
      {tokensPerSecond !== undefined && (
        <li class="speed">
          {words.perSecond(formatSpeed(language, tokensPerSecond))}
          <Sparkline values={figures.rates} label={words.plot} />
        </li>
      )}
      <li>{words.tokens(completionTokens)}</li>
      {ttftMs !== undefined && <li>{words.ttft(time(ttftMs))}</li>}
      {totalMs !== undefined && ending.kind !== 'writing' && <li>{words.total(time(totalMs))}</li>}
    </ul>
  );
}
