/**
 * The operations: arguments → result, with `imm` for a number, `bytes` for a vector constant and
 * `@` for an address. `v` stands for any vector type, the same one throughout; `any` for any. What each computes
 * is interpreter.ts; this table is what the verifier, the printer and every target agree on.
 */
import type { Type } from './types.ts';

export type Word = Type | 'v' | 'any';

export interface OpInfo {
  readonly args: readonly Word[];
  readonly result: Word | undefined;
  readonly hasAddress: boolean;
  readonly hasImm: boolean;
  readonly hasBytes: boolean;
  /** Writes memory or is there for its effect: never removed. */
  readonly hasEffect: boolean;
  readonly readsMemory: boolean;
}

// biome-ignore format: one operation a line, in columns
const rows = {
  // Numbers. An int made of 32 bits (load_i32, bits_of_f32, reduce_add_i32x) has their sign.
  // shr_int of a negative number and sar_int of one beyond 2^31 are not to be asked for.
  const_int:   'imm -> int',           const_f32:   'imm -> f32',
  param_int:   'imm -> int',           param_f32:   'imm -> f32',
  add_int:     'int int -> int',       sub_int:     'int int -> int',
  mul_int:     'int int -> int',       and_int:     'int int -> int',
  or_int:      'int int -> int',       xor_int:     'int int -> int',
  min_int:     'int int -> int',       max_int:     'int int -> int',
  shl_int:     'int imm -> int',       shr_int:     'int imm -> int',
  sar_int:     'int imm -> int',
  add_f32:     'f32 f32 -> f32',       sub_f32:     'f32 f32 -> f32',
  mul_f32:     'f32 f32 -> f32',       div_f32:     'f32 f32 -> f32',
  max_f32:     'f32 f32 -> f32',       min_f32:     'f32 f32 -> f32',
  sqrt_f32:    'f32 -> f32',
  fma_f32:     'f32 f32 f32 -> f32', // a · b + c; one rounding or two, as the target does
  int_to_f32:  'int -> f32',           f32_to_int:  'f32 -> int', // to the nearest, ties to even
  f32_of_bits: 'int -> f32',           bits_of_f32: 'f32 -> int',
  copy:        'any -> any', // the only way from a value to a variable

  // Memory. Loads of less than an int widen; stores keep the low bits.
  load_u8:     '@ -> int',             load_i8:     '@ -> int',
  load_u16:    '@ -> int',             load_i16:    '@ -> int',
  load_i32:    '@ -> int',             load_int:    '@ -> int', // 8 bytes apart: a pointer or a number
  load_f32:    '@ -> f32',             load_f16:    '@ -> f32',
  store_i8:    '@ int',                store_i16:   '@ int',
  store_i32:   '@ int',                store_f32:   '@ f32',
  store_f16:   '@ f32', // rounds to the nearest, ties to even
  load:        '@ -> v',               store:       '@ v',
  load_splat16: '@ -> i16x',           load_splat32: '@ -> v', // i32x or f32x: 4 bytes in every lane
  load_splat128: '@ -> v', // 16 bytes in every quarter
  load_u8_i32x: '@ -> i32x',           load_i8_i32x: '@ -> i32x', // a quarter of a vector's bytes
  load_i16_i32x: '@ -> i32x', // half
  load_u8_i16x: '@ -> i16x',           load_i8_i16x: '@ -> i16x', // half
  load_f16_f32x: '@ -> f32x',          load_bf16_f32x: '@ -> f32x', // half
  store_i32x_i8: '@ i32x', // clamps to -128…127; a quarter
  store_f32x_f16: '@ f32x', // half
  prefetch:    '@',

  // Vectors.
  const_x:     'bytes -> v',
  splat_f32:   'f32 -> f32x',          splat_i32:   'int -> i32x',
  splat_i16:   'int -> i16x',          splat_i8:    'int -> i8x',
  as_i8x:      'any -> i8x',           as_i16x:     'any -> i16x', // the same bits
  as_i32x:     'any -> i32x',          as_f32x:     'any -> f32x',
  and:         'v v -> v',             or:          'v v -> v',
  xor:         'v v -> v',             andn:        'v v -> v', // ~a & b
  add_f32x:    'f32x f32x -> f32x',    sub_f32x:    'f32x f32x -> f32x',
  mul_f32x:    'f32x f32x -> f32x',    div_f32x:    'f32x f32x -> f32x',
  max_f32x:    'f32x f32x -> f32x',    min_f32x:    'f32x f32x -> f32x',
  sqrt_f32x:   'f32x -> f32x',
  fma_f32x:    'f32x f32x f32x -> f32x', // a · b + c
  fnma_f32x:   'f32x f32x f32x -> f32x', // c - a · b
  to_i32x:     'f32x -> i32x',         to_f32x:     'i32x -> f32x', // to the nearest, ties to even
  select_lt:   'f32x f32x f32x f32x -> f32x', // a < b ? c : d
  add_i32x:    'i32x i32x -> i32x',    sub_i32x:    'i32x i32x -> i32x',
  mul_i32x:    'i32x i32x -> i32x',    max_i32x:    'i32x i32x -> i32x',
  min_i32x:    'i32x i32x -> i32x',
  shl_i32x:    'i32x imm -> i32x',     shr_i32x:    'i32x imm -> i32x',
  sar_i32x:    'i32x imm -> i32x',
  add_i16x:    'i16x i16x -> i16x',    sub_i16x:    'i16x i16x -> i16x',
  mul_i16x:    'i16x i16x -> i16x', // the low half
  shl_i16x:    'i16x imm -> i16x',     shr_i16x:    'i16x imm -> i16x',
  sar_i16x:    'i16x imm -> i16x',
  add_i8x:     'i8x i8x -> i8x',       sub_i8x:     'i8x i8x -> i8x',
  lookup16:    'i8x i8x -> i8x', // byte i of each quarter of b: a[its low 4 bits] of that quarter; b is 0…15
  dot2:        'i32x i16x i16x -> i32x', // acc + a0·b0 + a1·b1
  dot4:        'i32x i8x i8x -> i32x', // acc + Σ of 4, a unsigned (0…127 unless dot4TakesU8), b signed
  dot4s:       'i32x i8x i8x -> i32x', // both signed, a not -128
  reduce_add_f32x: 'f32x -> f32',      reduce_max_f32x: 'f32x -> f32',
  reduce_add_i32x: 'i32x -> int',

  // The matrix unit. Rows in memory lie `imm` bytes apart. tile: 16 rows m of 16 i32 or f32 n; tile_a: 16
  // rows m of tileDepth bytes; tile_b: tileDepth / 4 rows k of 16 n of 4 bytes.
  tile_zero:   '-> tile',
  tile_load:   '@ imm -> tile',        tile_store:  '@ tile imm',
  tile_load_a: '@ imm -> tile_a',      tile_load_b: '@ imm -> tile_b',
  tile_dot_i8: 'tile tile_a tile_b -> tile', // i32 acc[m][n] += Σ4 a[m][4k…] · b[k][4n…], signed bytes
  tile_dot_bf16: 'tile tile_a tile_b -> tile', // f32 acc[m][n] += Σ2 a[m][2k…] · b[k][2n…], rounded on the way
} as const;

export type OpName = keyof typeof rows;

export const ops = Object.fromEntries(
  Object.entries(rows).map(([name, row]) => [name, parse(name, row)]),
) as Readonly<Record<OpName, OpInfo>>;

export function isOpName(name: string): name is OpName {
  return Object.hasOwn(ops, name);
}

function parse(name: string, row: string): OpInfo {
  const [left, right] = row.split('->').map((side) => side.trim());
  const words = left.split(' ').filter((word) => word !== '');
  const isWord = (word: string) => word === '@' || word === 'imm' || word === 'bytes';
  return {
    args: words.filter((word) => !isWord(word)) as Word[],
    result: right as Word | undefined,
    hasAddress: words.includes('@'),
    hasImm: words.includes('imm'),
    hasBytes: words.includes('bytes'),
    hasEffect: right === undefined,
    readsMemory: name.startsWith('load') || name.startsWith('tile_load'),
  };
}
