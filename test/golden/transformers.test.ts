/**
 * Each architecture on the reference device against Hugging Face transformers: next-token logits
 * of tiny random checkpoints, and 64 greedy tokens. The truth was computed in f32 from the same
 * stored weights by make-fixtures.py, which also says where transformers had to be corrected.
 */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ReferenceDevice } from '../../src/devices/reference/reference-device.ts';
import type { Checkpoint } from '../../src/formats/checkpoint.ts';
import { convertToGguf } from '../../src/formats/gguf/convert/convert-to-gguf.ts';
import type { ModelConfig, MoeConfig, RopeConfig } from '../../src/formats/model-config.ts';
import { openCheckpoint } from '../../src/formats/open-checkpoint.ts';
import type { Model } from '../../src/models/model.ts';
import { loadModel } from '../../src/models/registry.ts';
import { best, greedy, ModelRunner } from '../model-runner.ts';
import {
  fixtures,
  folderOf,
  type Logits,
  type Truth,
  tolerance,
  truthOf,
  worstError,
} from './truth.ts';

describe.each(fixtures)('%s', (name) => {
  const truth = truthOf(name);
  let checkpoint: Checkpoint;
  let model: Model;

  beforeAll(async () => {
    checkpoint = await openCheckpoint(folderOf(name));
    model = await loadModel(checkpoint.config, checkpoint.tensors, ReferenceDevice.open());
  });
  afterAll(() => {
    model.close();
    checkpoint.close();
  });

  test('a prompt in one step has the logits of transformers', async () => {
    for (const prompt of truth.prompts) {
      const found = await inSteps(model, prompt.tokens, prompt.tokens.length);
      expectLogits(found, prompt);
    }
  });

  test.each([1, 7])('a prompt in steps of %i has the same', async (size) => {
    for (const prompt of truth.prompts) {
      expectLogits(await inSteps(model, prompt.tokens, size), prompt);
    }
  });

  test('64 greedy tokens are those of transformers', async () => {
    for (const { tokens, greedy: expected } of truth.prompts) {
      const found = await greedy(model, tokens, expected.length);
      expect(found.map(({ token }) => token)).toEqual(expected);
    }
  });

  test('the same from GGUF', async () => {
    const file = path.join(tmpdir(), `sampan-golden-${process.pid}-${name}.gguf`);
    await convertToGguf(checkpoint, file, 'f32');
    const gguf = await openCheckpoint(file);
    const fromGguf = await loadModel(gguf.config, gguf.tensors, ReferenceDevice.open());
    for (const prompt of truth.prompts) {
      expectLogits(await inSteps(fromGguf, prompt.tokens, prompt.tokens.length), prompt);
    }
    for (const prompt of truth.mtp ?? []) {
      expectLogits(await draftsInSteps(fromGguf, prompt, prompt.tokens.length), prompt);
    }
    fromGguf.close();
    gguf.close();
    rmSync(file);
  });

  if (!truth.mtp) return;

  test('the MTP module has the logits of transformers', async () => {
    for (const prompt of truth.mtp ?? []) {
      for (const size of [prompt.tokens.length, 5]) {
        expectLogits(await draftsInSteps(model, prompt, size), prompt);
      }
    }
  });
});

/** What a wrong reading of each rule would do: a fixture that did not notice would prove nothing. */
const misreadings: [string, string, (config: ModelConfig) => ModelConfig][] = [
  ['llama', 'llama3 frequency scaling', (c) => withScaling(c, { type: 'none' })],
  ['llama', 'halves, not neighbours, in rope', (c) => withRope(c, { interleaved: true })],
  ['qwen3', 'the factor on cos and sin', (c) => withYarn(c, { attentionFactor: 1.1386 })],
  ['qwen3-yarn', 'the factor on cos and sin', (c) => withYarn(c, { attentionFactor: 1 })],
  [
    'qwen3-yarn',
    'the original context',
    (c) => withYarn(c, { originalMaxPositionEmbeddings: 128 }),
  ],
  ['deepseek-v2-lite', 'mscale on the softmax', (c) => withYarn(c, { mscaleAllDim: 0 })],
  ['deepseek-v2-lite', 'beta_fast', (c) => withYarn(c, { betaFast: 32 })],
  ['deepseek-v2-lite', 'weights not normalised', (c) => withMoe(c, { normTopkProb: true })],
  ['deepseek-v2', 'groups', (c) => withMoe(c, { nGroup: 1, topkGroup: 1 })],
  ['deepseek-v2', 'groups by their best', (c) => withMoe(c, { groupScore: 'top2-sum' })],
  ['deepseek-v2', 'scaled weights', (c) => withMoe(c, { routedScalingFactor: 1 })],
  ['deepseek-v3', 'neighbours, not halves, in rope', (c) => withRope(c, { interleaved: false })],
  ['deepseek-v3', 'groups', (c) => withMoe(c, { nGroup: 1, topkGroup: 1 })],
  ['deepseek-v3', 'groups by their best two', (c) => withMoe(c, { groupScore: 'max' })],
  ['deepseek-v3', 'sigmoid', (c) => withMoe(c, { scoringFunc: 'softmax' })],
  ['deepseek-v3', 'normalised weights', (c) => withMoe(c, { normTopkProb: false })],
];

test.each(misreadings)('%s sees %s', async (name, _rule, misread) => {
  const checkpoint = await openCheckpoint(folderOf(name));
  const config = misread(checkpoint.config);
  const model = await loadModel(config, checkpoint.tensors, ReferenceDevice.open());
  const prompt = truthOf(name).prompts[2]!;
  const tokens = [...prompt.tokens, ...prompt.greedy.slice(0, -1)];
  const found = await inSteps(model, tokens, tokens.length);
  const isSeen =
    worstError(found, prompt) > 10 * tolerance ||
    prompt.greedy.some((token, i) => best(found[prompt.tokens.length - 1 + i]!).token !== token);
  expect(isSeen).toBe(true);
  model.close();
  checkpoint.close();
});

function withRope(config: ModelConfig, rope: Partial<RopeConfig>): ModelConfig {
  return { ...config, rope: { ...config.rope, ...rope } };
}
function withScaling(config: ModelConfig, scaling: RopeConfig['scaling']): ModelConfig {
  return withRope(config, { scaling });
}
function withYarn(config: ModelConfig, yarn: Record<string, number>): ModelConfig {
  return withScaling(config, { ...config.rope.scaling, ...yarn } as RopeConfig['scaling']);
}
function withMoe(config: ModelConfig, moe: Partial<MoeConfig>): ModelConfig {
  return { ...config, moe: { ...config.moe!, ...moe } };
}

async function inSteps(model: Model, tokens: readonly number[], size: number) {
  const runner = new ModelRunner(model, tokens.length);
  const logits: Float32Array[] = [];
  for (let at = 0; at < tokens.length; at += size) {
    logits.push(...(await runner.forward(tokens.slice(at, at + size))));
  }
  runner.close();
  return logits;
}

async function draftsInSteps(
  model: Model,
  { tokens, nextTokens }: NonNullable<Truth['mtp']>[number],
  size: number,
) {
  const runner = new ModelRunner(model, tokens.length);
  const logits: Float32Array[] = [];
  for (let at = 0; at < tokens.length; at += size) {
    const part = [at, at + size] as const;
    const { drafts } = await runner.draft(tokens.slice(...part), nextTokens.slice(...part));
    logits.push(...drafts);
  }
  runner.close();
  return logits;
}

function expectLogits(found: readonly Float32Array[], truth: Logits): void {
  expect(worstError(found, truth)).toBeLessThan(tolerance);
}
