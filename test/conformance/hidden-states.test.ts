/**
 * What `hidden` gives is what the head gets: times the head's weights it is the logits of
 * `forward`, for every row of a step, on every architecture. The checkpoints are those of
 * test/golden/, on the reference device.
 */
import path from 'node:path';
import { expect, test } from 'vitest';
import { ReferenceDevice } from '../../src/devices/reference/reference-device.ts';
import { openCheckpoint } from '../../src/formats/open-checkpoint.ts';
import { loadModel } from '../../src/models/registry.ts';

const golden = path.resolve(import.meta.dirname, '../golden');
const tokens = Int32Array.from([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3]);
const positions = tokens.map((_, i) => i);

test.each(['llama', 'qwen3', 'deepseek-v2', 'deepseek-v3'])('%s', async (name) => {
  const checkpoint = await openCheckpoint(path.join(golden, name));
  const { config, tensors } = checkpoint;
  const model = await loadModel(config, tensors, ReferenceDevice.open());
  const { bytes } = tensors.get('lm_head.weight');
  const bits = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  const head = new Float32Array(Uint32Array.from(bits, (value) => value << 16).buffer); // bf16
  const step = {
    ...{ tokens, positions, slotMapping: positions, logitRows: positions },
    sequences: [
      {
        ...{ queryStart: 0, queryTokens: tokens.length, contextTokens: tokens.length },
        blockTable: Int32Array.of(0, 1),
      },
    ],
  };
  const logits = (await model.forward(step, model.createKvCache(2, 16))).slice();
  const hidden = (await model.hidden(step, model.createKvCache(2, 16))).slice();
  const { hiddenSize, vocabSize } = config;
  expect(hidden).toHaveLength(tokens.length * hiddenSize);
  let worst = 0;
  for (const row of tokens.keys()) {
    for (let token = 0; token < vocabSize; token++) {
      let sum = 0;
      for (let i = 0; i < hiddenSize; i++) {
        sum += (hidden[row * hiddenSize + i] ?? 0) * (head[token * hiddenSize + i] ?? 0);
      }
      worst = Math.max(worst, Math.abs(sum - (logits[row * vocabSize + token] ?? 0)));
    }
  }
  expect(worst).toBeLessThan(1e-3);
  expect(Math.max(...logits)).toBeGreaterThan(0.1); // they are not all nothing
  model.close();
  checkpoint.close();
});
