/**
 * Activations as the matrix unit multiplies them: bf16. Columns come in tiles of C; a tile is one
 * record for each 32 elements:
 *   C × 64 bytes: elements in the order of bf16-weights.ts
 * Columns beyond the last are zeros.
 */
import { at, type Builder } from '../../compiler/ir/builder.ts';
import type { Value } from '../../compiler/ir/types.ts';
import { defineProgram, programFamily } from '../emit/define-program.ts';
import { type ColumnSource, columnParams, eachColumn } from './activations.ts';
import { chunkElements, roundedToBf16 } from './bf16-weights.ts';

/** Bytes of a column in a record. */
const pieceBytes = 2 * chunkElements;

export function bf16RecordBytes(columns: number): number {
  return columns * pieceBytes;
}

/** Items are tiles. Only for vectors of 64 bytes. */
export const bf16Tiles = programFamily(
  (columns: number, source: ColumnSource) => `bf16 tiles c${columns} ${source}`,
  (key, columns, source) =>
    defineProgram(key, { ...columnParams, chunks: 'int' }, (k, p, { start, end }) => {
      const recordBytes = bf16RecordBytes(columns);
      const tileBytes = k.mul(p.chunks, recordBytes);
      k.loop(start, end, 1, (tile) => {
        const record = k.add(p.to, k.mul(tile, tileBytes));
        const eachPiece = (c: Value, piece: (chunk: Value) => Value) => {
          const to = k.variable(k.add(record, k.mul(c, pieceBytes)));
          k.loop(0, p.chunks, 1, (chunk) => {
            k.store(at(to), piece(chunk));
            k.set(to, k.add(to, recordBytes));
          });
        };
        eachColumn(k, columns, source, p, tile, {
          missing: (c) => eachPiece(c, () => k.splatOf('i8x', 0)),
          present: (c, from) => eachPiece(c, (chunk) => pieceOf(k, from, chunk)),
        });
      });
    }),
);

/** 32 elements: of each quarter's 16 bytes the first 8 are from the first vector of 16. */
function pieceOf(k: Builder, from: Value, chunk: Value): Value {
  const x = k.add(from, k.shl(chunk, 7));
  const halves = [0, 1].map((half) => {
    const rounded = roundedToBf16(k, k.load('f32x', at(x, half * 64)));
    return k.op('lookup16', [k.as('i8x', rounded), k.constant128('i8x', upperHalves)]);
  });
  const first = k.constant128('i8x', firstEight);
  return k.or(k.and(halves[0], first), k.op('andn', [first, halves[1]]));
}

/** Upper 16 bits of each of four lanes, twice. */
const upperHalves = Uint8Array.of(2, 3, 6, 7, 10, 11, 14, 15, 2, 3, 6, 7, 10, 11, 14, 15);
const firstEight = Uint8Array.from({ length: 16 }, (_, i) => (i < 8 ? 255 : 0));
