import { expect, test } from 'vitest';
import { error } from '../base/errors.ts';
import type { TensorSource, TensorView } from '../base/tensor-view.ts';
import { ReferenceDevice } from '../devices/reference/reference-device.ts';
import { randomBlocks } from '../formats/gguf/random-blocks.ts';
import type { ModelConfig } from '../formats/model-config.ts';
import { huggingFaceNames } from './llama-names.ts';
import { loadModel } from './registry.ts';

const config: ModelConfig = {
  ...{ architecture: 'qwen2', name: 'tiny', vocabSize: 11, hiddenSize: 8, intermediateSize: 12 },
  ...{ numHiddenLayers: 1, numAttentionHeads: 2, numKeyValueHeads: 1, headDim: 4 },
  ...{ maxPositionEmbeddings: 64, rmsNormEps: 1e-6, tieWordEmbeddings: true },
  rope: { theta: 10000, dims: 4, interleaved: false, scaling: { type: 'none' } },
  numNextnPredictLayers: 0,
};

function tinyTensors(): Map<string, TensorView> {
  const names = huggingFaceNames.layer(0);
  const shapes: Record<string, number[]> = {
    ...{ [huggingFaceNames.embedding]: [11, 8], [huggingFaceNames.norm]: [8] },
    ...{ [names.attentionNorm]: [8], [names.ffnNorm]: [8] },
    ...{ [names.q]: [8, 8], [names.k]: [4, 8], [names.v]: [4, 8], [names.o]: [8, 8] },
    ...{ [names.qBias]: [8], [names.kBias]: [4], [names.vBias]: [4] },
    ...{ [names.gate]: [12, 8], [names.up]: [12, 8], [names.down]: [8, 12] },
  };
  const views = Object.entries(shapes).map(([name, dims]): [string, TensorView] => {
    const elements = dims.reduce((a, b) => a * b, 1);
    return [name, { name, dtype: 'f32', dims, bytes: randomBlocks('f32', elements, 0.1, 1) }];
  });
  return new Map(views);
}

function sourceOf(tensors: Map<string, TensorView>): TensorSource {
  return {
    file: 'tiny',
    has: (name) => tensors.has(name),
    names: () => tensors.keys(),
    get(name) {
      const view = tensors.get(name);
      if (!view) throw error('tensor_missing', { file: 'tiny', tensor: name });
      return view;
    },
  };
}

const load = (tensors: Map<string, TensorView>, over: Partial<ModelConfig> = {}) =>
  loadModel({ ...config, ...over }, sourceOf(tensors), ReferenceDevice.open());

test('a complete checkpoint loads and says its sizes', async () => {
  const model = await load(tinyTensors());
  expect(model.kvBytesPerToken).toBe(2 * 4 * 4);
  expect(model.weightBytes).toBeGreaterThan(4 * 11 * 8);
  expect(model.mtp).toBeUndefined();
  model.close();
});

test.each([...tinyTensors().keys()])('without %s the error names it', async (name) => {
  const tensors = tinyTensors();
  tensors.delete(name);
  await expect(load(tensors)).rejects.toMatchObject({
    code: 'tensor_missing',
    message: expect.stringContaining(name),
  });
});

test.each([...tinyTensors().keys()])(
  '%s in another shape is refused with both shapes',
  async (name) => {
    const tensors = tinyTensors();
    const view = tensors.get(name) as TensorView;
    const dims = [...view.dims.slice(0, -1), (view.dims.at(-1) as number) + 1];
    const elements = dims.reduce((a, b) => a * b, 1);
    tensors.set(name, { ...view, dims, bytes: randomBlocks('f32', elements, 0.1, 1) });
    await expect(load(tensors)).rejects.toMatchObject({
      code: 'tensor_shape',
      fields: {
        tensor: name,
        found: `(${dims.join(', ')})`,
        expected: `(${view.dims.join(', ')})`,
      },
    });
  },
);

test.each(['gpt2', 'toString', '__proto__'])('architecture %s is refused', async (architecture) => {
  await expect(load(tinyTensors(), { architecture })).rejects.toMatchObject({
    code: 'architecture_unknown',
    message: expect.stringContaining('deepseek2'),
  });
});
