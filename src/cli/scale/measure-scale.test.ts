import { expect, test } from 'vitest';
import { fakeAnswerer } from '../../../test/fakes/fake-answerer.ts';
import type { ChatOptions } from '../../engine/loaded-model.ts';
import { measureScale, type ScaleSettings } from './measure-scale.ts';
import type { Problem } from './problems.ts';

const problems: Problem[] = [1, 2, 3].map((n) => ({ question: `${n}`, answer: `${n * n}` }));
const settings: ScaleSettings = {
  ...{ budgets: [0, 'unbounded'], samples: [1, 3], temperature: 1, topP: 1, seed: 5 },
};
const { signal } = new AbortController();

/** Without thinking it is always wrong; with it, its first reply to a question only. */
function thinker(asked: ChatOptions[] = [], fails = false) {
  let running = 0;
  let most = 0;
  const times = new Map<string, number>();
  const model = fakeAnswerer(async function* ([message], options) {
    asked.push(options);
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running--;
    if (fails && asked.length === 5) throw new Error('no memory');
    const key = `${message?.content}/${options.thinkTokens}`;
    times.set(key, (times.get(key) ?? 0) + 1);
    const isRight = options.thinkTokens === undefined && times.get(key) !== 1;
    yield { type: 'text', text: isRight ? `${Number(message?.content) ** 2}` : 'no idea' } as const;
  });
  return { model, mostAtOnce: () => most };
}

test('accuracy, interval and tokens for every budget and number of samples', async () => {
  const { model } = thinker();
  const points = await measureScale(model, problems, settings, { signal });
  expect(points.map(({ budget, samples, right }) => [budget, samples, right])).toEqual([
    ...[[0, 1, 0] as const, [0, 3, 0] as const],
    ...[['unbounded', 1, 0] as const, ['unbounded', 3, 3] as const],
  ]);
  expect(points[3]).toMatchObject({
    ...{ problems: 3, accuracy: 1, tokensPerProblem: 120, thinkingTokensPerProblem: 90 },
    interval: [expect.closeTo(0.4385, 3), 1],
  });
  expect(points[2].tokensPerProblem).toBe(40);
});

test('seeds: every sample has its own, the same for every budget', async () => {
  const asked: ChatOptions[] = [];
  await measureScale(thinker(asked).model, problems, settings, { signal });
  const seedsOf = (budget: number | undefined) =>
    asked.filter(({ thinkTokens }) => thinkTokens === budget).map(({ seed }) => seed);
  expect(new Set(seedsOf(0)).size).toBe(9);
  expect(seedsOf(0)).toEqual(seedsOf(undefined));
});

test('as many at once as the model takes; every reply is counted', async () => {
  const counted: string[] = [];
  const { model, mostAtOnce } = thinker();
  const onSample = (done: number, total: number) => counted.push(`${done}/${total}`);
  await measureScale(model, problems, settings, { signal, onSample });
  expect(mostAtOnce()).toBe(model.info.maxSequences);
  expect([counted.length, counted.at(-1)]).toEqual([18, '18/18']);
});

test('the first failure ends it', async () => {
  const asked: ChatOptions[] = [];
  const { model } = thinker(asked, true);
  await expect(measureScale(model, problems, settings, { signal })).rejects.toThrow('no memory');
  await new Promise(setImmediate);
  expect(asked.length).toBeLessThan(10);
});
