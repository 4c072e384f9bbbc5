/**
 * What is still to be matched, as a stack. Frames are shared: the same node over the same rest is
 * the same frame, so stacks are compared by identity and one that many states have is there once.
 */

/** A node about to be matched, and behind it what `next` holds. */
export class StackFrame {
  readonly id: number;
  readonly node: number;
  /** sequence: index of the item whose turn it is, 0. repeat: fewest and most still to come. */
  readonly low: number;
  readonly high: number;
  /** Undefined at the bottom, where the whole grammar is matched. */
  readonly next: StackFrame | undefined;
  readonly depth: number;
  /** The last search that met it (automaton.ts). */
  mark = 0;
  #above: Map<number, StackFrame> | undefined;
  readonly #ids: { next: number };

  private constructor(
    [node, low, high]: readonly [number, number, number],
    next: StackFrame | undefined,
    ids: { next: number },
  ) {
    this.id = ids.next++;
    this.node = node;
    this.low = low;
    this.high = high;
    this.next = next;
    this.depth = next === undefined ? 0 : next.depth + 1;
    this.#ids = ids;
  }

  static bottom(): StackFrame {
    return new StackFrame([-1, 0, 0], undefined, { next: 0 });
  }

  /** The frame of this node above this one. Node and counters have 17 and 18 bits (byte-program.ts). */
  push(node: number, low: number, high: number): StackFrame {
    const key = (node * 0x40000 + low) * 0x40000 + high;
    this.#above ??= new Map();
    let frame = this.#above.get(key);
    if (frame === undefined) {
      frame = new StackFrame([node, low, high], this, this.#ids);
      this.#above.set(key, frame);
    }
    return frame;
  }

  /** How many frames there are on this bottom, all stacks together. */
  get count(): number {
    return this.#ids.next;
  }
}
