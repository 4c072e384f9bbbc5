/**
 * A strip of weights taken apart once and used for many tiles of columns: codes as bytes, line
 * after line in the order of the columns, scales and mins as f32. It lives in a thread's scratch
 * and is meant to stay in its L2 cache. Rows that pass a tile together (dot-tile.ts) lie together,
 * so that a pass reads whole cache lines; of those rows, sub-blocks follow each other:
 *   lines · scale (rows × f32) · min (rows × f32, where there are mins)
 */
import { at, type Builder } from '../../compiler/ir/builder.ts';
import type { Traits, Value } from '../../compiler/ir/types.ts';
import { type Codec, lineBytes, type OpenUnit, realScales, stripRows } from '../weights/codec.ts';

/** Bytes of a sub-block of sixteen rows. */
export function expandedSubBytes({ subElements, mins }: Codec): number {
  return (subElements / 4 + (mins === 'none' ? 1 : 2)) * lineBytes;
}

export interface ExpandedLayout {
  readonly codec: Codec;
  /** How many times columns pass a strip, and how many vectors of a line they meet each time. */
  readonly passes: number;
  readonly vectors: number;
  /** Of a pass. */
  readonly lineBytes: number;
  readonly subBytes: number;
}

export function expandedLayout(codec: Codec, traits: Traits, vectors: number): ExpandedLayout {
  const passes = lineBytes / traits.vectorBytes / vectors;
  return {
    ...{ codec, passes, vectors },
    ...{ lineBytes: lineBytes / passes, subBytes: expandedSubBytes(codec) / passes },
  };
}

/** Takes one unit apart, a pass's part of it to each of `to`. `table`: the codec's codebook. */
export function expandUnit(
  k: Builder,
  { codec, passes, vectors, lineBytes: passLineBytes, subBytes }: ExpandedLayout,
  unit: Value,
  side: Value,
  table: Value,
  to: readonly Value[],
): void {
  const linesOfSub = codec.subElements / 4;
  const subs = codec.unitElements / codec.subElements;
  const offsetOf = (index: number) => {
    const sub = Math.floor(index / linesOfSub);
    return sub * subBytes + (index - sub * linesOfSub) * passLineBytes;
  };
  const rowsOfPass = stripRows / passes;
  for (let pass = 0; pass < passes; pass++) {
    const rows = { first: pass * rowsOfPass, count: rowsOfPass };
    codec.codebook?.lookUp(k, unit, table, rows, to[pass], offsetOf);
    for (let i = 0; i < vectors; i++) {
      const place = (offset: number) => at(to[pass], offset + i * k.traits.vectorBytes);
      const part = pass * vectors + i;
      const from = codec.open(k, unit, side, part, (index) => place(offsetOf(index)));
      for (const index of codec.order) {
        k.store(place(offsetOf(index)), from.codes(index));
      }
      const scaleOf = realScales(k, from);
      for (let sub = 0; sub < subs; sub++) {
        const behind = sub * subBytes + linesOfSub * passLineBytes;
        k.store(place(behind), scaleOf(sub));
        if (codec.mins !== 'none') k.store(place(behind + passLineBytes), from.min(sub));
      }
    }
  }
}

/** Vector `i` of an expanded sub-block, as products read units. */
export function openExpanded(
  k: Builder,
  { codec, lineBytes: passLineBytes }: ExpandedLayout,
  unit: Value,
  i: number,
): OpenUnit {
  const line = (index: number) => at(unit, index * passLineBytes + i * k.traits.vectorBytes);
  const linesOfSub = codec.subElements / 4;
  return {
    codes: (index) => k.load('i8x', line(index)),
    scale: () => k.load('f32x', line(linesOfSub)),
    min: () => k.load('f32x', line(linesOfSub + 1)),
  };
}
