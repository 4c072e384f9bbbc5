/** What a schema asks that cannot be held, said with its place and a way out. */
import { error } from '../../../base/errors.ts';
import { PatternUnsupported } from '../regular/pattern-scanner.ts';
import { TooComplex } from '../regular/too-complex.ts';

export function unsupported(pointer: string, found: string, remedy: string) {
  return error('schema_unsupported', { pointer, found, remedy });
}

export function wrong(pointer: string, found: unknown, expected: string) {
  const shown = JSON.stringify(found) ?? String(found);
  const remedy = 'Correct the schema.';
  return unsupported(pointer, `${shown.slice(0, 80)} where ${expected} is expected`, remedy);
}

/** Runs it; what is too complex, or no pattern that can be held, is said of this place. */
export function at<Result>(pointer: string, what: string, run: () => Result): Result {
  try {
    return run();
  } catch (reason) {
    if (!(reason instanceof TooComplex || reason instanceof PatternUnsupported)) throw reason;
    throw unsupported(pointer, `${what} ${reason.message}`, 'Use a simpler one, or leave it out.');
  }
}

/** Of work and size that a schema may ask for, all its parts together. */
const limits = {
  'rules of the grammar': 10_000,
  'alternatives looked at': 5000,
  'characters of fixed values': 500_000,
} as const;

export class Budget {
  readonly #used = new Map<string, number>();

  spend(what: keyof typeof limits, count: number, pointer: string): void {
    const used = (this.#used.get(what) ?? 0) + count;
    this.#used.set(what, used);
    if (used <= limits[what]) return;
    const remedy = 'Use fewer alternatives, properties and values, and shallower nesting.';
    throw unsupported(pointer, `it needs more than ${limits[what]} ${what}`, remedy);
  }
}
