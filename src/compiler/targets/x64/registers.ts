/**
 * The registers of x64: rax…r15 as 64 and 32 bit views, xmm/ymm/zmm 0-31 as views of one file,
 * opmasks k0-k7, tiles tmm0-tmm7. A masked register is a value too: `zmm0.mask(k1)` merges, `zmm0.maskz(k1)` zeroes.
 * The 8 and 16 bit views are there to be stored; bytes are loaded with movzx.
 */

export type GpKind = 'r8' | 'r16' | 'r32' | 'r64';
export type VectorKind = 'xmm' | 'ymm' | 'zmm';

export class Gp<K extends GpKind = GpKind> {
  readonly kind: K;
  readonly index: number;
  readonly name: string;

  constructor(kind: K, index: number, name: string) {
    this.kind = kind;
    this.index = index;
    this.name = name;
  }

  toString(): string {
    return this.name;
  }
}

export class Vector<K extends VectorKind = VectorKind> {
  readonly kind: K;
  readonly index: number;
  readonly opmask: Opmask | undefined;
  readonly isZeroing: boolean;

  constructor(kind: K, index: number, opmask?: Opmask, isZeroing = false) {
    this.kind = kind;
    this.index = index;
    this.opmask = opmask;
    this.isZeroing = isZeroing;
  }

  /** {k}: lanes whose bit is 0 keep what the destination held. */
  mask(opmask: Opmask): Vector<K> {
    return new Vector(this.kind, this.index, usableMask(opmask));
  }

  /** {k}{z}: lanes whose bit is 0 become 0. */
  maskz(opmask: Opmask): Vector<K> {
    return new Vector(this.kind, this.index, usableMask(opmask), true);
  }

  toString(): string {
    const mask = this.opmask ? `{k${this.opmask.index}}` : '';
    return `${this.kind}${this.index}${mask}${this.isZeroing ? '{z}' : ''}`;
  }
}

export class Opmask {
  readonly kind = 'k';
  readonly index: number;
  readonly opmask: Opmask | undefined;

  constructor(index: number, opmask?: Opmask) {
    this.index = index;
    this.opmask = opmask;
  }

  /** A compare under a mask: lanes whose bit is 0 give 0. */
  mask(opmask: Opmask): Opmask {
    return new Opmask(this.index, usableMask(opmask));
  }

  toString(): string {
    return `k${this.index}${this.opmask ? `{k${this.opmask.index}}` : ''}`;
  }
}

/** Of the matrix unit: 16 rows of 64 bytes, or fewer, as configured. */
export class Tile {
  readonly kind = 'tmm';
  readonly index: number;

  constructor(index: number) {
    this.index = index;
  }

  toString(): string {
    return `tmm${this.index}`;
  }
}

/** The encoding of k0 as a mask means "no mask". */
export function usableMask(opmask: Opmask): Opmask {
  if (opmask.index === 0) throw new Error('k0 cannot be used as a mask');
  return opmask;
}

const names64 = ['rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi'];
const names32 = names64.map((name) => name.replace('r', 'e'));
const extended = [8, 9, 10, 11, 12, 13, 14, 15];

/** By number: what a register allocator hands out. */
export const gp64 = [...names64, ...extended.map((i) => `r${i}`)].map(
  (name, i) => new Gp('r64', i, name),
);
export const gp32 = [...names32, ...extended.map((i) => `r${i}d`)].map(
  (name, i) => new Gp('r32', i, name),
);
const names16 = names64.map((name) => name.slice(1));
const names8 = ['al', 'cl', 'dl', 'bl', 'spl', 'bpl', 'sil', 'dil'];
export const gp16 = [...names16, ...extended.map((i) => `r${i}w`)].map(
  (name, i) => new Gp('r16', i, name),
);
export const gp8 = [...names8, ...extended.map((i) => `r${i}b`)].map(
  (name, i) => new Gp('r8', i, name),
);
const vectors = <K extends VectorKind>(kind: K) =>
  Array.from({ length: 32 }, (_, i) => new Vector(kind, i));
export const xmm = vectors('xmm');
export const ymm = vectors('ymm');
export const zmm = vectors('zmm');
export const tmm = Array.from({ length: 8 }, (_, i) => new Tile(i));
export const opmasks = Array.from({ length: 8 }, (_, i) => new Opmask(i));

// biome-ignore format: eight names a line
export const [
  rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi,
  r8, r9, r10, r11, r12, r13, r14, r15,
] = gp64;
// biome-ignore format: eight names a line
export const [
  eax, ecx, edx, ebx, esp, ebp, esi, edi,
  r8d, r9d, r10d, r11d, r12d, r13d, r14d, r15d,
] = gp32;
// biome-ignore format: eight names a line
export const [
  xmm0, xmm1, xmm2, xmm3, xmm4, xmm5, xmm6, xmm7,
  xmm8, xmm9, xmm10, xmm11, xmm12, xmm13, xmm14, xmm15,
  xmm16, xmm17, xmm18, xmm19, xmm20, xmm21, xmm22, xmm23,
  xmm24, xmm25, xmm26, xmm27, xmm28, xmm29, xmm30, xmm31,
] = xmm;
// biome-ignore format: eight names a line
export const [
  ymm0, ymm1, ymm2, ymm3, ymm4, ymm5, ymm6, ymm7,
  ymm8, ymm9, ymm10, ymm11, ymm12, ymm13, ymm14, ymm15,
  ymm16, ymm17, ymm18, ymm19, ymm20, ymm21, ymm22, ymm23,
  ymm24, ymm25, ymm26, ymm27, ymm28, ymm29, ymm30, ymm31,
] = ymm;
// biome-ignore format: eight names a line
export const [
  zmm0, zmm1, zmm2, zmm3, zmm4, zmm5, zmm6, zmm7,
  zmm8, zmm9, zmm10, zmm11, zmm12, zmm13, zmm14, zmm15,
  zmm16, zmm17, zmm18, zmm19, zmm20, zmm21, zmm22, zmm23,
  zmm24, zmm25, zmm26, zmm27, zmm28, zmm29, zmm30, zmm31,
] = zmm;
export const [tmm0, tmm1, tmm2, tmm3, tmm4, tmm5, tmm6, tmm7] = tmm;
export const [k0, k1, k2, k3, k4, k5, k6, k7] = opmasks;

/** The count of a shift that is not a constant; shl, shr and sar take only this one. */
export const cl = { kind: 'cl', toString: () => 'cl' } as const;
export type Cl = typeof cl;
