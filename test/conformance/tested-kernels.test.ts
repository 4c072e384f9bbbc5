/** A device that tested the kernels of a model's configuration at load has tested all that it runs. */
import { expect, test } from 'vitest';
import type { TensorSource } from '../../src/base/tensor-view.ts';
import { ReferenceDevice } from '../../src/devices/reference/reference-device.ts';
import type { ModelConfig } from '../../src/formats/model-config.ts';
import { openCheckpoint } from '../../src/formats/open-checkpoint.ts';
import { kernels, kernelsOf } from '../../src/kernels/kernel-list.ts';
import { loadModel } from '../../src/models/registry.ts';
import { fixtures, folderOf } from '../golden/truth.ts';
import { BatchRunner } from '../model-runner.ts';
import { randomCheckpoint, wideDeepseek2 } from '../oracle/random-checkpoint.ts';

/** Names of what runs for a prompt, for one token, and for two sequences, drafts included. */
async function namesOf(config: ModelConfig, tensors: TensorSource): Promise<Set<string>> {
  const device = ReferenceDevice.open();
  const names = new Set<string>();
  const command = device.command.bind(device);
  device.command = (kernel, args) => {
    names.add(kernel.name);
    return command(kernel, args);
  };
  const model = await loadModel(config, tensors, device);
  const runner = new BatchRunner(model, 2, 120);
  const prompt = Array.from({ length: 90 }, (_, i) => (i * 7) % 200);
  for (const parts of [
    [prompt, []],
    [[1], []],
    [[2], [3, 4]],
  ]) {
    if (model.mtp) await runner.draft(parts, parts);
    else await runner.forward(parts);
  }
  runner.close();
  model.close();
  return names;
}

test.each(fixtures)('%s', async (name) => {
  const { config, tensors, close } = await openCheckpoint(folderOf(name));
  const tested = new Set(kernelsOf(config).map((kernel) => kernel.name));
  expect([...(await namesOf(config, tensors))].filter((name) => !tested.has(name))).toEqual([]);
  close();
});

test('MLA whose prompts are expanded', async () => {
  const config = { ...wideDeepseek2, numHiddenLayers: 2, numNextnPredictLayers: 0 };
  const names = await namesOf(config, randomCheckpoint(wideDeepseek2));
  const tested = new Set(kernelsOf(config).map((kernel) => kernel.name));
  expect(names.size).toBeGreaterThan(15);
  expect([...names].filter((name) => !tested.has(name))).toEqual([]);
});

test('models with everything run every kernel there is, dense ones fewer', () => {
  expect(kernelsOf({ mla: {}, moe: {} })).toHaveLength(kernels.length);
  expect(kernelsOf({}).length).toBeLessThan(kernels.length);
});
