import { expect, test } from 'vitest';
import { fakeLoadedModel } from '../../test/fakes/fake-loaded-model.ts';
import { FakeModel } from '../../test/fakes/fake-model.ts';
import type { Step } from '../nn/step.ts';
import { Embedder } from './embedder.ts';
import { Engine } from './engine.ts';

const limits = {
  ...{ contextTokens: 400, numBlocks: 100, blockTokens: 4, maxPrefillTokens: 64 },
  ...{ maxSequences: 4, vocabSize: 259 },
};
function open(onStep?: (step: Step) => void) {
  const model = new FakeModel({ hiddenSize: 8, ...(onStep && { onStep }) });
  const engine = new Engine(model, limits);
  return { model, engine, embedder: new Embedder(engine) };
}
const text = (length: number, seed = 1) =>
  Array.from({ length }, (_, i) => (i * 31 + seed * 17) % 256);

test('a vector is the same alone, among others, and in chunks', async () => {
  const { engine, embedder, model } = open();
  const inputs = [text(3), text(50, 2), text(20, 3), text(200, 4), text(5, 5)];
  const together = await embedder.embed(inputs, undefined);
  expect(model.steps.map(({ tokens }) => tokens)).toEqual([53, 20, 64, 64, 64, 8, 5]);
  for (const [i, input] of inputs.entries()) {
    expect((await embedder.embed([input], undefined))[0]).toEqual(together[i]);
  }
  for (const vector of together) {
    expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
  }
  await engine.close();
  expect(model.caches.slice(1).every(({ isClosed }) => isClosed)).toBe(true);
});

test('replies go on between its steps, and are what they are without it', async () => {
  const settings = { temperature: 0, maxTokens: 20 };
  await using alone = fakeLoadedModel({ hiddenSize: 8 });
  const summary = await alone.generate('abc', { ...settings, logprobs: 0 }).summary;
  await using model = fakeLoadedModel({ hiddenSize: 8 });
  const reply = model.generate('abc', { ...settings, logprobs: 0 });
  const vectors = await model.embed(['x'.repeat(300), 'y']);
  expect(vectors.map(({ promptTokens }) => promptTokens)).toEqual([300, 1]);
  expect((await reply.summary).logprobs).toEqual(summary.logprobs);
});

test('too long a text is refused with both counts', async () => {
  const { engine, embedder } = open();
  await expect(embedder.embed([text(401)], undefined)).rejects.toMatchObject({
    ...{ code: 'embedding_too_long', fields: { tokens: 401, limit: 400 } },
  });
  await engine.close();
});

test('an abort and a close end it and free its cache', async () => {
  const leave = new AbortController();
  const { engine, embedder, model } = open(() => leave.abort());
  await expect(embedder.embed([text(200)], leave.signal)).rejects.toThrow('aborted');
  const waiting = embedder.embed([text(200)], undefined);
  const isRefused = expect(waiting).rejects.toMatchObject({ code: 'model_closed' });
  await engine.close();
  await isRefused;
  await embedder.settled();
  expect(model.caches.every(({ isClosed }) => isClosed)).toBe(true);
});
