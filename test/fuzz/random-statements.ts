/**
 * The shape of a random routine: operations, variables that are set and added to, loops (some with
 * a pointer running along) and branches, within each other.
 */
import type { OpName } from '../../src/compiler/ir/ops-table.ts';
import { type Known, magnitude, range } from './known-range.ts';
import { makers } from './random-ops-table.ts';
import type { Entry, RandomValues } from './random-values.ts';

const conditions = ['lt', 'le', 'eq', 'ne', 'ge', 'gt'] as const;
const mostTrips = 40;

/** Variables that can be added to: what they hold at first or are set to, and may grow to. */
const sums = { int: range(-(2 ** 24), 2 ** 24), f32: range(-(2 ** 16), 2 ** 16, 4) };
const setLimit = 512;
/** Others that small may be part of addresses. */
const index = range(0, setLimit);

export class RandomStatements {
  /** Writes most values where they are made, so that few are alive at once. */
  writesSoon = false;
  readonly #values: RandomValues;
  readonly #names: readonly OpName[];
  #depth = 0;

  constructor(values: RandomValues, names: readonly OpName[]) {
    this.#values = values;
    this.#names = names;
  }

  /** More values than any target has registers. */
  crowd(): void {
    for (let i = 0; i < 100; i++) this.#operation();
  }

  block(statements: number): void {
    for (let i = 0; i < statements; i++) this.#statement();
  }

  #statement(): void {
    const v = this.#values;
    const kind = v.below(100);
    if (kind < 68 || (kind < 80 && this.#depth >= 3)) this.#operation();
    else if (kind < 75) this.#loop();
    else if (kind < 80) this.#branch();
    else if (kind < 85) this.#declare();
    else if (kind < 87) this.#pointer();
    else if (kind < 93) this.#set();
    else this.#accumulate();
  }

  #make(): Entry | undefined {
    const v = this.#values;
    for (let attempt = 0; attempt < 5; attempt++) {
      const made = makers[v.pick(this.#names)](v);
      if (made !== undefined) return made === 'stored' ? undefined : made;
    }
    return undefined;
  }

  #operation(): void {
    const v = this.#values;
    const made = this.#make();
    if (made === undefined) return;
    if (this.writesSoon && v.chance(0.5)) this.#write(made);
    else v.add(made);
  }

  #write({ value }: Entry): void {
    const v = this.#values;
    const isScalar = value.type === 'int' || value.type === 'f32';
    const size = isScalar ? 4 : v.traits.vectorBytes;
    const isFloat = value.type === 'f32' || value.type === 'f32x';
    v.k.store(isFloat ? v.address(['floats'], size, 4) : v.address(['ints'], size), value);
  }

  // Variables.

