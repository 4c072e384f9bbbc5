/**
 * y = x · wᵀ with quantised weights, sixteen rows by C columns at a time. Direct: codes go from
 * the packed strip straight into the products, for few columns, where reading the weights is what
 * takes the time. Expanded: an item's strips are taken apart into scratch first and used for all
 * tiles, for many columns; and for any number where codes are looked up in a table.
 */
import { at, type Builder } from '../../compiler/ir/builder.ts';
import type { Value } from '../../compiler/ir/types.ts';
import { defineProgram, programFamily } from '../emit/define-program.ts';
import { type Codec, inOrder, lineBytes, type OpenUnit } from '../weights/codec.ts';
import { dotTile, formatFor, isRoomForTwo, type UnitReader, vectorsOfPass } from './dot-tile.ts';
import {
  type ExpandedLayout,
  expandedLayout,
  expandedSubBytes,
  expandUnit,
  openExpanded,
} from './expanded.ts';
import {
  type EndingKind,
  eachMatrix,
  eachOfMatrices,
  itemOf,
  matricesOf,
  resultBytes,
  type SegmentKind,
  segmentParams,
  writeResults,
} from './segments.ts';

export type ProductMode = 'direct' | 'expanded';

export const productParams = {
  ...segmentParams,
  /** Packed strips, bytes of one, and where its sides begin. */
  w: 'weights',
  stripBytes: 'int',
  sidesOffset: 'int',
  /** The codec's codebook. */
  table: 'int',
  /** Units of a strip. */
  units: 'int',
  /** Activations, in tiles. */
  x: 'int',
  tileBytes: 'int',
} as const;

/** groups: records of a tile. */
const params = { ...productParams, groups: 'int' } as const;

/** Columns of a tile: as many as the registers hold sums for. */
export const tileColumns = {
  direct: (registers: number) => (registers >= 32 ? [1, 2, 4, 8] : [1, 2, 4]),
  expanded: (registers: number) => (registers >= 32 ? [4, 8, 12] : [4]),
} as const;

export const quantisedProduct = programFamily(
  (codec: Codec, columns: number, mode: ProductMode, kind: SegmentKind, ending: EndingKind) =>
    `product ${codec.dtype} c${columns} ${mode} ${kind} ${ending}`,
  (key, codec, columns, mode, kind, ending) =>
    defineProgram(key, params, (k, p, { start, end, scratch }) => {
      const matrices = matricesOf(ending);
      const results = k.add(scratch, k.reserve(matrices * resultBytes(columns)));
      const strips = k.add(scratch, k.reserveRest());
      k.loop(start, end, 1, (index) => {
        const item = itemOf(k, kind, p, index);
        const eachTile = (body: (tile: Value, x: Value) => void) => {
          k.loop(item.firstTile, item.endTile, 1, (tile) => {
            body(tile, k.add(p.x, k.mul(tile, p.tileBytes)));
          });
        };
        const dot = (reader: UnitReader, units: Value, x: Value, which: Value) => {
          const own = k.add(results, k.mul(which, resultBytes(columns)));
          dotTile(k, formatFor(codec, k.traits, columns, mode), reader, units, p.groups, x, own);
        };
        const packed = (w: Value, strip: Value) => k.add(w, k.mul(strip, p.stripBytes));

        if (mode === 'direct') {
          k.loop(item.firstStrip, item.endStrip, 1, (strip) => {
            eachTile((tile, x) => {
              eachMatrix(k, ending, p, (w, which) => {
                dot(directUnits(k, codec, columns, p, packed(w, strip)), p.units, x, which);
              });
              writeResults(k, kind, ending, p, item, strip, tile, columns, results);
            });
          });
          return;
        }
        k.if(item.firstTile, 'lt', item.endTile, () => {
          const layout = expandedLayout(codec, k.traits, vectorsOfPass(k.traits, columns));
          const numSubs = k.mul(p.units, subsOf(codec));
          const passBytes = k.mul(numSubs, layout.subBytes);
          const bytes = k.mul(passBytes, layout.passes);
          // A strip of the second matrix follows that of the first.
          const place = (strip: Value, which: Value) => {
            const index = k.add(k.mul(k.sub(strip, item.firstStrip), matrices), which);
            return k.add(strips, k.mul(index, bytes));
          };
          k.loop(item.firstStrip, item.endStrip, 1, (strip) => {
            eachMatrix(k, ending, p, (w, which) => {
              expandStrip(k, layout, p, packed(w, strip), place(strip, which), passBytes);
            });
          });
          eachTile((tile, x) => {
            k.loop(item.firstStrip, item.endStrip, 1, (strip) => {
              eachOfMatrices(k, ending, (which) => {
                const units = expandedUnits(k, layout, place(strip, which), passBytes);
                dot(units, numSubs, x, which);
              });
              writeResults(k, kind, ending, p, item, strip, tile, columns, results);
            });
          });
        });
      });
    }),
);

