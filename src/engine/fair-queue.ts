/**
 * Sequences that wait, by client. The client that was given the fewest tokens comes first (virtual
 * token counters, arXiv:2401.00588), within a client the oldest. Who comes, or comes back, starts
 * level with the least served of those who are there: nobody saves up, and nobody is left behind.
 */
import assert from 'node:assert/strict';
import type { Sequence } from './sequence.ts';

interface Client {
  /** Tokens computed for it; what the prefix cache saved costs nothing. */
  served: number;
  /** Of its sequences, waiting and running. */
  numSequences: number;
  /** Oldest first. */
  readonly waiting: Sequence[];
}

/** Looked at in one search; those that are passed over wait for what others compute. */
const mostLooks = 64;

export class FairQueue {
  readonly #clients = new Map<string, Client>();
  #length = 0;
  /** Used again by each search. */
  readonly #order: Client[] = [];

  get length(): number {
    return this.#length;
  }
  get numClients(): number {
    return this.#clients.size;
  }

  add(sequence: Sequence): void {
    let client = this.#clients.get(sequence.client);
    if (client === undefined) {
      client = { served: this.#leastServed(), numSequences: 0, waiting: [] };
      this.#clients.set(sequence.client, client);
    }
    client.numSequences++;
    client.waiting.push(sequence);
    this.#length++;
  }

  /** The first whose turn it is and for whom it is true; undefined: nobody, or nobody soon. */
  next(isReady: (sequence: Sequence) => boolean): Sequence | undefined {
    if (this.#length === 0) return undefined;
    const order = this.#order;
    order.length = 0;
    for (const client of this.#clients.values()) if (client.waiting.length > 0) order.push(client);
    order.sort((a, b) => a.served - b.served || a.waiting[0].id - b.waiting[0].id);
    let looks = 0;
    for (const { waiting } of order) {
      for (const sequence of waiting) {
        if (isReady(sequence)) return sequence;
        if (++looks === mostLooks) return undefined;
      }
    }
    return undefined;
  }

  /** It waits no more, and is still its client's. */
  take(sequence: Sequence): void {
    const { waiting } = this.#client(sequence);
    const index = waiting.indexOf(sequence);
    assert(index >= 0, 'taken from a queue it is not in');
    waiting.splice(index, 1);
    this.#length--;
  }

  charge(sequence: Sequence, tokens: number): void {
    this.#client(sequence).served += tokens;
  }

  /** It has ended, wherever it was. */
  leave(sequence: Sequence): void {
    const client = this.#client(sequence);
    if (client.waiting.includes(sequence)) this.take(sequence);
    if (--client.numSequences === 0) this.#clients.delete(sequence.client);
  }

  *[Symbol.iterator](): Generator<Sequence> {
    for (const { waiting } of this.#clients.values()) yield* waiting;
  }

  #client({ client }: Sequence): Client {
    const found = this.#clients.get(client);
    assert(found !== undefined, `client ${client} is not there`);
    return found;
  }

  #leastServed(): number {
    let least = Number.POSITIVE_INFINITY;
    for (const { served } of this.#clients.values()) least = Math.min(least, served);
    return Number.isFinite(least) ? least : 0;
  }
}
