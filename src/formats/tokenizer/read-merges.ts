/**
 * A file's list of merges by the ids of their tokens. Both parts and their join must be tokens, or
 * encoding would lose text; anything else is file_damaged with the merge's place in the list.
 */
import { error } from '../../base/errors.ts';
import type { PackedTexts } from '../packed-texts.ts';
import { Merges } from './merges.ts';
import type { Vocabulary } from './vocabulary.ts';
import { limits, show } from './vocabulary-checks.ts';

interface Place {
  readonly vocabulary: Vocabulary;
  readonly file: string;
  readonly field: string;
}

const space = 0x20;
const mostUtf8Bytes = 3; // of a UTF-16 unit
/** The two parts of the merge in hand, one behind the other. */
const joined = new Uint8Array(2 * mostUtf8Bytes * limits.tokenChars);
const text = new TextDecoder('utf-8', { ignoreBOM: true });
const utf8 = new TextEncoder();

/** GGUF's: texts with a space between the parts. */
export function readPackedMerges(texts: PackedTexts, place: Place): Merges {
  const merges = new Merges(texts.length);
  const { bytes, starts, ends } = texts;
  for (let i = 0; i < texts.length; i++) {
    const [start, end] = [starts[i], ends[i]];
    // A first character may be a space itself: byte-level tokens hold none, but others may.
    const middle = bytes.indexOf(space, start + 1);
    if (middle < 0 || middle >= end) throw noPair(texts.text(i), i, place);
    let length = 0;
    for (let at = start; at < middle; at++) joined[length++] = bytes[at];
    for (let at = middle + 1; at < end; at++) joined[length++] = bytes[at];
    add(merges, middle - start, length, i, place);
  }
  return merges;
}

/** tokenizer.json's: such texts, or pairs. */
export function readJsonMerges(values: readonly unknown[], place: Place): Merges {
  const merges = new Merges(values.length);
  for (const [i, value] of values.entries()) {
    const pair = typeof value === 'string' ? splitMerge(value) : value;
    if (!isPair(pair)) throw noPair(value, i, place);
    const long = pair.find((part) => part.length > limits.tokenChars);
    if (long !== undefined) throw noToken(long, i, place);
    const middle = utf8.encodeInto(pair[0], joined).written;
    const length = middle + utf8.encodeInto(pair[1], joined.subarray(middle)).written;
    add(merges, middle, length, i, place);
  }
  return merges;
}

function add(merges: Merges, middle: number, length: number, i: number, place: Place): void {
  const { vocabulary } = place;
  const left = vocabulary.find(joined, 0, middle);
  const right = vocabulary.find(joined, middle, length);
  const both = vocabulary.find(joined, 0, length);
  if (left < 0 || right < 0 || both < 0) {
    const [start, end] = left < 0 ? [0, middle] : right < 0 ? [middle, length] : [0, length];
    throw noToken(text.decode(joined.subarray(start, end)), i, place);
  }
  merges.add(left, right, both);
}

/** At the first space after the first character. */
function splitMerge(merge: string): [string, string] | undefined {
  const at = merge.indexOf(' ', 1);
  return at < 0 ? undefined : [merge.slice(0, at), merge.slice(at + 1)];
}

function isPair(value: unknown): value is [string, string] {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((part) => typeof part === 'string' && part.length > 0)
  );
}

function noPair(found: unknown, i: number, { file, field }: Place) {
  const expected = 'two tokens with a space between them';
  return error('file_damaged', { file, field: `${field}[${i}]`, found: show(found), expected });
}

function noToken(found: string, i: number, { file, field }: Place) {
  const expected = 'tokens of the vocabulary';
  return error('file_damaged', { file, field: `${field}[${i}]`, found: show(found), expected });
}