  #declare(): void {
    const v = this.#values;
    const made = this.#make();
    if (made === undefined) return;
    const { known } = made;
    const { type } = made.value;
    const sum = type === 'int' ? sums.int : type.startsWith('f32') ? sums.f32 : undefined;
    const isSmall = sum !== undefined && isWithin(known, range(-setLimit, setLimit, sum.grain));
    const canGrow = isSmall && v.chance(0.6);
    const isIndex = type === 'int' && isWithin(known, index);
    const held = canGrow ? { ...sum, hasAnyZero: known.hasAnyZero } : isIndex ? index : known;
    const limit = canGrow ? { ...held, lo: -setLimit, hi: setLimit } : held;
    const accepts = (other: Known) => isWithin(other, limit);
    const room = canGrow ? sum.hi - setLimit : 0;
    v.add({ value: v.k.variable(made.value), known: held, variable: { accepts, room } });
  }

  #set(): void {
    const v = this.#values;
    const made = v.chance(0.7) ? this.#make() : undefined;
    const from = made ?? v.pick(v.all);
    if (made !== undefined && v.chance(0.3)) v.add(made);
    const to = v.all.filter((e) => e.variable?.accepts(from.known) && isSameType(e, from));
    if (to.length > 0) v.k.set(v.pick(to).value, from.value);
  }

  #accumulate(): void {
    const v = this.#values;
    const sum = v.pick([...v.all.filter((e) => (e.variable?.room ?? 0) > 0), undefined]);
    if (sum?.variable === undefined) return;
    const { value, known, variable } = sum;
    const most = Math.min(variable.room / v.trips, 4096);
    const canAdd = (x: Known) => isWithin(x, { ...known, lo: -most, hi: most }) && x.ulps === 0;
    const { type } = value;
    const name = `add_${type}` as OpName;
    const x = type === 'int' ? v.int(-most, most) : v.f32(type as 'f32' | 'f32x', canAdd);
    if (x === undefined || !canAdd(x.known) || !v.isAllowed(name)) return;
    variable.room -= magnitude(x.known) * v.trips;
    v.k.set(value, v.k.op(name, [value, x.value]));
  }

  // Control.

  #branch(): void {
    const v = this.#values;
    const [left, right] = [v.int()!.value, v.int()!.value];
    const side = () => this.#inside(1, 1 + v.below(4));
    v.k.if(left, v.pick(conditions), right, side, v.chance(0.5) ? side : undefined);
  }

  #loop(): void {
    const v = this.#values;
    const step = v.chance(0.6) ? 1 : v.between(2, 4);
    const bounds = v.pick([this.#constantBounds, this.#valueBounds, this.#valueBounds]).call(this);
    const [start, end] = bounds;
    const trips = Math.max(0, Math.ceil((end.known.hi - start.known.lo) / step));
    if (trips * v.trips > mostTrips) return;
    const running = v.chance(0.3) ? this.#runningPointer(trips) : undefined;
    v.k.loop(start.value, end.value, step, (index) => {
      this.#inside(Math.max(1, trips), 2 + v.below(6), () => {
        const last = Math.max(start.known.lo, end.known.hi - 1);
        v.add({ value: index, known: range(start.known.lo, last) });
        if (running !== undefined) v.regions = [...v.regions, running.region];
      });
      running?.advance();
    });
  }
  #constantBounds(): [Entry, Entry] {
    const v = this.#values;
    const constant = (n: number) => ({ value: v.k.int(n), known: range(n, n) });
    return [constant(v.between(-2, 3)), constant(v.between(0, 7))];
  }
  /** Of values that the loop cannot change. */
  #valueBounds(): [Entry, Entry] {
    const v = this.#values;
    const small = v.all.filter(
      ({ value, known }) =>
        value.type === 'int' && !value.isVariable && known.lo >= -3 && known.hi <= 10,
    );
    return small.length > 0 ? [v.pick(small), v.pick(small)] : this.#constantBounds();
  }

  /** A region that moves along, as long as the loop may be. */
  #runningPointer(trips: number) {
    const v = this.#values;
    if (!v.isAllowed('add_int')) return undefined;
    const by = v.pick([4, 16, 64]);
    const from = v.pick(v.regions.filter((r) => r.sizeBytes >= trips * by + 256));
    const base = v.k.variable(from.base);
    return {
      region: { ...from, base, sizeBytes: from.sizeBytes - trips * by },
      advance: () => v.k.set(base, v.k.add(base, by)),
    };
  }

  /** A sum that is an address later on, when what it was made of may have changed. */
  #pointer(): void {
    const v = this.#values;
    if (!v.isAllowed('add_int')) return;
    const from = v.pick(v.regions.filter(({ kind }) => kind === 'bytes' || kind === 'ints'));
    const most = from.sizeBytes - 1024;
    const isSmall = (known: Known) => known.lo >= 0 && known.hi <= most;
    const variables = v.all.filter(
      (e) => e.value.type === 'int' && e.variable?.accepts(index) && isSmall(e.known),
    );
    const by = variables.length > 0 && v.chance(0.7) ? v.pick(variables) : v.int(0, most);
    if (by === undefined || !isSmall(by.known)) return;
    const base = v.k.add(from.base, by.value);
    if (by.variable?.accepts(index)) v.k.set(by.value, v.k.int(v.below(setLimit)));
    v.regions = [...v.regions, { ...from, base, sizeBytes: from.sizeBytes - by.known.hi }];
  }

  #inside(trips: number, statements: number, before: () => void = () => {}): void {
    const v = this.#values;
    v.trips *= trips;
    this.#depth++;
    v.scope(() => {
      before();
      this.block(statements);
      this.#writeSome();
    });
    this.#depth--;
    v.trips /= trips;
  }
  /** What ends with its block would otherwise not be seen. */
  #writeSome(): void {
    const v = this.#values;
    for (const entry of v.all.slice(-3)) this.#write(entry);
  }
}

function isWithin(known: Known, limit: Known): boolean {
  const isInside = known.lo >= limit.lo && known.hi <= limit.hi && known.ulps <= limit.ulps;
  const isFine = known.ulps > 0 || known.grain <= limit.grain || limit.ulps > 0;
  return isInside && isFine && (!known.hasAnyZero || limit.hasAnyZero);
}

function isSameType(a: Entry, b: Entry): boolean {
  return a.value.type === b.value.type;
}
