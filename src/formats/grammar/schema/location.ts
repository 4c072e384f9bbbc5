/** A place in a schema document: its JSON pointer and what stands there. */
import { unsupported, wrong } from './refusal.ts';

export type SchemaObject = Readonly<Record<string, unknown>>;

export interface Location {
  readonly pointer: string;
  readonly schema: SchemaObject | boolean;
}

export class SchemaRoot {
  readonly root: Location;
  readonly #known = new Map<string, Location>();

  constructor(document: unknown) {
    this.root = this.#at('#', document);
  }

  /** The schema under a keyword of another. */
  child(parent: Location, ...path: readonly (string | number)[]): Location {
    let value: unknown = parent.schema;
    for (const step of path) value = member(value, String(step));
    const steps = path.map((step) => `/${escapeStep(String(step))}`);
    return this.#at(parent.pointer + steps.join(''), value);
  }

  /** Where a $ref of that place leads. */
  resolve(ref: unknown, pointer: string): Location {
    if (typeof ref !== 'string') throw wrong(pointer, ref, 'a reference');
    if (ref !== '#' && !ref.startsWith('#/')) {
      const remedy = 'Refer to a part of the same schema by its JSON pointer: #/$defs/name';
      throw unsupported(pointer, `the reference ${ref}`, remedy);
    }
    let value: unknown = this.root.schema;
    const steps = ref.split('/').slice(1).map(readStep);
    for (const step of steps) value = member(value, step);
    if (value === undefined) {
      throw unsupported(
        pointer,
        `${ref}, which is nowhere in the schema`,
        'Correct the reference.',
      );
    }
    return this.#at(['#', ...steps.map(escapeStep)].join('/'), value);
  }

  /** A part of a schema, with a place of its own. */
  standIn({ pointer }: Location, schema: SchemaObject): Location {
    return this.#at(`${pointer} in part`, schema);
  }

  #at(pointer: string, value: unknown): Location {
    const known = this.#known.get(pointer);
    if (known !== undefined) return known;
    if (typeof value !== 'boolean' && !isObject(value)) throw wrong(pointer, value, 'a schema');
    const location = { pointer, schema: value };
    this.#known.set(pointer, location);
    return location;
  }
}

export function isObject(value: unknown): value is SchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the object or list has under that name; nothing it merely inherits. */
export function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as SchemaObject)[name];
}

function escapeStep(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}

function readStep(step: string): string {
  let text = step;
  try {
    text = decodeURIComponent(step);
  } catch {
    // a percent sign that stands for itself
  }
  return text.replaceAll('~1', '/').replaceAll('~0', '~');
}
