import { expect, test } from 'vitest';
import { decodeRow } from '../../base/blocks/decode-row.ts';
import { type DType, dtypes, rowBytes } from '../../base/dtypes.ts';
import { SampanError } from '../../base/errors.ts';
import { mulberry32 } from '../../base/mulberry32.ts';
import { parseGgufConfig } from './gguf-config.ts';
import { GgufFile } from './gguf-file.ts';
import { array, bool, f32, GgufArray, type GgufValue, text, u32, u64 } from './gguf-value.ts';
import { headerBytes, placeTensors, type TensorPlan } from './header-bytes.ts';
import { parseGguf } from './parse-gguf.ts';
import { randomBlocks } from './random-blocks.ts';

const cases = 24_000;
const seed = 20260912;

/** A model of one layer with a small vocabulary, and tensors of the given formats. */
function goodFile(
  version: number,
  formats: readonly DType[],
  extra: [string, GgufValue][],
): Buffer {
  const metadata = new Map<string, GgufValue>([
    ['general.architecture', text('llama')],
    ['llama.block_count', u32(1)],
    ['llama.context_length', u32(64)],
    ['llama.embedding_length', u32(256)],
    ['llama.feed_forward_length', u32(512)],
    ['llama.attention.head_count', u32(4)],
    ['llama.attention.head_count_kv', u32(2)],
    ['llama.attention.layer_norm_rms_epsilon', f32(1e-5)],
    [
      'tokenizer.ggml.tokens',
      array(
        'string',
        Array.from({ length: 40 }, (_, i) => `t${i}`),
      ),
    ],
    [
      'tokenizer.ggml.scores',
      array(
        'f32',
        Array.from({ length: 40 }, (_, i) => i),
      ),
    ],
    ...extra,
  ]);
  const tensors: TensorPlan[] = formats.map((dtype, i) => ({
    name: `blk.0.${dtype}.weight`,
    dtype,
    dims: i % 2 ? [2, 256] : [256],
  }));
  const placed = placeTensors(tensors, 32);
  const data = Buffer.alloc(placed.at(-1)!.offset + placed.at(-1)!.sizeBytes);
  for (const [i, { dtype, dims, offset }] of placed.entries()) {
    data.set(
      randomBlocks(
        dtype,
        dims.reduce((a, b) => a * b),
        1,
        i,
      ),
      offset,
    );
  }
  const file = Buffer.concat([headerBytes(metadata, placed, 32), data]);
  file.writeUInt32LE(version, 4);
  return file;
}

const inGguf = (Object.keys(dtypes) as DType[]).filter((dtype) => 'ggmlId' in dtypes[dtype]);
const goodFiles = [
  goodFile(3, inGguf.slice(0, 14), []),
  goodFile(2, inGguf.slice(14), [
    ['general.alignment', u32(32)],
    ['flag', bool(true)],
  ]),
  goodFile(
    3,
    ['f32', 'q4_k'],
    [
      ['nested', array('array', [array('array', [array('u8', [1])]), array('string', ['a', 'b'])])],
      ['flags', array('bool', [true, false])],
      ['big', u64(2n ** 63n)],
    ],
  ),
];
const headerBytesOf = goodFiles.map((file) => parseGguf(file, 'good.gguf').dataOffset);

const extremes = [
  0n,
  1n,
  2n,
  12n,
  255n,
  2n ** 16n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
].concat([
  2n ** 32n,
  2n ** 40n,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 32n,
  2n ** 64n - 1n,
]);

/** One to three small injuries, nearly all of them in the header: data means nothing to a parser. */
function mutate(random: () => number): Buffer {
  const below = (n: number) => Math.floor(random() * n);
  const which = below(goodFiles.length);
  let file: Buffer = Buffer.from(goodFiles[which]!);
  const place = () => below(random() < 0.95 ? headerBytesOf[which]! : file.length);
  for (let injuries = 1 + below(3); injuries > 0; injuries--) {
    const at = Math.min(place(), Math.max(0, file.length - 1));
    const kind = below(7);
    if (file.length === 0) break;
    if (kind === 0) file[at]! ^= 1 << below(8);
    else if (kind === 1) file[at] = below(256);
    else if (kind === 2) file = file.subarray(0, random() < 0.5 ? at : below(file.length));
    else if (kind === 3 && at + 8 <= file.length) {
      file.writeBigUInt64LE(extremes[below(extremes.length)]!, at);
    } else if (kind === 4 && at + 4 <= file.length) {
      file.writeUInt32LE(Number(extremes[below(9)]!), at);
    } else if (kind === 5) {
      const other = goodFiles[below(goodFiles.length)]!;
      const from = below(other.length);
      file = Buffer.concat([
        file.subarray(0, at),
        other.subarray(from, from + below(200)),
        file.subarray(at),
      ]);
    } else {
      const length = below(40);
      file = Buffer.concat([file.subarray(0, at), file.subarray(at + length)]);
    }
  }
  return file;
}

