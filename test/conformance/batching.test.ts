/**
 * Batched equals alone, on real architectures: 16 concurrent requests of mixed lengths give the
 * same greedy text as each alone; so do small blocks, chunked prefill and forced preemption. The
 * checkpoints are the tiny ones of test/golden/, on the reference device.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ReferenceDevice } from '../../src/devices/reference/reference-device.ts';
import { Engine, type EngineLimits } from '../../src/engine/engine.ts';
import { samplingParams } from '../../src/engine/sampling-params.ts';
import type { TokenSink } from '../../src/engine/sequence.ts';
import type { Checkpoint } from '../../src/formats/checkpoint.ts';
import { openCheckpoint } from '../../src/formats/open-checkpoint.ts';
import type { Model } from '../../src/models/model.ts';
import { loadModel } from '../../src/models/registry.ts';

const golden = path.resolve(import.meta.dirname, '../golden');
/** Other number formats and other rotations run through the same layers: one of each is enough. */
const sameLayers = ['deepseek-v3-fp8', 'qwen3-yarn'];
const checkpoints = readdirSync(golden).filter(
  (name) => !sameLayers.includes(name) && existsSync(path.join(golden, name, 'model.safetensors')),
);

const arrangements: [string, Partial<EngineLimits>][] = [
  ['all together', {}],
  ['blocks of 4, chunks of 3', { blockTokens: 4, maxPrefillTokens: 3 }],
  [
    'chunks of 16, a cache for one: preemption',
    { ...{ blockTokens: 2, numBlocks: 24 }, maxPrefillTokens: 16 },
  ],
];

test('there are checkpoints of every architecture', () => {
  expect(checkpoints.length).toBeGreaterThanOrEqual(6);
});

describe.each(checkpoints)('%s', (name) => {
  let checkpoint: Checkpoint;
  let model: Model;
  let expected: number[][];

  beforeAll(async () => {
    checkpoint = await openCheckpoint(path.join(golden, name));
    model = await loadModel(checkpoint.config, checkpoint.tensors, ReferenceDevice.open());
    expected = [];
    for (const prompt of prompts(model.config.vocabSize)) {
      expected.push(...(await generate(model, [prompt])).replies);
    }
  });
  test('the replies to compare are many different tokens', () => {
    expect(new Set(expected.flat()).size).toBeGreaterThan(20);
  });
  afterAll(() => {
    model.close();
    checkpoint.close();
  });

  test.each(arrangements)('batched equals alone: %s', async (arrangement, limits) => {
    const { replies, preemptions } = await generate(model, prompts(model.config.vocabSize), limits);
    expect(replies).toEqual(expected);
    expect(preemptions > 0).toBe(arrangement.includes('preemption'));
  });
});

/** 16 prompts of 1 to 25 tokens. */
function prompts(vocabSize: number): number[][] {
  return Array.from({ length: 16 }, (_, i) =>
    Array.from({ length: 1 + ((i * 7) % 25) }, (_, j) => (i * 31 + j * 17) % vocabSize),
  );
}

/** Greedy replies of 5 to 12 tokens, all requests at once. */
async function generate(
  model: Model,
  prompts: readonly number[][],
  limits: Partial<EngineLimits> = {},
): Promise<{ replies: number[][]; preemptions: number }> {
  const { vocabSize } = model.config;
  const engine = new Engine(model, {
    ...{ contextTokens: 48, numBlocks: 256, blockTokens: 16, maxSequences: 16 },
    ...{ maxPrefillTokens: 1000, vocabSize, ...limits },
  });
  const greedy = { temperature: 0, topP: 1, topK: 0, minP: 0 };
  const replies = await Promise.all(
    prompts.map((prompt) => {
      const params = samplingParams({ maxTokens: 5 + (prompt.length % 8) }, greedy, vocabSize, []);
      return new Promise<number[]>((resolve, reject) => {
        const tokens: number[] = [];
        const sink: TokenSink = {
          onToken(token) {
            tokens.push(token);
            return 'continue';
          },
          onFinish: () => resolve(tokens),
          onError: (_, reason) => reject(reason),
        };
        engine.add(prompt, params, sink);
      });
    }),
  );
  await engine.close();
  return { replies, preemptions: engine.counters.preemptions };
}
