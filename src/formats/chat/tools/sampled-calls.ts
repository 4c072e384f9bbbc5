/**
 * What a model wrote as the arguments of its calls, letter by letter. Clients send calls back as
 * JSON that they wrote anew, with other spaces; rendered so, the prompt would differ from what is
 * in the KV cache from that letter on. A call that comes back with its id and an equal value is
 * rendered as it was written (antirez/ds4 does so). Bounded; the longest unused goes first.
 */
import type { ParsedCall } from './tool-call-parser.ts';

export const sampledCallsLimits = { calls: 4096, chars: 8_000_000 };

export class SampledCalls {
  /** In order of use. */
  readonly #calls = new Map<string, ParsedCall>();
  #chars = 0;

  get size(): number {
    return this.#calls.size;
  }

  add(call: ParsedCall): void {
    this.#remove(call.id);
    this.#calls.set(call.id, call);
    this.#chars += charsOf(call);
    for (const id of this.#calls.keys()) {
      const { calls, chars } = sampledCallsLimits;
      if (this.#calls.size <= calls && this.#chars <= chars) break;
      this.#remove(id);
    }
  }

  /** The arguments as they were written, where they say the same. */
  bodyOf(id: string | undefined, name: string, argumentsJson: string): string | undefined {
    const call = id === undefined ? undefined : this.#calls.get(id);
    if (call === undefined || call.name !== name) return undefined;
    if (!isSameJson(call.arguments, argumentsJson)) return undefined;
    this.#calls.delete(call.id);
    this.#calls.set(call.id, call);
    return call.body;
  }

  #remove(id: string): void {
    const call = this.#calls.get(id);
    if (call === undefined) return;
    this.#calls.delete(id);
    this.#chars -= charsOf(call);
  }
}

const charsOf = (call: ParsedCall) => call.arguments.length + call.body.length;

function isSameJson(a: string, b: string): boolean {
  if (a === b) return true;
  try {
    return isSame(JSON.parse(a), JSON.parse(b));
  } catch {
    return false;
  }
}

/** The order of members means nothing. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [keysOfA, keysOfB] = [Object.keys(a), Object.keys(b)];
  return (
    keysOfA.length === keysOfB.length &&
    keysOfA.every(
      (key) => Object.hasOwn(b, key) && isSame(Reflect.get(a, key), Reflect.get(b, key)),
    )
  );
}
