/**
 * Whole models on compiled devices, with weights that are numbers as they stand. Logits are those
 * of the reference: within 1e-2 of it, and much closer to the reference that rounds its KV cache
 * to f16 as they do. The steps are those that go different ways through kernels: a prompt at
 * once, token by token, in pieces; sequences side by side; contexts that fill several chunks of
 * attention's keys; MLA absorbed and expanded. Greedy tokens are those of transformers.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TensorSource } from '../../src/base/tensor-view.ts';
import type { Device } from '../../src/devices/device.ts';
import { ReferenceDevice } from '../../src/devices/reference/reference-device.ts';
import type { ModelConfig } from '../../src/formats/model-config.ts';
import { openCheckpoint } from '../../src/formats/open-checkpoint.ts';
import type { Model } from '../../src/models/model.ts';
import { loadModel } from '../../src/models/registry.ts';
import { openDevice } from '../../src/nn/open-device.ts';
import { fixtures, folderOf, relativeError, truthOf } from '../golden/truth.ts';
import { BatchRunner, greedy, ModelRunner } from '../model-runner.ts';
import { randomCheckpoint, wideDeepseek2, wideQwen2 } from '../oracle/random-checkpoint.ts';
import { compiledKinds } from './compiled-kinds.ts';
import { RoundingDevice } from './rounding-device.ts';

/** Measured on AVX-512, AVX2 and WebAssembly: at most 2.6e-3 and 4e-4. */
const fromReference = 1e-2;
const fromRounding = 1e-3;

/** Logits after every token of some steps. */
type Scenario = (model: Model) => Promise<Float32Array[]>;

let devices: Map<string, Device>;
beforeAll(async () => {
  const open = async (kind: (typeof compiledKinds)[number]) =>
    [kind, (await openDevice({ device: kind, threads: 2 })).device] as const;
  devices = new Map(await Promise.all(compiledKinds.map(open)));
});
afterAll(async () => {
  for (const device of devices.values()) await device.close();
});

describe.each(fixtures)('%s', (name) => {
  const truth = truthOf(name);
  const prompts = truth.prompts.map(({ tokens }) => tokens);
  const scenarios: Record<string, Scenario> = {
    'each prompt at once': (model) => inSteps(model, prompts, 1000),
    'prompts in steps of 1': (model) => inSteps(model, prompts, 1),
    'prompts in steps of 7': (model) => inSteps(model, prompts, 7),
    'three sequences side by side': (model) => sideBySide(model, truth.prompts),
  };
  if (truth.mtp) {
    scenarios['drafts of prompts at once'] = (model) => drafts(model, truth.mtp!, 1000);
    scenarios['drafts in steps of 5'] = (model) => drafts(model, truth.mtp!, 5);
  }
  sameAsReference(async () => {
    const { config, tensors, close } = await openCheckpoint(folderOf(name));
    return { config, tensors, close };
  }, scenarios);

  test.each(compiledKinds)('%s: 64 greedy tokens are those of transformers', async (kind) => {
    const checkpoint = await openCheckpoint(folderOf(name));
    const model = await loadModel(checkpoint.config, checkpoint.tensors, devices.get(kind)!);
    for (const { tokens, greedy: expected } of truth.prompts) {
      const found = await greedy(model, tokens, expected.length);
      expect(found.map(({ token }) => token)).toEqual(expected);
    }
    model.close();
    checkpoint.close();
  });
});

const text = (seed: number, length: number) =>
  Array.from({ length }, (_, i) => (i * i * 7 + seed * 31 + i * 13) % 288);
/** One layer: the reference takes its time. */
const long = (config: ModelConfig): ModelConfig => ({
  ...config,
  ...{ maxPositionEmbeddings: 1024, numHiddenLayers: 1, numNextnPredictLayers: 0 },
});

