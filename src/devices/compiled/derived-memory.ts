/**
 * What was made of some memory within a step and is still true: forgotten as soon as something is
 * recorded that writes over the source. Temporaries made on the way are handed back then.
 */
import type { Memory } from '../../compiler/lowering.ts';
import { overlaps } from './dependencies.ts';

interface Derived {
  readonly source: Memory;
  readonly key: string;
  readonly result: Memory;
  readonly temps: readonly Memory[];
}

export class DerivedMemory {
  readonly #known = new Map<object, Derived[]>();

  find(source: Memory, key: string): Memory | undefined {
    for (const known of this.#known.get(source.allocation) ?? []) {
      const isSame =
        known.source.offsetBytes === source.offsetBytes &&
        known.source.sizeBytes === source.sizeBytes &&
        known.key === key;
      if (isSame) return known.result;
    }
    return undefined;
  }

  add(derived: Derived): void {
    const list = this.#known.get(derived.source.allocation);
    if (list) list.push(derived);
    else this.#known.set(derived.source.allocation, [derived]);
  }

  /** `memory` is written: temporaries of what was made of it go to `freed`. */
  written(memory: Memory, freed: Memory[]): void {
    const list = this.#known.get(memory.allocation);
    if (!list) return;
    for (let i = list.length - 1; i >= 0; i--) {
      if (!overlaps(list[i].source, memory)) continue;
      freed.push(...list[i].temps);
      list.splice(i, 1);
    }
  }

  clear(): void {
    this.#known.clear();
  }
}
