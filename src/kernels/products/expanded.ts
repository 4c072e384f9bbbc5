/**
 * A strip of weights taken apart once and used for many tiles of columns: codes as bytes, line
 * after line in the order of the columns, scales and mins as f32. It lives in a thread's scratch
 * and is meant to stay in its L2 cache. A sub-block is a unit:
 *   lines · scale (16 × f32) · min (16 × f32, where there are mins)
 */
import { at, type Builder } from '../../compiler/ir/builder.ts';
import type { Value } from '../../compiler/ir/types.ts';
import { type Codec, lineBytes, type OpenUnit } from '../weights/codec.ts';

/** Bytes of a sub-block of sixteen rows. */
export function expandedSubBytes({ subElements, hasMins }: Codec): number {
  return (subElements / 4 + (hasMins ? 2 : 1)) * lineBytes;
}

/** Takes one unit apart to `to`. `table`: the codec's codebook, if it has one. */
export function expandUnit(
  k: Builder,
  codec: Codec,
  unit: Value,
  side: Value,
  table: Value,
  to: Value,
): void {
  const parts = lineBytes / k.traits.vectorBytes;
  const subBytes = expandedSubBytes(codec);
  const linesOfSub = codec.subElements / 4;
  const subs = codec.unitElements / codec.subElements;
  const offsetOf = (index: number) => {
    const sub = Math.floor(index / linesOfSub);
    return sub * subBytes + (index - sub * linesOfSub) * lineBytes;
  };
  codec.codebook?.lookUp(k, unit, table, to, offsetOf);
  for (let part = 0; part < parts; part++) {
    const place = (offset: number) => at(to, offset + part * k.traits.vectorBytes);
    const from = codec.open(k, unit, side, part, (index) => place(offsetOf(index)));
    from.codes((index, codes) => k.store(place(offsetOf(index)), codes));
    for (let sub = 0; sub < subs; sub++) {
      const behind = sub * subBytes + linesOfSub * lineBytes;
      k.store(place(behind), from.scale(sub));
      if (codec.hasMins) k.store(place(behind + lineBytes), from.min(sub));
    }
  }
}

/** An expanded sub-block, as products read units. */
export function openExpanded(k: Builder, codec: Codec, unit: Value, part: number): OpenUnit {
  const line = (index: number) => at(unit, index * lineBytes + part * k.traits.vectorBytes);
  const linesOfSub = codec.subElements / 4;
  return {
    codes(each) {
      for (let i = 0; i < linesOfSub; i++) each(i, k.load('i8x', line(i)));
    },
    scale: () => k.load('f32x', line(linesOfSub)),
    min: () => k.load('f32x', line(linesOfSub + 1)),
  };
}
