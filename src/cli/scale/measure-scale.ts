/**
 * Accuracy against tokens spent: every problem is answered with every thinking budget, as often as
 * the largest number of samples; smaller numbers vote among the first of these. Seeds depend on
 * problem and sample alone, so budgets are compared on the same chances.
 */
import type { LoadedModel } from '../../engine/loaded-model.ts';
import { type Ballot, readSample, tally } from '../../engine/tally.ts';
import { sampleSeed } from '../../engine/vote.ts';
import { isRight, type Problem } from './problems.ts';
import { wilson } from './wilson.ts';

/** Most tokens of thinking; unbounded: as many as the model likes. */
export type Budget = number | 'unbounded';

export interface ScaleSettings {
  readonly budgets: readonly Budget[];
  readonly samples: readonly number[];
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
}

/** One budget with one number of samples. */
export interface ScalePoint {
  readonly budget: Budget;
  readonly samples: number;
  readonly problems: number;
  readonly right: number;
  readonly accuracy: number;
  /** Wilson, 95 %. */
  readonly interval: readonly [low: number, high: number];
  /** Written by the model for a problem, all samples together. */
  readonly tokensPerProblem: number;
  /** Of those, inside the thinking. */
  readonly thinkingTokensPerProblem: number;
}

/** What is kept of a sample. */
type Judged = Ballot & { readonly isRight: boolean };

export interface MeasureOptions {
  readonly signal: AbortSignal;
  readonly onSample?: (done: number, total: number) => void;
}

export async function measureScale(
  model: Pick<LoadedModel, 'chat' | 'info'>,
  problems: readonly Problem[],
  settings: ScaleSettings,
  { signal, onSample }: MeasureOptions,
): Promise<readonly ScalePoint[]> {
  const { budgets, samples, temperature, topP, seed } = settings;
  const most = Math.max(...samples);
  const total = budgets.length * problems.length * most;
  let done = 0;
  const points: ScalePoint[] = [];
  for (const budget of budgets) {
    const jobs = problems.flatMap((_, p) => Array.from({ length: most }, (_, s) => ({ p, s })));
    const judged: Judged[][] = problems.map(() => []);
    await inParallel(model.info.maxSequences, jobs, async ({ p, s }) => {
      const problem = problems[p];
      const messages = [{ role: 'user', content: problem.question }] as const;
      const { summary, answer, meanLogprob, text } = await readSample(
        model.chat(messages, {
          ...(budget !== 'unbounded' && { thinkTokens: budget }),
          ...{ temperature, topP, signal, logprobs: 0, seed: sampleSeed(seed, p * most + s) },
        }),
      );
      judged[p][s] = { summary, answer, meanLogprob, isRight: isRight(problem, text) };
      onSample?.(++done, total);
    });
    points.push(...samples.map((count) => pointOf(budget, count, judged)));
  }
  return points;
}

function pointOf(budget: Budget, samples: number, judged: readonly Judged[][]): ScalePoint {
  const asked = judged.map((all) => all.slice(0, samples));
  const right = asked.filter((some) => some[tally(some).winner].isRight).length;
  const mean = (count: (sample: Judged) => number) =>
    asked.flat().reduce((sum, sample) => sum + count(sample), 0) / asked.length;
  return {
    ...{ budget, samples, problems: asked.length, right },
    accuracy: right / asked.length,
    interval: wilson(right, asked.length),
    tokensPerProblem: mean(({ summary }) => summary.completionTokens),
    thinkingTokensPerProblem: mean(({ summary }) => summary.reasoningTokens),
  };
}

/** At most `limit` at a time; stops at the first failure. */
async function inParallel<T>(
  limit: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  let hasFailed = false;
  const worker = async () => {
    while (next < items.length && !hasFailed) {
      try {
        await work(items[next++]);
      } catch (reason) {
        hasFailed = true;
        throw reason;
      }
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
}
