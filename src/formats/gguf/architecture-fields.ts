/**
 * Checked reads of an architecture's own metadata (`llama.block_count`, …): a value is there and
 * in its bounds, or one error names file, key, found and expected.
 */
import { error, type SampanError } from '../../base/errors.ts';
import type { GgufMetadata } from './metadata.ts';

export class ArchitectureFields {
  readonly metadata: GgufMetadata;
  readonly architecture: string;

  constructor(metadata: GgufMetadata, architecture: string) {
    this.metadata = metadata;
    this.architecture = architecture;
  }

  /** A positive integer up to `max`. */
  count(name: string, max: number): number {
    const value = this.optionalCount(name, max);
    if (value === undefined) throw this.damaged(name, `an integer from 1 to ${max}`);
    return value;
  }

  optionalCount(name: string, max: number, min = 1): number | undefined {
    const value = this.metadata.integer(this.#key(name));
    if (value === undefined || (value >= min && value <= max)) return value;
    throw this.damaged(name, `an integer from ${min} to ${max}`);
  }

  /** A finite number above 0, or from `min`. */
  number(name: string, max: number, min = Number.MIN_VALUE): number {
    const value = this.optionalNumber(name, max, min);
    if (value === undefined) throw this.damaged(name, `a number up to ${max}`);
    return value;
  }

  optionalNumber(name: string, max: number, min = Number.MIN_VALUE): number | undefined {
    const value = this.metadata.number(this.#key(name));
    if (value === undefined) return undefined;
    if (value >= min && value <= max) return value;
    const expected = min === Number.MIN_VALUE ? 'a number above 0' : `a number from ${min}`;
    throw this.damaged(name, `${expected} up to ${max}`);
  }

  flag(name: string, whenAbsent: boolean): boolean {
    return this.metadata.boolean(this.#key(name)) ?? whenAbsent;
  }

  text(name: string): string | undefined {
    return this.metadata.string(this.#key(name));
  }

  damaged(name: string, expected: string): SampanError {
    const key = this.#key(name);
    return error('file_damaged', {
      file: this.metadata.file,
      field: `metadata ${key}`,
      found: this.#shown(key),
      expected,
    });
  }

  unsupported(name: string, expected: string): SampanError {
    const key = this.#key(name);
    const field = `metadata ${key}`;
    const found = this.#shown(key);
    return error('config_unsupported', { file: this.metadata.file, field, found, expected });
  }

  #key(name: string): string {
    return `${this.architecture}.${name}`;
  }

  #shown(key: string): string {
    const entry = this.metadata.entries.get(key);
    if (entry === undefined) return 'nothing';
    return entry.type === 'array' ? `an array of ${entry.length}` : String(entry.value);
  }
}
