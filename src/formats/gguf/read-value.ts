/**
 * One typed metadata value. Limits: strings of 16 MiB, arrays of 2^24 entries, nesting of 4. An
 * array's extent is checked at once, its entries are decoded when somebody asks.
 */
import { PackedTexts } from '../packed-texts.ts';
import type { Cursor } from './cursor.ts';
import {
  GgufArray,
  type GgufItem,
  type GgufValue,
  type GgufValueType,
  scalarBytes,
  valueTypes,
} from './gguf-value.ts';

export const maxStringBytes = 2 ** 24;
const maxArrayLength = 2 ** 24;
const maxNesting = 4;
const maxPackedBytes = 2 ** 30;

export function readValue(cursor: Cursor, field: string): GgufValue {
  const type = readType(cursor, field);
  const value = readItem(cursor, type, field, 1);
  // The pairing of type and value is what readItem does; the compiler cannot see it.
  return value instanceof GgufArray ? value : ({ type, value } as GgufValue);
}

function readType(cursor: Cursor, field: string): GgufValueType {
  const id = cursor.u32(`${field}: type`);
  const type = valueTypes[id];
  if (type === undefined) throw cursor.damaged(`${field}: type`, id, 'an id from 0 to 12');
  return type;
}

function readItem(cursor: Cursor, type: GgufValueType, field: string, depth: number): GgufItem {
  if (type === 'string') return cursor.string(field, maxStringBytes);
  if (type === 'array') return readArray(cursor, field, depth);
  if (type !== 'bool') return cursor[type](field);
  const value = cursor.u8(field);
  if (value > 1) throw cursor.damaged(field, value, '0 or 1, a truth value');
  return value === 1;
}

function readArray(cursor: Cursor, field: string, depth: number): GgufArray {
  if (depth > maxNesting) {
    throw cursor.damaged(field, `arrays ${depth} deep`, `at most ${maxNesting}`);
  }
  const elementType = readType(cursor, field);
  const length = cursor.count(`${field}: length`, maxArrayLength);
  const start = cursor.at;
  skipItems(cursor, elementType, length, field, depth);
  const bytes = cursor.bytes.subarray(0, cursor.at);

  const inside = () => cursor.over(bytes, start);
  const Numbers = numberArrays[elementType as keyof typeof numberArrays];
  return new GgufArray(
    elementType,
    length,
    () => {
      const items = inside();
      return Array.from({ length }, () => readItem(items, elementType, field, depth + 1));
    },
    () => packTexts(inside(), length, field),
    Numbers && (() => new Numbers(new Uint8Array(bytes.subarray(start)).buffer)),
  );
}

/** What is long enough to matter: types and scores of tokens. */
const numberArrays = { i32: Int32Array, u32: Uint32Array, f32: Float32Array };

/** A copy, which outlives the file's mapping. */
function packTexts(cursor: Cursor, length: number, field: string): PackedTexts {
  const { at: start, remaining } = cursor;
  if (remaining > maxPackedBytes) {
    throw cursor.damaged(field, `${remaining} bytes of texts`, `at most ${maxPackedBytes}`);
  }
  const [starts, ends] = [new Uint32Array(length), new Uint32Array(length)];
  for (let i = 0; i < length; i++) {
    const size = cursor.skipString(field, maxStringBytes);
    ends[i] = cursor.at - start;
    starts[i] = ends[i] - size;
  }
  return new PackedTexts(new Uint8Array(cursor.bytes.subarray(start)), starts, ends);
}

/** Walks to the array's end; whatever decoding could refuse is refused here. */
function skipItems(
  cursor: Cursor,
  type: GgufValueType,
  length: number,
  field: string,
  depth: number,
) {
  const fixed = scalarBytes[type];
  if (fixed !== undefined) {
    const start = cursor.take(length * fixed, field);
    if (type !== 'bool') return;
    const wrong = cursor.bytes.subarray(start, cursor.at).find((value) => value > 1);
    if (wrong !== undefined) throw cursor.damaged(field, wrong, '0 or 1, a truth value');
  } else if (type === 'string') {
    for (let i = 0; i < length; i++) cursor.skipString(field, maxStringBytes);
  } else {
    for (let i = 0; i < length; i++) readArray(cursor, field, depth + 1);
  }
}
