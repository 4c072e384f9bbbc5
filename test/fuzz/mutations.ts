/**
 * Damage for fuzz tests, repeatable from a seed: changed bytes as bad disks and attackers leave
 * them, and changed JSON values as hand-edited or foreign files have them.
 */

export type Random = () => number;

export const below = (random: Random, limit: number) => Math.floor(random() * limit);
export const pick = <T>(random: Random, values: readonly T[]): T =>
  values[below(random, values.length)] as T;

/** 1 more often than any other number up to `limit`. */
const few = (random: Random, limit: number) =>
  below(random, 2) === 0 ? 1 : 1 + below(random, limit);

const edgeBytes = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x22, 0x5c, 0x2c, 0x5b, 0x7b, 0x30, 0x39, 0x2d];

/** Mostly one change, at times up to four. The input is left as it is. */
export function mutateBytes(random: Random, input: Uint8Array): Uint8Array {
  let bytes: Uint8Array = input.slice();
  for (let change = few(random, 4); change > 0; change -= 1) {
    const at = below(random, bytes.length + 1);
    const length = 1 + below(random, 16);
    switch (below(random, 6)) {
      case 0: // one bit
        if (at < bytes.length) bytes[at]! ^= 1 << below(random, 8);
        break;
      case 1: // one byte
        if (at < bytes.length) bytes[at] = pick(random, edgeBytes);
        break;
      case 2: // end early
        bytes = bytes.slice(0, at);
        break;
      case 3: // something is missing
        bytes = joined(bytes.subarray(0, at), bytes.subarray(at + length));
        break;
      case 4: // something is there twice
        bytes = joined(bytes.subarray(0, at + length), bytes.subarray(at));
        break;
      case 5: // something is in between
        bytes = joined(bytes.subarray(0, at), noise(random, length), bytes.subarray(at));
        break;
    }
  }
  return bytes;
}

const edgeNumbers = [
  ...['0', '-1', '1', '2', '3', '7', '127', '128', '255', '256', '65536', '4294967295'],
  ...['4294967296', '9007199254740991', '9007199254740993', '18446744073709551615'],
  ...['1e308', '1e999', '0.5', '-0', '1e-320', 'null', '""', '[]', '{}'],
];

/** Puts edge cases in the place of one whole number, or a few, in a JSON text. */
export function mutateNumbers(random: Random, text: string): string {
  let changed = text;
  for (let change = few(random, 3); change > 0; change -= 1) {
    const numbers = [...changed.matchAll(/\d+/g)];
    if (numbers.length === 0) return changed;
    const { index, 0: old } = pick(random, numbers);
    changed =
      changed.slice(0, index) + pick(random, edgeNumbers) + changed.slice(index + old.length);
  }
  return changed;
}

const edgeValues: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1, 2, 3, 0.5, 1e9, 2 ** 31, 2 ** 53, 1e308, -0.0],
  ...['', '1', 'yarn', 'linear', '__proto__', 'x'.repeat(5000), '\u0000\ud800'],
  ...[[], [1, 2], ['full_attention'], [[[]]], {}, { type: 'yarn' }, { factor: -1 }],
];

/** Replaces, removes or copies one value, or a few, anywhere in a JSON object. */
export function mutateValues(random: Random, input: object): object {
  const copy = structuredClone(input);
  for (let change = few(random, 3); change > 0; change -= 1) {
    const objects = objectsIn(copy);
    const target = pick(random, objects) as Record<string, unknown>;
    const keys = Object.keys(target);
    const key = keys.length > 0 ? pick(random, keys) : 'new';
    switch (below(random, 4)) {
      case 0:
        if (Array.isArray(target)) target.pop();
        else delete target[key];
        break;
      case 1: {
        const other = pick(random, keys.length > 0 ? keys : ['new']);
        target[other] = target[key];
        break;
      }
      default:
        target[key] = structuredClone(pick(random, edgeValues));
    }
  }
  return copy;
}

function objectsIn(value: object): object[] {
  const inner = Object.values(value).filter((item) => typeof item === 'object' && item !== null);
  return [value, ...inner.flatMap(objectsIn)];
}

function noise(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => below(random, 256));
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
