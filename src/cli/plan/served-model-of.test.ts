import path from 'node:path';
import { expect, test } from 'vitest';
import type { ModelConfig } from '../../formats/model-config.ts';
import { openCheckpoint } from '../../formats/open-checkpoint.ts';
import type { ServedModel } from '../../planner/facts/served-model.ts';
import { kvElementsPerToken, servedModelOf } from './served-model-of.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const nano = path.join(root, 'models', 'nano', 'nano-f16.gguf');

/** Parameters of the linear maps of one layer, counted from the shape that the planner gets. */
function layerParameters({ hiddenSize, layers }: ServedModel): number {
  let total = 0;
  for (const { count, attention, feedForward } of layers) {
    if (attention.kind !== 'latent') throw new Error('nano has latent attention');
    const { heads, qLoraRank, kvLoraRank, qkNopeHeadDim, qkRopeHeadDim, vHeadDim } = attention;
    const query = heads * (qkNopeHeadDim + qkRopeHeadDim);
    total += count * (qLoraRank ? hiddenSize * qLoraRank + qLoraRank * query : hiddenSize * query);
    total += count * hiddenSize * (kvLoraRank + qkRopeHeadDim);
    total += count * kvLoraRank * heads * (qkNopeHeadDim + vHeadDim);
    total += count * heads * vHeadDim * hiddenSize;
    const maps = feedForward.kind === 'dense' ? 1 : feedForward.routed + feedForward.shared;
    total += count * maps * 3 * hiddenSize * feedForward.intermediateSize;
    if (feedForward.kind === 'experts') total += count * hiddenSize * feedForward.routed;
  }
  return total;
}

test('the shape of a checkpoint accounts for its parameters', async () => {
  const checkpoint = await openCheckpoint(nano);
  try {
    const { config, parameterCount } = checkpoint;
    const facts = { config, parameterCount, precision: 'bf16', date: '2026-03-04' } as const;
    const model = servedModelOf(facts);
    const embeddings = config.vocabSize * config.hiddenSize * (config.tieWordEmbeddings ? 1 : 2);
    // Beside them there are norms, biases of the gate, and the module of multi-token prediction.
    const mtp = model.mtp ? layerParameters({ ...model, layers: [model.mtp.layer] }) : 0;
    const counted = layerParameters(model) + embeddings + mtp;
    expect(counted / parameterCount).toBeGreaterThan(0.96);
    expect(counted / parameterCount).toBeLessThanOrEqual(1);
    expect(model.layers.map(({ count }) => count).reduce((a, b) => a + b)).toBe(4);
    const { parameters, activeParameters } = model.published;
    expect(parameters).toEqual({
      ...{ value: parameterCount, grade: 'A', source: 'checkpoint', date: '2026-03-04' },
    });
    expect(activeParameters.value).toBeLessThan(parameterCount);
    // `sampan show nano` has 1280 bytes a token on the reference device, which keeps f32.
    expect(kvElementsPerToken(config)).toBe(1280 / 4);
  } finally {
    checkpoint.close();
  }
});

test('grouped attention has keys and values of its own', () => {
  const config = {
    ...{ name: 'Qwen', hiddenSize: 64, vocabSize: 100, intermediateSize: 128 },
    ...{ numHiddenLayers: 3, numAttentionHeads: 4, numKeyValueHeads: 2, headDim: 16 },
    ...{ maxPositionEmbeddings: 1000, tieWordEmbeddings: true, numNextnPredictLayers: 0 },
  } as ModelConfig;
  const model = servedModelOf({ config, parameterCount: 10, precision: 'q8_0', date: '2026' });
  expect(model.layers).toEqual([
    {
      count: 3,
      attention: { kind: 'grouped', heads: 4, kvHeads: 2, headDim: 16 },
      feedForward: { kind: 'dense', intermediateSize: 128 },
    },
  ]);
  expect(model).not.toHaveProperty('mtp');
  expect(model.published.activeParameters.value).toBe(10);
  expect(kvElementsPerToken(config)).toBe(2 * 2 * 16 * 3);
});
