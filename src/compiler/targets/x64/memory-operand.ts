/**
 * A place in memory: base + index·scale + disp, or a label (RIP-relative). Reads as an expression:
 * `at(rax, { index: rcx, scale: 4, disp: 64 })`, `at(rsi).broadcast()`, `at(rdi).mask(k1)`.
 * An index that is a vector makes it a gather's operand. Operands are values: nothing changes them.
 */
import type { Label } from './label.ts';
import { type Gp, type Opmask, usableMask, Vector, type VectorKind } from './registers.ts';

export type Scale = 1 | 2 | 4 | 8;
export type MemoryBits = 8 | 16 | 32 | 64 | 128 | 256 | 512 | 8192;

interface Place {
  readonly index?: Gp<'r64'> | Vector;
  readonly scale?: Scale;
  readonly disp?: number;
}

interface Decoration {
  readonly isBroadcast?: boolean;
  readonly bits?: MemoryBits;
  readonly opmask?: Opmask;
}

/** `V` is the kind of a gather's index, 'plain' for everything else. */
export class Memory<V extends VectorKind | 'plain' = VectorKind | 'plain'> {
  readonly base: Gp<'r64'> | Label;
  readonly index: Gp<'r64'> | Vector | undefined;
  readonly indexKind: V;
  readonly scale: Scale;
  readonly disp: number;
  readonly isBroadcast: boolean;
  /** Only where the registers leave the size open: movzx, inc, a move of an immediate. */
  readonly bits: MemoryBits | undefined;
  readonly opmask: Opmask | undefined;

  constructor(base: Gp<'r64'> | Label, indexKind: V, place: Place, decoration: Decoration = {}) {
    this.base = base;
    this.indexKind = indexKind;
    this.index = place.index;
    this.scale = place.scale ?? 1;
    this.disp = place.disp ?? 0;
    this.isBroadcast = decoration.isBroadcast ?? false;
    this.bits = decoration.bits;
    this.opmask = decoration.opmask;
  }

  /** {1to4}, {1to8}, {1to16}: one element for every lane. */
  broadcast(): Memory<V> {
    return this.#with({ isBroadcast: true });
  }

  /** Says how many bits are meant: "byte ptr" is `sized(8)`. */
  sized(bits: MemoryBits): Memory<V> {
    return this.#with({ bits });
  }

  /** {k} of a store: lanes whose bit is 0 are not written. */
  mask(opmask: Opmask): Memory<V> {
    return this.#with({ opmask: usableMask(opmask) });
  }

  /** The same place, `bytes` further on. */
  plus(bytes: number): Memory<V> {
    return this.#with({}, this.disp + bytes);
  }

  #with(change: Decoration, disp = this.disp): Memory<V> {
    const { index, scale, isBroadcast, bits, opmask } = this;
    return new Memory(
      this.base,
      this.indexKind,
      { scale, disp: checkedDisp(disp), ...(index && { index }) },
      { isBroadcast, ...(bits && { bits }), ...(opmask && { opmask }), ...change },
    );
  }

  toString(): string {
    const index = this.index ? `+${this.index}*${this.scale}` : '';
    const disp = this.disp === 0 ? '' : this.disp > 0 ? `+${this.disp}` : `${this.disp}`;
    const mask = this.opmask ? `{${this.opmask}}` : '';
    return `[${this.base}${index}${disp}]${mask}${this.isBroadcast ? '{1toN}' : ''}`;
  }
}

export function at<K extends VectorKind>(
  base: Gp<'r64'>,
  place: { readonly index: Vector<K>; readonly scale?: Scale; readonly disp?: number },
): Memory<K>;
export function at(
  base: Gp<'r64'>,
  place?: { readonly index?: Gp<'r64'>; readonly scale?: Scale; readonly disp?: number },
): Memory<'plain'>;
export function at(base: Label): Memory<'plain'>;
export function at(base: Gp<'r64'> | Label, place: Place = {}): Memory {
  const { index } = place;
  checkedDisp(place.disp ?? 0);
  if (index instanceof Vector) return new Memory(base, index.kind, place);
  if (index?.index === 4) throw new Error('rsp cannot be an index');
  return new Memory(base, 'plain', place);
}

function checkedDisp(disp: number): number {
  if ((disp | 0) !== disp) throw new Error(`displacement ${disp} is not a 32 bit integer`);
  return disp;
}