/** Attention takes keys 256 at a time; MLA of wideDeepseek2 is expanded from 86 query tokens on. */
describe.each([wideQwen2, wideDeepseek2])('$architecture over 256 tokens of context', (config) => {
  const tokens = text(1, 330);
  const steps = (...lengths: number[]): Scenario => {
    return async (model) => {
      const runner = new ModelRunner(model, tokens.length);
      const logits: Float32Array[] = [];
      let at = 0;
      for (const length of lengths) {
        logits.push(...(await runner.forward(tokens.slice(at, at + length))));
        at += length;
      }
      runner.close();
      return logits;
    };
  };
  sameAsReference(
    async () => ({ config: long(config), tensors: randomCheckpoint(config), close() {} }),
    {
      'at once': steps(330),
      'in pieces of less than 86': steps(80, 80, 80, 80, 10),
      'in long pieces': steps(100, 120, 110),
      'token by token over the border': steps(253, 1, 1, 1, 1, 1, 7, 1),
      'long and short sequences in one step': async (model) => {
        const runner = new BatchRunner(model, 3, 340);
        const others = [text(2, 300), text(3, 40)] as const;
        const logits = [
          ...(await runner.forward([tokens.slice(0, 200), others[0].slice(0, 280), []])),
          ...(await runner.forward([tokens.slice(200, 203), others[0].slice(280), others[1]])),
          ...(await runner.forward([tokens.slice(203, 320), [5], [6, 7]])),
          ...(await runner.forward([[1], [2], [3]])),
        ];
        runner.close();
        return logits;
      },
    },
  );
});

interface Source {
  readonly config: ModelConfig;
  readonly tensors: TensorSource;
  close(): void;
}

function sameAsReference(open: () => Promise<Source>, scenarios: Record<string, Scenario>): void {
  const names = Object.keys(scenarios);
  let source: Source;
  /** What the first scenario gives; the reference does not care how a prompt is cut. */
  let reference: Float32Array[];
  let rounding: Record<string, Float32Array[]>;
  const on = async (device: Device, scenario: Scenario) => {
    const model = await loadModel(source.config, source.tensors, device);
    const logits = await scenario(model);
    model.close();
    return logits;
  };
  beforeAll(async () => {
    source = await open();
    reference = await on(ReferenceDevice.open(), scenarios[names[0]!]!);
    rounding = {};
    for (const name of names) rounding[name] = await on(new RoundingDevice(), scenarios[name]!);
  });
  afterAll(() => source.close());

  test.each(compiledKinds.flatMap((kind) => names.map((name) => [kind, name] as const)))(
    '%s: %s',
    async (kind, name) => {
      const found = await on(devices.get(kind)!, scenarios[name]!);
      expect(found.length).toBe(rounding[name]!.length);
      expect(worst(found, rounding[name]!)).toBeLessThan(fromRounding);
      if (name === names[0]) expect(worst(found, reference)).toBeLessThan(fromReference);
    },
  );
}

function worst(found: readonly Float32Array[], expected: readonly Float32Array[]): number {
  return Math.max(...found.map((logits, i) => relativeError(logits, expected[i]!)));
}

async function inSteps(model: Model, prompts: readonly (readonly number[])[], size: number) {
  const logits: Float32Array[] = [];
  for (const tokens of prompts) {
    const runner = new ModelRunner(model, tokens.length);
    for (let at = 0; at < tokens.length; at += size) {
      logits.push(...(await runner.forward(tokens.slice(at, at + size))));
    }
    runner.close();
  }
  return logits;
}

/** Chunks of the longest prompt beside the others' prompts and first tokens; then all decode. */
async function sideBySide(
  model: Model,
  prompts: readonly { readonly tokens: readonly number[]; readonly greedy: readonly number[] }[],
): Promise<Float32Array[]> {
  const [a, b, c] = prompts.map(({ tokens, greedy }) => [...tokens, ...greedy]) as [
    ...[number[], number[], number[]],
  ];
  const lengths = prompts.map(({ tokens }) => tokens.length) as [number, number, number];
  const runner = new BatchRunner(model, 3, lengths[2] + 20);
  const logits = [
    ...(await runner.forward([[], b.slice(0, lengths[1]), c.slice(0, 20)])),
    ...(await runner.forward([a.slice(0, 1), [b[lengths[1]]!], c.slice(20, lengths[2])])),
  ];
  for (let i = 0; i < 8; i++) {
    const parts = [[a[1 + i]!], [b[lengths[1] + 1 + i]!], [c[lengths[2] + i]!]];
    logits.push(...(await runner.forward(parts)));
  }
  runner.close();
  return logits;
}

async function drafts(
  model: Model,
  prompts: NonNullable<ReturnType<typeof truthOf>['mtp']>,
  size: number,
): Promise<Float32Array[]> {
  const logits: Float32Array[] = [];
  for (const { tokens, nextTokens } of prompts) {
    const runner = new ModelRunner(model, tokens.length);
    for (let at = 0; at < tokens.length; at += size) {
      const part = [at, at + size] as const;
      const { drafts } = await runner.draft(tokens.slice(...part), nextTokens.slice(...part));
      logits.push(...drafts);
    }
    runner.close();
  }
  return logits;
}
