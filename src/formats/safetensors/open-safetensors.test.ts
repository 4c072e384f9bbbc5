import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { f8e4m3ToF32 } from '../../base/half.ts';
import { openSafetensors } from './open-safetensors.ts';
import { type WrittenTensor, writeSafetensors } from './write-safetensors.ts';

const golden = path.resolve(import.meta.dirname, '../../../test/golden/safetensors');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sampan-safetensors-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (file: string, ...tensors: WrittenTensor[]) =>
  writeSafetensors(path.join(folder, file), tensors);
const writeIndex = (weightMap: unknown) =>
  writeFileSync(
    path.join(folder, 'model.safetensors.index.json'),
    JSON.stringify({ metadata: { total_size: 1 }, weight_map: weightMap }),
  );
const bytesTensor = (name: string, ...values: number[]): WrittenTensor => ({
  name,
  dtype: 'u8',
  dims: [values.length],
  bytes: Uint8Array.from(values),
});
const zeros = (name: string, dtype: 'f32' | 'f8_e4m3' | 'bf16', ...dims: number[]) => ({
  name,
  dtype,
  dims,
  bytes: new Uint8Array(dims.reduce((a, b) => a * b, 1) * { f32: 4, bf16: 2, f8_e4m3: 1 }[dtype]),
});

test('FP8 weights come with their tile scales and have the values torch computes', () => {
  cpSync(path.join(golden, 'fp8.safetensors'), path.join(folder, 'model.safetensors'));
  const weights = openSafetensors(folder);
  expect([...weights.names()].sort()).toEqual(['norm.weight', 'w.weight']);
  expect(weights.has('w.weight_scale_inv')).toBe(false);
  const { bytes, tileScales, dims } = weights.get('w.weight');
  expect(dims).toEqual([130, 260]);
  expect(tileScales!.length).toBe(2 * 3);
  const { values } = JSON.parse(readFileSync(path.join(golden, 'fp8.json'), 'utf8'));
  for (const [row, column, value] of values as [number, number, number][]) {
    const scale = tileScales![(row >> 7) * 3 + (column >> 7)]!;
    expect(Math.fround(f8e4m3ToF32(bytes[row * 260 + column]!) * scale)).toBe(value);
  }
  weights.close();
});

test('scales that lie unaligned in the file are read all the same', () => {
  const scales = new Float32Array([0.5, 2]);
  write('model.safetensors', bytesTensor('before', 1), zeros('w', 'f8_e4m3', 129, 5), {
    name: 'w_scale_inv',
    dtype: 'f32',
    dims: [2, 1],
    bytes: new Uint8Array(scales.buffer),
  });
  const weights = openSafetensors(folder);
  expect(weights.get('w').tileScales).toEqual(scales);
  weights.close();
});

test('a weight and its scales may lie in different shards', () => {
  write('a.safetensors', zeros('w.weight', 'f8_e4m3', 3, 3));
  write('b.safetensors', zeros('w.weight_scale_inv', 'f32', 1, 1));
  writeIndex({ 'w.weight': 'a.safetensors', 'w.weight_scale_inv': 'b.safetensors' });
  const weights = openSafetensors(folder);
  expect([...weights.get('w.weight').tileScales!]).toEqual([0]);
  weights.close();
});

test('a name like a scale’s beside a weight that is not FP8 is a tensor of its own', () => {
  write('model.safetensors', zeros('w', 'bf16', 2, 2), zeros('w_scale_inv', 'f32', 1));
  const weights = openSafetensors(folder);
  expect([...weights.names()]).toEqual(['w', 'w_scale_inv']);
  weights.close();
});

test('in a split checkpoint the index says which file a tensor counts in', () => {
  write('one.safetensors', bytesTensor('x', 1), bytesTensor('y', 2));
  write('two.safetensors', bytesTensor('x', 3), bytesTensor('unlisted', 4));
  writeIndex({ x: 'two.safetensors', y: 'one.safetensors' });
  const weights = openSafetensors(folder);
  expect([...weights.names()].sort()).toEqual(['x', 'y']);
  expect([...weights.get('x').bytes, ...weights.get('y').bytes]).toEqual([3, 2]);
  weights.close();
});

