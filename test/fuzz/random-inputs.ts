/**
 * What random routines read: bytes of any kind, and numbers that keep arithmetic finite and, where
 * targets may round differently, exact.
 */

import { f32ToBf16, f32ToF16 } from '../../src/base/half.ts';
import type { Value } from '../../src/compiler/ir/types.ts';
import type { Random } from './mutations.ts';
import type { Region } from './random-values.ts';

type Kind = Extract<Region['kind'], 'bytes' | 'table' | 'f32' | 'positive' | 'f16' | 'bf16'>;

const whole = (random: Random, largest: number) =>
  Math.floor(random() * (2 * largest + 1)) - largest;

const parts: Readonly<
  Record<
    Kind,
    { sizeBytes: number; step: number; put: (view: DataView, at: number, r: Random) => void }
  >
> = {
  bytes: { sizeBytes: 2048, step: 1, put: (view, at, r) => view.setUint8(at, r() * 256) },
  table: {
    ...{ sizeBytes: 512, step: 8 },
    put: (view, at, r) => view.setBigInt64(at, BigInt(whole(r, 1000)), true),
  },
  f32: {
    ...{ sizeBytes: 512, step: 4 },
    put: (view, at, r) => view.setFloat32(at, whole(r, 128) / 16, true),
  },
  positive: {
    ...{ sizeBytes: 512, step: 4 },
    put: (view, at, r) => view.setFloat32(at, 0.5 + 1.499 * r(), true),
  },
  f16: {
    ...{ sizeBytes: 256, step: 2 },
    put: (view, at, r) => view.setUint16(at, f32ToF16(whole(r, 128) / 16), true),
  },
  bf16: {
    ...{ sizeBytes: 2048, step: 2 }, // as many as a tile's rows reach over
    put: (view, at, r) => view.setUint16(at, f32ToBf16(whole(r, 32) / 4), true),
  },
};
const kinds = Object.keys(parts) as Kind[];

export const inputsBytes = kinds.reduce((sum, kind) => sum + parts[kind].sizeBytes, 0);

export function inputRegions(base: Value): Region[] {
  let offset = 0;
  return kinds.map((kind) => {
    const { sizeBytes } = parts[kind];
    offset += sizeBytes;
    return { kind, base, offset: offset - sizeBytes, sizeBytes };
  });
}

export function fillInputs(view: DataView, random: Random): void {
  let at = 0;
  for (const kind of kinds) {
    const { sizeBytes, step, put } = parts[kind];
    for (const end = at + sizeBytes; at < end; at += step) put(view, at, random);
  }
}
