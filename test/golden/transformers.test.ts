/**
 * Each architecture on the reference device against Hugging Face transformers: next-token logits
 * of tiny random checkpoints, and 64 greedy tokens. The truth was computed in f32 from the same
 * stored weights by make-fixtures.py, which also says where transformers had to be corrected.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ReferenceDevice } from '../../src/devices/reference/reference-device.ts';
import type { Checkpoint } from '../../src/formats/checkpoint.ts';
import type { ModelConfig, MoeConfig, RopeConfig } from '../../src/formats/model-config.ts';
import { openCheckpoint } from '../../src/formats/open-checkpoint.ts';
import type { Model } from '../../src/models/model.ts';
import { loadModel } from '../../src/models/registry.ts';
import { best, greedy, ModelRunner } from '../model-runner.ts';

/** max |a - b| / max |b| over the vocabulary. */
const tolerance = 1e-4;

const fixtures = [
  ...(['llama', 'qwen2', 'qwen3', 'qwen3-yarn'] as const),
  ...(['deepseek-v2-lite', 'deepseek-v2', 'deepseek-v3', 'deepseek-v3-fp8'] as const),
];

interface Truth {
  readonly prompts: readonly (Logits & { readonly greedy: readonly number[] })[];
  readonly mtp?: readonly (Logits & { readonly nextTokens: readonly number[] })[];
}
interface Logits {
  readonly tokens: readonly number[];
  readonly positions: readonly number[];
  /** base64 of f32, one per position. */
  readonly logits: readonly string[];
}

describe.each(fixtures)('%s', (name) => {
  const truth = truthOf(name);
  let checkpoint: Checkpoint;
  let model: Model;

  beforeAll(async () => {
    checkpoint = await openCheckpoint(folderOf(name));
    model = await loadModel(checkpoint.config, checkpoint.tensors, new ReferenceDevice());
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

  if (!truth.mtp) return;

  test('the MTP module has the logits of transformers', async () => {
    for (const prompt of truth.mtp ?? []) {
      for (const size of [prompt.tokens.length, 5]) {
        const runner = new ModelRunner(model, prompt.tokens.length);
        const found: Float32Array[] = [];
        for (let at = 0; at < prompt.tokens.length; at += size) {
          const part = [at, at + size] as const;
          const { tokens, nextTokens } = prompt;
          found.push(...(await runner.draft(tokens.slice(...part), nextTokens.slice(...part))));
        }
        runner.close();
        expectLogits(found, prompt);
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
  const model = await loadModel(config, checkpoint.tensors, new ReferenceDevice());
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

const folderOf = (name: string) => path.join(import.meta.dirname, name);
const truthOf = (name: string): Truth =>
  JSON.parse(readFileSync(path.join(folderOf(name), 'truth.json'), 'utf8'));

async function inSteps(model: Model, tokens: readonly number[], size: number) {
  const runner = new ModelRunner(model, tokens.length);
  const logits: Float32Array[] = [];
  for (let at = 0; at < tokens.length; at += size) {
    logits.push(...(await runner.forward(tokens.slice(at, at + size))));
  }
  runner.close();
  return logits;
}

function expectLogits(found: readonly Float32Array[], truth: Logits): void {
  expect(found.length).toBe(truth.tokens.length);
  expect(worstError(found, truth)).toBeLessThan(tolerance);
}

function worstError(found: readonly Float32Array[], { positions, logits }: Logits): number {
  return Math.max(...positions.map((p, i) => relativeError(found[p]!, f32(logits[i]!))));
}

function relativeError(found: Float32Array, expected: Float32Array): number {
  expect(found.length).toBe(expected.length);
  const norm = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  let worst = 0;
  for (let i = 0; i < found.length; i++) {
    const difference = Math.abs(found[i]! - expected[i]!);
    if (!(difference <= worst)) worst = difference; // NaN counts as worst
  }
  return worst / norm;
}

function f32(base64: string): Float32Array {
  return new Float32Array(new Uint8Array(Buffer.from(base64, 'base64')).buffer);
}
