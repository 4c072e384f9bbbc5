/**
 * Weights that are numbers as they stand (f32, f16, bf16, f8): strips of sixteen rows, column after
 * column, so that a line is one column's sixteen weights. Nothing is converted.
 *
 * f8_e4m3 has a scale for each tile of 128 columns of a row: behind a strip's columns, from the
 * next 64 bytes on, a line of sixteen f32 a tile. Its NaN, which no checkpoint has, reads as 480.
 */
import { at, type Builder } from '../../compiler/ir/builder.ts';
import type { Value } from '../../compiler/ir/types.ts';
import type { WeightLayout } from '../../compiler/lowering.ts';
import { defineProgram } from '../emit/define-program.ts';
import { lineBytes, stripRows } from './codec.ts';
import { packParams } from './pack-layout.ts';

export const floatTypes = ['f32', 'f16', 'bf16', 'f8_e4m3'] as const;
export type FloatType = (typeof floatTypes)[number];

export const floatBytes: Readonly<Record<FloatType, number>> = {
  ...{ f32: 4, f16: 2, bf16: 2, f8_e4m3: 1 },
};

/** Columns that share a scale; undefined where there are none. */
export function tileColumnsOf(type: FloatType): number | undefined {
  return type === 'f8_e4m3' ? 128 : undefined;
}

/** Where a strip's scales begin. */
export function scalesOffsetOf(type: FloatType, columns: number): number {
  return Math.ceil((columns * stripRows * floatBytes[type]) / lineBytes) * lineBytes;
}

export function floatStripBytes(type: FloatType, columns: number): number {
  const tileColumns = tileColumnsOf(type);
  if (!tileColumns) return columns * stripRows * floatBytes[type];
  return scalesOffsetOf(type, columns) + Math.ceil(columns / tileColumns) * lineBytes;
}

/** This part's rows of the column that begins at `column`, as f32; f8 without its scale. */
export function loadFloats(
  k: Builder,
  type: FloatType,
  column: Value,
  part: number,
  disp = 0,
): Value {
  const address = at(column, disp + part * k.lanes * floatBytes[type]);
  if (type === 'f32') return k.load('f32x', address);
  if (type === 'f8_e4m3') return f8ToF32(k, k.op('load_i8_i32x', [], { address }));
  return k.op(type === 'f16' ? 'load_f16_f32x' : 'load_bf16_f32x', [], { address });
}

/**
 * Exponent and fraction go where f32 has them, and 120 is added for the biases. That is right but
 * for subnormals, m · 2⁻⁹, which come out as a = 2⁻⁷ + m · 2⁻¹⁰: what is meant is 2a − 2⁻⁶, and
 * for all others that is the larger. (As f32 subnormals they would be right, and slow.)
 */
function f8ToF32(k: Builder, codes: Value): Value {
  const high = k.shl(codes, 20); // the sign is in all bits from 27 on
  const a = k.as('f32x', k.add(k.and(high, k.i32x(0x07f00000)), k.i32x(120 << 23)));
  const magnitude = k.min(a, k.fma(a, k.f32x(2), k.f32x(-(2 ** -6))));
  const sign = k.and(high, k.i32x(-(2 ** 31)));
  return k.as('f32x', k.or(k.as('i32x', magnitude), sign));
}

export function floatLayout(type: FloatType): WeightLayout {
  const bytes = floatBytes[type];
  const pack = defineProgram(
    `pack ${type}`,
    packParams,
    (k, { source, rowBytes, rows, columns, to }, { start, end }) => {
      const lastRow = k.sub(rows, 1);
      const { scalesOffset, numTiles, stripBytes } = stripOf(k, type, columns);
      k.loop(start, end, 1, (strip) => {
        const base = k.add(to, k.mul(strip, stripBytes));
        k.loop(0, stripRows, 1, (lane) => {
          const row = k.min(k.add(k.shl(strip, 4), lane), lastRow);
          const from = k.add(source, k.mul(row, rowBytes));
          copyApart(k, bytes, from, k.add(base, k.mul(lane, bytes)), columns);
          if (!numTiles) return;
          const scales = k.add(from, k.and(k.add(columns, 3), -4));
          const place = k.add(k.add(base, scalesOffset), k.shl(lane, 2));
          copyApart(k, 4, scales, place, numTiles);
        });
      });
    },
  );
  return { name: type, stripBytes: (columns) => floatStripBytes(type, columns), pack };
}

function stripOf(k: Builder, type: FloatType, columns: Value) {
  const codes = k.mul(columns, stripRows * floatBytes[type]);
  const tileColumns = tileColumnsOf(type);
  if (!tileColumns) return { scalesOffset: codes, numTiles: undefined, stripBytes: codes };
  const scalesOffset = k.and(k.add(codes, lineBytes - 1), -lineBytes);
  const numTiles = k.shr(k.add(columns, tileColumns - 1), Math.log2(tileColumns));
  const stripBytes = k.add(scalesOffset, k.mul(numTiles, lineBytes));
  return { scalesOffset, numTiles, stripBytes };
}

/** `count` elements that follow each other, to the same lane of as many lines. */
function copyApart(k: Builder, bytes: number, from: Value, to: Value, count: Value): void {
  const place = k.variable(to);
  k.loop(0, count, 1, (i) => {
    if (bytes === 4) k.store(at(place), k.loadI32(at(from, i, 4)));
    else if (bytes === 1) k.op('store_i8', [k.loadU8(at(from, i))], { address: at(place) });
    else {
      const bits = k.op('load_u16', [], { address: at(from, i, 2) });
      k.op('store_i16', [bits], { address: at(place) });
    }
    k.set(place, k.add(place, stripRows * bytes));
  });
}
