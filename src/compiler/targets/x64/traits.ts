/**
 * What x64 processors can do, as the compiler asks it, and what kernels may build on it. Two
 * levels: AVX2 with FMA and F16C, and AVX-512 (F, BW, DQ, VL). Refused: anything older, and
 * 512 bit registers without those four.
 */
import type { Traits } from '../../ir/types.ts';

/** Beyond AVX2, FMA and F16C, which are always there. */
export interface X64Features {
  /** F, BW, DQ and VL together. */
  readonly avx512: boolean;
  readonly avx512Vnni: boolean;
  /** AVX-VNNI: dot products of ymm registers. Of no use where avx512 is. */
  readonly avxVnni: boolean;
  /** AMX-TILE, AMX-INT8 and AMX-BF16; the system let this process use them. */
  readonly amx: boolean;
}

export function x64Traits(features: X64Features): Traits {
  const { avx512, amx } = features;
  const hasVnni = hasDot4(features);
  const level = avx512 ? 'x64-avx512' : 'x64-avx2';
  const hasTiles = avx512 && amx;
  return {
    name: `${level}${hasVnni ? '-vnni' : ''}${hasTiles ? '-amx' : ''}`,
    vectorBytes: avx512 ? 64 : 32,
    vectorRegisters: avx512 ? 32 : 16,
    dot4TakesU8: hasVnni,
    hasBroadcastOperand: avx512,
    addsBesideDots: false,
    hasPrefetch: true,
    hasTiles,
    hasWeightMemories: false,
  };
}

/** Whether vpdpbusd exists for vectors of full width. */
export function hasDot4(features: X64Features): boolean {
  return features.avx512 ? features.avx512Vnni : features.avxVnni;
}
