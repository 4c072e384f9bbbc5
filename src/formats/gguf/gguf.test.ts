import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GGMLQuantizationType, gguf as huggingFaceGguf } from '@huggingface/gguf';
import { afterAll, expect, test } from 'vitest';
import { type DType, type DTypeInfo, dtypes } from '../../base/dtypes.ts';
import { openGguf } from './gguf-file.ts';
import { array, bool, f32, type GgufValue, i32, text, u32, u64 } from './gguf-value.ts';
import { parseGguf } from './parse-gguf.ts';
import { randomBlocks } from './random-blocks.ts';
import { writeGguf } from './writer.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'sampan-gguf-'));
afterAll(() => rmSync(folder, { recursive: true }));

const inGguf = (Object.keys(dtypes) as DType[]).filter(
  (dtype) => (dtypes[dtype] as DTypeInfo).ggmlId !== undefined,
);

const metadata = new Map<string, GgufValue>([
  ['general.architecture', text('llama')],
  ['general.name', text('thử 试 \u{1f6f6}')],
  ['a.u8', { type: 'u8', value: 255 }],
  ['a.i8', { type: 'i8', value: -128 }],
  ['a.u16', { type: 'u16', value: 65535 }],
  ['a.i16', { type: 'i16', value: -32768 }],
  ['a.u32', u32(4294967295)],
  ['a.i32', i32(-2147483648)],
  ['a.f32', f32(Math.fround(1e-6))],
  ['a.f64', { type: 'f64', value: Math.PI }],
  ['a.u64', u64(2n ** 64n - 1n)],
  ['a.i64', { type: 'i64', value: -(2n ** 63n) }],
  ['a.yes', bool(true)],
  ['a.no', bool(false)],
  ['tokens', array('string', ['a', '', 'Ġthe', '试'])],
  ['scores', array('f32', [0.5, -1])],
  ['types', array('i32', [1, -3, 6])],
  ['flags', array('bool', [true, false])],
  ['nested', array('array', [array('u8', [1, 2]), array('string', ['x'])])],
]);

const tensors = inGguf.map((dtype, i) => ({
  name: `t.${dtype}`,
  dtype,
  dims: i % 3 === 0 ? [2, 3, 256] : i % 3 === 1 ? [3, 256] : [256],
  bytes: () => randomBlocks(dtype, i % 3 === 0 ? 6 * 256 : i % 3 === 1 ? 3 * 256 : 256, 1, i),
}));

test('what is written is read back, every value and every tensor byte', async () => {
  const file = path.join(folder, 'all.gguf');
  await writeGguf(file, { metadata, tensors });
  const model = openGguf(file);
  expect(model.version).toBe(3);
  expect([...model.metadata.entries.keys()]).toEqual([...metadata.keys()]);
  for (const [key, value] of metadata) {
    const read = model.metadata.entries.get(key)!;
    expect(read.type).toBe(value.type);
    if (value.type !== 'array') expect(read).toEqual(value);
  }
  expect(model.metadata.strings('tokens')).toEqual(['a', '', 'Ġthe', '试']);
  expect(model.metadata.numbers('scores')).toEqual([0.5, -1]);
  expect(model.metadata.numbers('types')).toEqual([1, -3, 6]);
  expect(model.metadata.entries.get('flags')).toMatchObject({ elementType: 'bool', length: 2 });

  expect([...model.names()]).toEqual(tensors.map(({ name }) => name));
  for (const { name, dtype, dims, bytes } of tensors) {
    const view = model.get(name);
    expect([view.dtype, view.dims]).toEqual([dtype, dims]);
    expect(Buffer.compare(view.bytes, bytes())).toBe(0);
  }
  expect(readdirSync(folder)).toEqual(['all.gguf']);
  model.close();
});

test('@huggingface/gguf reads the same from it', async () => {
  const file = path.join(folder, 'peer.gguf');
  // It reads no nested arrays.
  const flat = new Map([...metadata].filter(([key]) => key !== 'nested'));
  await writeGguf(file, { metadata: flat, tensors });
  const peer = await huggingFaceGguf(file, { allowLocalFile: true, typedMetadata: true });
  const own = parseGguf(readFileSync(file), file);
  for (const [key, value] of flat) {
    const seen = (peer.typedMetadata as unknown as Record<string, { value: unknown }>)[key]!;
    expect(seen.value, key).toEqual(value.type === 'array' ? value.items() : value.value);
  }
  for (const info of peer.tensorInfos) {
    const tensor = own.tensors.get(info.name)!;
    expect(info.shape.map(Number).reverse()).toEqual(tensor.dims);
    expect(GGMLQuantizationType[info.dtype]?.toLowerCase()).toBe(tensor.dtype);
    expect(Number(info.offset) + own.dataOffset).toBe(tensor.byteOffset);
  }
  expect(peer.tensorInfos.length).toBe(tensors.length);
});

test('an alignment asked for is kept', async () => {
  const file = path.join(folder, 'aligned.gguf');
  await writeGguf(file, { metadata: new Map([['general.alignment', u32(4096)]]), tensors });
  const header = parseGguf(readFileSync(file), file);
  expect(header.alignment).toBe(4096);
  expect([...header.tensors.values()].filter((t) => t.byteOffset % 4096 !== 0)).toEqual([]);
});

test('a write that fails leaves nothing behind, and an older file as it was', async () => {
  const file = path.join(folder, 'kept.gguf');
  writeFileSync(file, 'older');
  const before = readdirSync(folder);
  const failing = { ...tensors[0]!, bytes: () => Promise.reject(new Error('disk on fire')) };
  await expect(writeGguf(file, { metadata, tensors: [failing] })).rejects.toThrow('disk on fire');
  const short = { ...tensors[0]!, bytes: () => new Uint8Array(3) };
  await expect(writeGguf(file, { metadata, tensors: [short] })).rejects.toThrow(/3 bytes given/);
  expect(readdirSync(folder)).toEqual(before);
  expect(readFileSync(file, 'utf8')).toBe('older');
});

test('the writer refuses values that do not fit their type', async () => {
  const wrong: GgufValue[] = [u32(-1), u32(1.5), i32(2 ** 31), u64(-1n), array('u8', [256])];
  for (const value of wrong) {
    const content = { metadata: new Map([['a', value]]), tensors: [] };
    await expect(writeGguf(path.join(folder, 'never.gguf'), content)).rejects.toThrow(/is no/);
  }
});

test('a list of 200,000 tokens is opened without decoding it', async () => {
  const file = path.join(folder, 'tokens.gguf');
  const tokens = Array.from({ length: 200_000 }, (_, i) => `token ${i}`);
  await writeGguf(file, { metadata: new Map([['tokens', array('string', tokens)]]), tensors: [] });
  const bytes = readFileSync(file);
  const start = performance.now();
  const header = parseGguf(bytes, file);
  const parseMs = performance.now() - start;
  const read = header.metadata.strings('tokens');
  const decodeMs = performance.now() - start - parseMs;
  expect(read).toEqual(tokens);
  console.log(
    `200,000 tokens: parsed in ${parseMs.toFixed(1)} ms, decoded in ${decodeMs.toFixed(1)} ms`,
  );
  expect(parseMs).toBeLessThan(500);
  expect(decodeMs).toBeLessThan(3000);
});
