import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeRow } from '../../base/blocks/decode-row.ts';
import { SampanError } from '../../base/errors.ts';
import { maxHeaderBytes, parseSafetensors } from './parse-safetensors.ts';
import { encodeSafetensors } from './write-safetensors.ts';

const golden = path.resolve(import.meta.dirname, '../../../test/golden/safetensors');

/** A file with this header text, and data of so many bytes. */
function fileOf(header: string | Uint8Array, dataBytes = 0, statedBytes?: bigint): Uint8Array {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const file = new Uint8Array(8 + text.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, statedBytes ?? BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

function failure(file: Uint8Array): SampanError {
  try {
    parseSafetensors('m.safetensors', file);
  } catch (thrown) {
    if (thrown instanceof SampanError) return thrown;
    throw thrown;
  }
  throw new Error('it was parsed');
}

const entry = (dtype: string, shape: string, begin: number | string, end: number | string) =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`;

test('a file by the Python package has the values torch says, in every number format', () => {
  const bytes = readFileSync(path.join(golden, 'every-dtype.safetensors'));
  const truth = JSON.parse(readFileSync(path.join(golden, 'every-dtype.json'), 'utf8')) as Record<
    string,
    { dims: number[]; values: unknown }
  >;
  const tensors = parseSafetensors('every-dtype.safetensors', bytes);
  expect(tensors.map(({ name }) => name).sort()).toEqual(Object.keys(truth).sort());
  for (const { name, dtype, dims, bytes: raw } of tensors) {
    const { dims: expectedDims, values } = truth[name]!;
    expect(dims).toEqual(expectedDims);
    const flat = [values].flat(Number.POSITIVE_INFINITY);
    const out = new Float32Array(flat.length);
    decodeRow(dtype, raw, 0, out, flat.length);
    expect([...out]).toEqual(flat.map((value) => Math.fround(value as number)));
  }
});

test('what the writer wrote is read back, views of the same memory', () => {
  const written = [
    { name: 'a', dtype: 'u8', dims: [3], bytes: Uint8Array.of(1, 2, 3) },
    { name: 'b.weight', dtype: 'f32', dims: [1, 2], bytes: new Uint8Array(8).fill(7) },
    { name: 'none', dtype: 'f16', dims: [0, 9], bytes: new Uint8Array(0) },
    { name: '', dtype: 'i64', dims: [], bytes: new Uint8Array(8).fill(1) },
  ] as const;
  const file = encodeSafetensors(written);
  const read = parseSafetensors('m', file);
  expect(read).toEqual(written);
  expect(read[0]!.bytes.buffer).toBe(file.buffer);
});

test('a file without tensors, and one with whitespace wherever JSON allows it, are whole', () => {
  expect(parseSafetensors('m', fileOf('{}'))).toEqual([]);
  const spaced = '{ "x" :\n{ "shape":\t[ 2 , 1 ] ,"data_offsets":[ 0,2 ],\r"dtype" : "U8" } }  \n ';
  expect(parseSafetensors('m', fileOf(spaced, 2))[0]!.dims).toEqual([2, 1]);
});

test('names are read with their escapes', () => {
  const header = `{"\\u00e9\\n\\"\\ud83d\\ude00 é":${entry('U8', '[1]', 0, 1)}}`;
  expect(parseSafetensors('m', fileOf(header, 1))[0]!.name).toBe('é\n"😀 é');
});

describe('refuses', () => {
  const u8 = entry('U8', '[4]', 0, 4);
  const cases: [string, Uint8Array, string][] = [
    ['a file too short for a length', new Uint8Array(7), 'found a file of 7 bytes'],
    ['a header longer than the file', fileOf('{}', 0, 3n), 'at most the 2 bytes'],
    ['a header over 100 MB', fileOf('{}', 0, 100_000_001n), `at most ${maxHeaderBytes}`],
    ['a length of 2^64 - 1', fileOf('{}', 0, 2n ** 64n - 1n), 'found 18446744073709551615 bytes'],
    ['an empty header', fileOf(''), 'found the end of the header'],
    ['a header that begins with a space', fileOf(' {}'), 'header byte 0'],
    ['another JSON value', fileOf('[]'), 'expected {'],
    ['a header cut off', fileOf('{"x":{"dtype":"U8"'), 'expected }'],
    ['something after the header', fileOf('{}x'), 'nothing after the closing brace'],
    ['a trailing comma', fileOf(`{"x":${u8},}`, 4), 'expected "'],
    ['a string cut off', fileOf('{"x'), 'the end of a string'],
    ['a string cut off in an escape', fileOf('{"x\\'), 'the end of a string'],
    ['a line break in a string', fileOf('{"x\n":1}'), 'the end of a string'],
    ['an unknown escape', fileOf(`{"\\x":${u8}}`, 4), 'valid UTF-8 and escapes'],
    ['a name over 4096 bytes', fileOf(`{"${'x'.repeat(4097)}":${u8}}`, 4), 'at most 4096 bytes'],
    ['nested metadata', fileOf('{"__metadata__":{"a":{}}}'), 'expected "'],
    ['the same name twice', fileOf(`{"x":${u8},"x":${u8}}`, 4), 'tensor x: found it twice'],
    [
      'the same name twice, once escaped',
      fileOf(`{"x":${u8},"\\u0078":${u8}}`, 4),
      'tensor x: found it twice',
    ],
    ['metadata twice', fileOf('{"__metadata__":{},"__metadata__":{}}'), 'it twice'],
    ['an unknown key', fileOf('{"x":{"dtyp":"U8"}}'), 'once each'],
    ['a key twice', fileOf('{"x":{"dtype":"U8","dtype":"U8"}}'), 'once each'],
    ['no shape', fileOf('{"x":{"dtype":"U8","data_offsets":[0,0]}}'), 'two data_offsets'],
    ['one offset', fileOf('{"x":{"dtype":"U8","shape":[],"data_offsets":[0]}}', 1), 'two data_off'],
    ['a negative dim', fileOf(`{"x":${entry('U8', '[-4]', 0, 4)}}`, 4), 'a whole number'],
    ['a fraction', fileOf(`{"x":${entry('U8', '[4.0]', 0, 4)}}`, 4), 'expected ]'],
    ['a leading zero', fileOf(`{"x":${entry('U8', '[04]', 0, 4)}}`, 4), 'a whole number'],
    ['a dim past 2^53', fileOf(`{"x":${entry('U8', '[9007199254740993]', 0, 0)}}`), 'below 2^53'],
    ['17 dims', fileOf(`{"x":${entry('U8', `[${Array(17).fill(1)}]`, 0, 1)}}`, 1), 'at most 16'],
    [
      'a product past 2^53, hidden by a zero',
      fileOf(`{"x":${entry('F32', '[4294967296,4294967296,0]', 0, 0)}}`),
      'fewer than 2^53 bytes',
    ],
    ['too few bytes for the shape', fileOf(`{"x":${entry('F32', '[2]', 0, 4)}}`, 4), '8 bytes for'],
    [
      'too many bytes for it',
      fileOf(`{"x":${entry('F32', '[2]', 0, 9)}}`, 9),
      '8 bytes for F32 [2]',
    ],
    ['offsets backwards', fileOf(`{"x":${entry('U8', '[4]', 8, 4)}}`, 8), 'data_offsets 8 to 4'],
    ['data past the end', fileOf(`{"x":${u8}}`, 3), 'found 3 bytes of tensors, expected 4'],
    ['data left over', fileOf(`{"x":${u8}}`, 5), 'found 5 bytes of tensors, expected 4'],
    [
      'a hole',
      fileOf(`{"x":${u8},"y":${entry('U8', '[1]', 5, 6)}}`, 6),
      'tensor y: found its data at byte 5, expected it at byte 4',
    ],
    [
      'an overlap',
      fileOf(`{"x":${u8},"y":${entry('U8', '[4]', 2, 6)}}`, 6),
      'tensor y: found its data at byte 2, expected it at byte 4',
    ],
    ['two tensors in one place', fileOf(`{"x":${u8},"y":${u8}}`, 4), 'expected it at byte 4'],
    [
      'a hole at the start',
      fileOf(`{"x":${entry('U8', '[1]', 1, 2)}}`, 2),
      'expected it at byte 0',
    ],
  ];

  test.each(cases)('%s', (_, file, message) => {
    const thrown = failure(file);
    expect(thrown.code).toBe('file_damaged');
    expect(thrown.message).toContain('m.safetensors: ');
    expect(thrown.message).toContain(message);
  });

  test('bytes that are not UTF-8', () => {
    const header = Uint8Array.from(Buffer.from('{"\xff":{}}', 'latin1'));
    expect(failure(fileOf(header)).message).toContain('valid UTF-8');
  });

  test('a number format Sampan has no use for, by its name and the tensor’s', () => {
    const thrown = failure(fileOf(`{"x.weight":${entry('F8_E5M2', '[4]', 0, 4)}}`, 4));
    expect(thrown.code).toBe('dtype_unsupported');
    expect(thrown.message).toContain('tensor x.weight has the number format F8_E5M2');
    const inherited = failure(fileOf(`{"x":${entry('toString', '[4]', 0, 4)}}`, 4));
    expect(inherited.code).toBe('dtype_unsupported');
  });
});
