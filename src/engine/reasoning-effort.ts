/**
 * How hard to think, in one word or a number → the most tokens of thinking (`thinkTokens`). An
 * effort bounds the thinking and cannot make it longer (for that see vote.ts), so `high` and above
 * leave it to the model, as every API does that is not told; those below get a share of the context.
 */
import { integer, refuse } from './sampling-params.ts';

/** On the scale from 1 to 100 of V4.1's model card. `none`: no thinking at all. */
const degrees = {
  ...{ none: 0, minimal: 1, low: 25, medium: 50, high: 75, xhigh: 90, max: 100, ultra: 100 },
} as const;

export type ReasoningEffort = keyof typeof degrees;
export const reasoningEfforts = Object.keys(degrees) as readonly ReasoningEffort[];

/**
 * DeepSeek's API has low, high (its default) and max; what it makes of other clients' words
 * (api-docs.deepseek.com, guides/thinking_mode). OpenAI (none … max), Anthropic (low … max) and
 * Ollama (low, medium, high, max) mean the words of the table above.
 */
const deepseekCompatible: Partial<Record<ReasoningEffort, ReasoningEffort>> = {
  ...{ minimal: 'low', medium: 'high', xhigh: 'high', ultra: 'max' },
};

/** From here on the model thinks as long as it likes. */
const unbounded = 75;

/** undefined: no bound. A bound is a quarter of the context at 50, a sixteenth at 25, a sixtieth at 1. */
export function thinkTokensOf(
  effort: ReasoningEffort | number,
  context: { readonly contextTokens: number; readonly api?: 'deepseek' | undefined },
): number | undefined {
  const degree = typeof effort === 'number' ? integer('effort', effort, 0, 100) : named(effort);
  if (degree === 0) return 0;
  if (degree >= unbounded) return undefined;
  return Math.max(1, Math.round(context.contextTokens * 4 ** ((degree - unbounded) / 25)));

  function named(word: ReasoningEffort): number {
    const meant = context.api === 'deepseek' ? (deepseekCompatible[word] ?? word) : word;
    if (Object.hasOwn(degrees, meant)) return degrees[meant];
    throw refuse('effort', word, `${reasoningEfforts.join(', ')}, or 0 to 100`);
  }
}
