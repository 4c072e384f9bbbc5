/** Mutations of good files: each parses into what its bytes can hold, or is a SampanError. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  below,
  mutateBytes,
  mutateNumbers,
  pick,
  type Random,
} from '../../../test/fuzz/mutations.ts';
import { dtypes } from '../../base/dtypes.ts';
import { SampanError } from '../../base/errors.ts';
import { mulberry32 } from '../../base/mulberry32.ts';
import { openSafetensors } from './open-safetensors.ts';
import { parseSafetensors } from './parse-safetensors.ts';
import { encodeSafetensors } from './write-safetensors.ts';

const golden = path.resolve(import.meta.dirname, '../../../test/golden');
const goodFiles = [
  new Uint8Array(readFileSync(path.join(golden, 'safetensors/every-dtype.safetensors'))),
  encodeSafetensors([{ name: 'x', dtype: 'u8', dims: [2, 2], bytes: new Uint8Array(4) }]),
  encodeSafetensors([
    { name: 'w', dtype: 'f8_e4m3', dims: [3, 3], bytes: new Uint8Array(9) },
    { name: 'w_scale_inv', dtype: 'f32', dims: [1, 1], bytes: new Uint8Array(4) },
  ]),
];

/** Half of them damaged anywhere; half in the header alone, with the length made right again. */
function damagedFile(random: Random): Uint8Array {
  const good = pick(random, goodFiles);
  if (below(random, 2) === 0) return mutateBytes(random, good);
  const headerBytes = Number(new DataView(good.buffer).getBigUint64(0, true));
  const header = good.subarray(8, 8 + headerBytes);
  const damaged =
    below(random, 2) === 0
      ? mutateBytes(random, header)
      : Buffer.from(mutateNumbers(random, Buffer.from(header).toString('latin1')), 'latin1');
  const file = new Uint8Array(8 + damaged.length + good.length - 8 - headerBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(damaged.length), true);
  file.set(damaged, 8);
  file.set(good.subarray(8 + headerBytes), 8 + damaged.length);
  return file;
}

test('25,000 damaged files parse into what they hold or are refused, none slowly', () => {
  const random = mulberry32(20_241_227);
  const outcomes = { parsed: 0, refused: 0 };
  let slowestMs = 0;
  let longestMessage = 0;
  for (let round = 0; round < 25_000; round += 1) {
    const file = damagedFile(random);
    const start = performance.now();
    try {
      let tensorBytes = 0;
      for (const { dtype, dims, bytes } of parseSafetensors('f', file)) {
        const needed = dims.reduce((a, b) => a * b, 1) * dtypes[dtype].blockBytes;
        if (bytes.length !== needed) expect(bytes.length).toBe(needed);
        tensorBytes += bytes.length;
      }
      if (tensorBytes > file.length) expect(tensorBytes).toBe(file.length);
      outcomes.parsed += 1;
    } catch (thrown) {
      if (!(thrown instanceof SampanError)) throw thrown;
      longestMessage = Math.max(longestMessage, thrown.message.length);
      outcomes.refused += 1;
    }
    slowestMs = Math.max(slowestMs, performance.now() - start);
  }
  // Both ends are reached: names and padding may change harmlessly, most of the rest may not.
  expect(outcomes.parsed).toBeGreaterThan(500);
  expect(outcomes.refused).toBeGreaterThan(15_000);
  expect(slowestMs).toBeLessThan(5000);
  expect(longestMessage).toBeLessThan(2000);
});

test('500 damaged indexes open or are refused, and nothing stays mapped', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sampan-fuzz-'));
  const random = mulberry32(671);
  const index = path.join(folder, 'model.safetensors.index.json');
  const good = JSON.stringify({
    metadata: { total_size: 13 },
    weight_map: { w: 'one.safetensors', w_scale_inv: 'one.safetensors', x: 'two.safetensors' },
  });
  try {
    writeFileSync(path.join(folder, 'one.safetensors'), goodFiles[2]!);
    writeFileSync(path.join(folder, 'two.safetensors'), goodFiles[1]!);
    writeFileSync(index, good);
    openSafetensors(folder).close();
    for (let round = 0; round < 500; round += 1) {
      writeFileSync(index, mutateBytes(random, Buffer.from(good)));
      try {
        openSafetensors(folder).close();
      } catch (thrown) {
        if (!(thrown instanceof SampanError)) throw thrown;
      }
    }
    expect(readFileSync('/proc/self/maps', 'utf8')).not.toContain(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
