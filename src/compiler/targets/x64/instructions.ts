/**
 * The types of the assembler's methods, read from the rows of encodings-table.ts: every row is
 * one list of operands, a family's row one for each width.
 */
import type { encodings, Mnemonic } from './encodings-table.ts';
import type { Label } from './label.ts';
import type { Memory } from './memory-operand.ts';
import type { Cl, Gp, Opmask, Tile, Vector, VectorKind } from './registers.ts';

/** A family's width: W runs over the vector kinds, where rows of integers take xmm as 32 bits. */
interface Sized<W extends VectorKind> {
  v: Vector<W>;
  vh: Vector<W extends 'zmm' ? 'ymm' : 'xmm'>;
  vq: Vector<'xmm'>;
  vmv: Memory<W>;
  r: Gp<W extends 'xmm' ? 'r32' : 'r64'>;
  ra: Gp<W extends 'xmm' ? 'r32' : 'r64'>;
}

interface Fixed {
  r8: Gp<'r8'>;
  r16: Gp<'r16'>;
  r32: Gp<'r32'>;
  r64: Gp<'r64'>;
  xmm: Vector<'xmm'>;
  ymm: Vector<'ymm'>;
  zmm: Vector<'zmm'>;
  k: Opmask;
  tmm: Tile;
  cl: Cl;
  vm32x: Memory<'xmm'>;
  vm32y: Memory<'ymm'>;
  one: 1;
  imm64: number | bigint;
}

type Word<T extends string, W extends VectorKind> = T extends keyof Sized<W>
  ? Sized<W>[T]
  : T extends keyof Fixed
    ? Fixed[T]
    : T extends `imm${string}`
      ? number
      : T extends `rel${string}`
        ? Label
        : T extends `m${string}` | `b${string}`
          ? Memory<'plain'>
          : never;

type OperandOf<T extends string, W extends VectorKind> = T extends `${infer Words}{${string}}`
  ? OperandOf<Words, W>
  : T extends `${infer First}/${infer Rest}`
    ? Word<First, W> | OperandOf<Rest, W>
    : Word<T, W>;

type OperandsOf<T extends string, W extends VectorKind> = T extends ''
  ? []
  : T extends `${infer First}, ${infer Rest}`
    ? [OperandOf<First, W>, ...OperandsOf<Rest, W>]
    : [OperandOf<T, W>];

/** Distributes over the rows and over the widths. */
type Operands<T extends string, W extends VectorKind> = T extends string
  ? W extends VectorKind
    ? OperandsOf<T, W>
    : never
  : never;

export type Instructions = {
  readonly [M in Mnemonic]: (
    ...operands: Operands<(typeof encodings)[M][number][0], VectorKind>
  ) => void;
};
