import { describe, expect, test } from 'vitest';
import { SampanError } from '../../base/errors.ts';
import { array, bool, type GgufValue, text, u32 } from './gguf-value.ts';
import { headerBytes, placeTensors, type TensorPlan } from './header-bytes.ts';
import { parseGguf } from './parse-gguf.ts';

const metadata = new Map<string, GgufValue>([
  ['general.architecture', text('llama')],
  ['llama.block_count', u32(2)],
  ['yes', bool(true)],
  ['tokens', array('string', ['a', 'bc'])],
]);
const tensors: TensorPlan[] = [
  { name: 'first', dtype: 'q4_0', dims: [2, 64] },
  { name: 'other', dtype: 'f32', dims: [3, 4, 5] },
];

function whole(entries: ReadonlyMap<string, GgufValue> = metadata, plans = tensors): Buffer {
  const placed = placeTensors(plans, 32);
  const header = headerBytes(entries, placed, 32);
  const last = placed.at(-1);
  return Buffer.concat([header, Buffer.alloc(last ? last.offset + last.sizeBytes : 0)]);
}

/** A good file with some bytes replaced at a place found by the text before it. */
function patched(after: string, skip: number, bytes: number[]): Buffer {
  const file = whole();
  const at = file.indexOf(after);
  expect(at).toBeGreaterThan(0);
  file.set(bytes, at + after.length + skip);
  return file;
}

function refusal(bytes: Uint8Array): string {
  try {
    parseGguf(bytes, 'bad.gguf');
  } catch (cause) {
    expect(cause).toBeInstanceOf(SampanError);
    expect((cause as SampanError).code).toBe('file_damaged');
    expect((cause as SampanError).fields.file).toBe('bad.gguf');
    return (cause as SampanError).message;
  }
  return 'accepted';
}

const u64 = (value: number) => [...new Uint8Array(new BigUint64Array([BigInt(value)]).buffer)];

test('the good file is good, dims come outermost first', () => {
  const header = parseGguf(whole(), 'good.gguf');
  expect(header.tensors.get('other')).toMatchObject({ dims: [3, 4, 5], sizeBytes: 240 });
  expect(header.metadata.strings('tokens')).toEqual(['a', 'bc']);
});

test('version 2 is read like version 3', () => {
  const file = whole();
  file.writeUInt32LE(2, 4);
  expect(parseGguf(file, 'v2.gguf').version).toBe(2);
});

describe('the beginning', () => {
  test.each([
    ['another magic', 0, 0x46464646, /magic: found 0x46464646, expected 0x46554747/],
    ['version 1', 4, 1, /version: found 1, expected 2 or 3/],
    ['version 4', 4, 4, /version: found 4/],
    ['big-endian', 4, 0x03000000, /version: found big-endian, expected 2 or 3, little-endian/],
    ['too many tensors', 12, 1, /tensor count: found 42949\d+, expected at most/],
    ['more tensors than bytes', 8, 100_000, /tensor count: found 100000, expected what fits/],
    ['more keys than bytes', 16, 60_000, /metadata count: found 60000, expected what fits/],
  ])('refuses %s', (_, at, value, message) => {
    const file = whole();
    file.writeUInt32LE(value, at);
    expect(refusal(file)).toMatch(message);
  });

  test('refuses every truncation of the header, and of the data', () => {
    const file = whole();
    for (let length = 0; length < file.length; length++) {
      expect(refusal(file.subarray(0, length))).toMatch(/found .*, expected/);
    }
  });
});

