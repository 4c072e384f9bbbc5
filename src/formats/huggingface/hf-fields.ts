/**
 * Checked reads from config.json: a field is there and in its bounds, or one error names file,
 * field, found and expected. `null` counts as absent, as it does in transformers.
 */
import { error } from '../../base/errors.ts';
import { describeJson, isJsonObject, type JsonObject } from '../json-file.ts';

export class HfFields {
  readonly file: string;
  readonly #object: JsonObject;
  /** Of the object inside the file: `rope_scaling.` */
  readonly #prefix: string;

  constructor(file: string, object: JsonObject, prefix = '') {
    this.file = file;
    this.#object = object;
    this.#prefix = prefix;
  }

  get(name: string): unknown {
    return Object.hasOwn(this.#object, name) ? (this.#object[name] ?? undefined) : undefined;
  }

  /** A positive integer up to `max`. */
  count(name: string, max: number): number {
    return this.optionalCount(name, max) ?? this.#missing(name, `an integer from 1 to ${max}`);
  }

  optionalCount(name: string, max: number, min = 1): number | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) {
      return value as number;
    }
    throw this.damaged(name, `an integer from ${min} to ${max}`);
  }

  /** A finite number above 0, or from `min`. */
  number(name: string, max: number, min = Number.MIN_VALUE): number {
    return this.optionalNumber(name, max, min) ?? this.#missing(name, `a number up to ${max}`);
  }

  optionalNumber(name: string, max: number, min = Number.MIN_VALUE): number | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && value >= min && value <= max) return value;
    const expected = min === Number.MIN_VALUE ? 'a number above 0' : `a number from ${min}`;
    throw this.damaged(name, `${expected} up to ${max}`);
  }

  flag(name: string, whenAbsent: boolean): boolean {
    const value = this.get(name);
    if (value === undefined) return whenAbsent;
    if (typeof value === 'boolean') return value;
    throw this.damaged(name, 'true or false');
  }

  text(name: string): string | undefined {
    const value = this.get(name);
    if (value === undefined || typeof value === 'string') return value;
    throw this.damaged(name, 'a string');
  }

  object(name: string): HfFields | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    if (isJsonObject(value)) return new HfFields(this.file, value, `${this.#prefix}${name}.`);
    throw this.damaged(name, 'an object');
  }

  isEmpty(): boolean {
    return Object.keys(this.#object).length === 0;
  }

  /** Where the field has a value other than these (absent is fine): readable, but not runnable. */
  only(name: string, ...supported: readonly (string | number | boolean)[]): void {
    const value = this.get(name);
    if (value !== undefined && !(supported as readonly unknown[]).includes(value)) {
      throw this.unsupported(name, supported.join(' or '));
    }
  }

  damaged(name: string, expected: string) {
    const found = describeJson(this.get(name));
    return error('file_damaged', { file: this.file, field: this.#prefix + name, found, expected });
  }

  unsupported(name: string, expected: string) {
    const found = describeJson(this.get(name));
    const field = this.#prefix + name;
    return error('config_unsupported', { file: this.file, field, found, expected });
  }

  #missing(name: string, expected: string): never {
    throw this.damaged(name, expected);
  }
}
