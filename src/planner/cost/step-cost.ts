/** The seconds of one step, by what they go to and by what limits each. */
import type { Limit, PhaseWork, StepParts } from '../prediction.ts';

export interface StepCost {
  readonly seconds: number;
  readonly parts: StepParts;
  readonly limit: Limit;
  readonly work: PhaseWork;
}

/** Adds up a step. One is made for a step; layers that are alike are added as many times at once. */
export class StepTally {
  products = 0;
  attention = 0;
  experts = 0;
  collectives = 0;
  overhead = 0;
  readonly #bytesPerSecond: number;
  #operations = 0;
  #bytes = 0;
  #compute = 0;
  #memory = 0;

  /** `bytesPerSecond`: what one chip reads at. */
  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Work of one chip that does so many operations while it reads so many bytes. */
  roofline(
    part: 'products' | 'attention' | 'experts',
    operations: number,
    opsPerSecond: number,
    bytes: number,
    times = 1,
  ): void {
    const [compute, memory] = [operations / opsPerSecond, bytes / this.#bytesPerSecond];
    this[part] += roof(compute, memory) * times;
    if (compute > memory) this.#compute += compute * times;
    else this.#memory += memory * times;
    this.#operations += operations * times;
    this.#bytes += bytes * times;
  }

  cost(times = 1): StepCost {
    const { products, attention, experts, collectives, overhead } = this;
    const parts: StepParts = {
      products: products * times,
      attention: attention * times,
      experts: experts * times,
      collectives: collectives * times,
      overhead: overhead * times,
    };
    const seconds = (products + attention + experts + collectives + overhead) * times;
    const work = { operations: this.#operations, bytes: this.#bytes, seconds };
    return { seconds, parts, limit: this.#limit(), work };
  }

  #limit(): Limit {
    const shares: [Limit, number][] = [
      ['compute', this.#compute],
      ['memory', this.#memory],
      ['interconnect', this.collectives],
      ['overhead', this.overhead],
    ];
    return shares.reduce((most, share) => (share[1] > most[1] ? share : most))[0];
  }
}

/**
 * Computing overlaps with reading, but not wholly where they are about as long: the fourth norm is
 * the longer of the two, and a fifth more where they are equal.
 */
function roof(compute: number, memory: number): number {
  const most = Math.max(compute, memory);
  if (most === 0) return 0;
  const square = (Math.min(compute, memory) / most) ** 2;
  // Two square roots are a fourth root, and several times as quick.
  return most * Math.sqrt(Math.sqrt(1 + square * square));
}
