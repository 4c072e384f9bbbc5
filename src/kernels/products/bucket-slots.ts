/**
 * Brings the slots of routed experts together: an expert's slots become columns of whole tiles, so
 * that its weights are read once for all of them. One item, one thread: it only counts.
 */
import { at } from '../../compiler/ir/builder.ts';
import type { LowerContext, LowerTensor, Memory } from '../../compiler/lowering.ts';
import { defineProgram, part, programFamily, reads, writes } from '../emit/define-program.ts';
import { divided } from '../emit/divide.ts';

const bucketSlots = programFamily(
  (columns: number) => `bucket slots c${columns}`,
  (key, columns) =>
    defineProgram(
      key,
      {
        ...{ chosen: 'int', numSlots: 'int', perSlotsPerRow: 'f32', numExperts: 'int' },
        ...{ numColumns: 'int', tileStarts: 'int', slots: 'int', rows: 'int', next: 'int' },
      },
      (k, p) => {
        k.loop(0, p.numExperts, 1, (e) => k.store(at(p.next, e, 4), k.int(0)));
        k.loop(0, p.numSlots, 1, (slot) => {
          const place = at(p.next, k.loadI32(at(p.chosen, slot, 4)), 4);
          k.store(place, k.add(k.loadI32(place), 1));
        });
        const tile = k.variable(0);
        const perColumns = k.f32(1 / columns);
        k.loop(0, p.numExperts, 1, (e) => {
          k.store(at(p.tileStarts, e, 4), tile);
          const count = k.loadI32(at(p.next, e, 4));
          k.store(at(p.next, e, 4), k.mul(tile, columns));
          k.set(tile, k.add(tile, divided(k, k.add(count, columns - 1), perColumns)));
        });
        k.store(at(p.tileStarts, p.numExperts, 4), tile);
        k.loop(0, p.numColumns, 1, (column) => {
          k.store(at(p.slots, column, 4), k.int(-1));
          k.store(at(p.rows, column, 4), k.int(-1));
        });
        k.loop(0, p.numSlots, 1, (slot) => {
          const place = at(p.next, k.loadI32(at(p.chosen, slot, 4)), 4);
          const column = k.loadI32(place);
          k.store(place, k.add(column, 1));
          k.store(at(p.slots, column, 4), slot);
          k.store(at(p.rows, column, 4), divided(k, slot, p.perSlotsPerRow));
        });
      },
    ),
);

export interface Buckets {
  /** (experts + 1) */
  readonly tileStarts: Memory;
  /** (tiles · columns) the slot, and the row of x it reads; -1 for none. */
  readonly slots: Memory;
  readonly rows: Memory;
  /** At most; those beyond the last expert's are empty. */
  readonly numTiles: number;
}

export function bucketsOf(
  context: LowerContext,
  chosen: LowerTensor,
  numSlots: number,
  numExperts: number,
  slotsPerRow: number,
  columns: number,
): Buckets {
  const numTiles = Math.min(
    numSlots,
    Math.floor(numSlots / columns) + Math.min(numExperts, numSlots),
  );
  const numColumns = numTiles * columns;
  const sizes = [numExperts + 1, numColumns, numColumns, numExperts].map((n) => 4 * n);
  const memory = context.derived(chosen.memory, `buckets c${columns} per${slotsPerRow}`, () => {
    const made = context.temp(sizes.reduce((a, b) => a + b));
    const [tileStarts, slots, rows, next] = split(made, sizes);
    const counts = { numSlots, numExperts, numColumns, perSlotsPerRow: 1 / slotsPerRow };
    const to = { tileStarts: writes(tileStarts), slots: writes(slots), rows: writes(rows) };
    const args = { chosen: reads(chosen), ...counts, ...to, next: writes(next) };
    context.launch(bucketSlots(columns).launch(args, 1));
    return made;
  });
  const [tileStarts, slots, rows] = split(memory, sizes);
  return { tileStarts, slots, rows, numTiles };
}

function split(memory: Memory, sizes: readonly number[]): Memory[] {
  let offset = 0;
  return sizes.map((size) => {
    const piece = part(memory, offset, size);
    offset += size;
    return piece;
  });
}
