/** A codec's layout as devices see it: how large a strip is, and the program that packs strips. */

import { dtypes } from '../../base/dtypes.ts';
import { at } from '../../compiler/ir/builder.ts';
import type { WeightLayout } from '../../compiler/lowering.ts';
import { defineProgram } from '../emit/define-program.ts';
import { type Codec, lineBytes, stripRows } from './codec.ts';

/** Parameters of every pack program, as WeightLayout wants them. */
export const packParams = {
  source: 'int',
  rowBytes: 'int',
  rows: 'int',
  columns: 'int',
  to: 'weights',
} as const;

export function unitsOf(codec: Codec, columns: number): number {
  return columns / codec.unitElements;
}

export function stripBytesOf(codec: Codec, columns: number): number {
  const bytes = unitsOf(codec, columns) * (codec.unitBytes + codec.sideBytes);
  return Math.ceil(bytes / 64) * 64;
}

export function packedLayout(codec: Codec): WeightLayout {
  const { blockBytes } = dtypes[codec.dtype];
  const log2Elements = Math.log2(codec.unitElements);
  const pack = defineProgram(
    `pack ${codec.dtype}`,
    packParams,
    (k, { source, rowBytes, rows, columns, to }, { start, end }) => {
      const units = k.shr(columns, log2Elements);
      const sides = k.mul(units, codec.unitBytes);
      const unpadded = k.add(sides, k.mul(units, codec.sideBytes));
      const stripBytes = k.and(k.add(unpadded, 63), -64);
      const lastRow = k.sub(rows, 1);
      k.loop(start, end, 1, (strip) => {
        const base = k.add(to, k.mul(strip, stripBytes));
        k.loop(0, stripRows, 1, (lane) => {
          const row = k.min(k.add(k.shl(strip, 4), lane), lastRow);
          const from = k.variable(k.add(source, k.mul(row, rowBytes)));
          const unit = k.variable(base);
          const side = k.variable(k.add(base, sides));
          k.loop(0, units, 1, () => {
            codec.pack(k, {
              from,
              line: (index) => at(unit, lane, 4, index * lineBytes),
              byte: (offsetBytes) => at(unit, lane, 1, offsetBytes),
              half: (offsetBytes) => at(side, lane, 2, offsetBytes),
            });
            k.set(from, k.add(from, blockBytes));
            k.set(unit, k.add(unit, codec.unitBytes));
            k.set(side, k.add(side, codec.sideBytes));
          });
        });
      });
    },
  );
  return {
    name: codec.dtype,
    stripBytes: (columns) => stripBytesOf(codec, columns),
    pack,
  };
}