test('one file under any name is enough, also behind a symbolic link', () => {
  write('elsewhere.bin', bytesTensor('x', 9));
  symlinkSync(path.join(folder, 'elsewhere.bin'), path.join(folder, 'weights.safetensors'));
  const weights = openSafetensors(folder);
  expect([...weights.get('x').bytes]).toEqual([9]);
  weights.close();
});

test('after close, twice, views are empty and nothing stays mapped', () => {
  write('model.safetensors', bytesTensor('x', 1, 2));
  const weights = openSafetensors(folder);
  const { bytes } = weights.get('x');
  weights.close();
  weights.close();
  expect(bytes.length).toBe(0);
  expect(readFileSync('/proc/self/maps', 'utf8')).not.toContain(folder);
});

describe('refuses', () => {
  const failure = () => {
    try {
      openSafetensors(folder).close();
    } catch (thrown) {
      expect(readFileSync('/proc/self/maps', 'utf8')).not.toContain(folder);
      return thrown as Error & { code: string };
    }
    throw new Error('it was opened');
  };

  test('a folder without weights, and one with several files and no index', () => {
    expect(failure().message).toContain('found no *.safetensors');
    write('a.safetensors', bytesTensor('x', 1));
    write('b.safetensors', bytesTensor('y', 1));
    expect(failure().message).toContain('found 2 safetensors files');
  });

  const badShards = [
    '../other/model.safetensors',
    '/etc/model.safetensors',
    'sub/model.safetensors',
    'sub\\model.safetensors',
    '..safetensors',
    '.hidden.safetensors',
    'model.safetensors\0.safetensors',
    'model.bin',
    '',
    7,
    null,
  ];
  test.each(badShards)('a shard that the index calls %j', (shard) => {
    writeIndex({ x: shard });
    const thrown = failure();
    expect(thrown.code).toBe('file_damaged');
    expect(thrown.message).toContain('weight_map x');
    expect(thrown.message).toContain('plain name');
  });

  test('a shard that is missing, by its name', () => {
    writeIndex({ x: 'model-00001-of-00002.safetensors' });
    const thrown = failure();
    expect(thrown.code).toBe('file_not_found');
    expect(thrown.message).toContain('model-00001-of-00002.safetensors');
  });

  test('a shard without the tensor the index promises', () => {
    write('a.safetensors', bytesTensor('x', 1));
    write('b.safetensors', bytesTensor('y', 1));
    writeIndex({ x: 'b.safetensors', y: 'b.safetensors' });
    const thrown = failure();
    expect(thrown.code).toBe('tensor_missing');
    expect(thrown.message).toContain('b.safetensors: tensor x');
  });

  test.each([[undefined], [[]], ['x']])('an index whose weight_map is %j', (weightMap) => {
    writeIndex(weightMap);
    expect(failure().message).toContain('weight_map');
  });

  test('a damaged second shard, letting go of the first', () => {
    write('a.safetensors', bytesTensor('x', 1));
    writeFileSync(path.join(folder, 'b.safetensors'), 'nonsense');
    writeIndex({ x: 'a.safetensors', y: 'b.safetensors' });
    expect(failure().message).toContain('b.safetensors: header length');
  });

  test('FP8 weights without scales', () => {
    write('model.safetensors', zeros('w', 'f8_e4m3', 2, 2));
    const thrown = failure();
    expect(thrown.code).toBe('tensor_missing');
    expect(thrown.message).toContain('w_scale_inv');
  });

  test.each([
    ['too few', zeros('w_scale_inv', 'f32', 1, 1)],
    ['the wrong way round', zeros('w_scale_inv', 'f32', 1, 2)],
    ['one-dimensional', zeros('w_scale_inv', 'f32', 2)],
    ['bf16', zeros('w_scale_inv', 'bf16', 2, 1)],
  ])('FP8 scales that are %s', (_, scales) => {
    write('model.safetensors', zeros('w', 'f8_e4m3', 129, 128), scales);
    const thrown = failure();
    expect(thrown.code).toBe('tensor_shape');
    expect(thrown.message).toContain('expected f32 [2, 1] for weights of [129, 128]');
  });

  test('a tensor nobody has, when it is asked for', () => {
    write('model.safetensors', bytesTensor('x', 1));
    const weights = openSafetensors(folder);
    expect(() => weights.get('z')).toThrow(/tensor z is missing/);
    expect(() => weights.get('toString')).toThrow(/tensor toString is missing/);
    weights.close();
  });
});