/** Scratch that a launch of the expanded product needs besides the routine's own. */
export function expandedScratchBytes(codec: Codec, elements: number, strips: number): number {
  return strips * (elements / codec.subElements) * expandedSubBytes(codec);
}

type Params = { readonly [K in keyof typeof params]: Value };
type StripParams = Pick<Params, 'stripBytes' | 'sidesOffset'>;

const subsOf = ({ unitElements, subElements }: Codec) => unitElements / subElements;

/** How far ahead of its use memory is asked for, at least. */
const prefetchBytes = 4096;

/**
 * Asks for what will be read, all of it, as a line that nobody asked for is waited for: units so
 * many ahead, from one strip's last to the next one's first, and the next strip's sides.
 */
function lookAhead(k: Builder, codec: Codec, p: StripParams, packed: Value) {
  const { unitBytes } = codec;
  const sides = k.add(packed, p.sidesOffset);
  const sidesBytes = k.sub(p.stripBytes, p.sidesOffset);
  const unit = k.variable(k.add(packed, Math.ceil(prefetchBytes / unitBytes) * unitBytes));
  return {
    begin(side: Value) {
      k.if(unit, 'eq', sides, () => k.set(unit, k.add(unit, sidesBytes)));
      k.prefetch(at(side, p.stripBytes));
    },
    /** Line `index` of a unit. */
    line: (index: number) => k.prefetch(at(unit, index * lineBytes)),
    next: () => k.set(unit, k.add(unit, unitBytes)),
  };
}

type LookAhead = ReturnType<typeof lookAhead>;

/**
 * A line is asked for with every few codes: asked for all at once, lines wait for each other, and
 * nothing is multiplied meanwhile.
 */
function askingAhead(codec: Codec, ahead: LookAhead, opened: OpenUnit): OpenUnit {
  const linesPerCode = codec.unitBytes / lineBytes / (codec.unitElements / 4);
  let [asked, seen] = [0, 0];
  return {
    ...opened,
    codes(index) {
      for (seen += linesPerCode; asked < seen; asked++) ahead.line(asked);
      return opened.codes(index);
    },
  };
}

/** Takes a packed strip apart, unit by unit. */
function expandStrip(
  k: Builder,
  layout: ExpandedLayout,
  p: StripParams & Pick<Params, 'units' | 'table'>,
  packed: Value,
  to: Value,
  passBytes: Value,
): void {
  const { codec, passes, subBytes } = layout;
  const unit = k.variable(packed);
  const side = k.variable(k.add(packed, p.sidesOffset));
  const places = inOrder(passes).map((pass) => k.variable(k.add(to, k.mul(passBytes, pass))));
  const ahead = lookAhead(k, codec, p, packed);
  k.loop(0, p.units, 1, () => {
    ahead.begin(side);
    for (let line = 0; line < codec.unitBytes / lineBytes; line++) ahead.line(line);
    ahead.next();
    expandUnit(k, layout, unit, side, p.table, places);
    k.set(unit, k.add(unit, codec.unitBytes));
    k.set(side, k.add(side, codec.sideBytes));
    for (const place of places) k.set(place, k.add(place, subsOf(codec) * subBytes));
  });
}

function directUnits(
  k: Builder,
  codec: Codec,
  columns: number,
  p: Params,
  packed: Value,
): UnitReader {
  return {
    unitElements: codec.unitElements,
    isSigned: codec.isSigned(k.traits),
    order: isRoomForTwo(k.traits, columns) ? codec.order : inOrder(codec.unitElements / 4),
    begin(parts) {
      const unit = k.variable(packed);
      const side = k.variable(k.add(packed, p.sidesOffset));
      // A strip that is gone through more than once is asked for the first time.
      const ahead = parts[0] === 0 ? lookAhead(k, codec, p, packed) : undefined;
      return {
        open() {
          ahead?.begin(side);
          return parts.map((part, i) => {
            const opened = codec.open(k, unit, side, part);
            return ahead && i === 0 ? askingAhead(codec, ahead, opened) : opened;
          });
        },
        next() {
          k.set(unit, k.add(unit, codec.unitBytes));
          k.set(side, k.add(side, codec.sideBytes));
          ahead?.next();
        },
      };
    },
  };
}

function expandedUnits(
  k: Builder,
  layout: ExpandedLayout,
  strip: Value,
  passBytes: Value,
): UnitReader {
  const { codec, vectors, subBytes } = layout;
  return {
    unitElements: codec.subElements,
    isSigned: codec.isSigned(k.traits),
    order: inOrder(codec.subElements / 4),
    begin([first]) {
      const unit = k.variable(k.add(strip, k.mul(passBytes, first / vectors)));
      return {
        open: () => inOrder(vectors).map((i) => openExpanded(k, layout, unit, i)),
        next: () => k.set(unit, k.add(unit, subBytes)),
      };
    },
  };
}
