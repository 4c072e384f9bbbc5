/**
 * The values that a random routine may use at a place, with what is known of them, and the memory
 * that it may touch. An operand is asked for by what it must satisfy; where none does, a constant
 * that does is made.
 */
import type { Builder } from '../../src/compiler/ir/builder.ts';
import type { OpName } from '../../src/compiler/ir/ops-table.ts';
import type { Address, Traits, Type, Value, VectorType } from '../../src/compiler/ir/types.ts';
import { type Known, type MaybeKnown, magnitude, range } from './known-range.ts';
import { below, pick, type Random } from './mutations.ts';

export interface Entry {
  readonly value: Value;
  readonly known: Known;
  /** A variable: what it may be set to, and by how much it may still be added to. */
  readonly variable?: { readonly accepts: (known: Known) => boolean; room: number };
}

export type RegionKind =
  | 'bytes' // anything, read as integers
  | 'ints' // of the results; integers, read and written
  | 'scratch' // likewise
  | 'table' // small numbers of 8 bytes
  | 'f32' // multiples of 1/16 in -8…8
  | 'positive' // f32 in 0.5…2
  | 'f16' // multiples of 1/16
  | 'bf16' // multiples of 1/4
  | 'floats'; // of the results; f32, only written

export interface Region {
  readonly kind: RegionKind;
  readonly base: Value;
  readonly offset: number;
  readonly sizeBytes: number;
}

export const [leastInt, mostInt] = [-(2 ** 31), 2 ** 31 - 1];
export const anyInt = range(leastInt, mostInt);
export const anyByte = range(-128, 127);
/** Integer lanes wrap: nothing is known of them, and nothing need be. */
export const anyLane = anyInt;
export const multiples16 = range(-8, 8, 4);

export class RandomValues {
  readonly k: Builder;
  readonly random: Random;
  readonly traits: Traits;
  readonly isAllowed: (op: OpName) => boolean;
  regions: Region[] = [];
  /** How often this place is run at most. */
  trips = 1;
  #entries: Entry[] = [];

  constructor(k: Builder, random: Random, isAllowed: (op: OpName) => boolean) {
    this.k = k;
    this.random = random;
    this.traits = k.traits;
    this.isAllowed = isAllowed;
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }
  below(limit: number): number {
    return below(this.random, limit);
  }
  between(lo: number, hi: number): number {
    return lo + below(this.random, hi - lo + 1);
  }
  pick<T>(values: readonly T[]): T {
    return pick(this.random, values);
  }

  add(entry: Entry): Entry {
    this.#entries.push(entry);
    return entry;
  }
  get all(): readonly Entry[] {
    return this.#entries;
  }
  /** What `body` adds is not there after it. */
  scope(body: () => void): void {
    const [count, regions] = [this.#entries.length, this.regions];
    body();
    this.#entries.length = count;
    this.regions = regions;
  }

  /** An existing value; the latest more often, so that chains grow long. */
  find(type: Type, accepts: (known: Known) => boolean = () => true): Entry | undefined {
    const found = this.#entries.filter((e) => e.value.type === type && accepts(e.known));
    if (found.length === 0) return undefined;
    return this.chance(0.3) ? this.pick(found.slice(-4)) : this.pick(found);
  }

  int(lo = leastInt, hi = mostInt): Entry | undefined {
    if (lo > hi) return undefined;
    const found = this.find('int', (known) => known.lo >= lo && known.hi <= hi);
    if (found !== undefined && this.chance(0.85)) return found;
    const clamped = this.chance(0.5) ? this.#clamped(lo, hi) : undefined;
    if (clamped !== undefined) return clamped;
    const [least, most] = [Math.max(lo, -100), Math.min(hi, 100)];
    const value = least <= most ? this.between(least, most) : lo;
    return { value: this.k.int(value), known: range(value, value) };
  }
  #clamped(lo: number, hi: number): Entry | undefined {
    const { k } = this;
    const any = this.find('int');
    if (!any || !this.isAllowed('min_int') || !this.isAllowed('max_int')) return undefined;
    const value = k.max(k.min(any.value, k.int(hi)), k.int(lo));
    return this.add({ value, known: range(lo, hi) });
  }