describe('metadata', () => {
  test.each([
    [
      'a key longer than the file',
      'general.architecture',
      -28,
      u64(60_000),
      /metadata key 0: found the end/,
    ],
    [
      'a key of 2^40 bytes',
      'general.architecture',
      -28,
      u64(2 ** 40),
      /metadata key 0: found 1099511627776, expected at most 65535/,
    ],
    [
      'an unknown value type',
      'llama.block_count',
      0,
      [13, 0, 0, 0],
      /block_count: type: found 13, expected an id from 0 to 12/,
    ],
    [
      'a string of 2^50 bytes',
      'general.architecture',
      4,
      u64(2 ** 50),
      /architecture: found 1125899906842624, expected at most/,
    ],
    ['a truth value of 2', 'yes', 4, [2], /yes: found 2, expected 0 or 1/],
    [
      'an array of 2^60 entries',
      'tokens',
      8,
      u64(2 ** 60),
      /tokens: length: found 1152921504606846976, expected at most 16777216/,
    ],
    ['an array longer than the file', 'tokens', 8, u64(10_000_000), /tokens: found (the end|\d+)/],
    ['an unknown element type', 'tokens', 4, [99, 0, 0, 0], /tokens: type: found 99/],
  ])('refuses %s', (_, after, skip, bytes, message) => {
    expect(refusal(patched(after, skip, bytes))).toMatch(message);
  });

  test('refuses a key given twice', () => {
    const file = whole(
      new Map<string, GgufValue>([
        ['key1', u32(1)],
        ['key2', u32(1)],
      ]),
    );
    file.write('key1', file.indexOf('key2'));
    expect(refusal(file)).toMatch(/metadata key1: found it twice/);
  });

  test('refuses arrays nested without end', () => {
    const nest = (depth: number): GgufValue =>
      Array.from({ length: depth }).reduce<ReturnType<typeof array>>(
        (inner) => array('array', [inner]),
        array('u8', [1]),
      );
    expect(refusal(whole(new Map([['a', nest(3)]])))).toBe('accepted');
    expect(refusal(whole(new Map([['a', nest(4)]])))).toMatch(
      /a: found arrays 5 deep, expected at most 4/,
    );
    expect(refusal(whole(new Map([['a', nest(1000)]])))).toMatch(/at most 4/);
  });

  test('refuses truth values other than 0 and 1 inside arrays', () => {
    const file = whole(new Map([['flags', array('bool', [true, false, true])]]));
    file[file.indexOf('flags') + 5 + 4 + 4 + 8 + 1] = 7;
    expect(refusal(file)).toMatch(/flags: found 7, expected 0 or 1/);
  });

  test.each([0, 3, 31, 2 ** 20])('refuses an alignment of %i', (alignment) => {
    const file = whole(new Map([['general.alignment', u32(alignment)]]));
    expect(refusal(file)).toMatch(/general.alignment: found .*, expected a power of two up to/);
  });

  test('refuses an alignment that is no integer', () => {
    expect(refusal(whole(new Map([['general.alignment', text('32')]])))).toMatch(
      /an integer|a number/,
    );
  });
});

describe('tensors', () => {
  // After the name: number of dims u32, dims u64 each (innermost first), type u32, offset u64.
  const name = 'first\u0002\u0000\u0000\u0000';
  test.each([
    ['no dims', 'first', 0, [0], /tensor first: number of dims: found 0, expected 1 to 4/],
    ['five dims', 'first', 0, [5], /tensor first: number of dims: found 5/],
    ['a dim of 0', name, 0, u64(0), /tensor first: dims: found \[0, 2\]/],
    [
      'rows of part of a block',
      name,
      0,
      u64(48),
      /tensor first: dims: found \[48, 2\], expected rows of whole blocks of 32/,
    ],
    [
      'dims whose product wraps round 2^64',
      name,
      0,
      [...u64(2 ** 34), ...u64(2 ** 34)],
      /tensor first: dims: found \[17179869184, 17179869184\]/,
    ],
    [
      'dims of more than the file',
      name,
      0,
      u64(64 * 1000),
      /tensor first: dims: .* in a file of \d+ bytes/,
    ],
    [
      'a removed type',
      name,
      16,
      [4, 0, 0, 0],
      /tensor first: type: found id 4, expected one of 0 1 2 3/,
    ],
    ['an unknown type', name, 16, [200, 0, 0, 0], /tensor first: type: found id 200/],
    [
      'an unaligned offset',
      name,
      20,
      u64(8),
      /tensor first: offset: found 8, expected a multiple of 32/,
    ],
    [
      'an offset past the end',
      name,
      20,
      u64(2 ** 50),
      /tensor first: data: found an end at byte \d+/,
    ],
    [
      'an offset that overlaps',
      name,
      20,
      u64(96),
      /tensor first: offset: found byte \d+, inside tensor other|tensor other: offset/,
    ],
  ])('refuses %s', (_, after, skip, bytes, message) => {
    expect(refusal(patched(after, skip, bytes))).toMatch(message);
  });

  test('refuses a name given twice, and one without end', () => {
    const file = whole();
    const at = file.indexOf('other\u0003\u0000\u0000\u0000');
    const twice = Buffer.from(file);
    twice.write('first', at);
    expect(refusal(twice)).toMatch(/tensor first: found it twice/);
    file.set(u64(257), at - 8);
    expect(refusal(file)).toMatch(/tensor name: found 257, expected at most 256/);
  });

  test('a format of ggml’s that cannot be read is named, not called damage', () => {
    const file = patched(name, 16, [34, 0, 0, 0]);
    expect(() => parseGguf(file, 'x.gguf')).toThrow(
      /tensor first has the number format tq1_0; known are/,
    );
  });
});
