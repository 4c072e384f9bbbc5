import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { load } from '../../engine/load.ts';
import type { LoadedModel } from '../../engine/loaded-model.ts';
import { continued, type Measured, measureRounds, median } from './measure.ts';

const tiny = path.resolve(import.meta.dirname, '../../../test/golden/qwen2');
const settings = {
  ...{ promptTokens: 6, replyTokens: 3, contextTokens: 4 },
  ...{ concurrency: 2, rounds: 2 },
};
let model: LoadedModel;
beforeAll(async () => {
  model = await load(tiny, { device: 'reference', contextTokens: 16, maxSequences: 2 });
});
afterAll(() => model.close());

/** What is asked of the model, on its way there. */
function watched(): { asked: { prompt: number[]; newTokens: number }[]; model: Measured } {
  const asked: { prompt: number[]; newTokens: number }[] = [];
  const generate: Measured['generate'] = (prompt, options) => {
    asked.push({ prompt: [...(prompt as number[])], newTokens: options!.maxTokens! });
    return model.generate(prompt, options);
  };
  return { asked, model: { info: model.info, generate } };
}

test('a round has numbers, and they fit each other', async () => {
  const rounds = await measureRounds(model, settings);
  expect(rounds.length).toBe(2);
  for (const round of rounds) {
    for (const value of Object.values(round)) expect(value).toBeGreaterThan(0);
    // Both streams' prompts over the slower one's time, which is the median's at least.
    const fastest = (1000 * 2 * settings.promptTokens) / round.ttftMs;
    expect(round.prefillTokensPerSecond).toBeLessThanOrEqual(fastest * 1.001);
  }
});

test('the warm-up comes first and does not count; each round has other prompts, and the same contexts', async () => {
  const { asked, model } = watched();
  const names: string[] = [];
  await measureRounds(model, settings, { onRound: (name) => names.push(name) });
  expect(names).toEqual(['warm-up', 'round 1 of 2', 'round 2 of 2']);
  expect(asked.map(({ prompt, newTokens }) => [prompt.length, newTokens])).toEqual(
    Array.from({ length: 3 }, () => [
      [6, 1],
      [6, 1],
      [4, 3],
      [4, 3],
    ]).flat(),
  );
  const different = (length: number) =>
    new Set(
      asked.map(({ prompt }) => prompt.join()).filter((text) => text.split(',').length === length),
    );
  expect(different(6).size).toBe(3 * 2);
  expect(different(4).size).toBe(2);
});

test('the same numbers of tokens are asked for again and again', async () => {
  const [first, second] = [watched(), watched()];
  await measureRounds(first.model, settings);
  await measureRounds(second.model, settings);
  expect(second.asked).toEqual(first.asked);
});

test('an end of the reply does not end the measurement', async () => {
  await using longer = await load('nano', { device: 'reference', contextTokens: 64 });
  const asked = '<｜User｜>What is 12 + 30?<｜Assistant｜><think>\n</think>\nThe answer is 42.';
  const prompt = longer.tokenize(`<｜begin▁of▁sentence｜>${asked}`, { special: true });
  const ended = await longer.generate(prompt, { temperature: 0, maxTokens: 4 }).summary;
  expect(ended).toMatchObject({ completionTokens: 1, finishReason: 'stop' });
  expect((await continued(longer, prompt, 4)).completionTokens).toBe(4);
});

test.each([
  [[3], 3],
  [[1, 9], 5],
  [[9, 1, 2], 2],
])('the median of %j is %d', (values, middle) => {
  expect(median(values)).toBe(middle);
});
