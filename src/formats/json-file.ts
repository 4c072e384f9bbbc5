/**
 * JSON files beside a checkpoint's weights: config.json, tokenizer.json, the shard index…
 * Anyone may have written them, so size, depth and number of values are limited before JSON.parse
 * is let at the text: what a small file can make it allocate is bounded.
 */
import { error } from '../base/errors.ts';
import { mapFile } from './file-map.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

const maxDepth = 64;
const maxValues = 4_000_000; // a 256k-word tokenizer with merges has 1.5 million

export function readJsonFile(path: string, maxBytes: number): JsonObject {
  return parseJsonObject(path, readTextFile(path, maxBytes));
}

/** For small files: throws where one is larger than `maxBytes` or not UTF-8. */
export function readTextFile(path: string, maxBytes: number): string {
  const map = mapFile(path);
  try {
    if (map.bytes.length > maxBytes) {
      const found = `${map.bytes.length} bytes`;
      throw error('file_damaged', {
        file: path,
        field: 'size',
        found,
        expected: `at most ${maxBytes}`,
      });
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(map.bytes);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    const fields = { file: path, field: 'text', found: 'bytes that are not UTF-8' };
    throw error('file_damaged', { ...fields, expected: 'UTF-8' }, cause);
  } finally {
    map.close();
  }
}

export function parseJsonObject(path: string, text: string): JsonObject {
  checkStructure(path, text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const found = (cause as Error).message;
    throw error(
      'file_damaged',
      { file: path, field: 'JSON', found, expected: 'valid JSON' },
      cause,
    );
  }
  if (!isJsonObject(value)) {
    throw error('file_damaged', {
      file: path,
      field: 'JSON',
      found: describeJson(value),
      expected: 'an object',
    });
  }
  return value;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value from a file as an error message shows it. */
export function describeJson(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) {
    const isShort = value.length <= 4 && value.every((item) => typeof item !== 'object');
    return isShort ? JSON.stringify(value) : `an array of ${value.length}`;
  }
  if (isJsonObject(value)) return 'an object';
  return JSON.stringify(value);
}

/** Counts brackets and commas outside strings: an upper bound of depth and values. */
function checkStructure(path: string, text: string): void {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        values += 1;
        if (depth > maxDepth) {
          const found = `more than ${maxDepth} levels`;
          throw error('file_damaged', {
            file: path,
            field: 'JSON nesting',
            found,
            expected: 'fewer',
          });
        }
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        break;
      case 0x2c: // ,
        values += 1;
        break;
    }
  }
  if (values > maxValues) {
    const found = `more than ${maxValues}`;
    throw error('file_damaged', { file: path, field: 'JSON values', found, expected: 'fewer' });
  }
}

/** The index of the closing quote; past the end where there is none. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at += 1) {
    const character = text.charCodeAt(at);
    if (character === 0x5c) at += 1;
    else if (character === 0x22 || Number.isNaN(character)) return at;
  }
}
