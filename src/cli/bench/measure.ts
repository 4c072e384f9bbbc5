/**
 * Measures a loaded model through the public API, as a program would use it: random but seeded
 * token ids, no end tokens, greedy. A round has two parts, each with all streams at once: prompts
 * that are answered with one token (prefill), and replies behind `contextTokens` (decode). One
 * round warms up. Prompts differ from round to round, so that nothing remembered helps.
 */
import { mulberry32 } from '../../base/mulberry32.ts';
import type { LoadedModel } from '../../engine/loaded-model.ts';
import type { Summary } from '../../engine/reply.ts';

export interface BenchSettings {
  readonly promptTokens: number;
  readonly replyTokens: number;
  /** Streams at once. */
  readonly concurrency: number;
  /** Tokens before each measured reply. */
  readonly contextTokens: number;
  readonly rounds: number;
}

/** All streams of a round together. */
export interface Round {
  /** Median of the streams: from the call to the first token, and between tokens of a reply. */
  readonly ttftMs: number;
  readonly tpotMs: number;
  /** Prompt tokens of all streams over the time until the last one has its first token. */
  readonly prefillTokensPerSecond: number;
  /** Tokens after the first ones of all streams, over the time from the first of them to the last. */
  readonly decodeTokensPerSecond: number;
}

/** What of a loaded model is measured. */
export type Measured = Pick<LoadedModel, 'generate' | 'info'>;

export async function measureRounds(
  model: Measured,
  settings: BenchSettings,
  { signal, onRound }: { signal?: AbortSignal; onRound?: (name: string) => void } = {},
): Promise<Round[]> {
  const rounds: Round[] = [];
  for (let round = 0; round <= settings.rounds; round++) {
    onRound?.(round === 0 ? 'warm-up' : `round ${round} of ${settings.rounds}`);
    const measured = await measureRound(model, settings, round, signal);
    if (round > 0) rounds.push(measured);
  }
  return rounds;
}

/** Not a round's: its prompt is to be new to the model. */
const contextSeed = -1;

async function measureRound(
  model: Measured,
  { promptTokens, replyTokens, concurrency, contextTokens }: BenchSettings,
  round: number,
  signal: AbortSignal | undefined,
): Promise<Round> {
  const streams = (seed: number, length: number, newTokens: number) => {
    const random = mulberry32(seed);
    return Promise.all(
      Array.from({ length: concurrency }, () => {
        const prompt = randomTokens(random, length, model.info.vocabSize);
        return continued(model, prompt, newTokens, signal);
      }),
    );
  };
  const prefills = await streams(round, promptTokens, 1);
  // Always the same contexts: what is still in the cache of a long one need not be computed again.
  const decodes = await streams(contextSeed, contextTokens, replyTokens);
  const ttfts = prefills.map(({ ttftMs }) => ttftMs);
  const first = Math.min(...decodes.map(({ ttftMs }) => ttftMs));
  const last = Math.max(...decodes.map(({ totalMs }) => totalMs));
  const tpots = decodes.map(({ ttftMs, totalMs }) => (totalMs - ttftMs) / (replyTokens - 1));
  return {
    ttftMs: median(ttfts),
    tpotMs: median(tpots),
    prefillTokensPerSecond: (1000 * concurrency * promptTokens) / Math.max(...ttfts),
    decodeTokensPerSecond: (1000 * concurrency * (replyTokens - 1)) / (last - first),
  };
}

export function randomTokens(random: () => number, length: number, vocabSize: number): number[] {
  return Array.from({ length }, () => Math.floor(random() * vocabSize));
}

/** Exactly `newTokens`, whatever they are. */
export async function continued(
  model: Measured,
  prompt: readonly number[],
  newTokens: number,
  signal?: AbortSignal,
): Promise<Summary> {
  const summary = await model.generate(prompt, {
    ...{ temperature: 0, ignoreEos: true, maxTokens: newTokens },
    ...(signal && { signal }),
  }).summary;
  if (summary.completionTokens !== newTokens) {
    throw new Error(`${summary.completionTokens} tokens came where ${newTokens} were asked for`);
  }
  return summary;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}