function decodeArrays(value: GgufValue | GgufArray): void {
  if (value.type !== 'array') return;
  expect(value.items().length).toBe(value.length);
  for (const item of value.items()) if (item instanceof GgufArray) decodeArrays(item);
}

/** Decoded twice, between zeros and between ones: were a byte outside read, the values would differ. */
function decodeTensor(dtype: DType, dims: readonly number[], bytes: Uint8Array): number {
  const columns = dims.at(-1)!;
  const rows = dims.slice(0, -1).reduce((a, b) => a * b, 1);
  const rowSize = rowBytes(dtype, columns);
  expect(rowSize * rows).toBe(bytes.length);
  const read = rows > 0 ? Math.min(rows, 2) : 0;
  const [a, b] = [new Float32Array(columns), new Float32Array(columns)];
  for (let row = 0; row < read; row++) {
    const own = bytes.subarray(row * rowSize, (row + 1) * rowSize);
    for (const [around, out] of [
      [0, a],
      [255, b],
    ] as const) {
      const padded = new Uint8Array(own.length + 64).fill(around);
      padded.set(own, 32);
      decodeRow(dtype, padded, 32, out, columns);
    }
    expect(Buffer.from(a.buffer).equals(Buffer.from(b.buffer))).toBe(true);
  }
  return read;
}

test(`${cases} damaged files each parse or are refused, soon and in little memory`, () => {
  const random = mulberry32(seed);
  const counts = { parsed: 0, damaged: 0, unsupported: 0, configs: 0, configsRefused: 0, rows: 0 };
  let slowestMs = 0;
  const heapBefore = process.memoryUsage().rss;
  const start = performance.now();
  for (let i = 0; i < cases; i++) {
    const bytes = mutate(random);
    const begun = performance.now();
    try {
      const header = parseGguf(bytes, 'fuzz.gguf');
      counts.parsed++;
      use(header, bytes, counts);
    } catch (cause) {
      if (!(cause instanceof SampanError)) throw new Error(`case ${i} of seed ${seed}`, { cause });
      expect(['file_damaged', 'dtype_unsupported']).toContain(cause.code);
      expect(cause.message.length).toBeLessThan(2000);
      if (cause.code === 'file_damaged') counts.damaged++;
      else counts.unsupported++;
    }
    slowestMs = Math.max(slowestMs, performance.now() - begun);
  }
  const seconds = (performance.now() - start) / 1000;
  const grownMb = (process.memoryUsage().rss - heapBefore) / 2 ** 20;
  console.log(
    `GGUF fuzz, ${cases} cases in ${seconds.toFixed(1)} s (slowest ${slowestMs.toFixed(0)} ms, memory +${grownMb.toFixed(0)} MB):`,
    JSON.stringify(counts),
  );
  expect(counts.parsed + counts.damaged + counts.unsupported).toBe(cases);
  // Both ways are well trodden, or the mutations are not what they are meant to be.
  expect(counts.parsed).toBeGreaterThan(cases / 50);
  expect(counts.damaged).toBeGreaterThan(cases / 4);
  expect(counts.configs).toBeGreaterThan(100);
  expect(slowestMs).toBeLessThan(1000);
  expect(grownMb).toBeLessThan(500);
}, 60_000);

function use(header: ReturnType<typeof parseGguf>, bytes: Buffer, counts: Record<string, number>) {
  for (const value of header.metadata.entries.values()) decodeArrays(value);
  const map = {
    path: 'fuzz.gguf',
    bytes,
    isMapped: false,
    addressOf: () => undefined,
    drop() {},
    close() {},
  };
  const file = new GgufFile('fuzz.gguf', [{ map, header }]);
  for (const name of file.names()) {
    const { dtype, dims, bytes: data } = file.get(name);
    counts.rows! += decodeTensor(dtype, dims, data);
  }
  try {
    parseGgufConfig(header.metadata, file);
    counts.configs!++;
  } catch (cause) {
    if (!(cause instanceof SampanError)) throw cause;
    counts.configsRefused!++;
  }
}
