/**
 * A GGUF file's metadata with typed look-ups: undefined where the key is absent, file_damaged
 * where its value is of another kind than asked for.
 */
import { error } from '../../base/errors.ts';
import type { GgufArray, GgufValue } from './gguf-value.ts';

export class GgufMetadata {
  readonly file: string;
  readonly entries: ReadonlyMap<string, GgufValue>;

  constructor(file: string, entries: ReadonlyMap<string, GgufValue>) {
    this.file = file;
    this.entries = entries;
  }

  has(key: string): boolean {
    return this.entries.has(key);
  }

  string(key: string): string | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.type !== 'string') throw this.#wrong(key, entry, 'a string');
    return entry.value;
  }

  boolean(key: string): boolean | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.type !== 'bool') throw this.#wrong(key, entry, 'a truth value');
    return entry.value;
  }

  /** Any numeric type. */
  number(key: string): number | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.type === 'array') throw this.#wrong(key, entry, 'a number');
    if (entry.type === 'f32') return shortest(entry.value);
    if (typeof entry.value === 'number') return entry.value;
    if (typeof entry.value !== 'bigint') throw this.#wrong(key, entry, 'a number');
    if (!Number.isSafeInteger(Number(entry.value))) {
      throw this.#wrong(key, entry, 'a number below 2^53');
    }
    return Number(entry.value);
  }

  /** Any integer type; a float is refused even where it is whole. */
  integer(key: string): number | undefined {
    const entry = this.entries.get(key);
    if (entry?.type === 'f32' || entry?.type === 'f64') throw this.#wrong(key, entry, 'an integer');
    return this.number(key);
  }

  strings(key: string): readonly string[] | undefined {
    return this.#array(key, 'strings', (type) => type === 'string') as string[] | undefined;
  }

  /** Of any numeric type of at most 32 bits, or f64. */
  numbers(key: string): readonly number[] | undefined {
    const isNumeric = (type: string) => /^([ui](8|16|32)|f32|f64)$/.test(type);
    return this.#array(key, 'numbers', isNumeric) as number[] | undefined;
  }

  #array(key: string, what: string, isRight: (elementType: string) => boolean) {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.type !== 'array' || !isRight(entry.elementType)) {
      throw this.#wrong(key, entry, `an array of ${what}`);
    }
    return entry.items();
  }

  #wrong(key: string, entry: GgufValue, expected: string) {
    return error('file_damaged', {
      file: this.file,
      field: `metadata ${key}`,
      found: entry.type === 'array' ? describe(entry) : `${entry.type} ${entry.value}`,
      expected,
    });
  }
}

function describe(array: GgufArray): string {
  return `an array of ${array.length} ${array.elementType}`;
}

/** 1e-6 was stored as f32 and comes back as 9.99999997e-7: the shortest decimal it can have been. */
function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded;
  }
  return value;
}