  f32(type: 'f32' | 'f32x', accepts: (known: Known) => boolean = () => true): Entry | undefined {
    const found = this.find(type, accepts);
    if (found !== undefined && this.chance(0.9)) return found;
    for (let attempt = 0; attempt < 4; attempt++) {
      const number = this.between(attempt < 2 ? -128 : 1, 128) / 16;
      const known = range(number, number, 4);
      if (!accepts(known)) continue;
      return { value: type === 'f32' ? this.k.f32(number) : this.k.f32x(number), known };
    }
    return found;
  }

  /** Of bytes a range may be asked for. */
  vector(type: VectorType, lo = -128, hi = 127): Entry {
    if (type === 'f32x') return this.f32('f32x')!;
    const isByte = type === 'i8x';
    const isRight = (known: Known) => known.lo >= lo && known.hi <= hi;
    const found = this.find(type, isByte ? isRight : undefined);
    if (found !== undefined && this.chance(0.85)) return found;
    const masked = isByte && lo <= 0 && hi < 127 ? undefined : this.#masked(lo, hi);
    if (isByte && masked !== undefined) return masked;
    const bytes = Uint8Array.from({ length: 16 }, () => this.between(lo, hi));
    return { value: this.k.constant128(type, bytes), known: isByte ? range(lo, hi) : anyLane };
  }
  #masked(lo: number, hi: number): Entry | undefined {
    const any = this.find('i8x');
    const mask = [127, 15].find((bits) => lo <= 0 && bits <= hi);
    if (any === undefined || mask === undefined || !this.isAllowed('and')) return undefined;
    const value = this.k.and(any.value, this.k.splatOf('i8x', mask));
    return this.add({ value, known: range(0, mask) });
  }

  /** Where `sizeBytes` may be touched, in whole elements of the region. */
  address(kinds: readonly RegionKind[], sizeBytes: number, alignBytes = 1): Address {
    const fits = this.regions.filter((r) => kinds.includes(r.kind) && r.sizeBytes >= sizeBytes);
    const { base, offset, sizeBytes: size } = this.pick(fits);
    const room = size - sizeBytes;
    const scales = ([1, 2, 4, 8] as const).filter((scale) => scale % alignBytes === 0);
    if (this.chance(0.5) || scales.length === 0) {
      const disp = offset + this.below(Math.floor(room / alignBytes) + 1) * alignBytes;
      return { base: this.#moved(base, disp), index: undefined, scale: 1, disp };
    }
    const scale = this.pick(scales);
    const index = this.int(-4, Math.floor(room / scale) - 4);
    if (index === undefined) return { base, index: undefined, scale: 1, disp: offset };
    const least = Math.max(0, -index.known.lo) * scale;
    const most = room - Math.max(0, index.known.hi) * scale;
    const steps = Math.floor(Math.max(0, most - least) / alignBytes);
    const disp = offset + least + this.below(steps + 1) * alignBytes;
    return { base, index: index.value, scale, disp };
  }
  /** At times the base is a sum, for the folding of addresses to see. */
  #moved(base: Value, disp: number): Value {
    if (!this.isAllowed('add_int') || !this.chance(0.3)) return base;
    const { k } = this;
    const by = this.find('int', (known) => magnitude(known) <= 1e6);
    if (by === undefined || !this.isAllowed('sub_int') || disp % 2 === 0) {
      return k.add(k.add(base, 64), -64);
    }
    return k.sub(k.add(base, by.value), by.value);
  }

  made(value: Value, known: MaybeKnown): Entry | undefined {
    return known && { value, known };
  }
}
