/**
 * Operations that a random routine only makes together with others: bits that are a sane f32,
 * masks that say what a byte can be, and the matrix unit.
 */
import type { OpName } from '../../src/compiler/ir/ops-table.ts';
import type { Value } from '../../src/compiler/ir/types.ts';
import { absolute, isExact, type Known, range } from './known-range.ts';
import {
  anyByte,
  anyInt,
  anyLane,
  type Entry,
  type RandomValues,
  type RegionKind,
} from './random-values.ts';

export const integerTypes = ['i8x', 'i16x', 'i32x'] as const;
export const mediumInt = 2 ** 18;

/** Or, exclusive or: no higher bit than there was. */
export function withBits(a: Known, b: Known): Known {
  if (a.lo < 0 || b.lo < 0) return anyInt;
  return range(0, 2 ** (32 - Math.clz32(Math.max(a.hi, b.hi))) - 1);
}

const oneToTwo = range(1, 2, 23);

/** In 1…2, whatever the int. */
export function f32Bits(g: RandomValues): Entry {
  const { k } = g;
  const isFree = g.isAllowed('and_int') && g.isAllowed('or_int');
  const fraction = isFree ? k.and(g.int()!.value, 0x7fffff) : k.int(g.below(0x800000));
  const bits = isFree ? k.or(fraction, 0x3f800000) : k.int(0x3f800000 + g.below(0x800000));
  return { value: k.op('f32_of_bits', [bits]), known: oneToTwo };
}

const i32x = (g: RandomValues, bits: number): Value => g.k.i32x(bits | 0);

export function maskedBits(
  g: RandomValues,
  name: 'and' | 'or' | 'xor' | 'andn' | 'as_f32x',
): Entry | undefined {
  if (name === 'as_f32x') {
    const isFree = g.isAllowed('and') && g.isAllowed('or');
    let bits = i32x(g, 0x3f800000 + g.below(0x800000));
    if (isFree) {
      const fraction = g.k.and(g.vector('i32x').value, i32x(g, 0x7fffff));
      bits = g.k.or(fraction, i32x(g, 0x3f800000));
    }
    return { value: g.k.op('as_f32x', [bits]), known: oneToTwo };
  }
  const type = g.pick([...integerTypes, 'f32x'] as const);
  if (type === 'f32x') return signBits(g, name);
  if (type === 'i8x' && name === 'and') return maskedBytes(g);
  const args = [g.vector(type).value, g.vector(type).value];
  return { value: g.k.op(name, args), known: type === 'i8x' ? anyByte : anyLane };
}

function maskedBytes(g: RandomValues): Entry {
  const mask = g.pick([0x7f, 0x0f, 0xf0]);
  const value = g.k.and(g.vector('i8x').value, g.k.splatOf('i8x', mask));
  return { value, known: mask < 0x80 ? range(0, mask) : anyByte };
}

/** |x| or −x of floats, by their sign's bit. */
function signBits(g: RandomValues, name: 'and' | 'or' | 'xor' | 'andn'): Entry | undefined {
  const a = g.f32('f32x', isExact);
  if (a === undefined) return undefined;
  const bytes = { and: 0x7fffffff, or: 0x80000000, xor: 0x80000000, andn: 0x80000000 }[name];
  const sign = g.k.constant128('f32x', new Uint8Array(Int32Array.of(bytes | 0).buffer));
  const size = absolute(a.known);
  const minus = (x: Known) => ({ ...x, lo: -x.hi, hi: -x.lo });
  const known = { and: size, andn: size, or: minus(size), xor: minus(a.known) }[name];
  return { value: g.k.op(name, [sign, a.value]), known };
}

const tileOps: readonly OpName[] = [
  ...(['tile_zero', 'tile_load', 'tile_load_a', 'tile_load_b', 'tile_store'] as const),
  ...(['tile_dot_bf16', 'tile_dot_i8'] as const),
];

/** Up to two by two sums over a few steps: 8 tiles are all there are. Sums of bf16 are exact here. */
export function tiles(g: RandomValues): 'stored' | undefined {
  if (!g.traits.hasTiles || !tileOps.every(g.isAllowed)) return undefined;
  const { k } = g;
  const [rows, columns] = [g.between(1, 2), g.between(1, 2)];
  const dot = g.pick(['tile_dot_bf16', 'tile_dot_i8'] as const);
  const isFloat = dot === 'tile_dot_bf16';
  const load = (name: 'tile_load' | 'tile_load_a' | 'tile_load_b', kind: RegionKind) => {
    const imm = g.pick([64, 80, 96]);
    return k.op(name, [], { address: g.address([kind], 15 * imm + 64, isFloat ? 2 : 1), imm });
  };
  const factor = isFloat ? 'bf16' : 'bytes';
  const sums = Array.from({ length: rows * columns }, () => {
    const isZero = isFloat || g.chance(0.5);
    return k.variable(isZero ? k.op('tile_zero') : load('tile_load', 'ints'));
  });
  const step = () => {
    const left = Array.from({ length: rows }, () => load('tile_load_a', factor));
    const right = Array.from({ length: columns }, () => load('tile_load_b', factor));
    sums.forEach((sum, i) => {
      const factors = [left[i % rows], right[Math.floor(i / rows)]];
      k.set(sum, k.op(dot, [sum, ...factors]));
    });
  };
  k.loop(0, g.between(1, 3), 1, () => g.scope(step));
  for (const sum of sums) {
    const imm = g.pick([64, 72]);
    k.op('tile_store', [sum], { address: g.address(['ints'], 15 * imm + 64), imm });
  }
  return 'stored';
}
