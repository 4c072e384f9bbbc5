/**
 * From a matrix product's shape to its launches: which tile, direct or expanded, how items are
 * cut; activations brought into tiles once for all products that read them.
 */
import type { Traits } from '../../compiler/ir/types.ts';
import type { LaunchArg, LowerContext, LowerWeight, Memory } from '../../compiler/lowering.ts';
import { reads, updates } from '../emit/define-program.ts';
import type { Codec } from '../weights/codec.ts';
import { codecOf, floatTypeOf } from '../weights/codecs.ts';
import { floatStripBytes, scalesOffsetOf } from '../weights/float-layout.ts';
import { stripBytesOf, unitsOf } from '../weights/pack-layout.ts';
import {
  type ActivationFormat,
  type ColumnSource,
  formatKey,
  groupElements,
  quantiseTiles,
  recordLayout,
} from './activations.ts';
import { bf16RecordBytes, bf16Tiles } from './bf16-columns.ts';
import { chunkElements } from './bf16-weights.ts';
import type { Buckets } from './bucket-slots.ts';
import { formatFor } from './dot-tile.ts';
import { floatProduct, floatTileColumns, floatTiles } from './float-product.ts';
import {
  expandedScratchBytes,
  type ProductMode,
  quantisedProduct,
  tileColumns,
} from './quantised-product.ts';
import { type EndingKind, matricesOf, type SegmentKind } from './segments.ts';
import {
  leastForTiles,
  matrixColumns,
  tilePlan,
  tileProduct,
  tileScratch,
} from './tile-product.ts';

/** See segments.ts. */
export type Ending =
  | { readonly kind: 'set' | 'add' }
  | { readonly kind: 'bias'; readonly bias: Memory }
  /** A matrix of the same dtype and shape. */
  | { readonly kind: 'gated'; readonly w2: LowerWeight };

/** What a product multiplies; see segments.ts. */
export interface Product {
  readonly kind: SegmentKind;
  readonly numSegments: number;
  readonly w: LowerWeight;
  readonly segmentRows: number;
  readonly rowOffset: number;
  readonly numRows: number;
  /** First element of the first column, bytes from column to column and from head to head. */
  readonly x: Memory;
  readonly xStride: number;
  readonly xHeadBytes: number;
  /** All segments read the same columns. */
  readonly isShared: boolean;
  /** Of a segment; of all experts together, slots. */
  readonly numColumns: number;
  readonly y: Memory;
  readonly yStride: number;
  readonly ySegmentBytes: number;
  /** Left out: set. */
  readonly ending?: Ending;
  /** experts only, for a number of columns. */
  buckets?(columns: number): Buckets;
}

export function lowerProduct(context: LowerContext, product: Product): void {
  const { w } = product;
  if (!w.packed) throw new Error('a product wants a packed weight');
  if (product.ending?.kind === 'gated') assertAlike(w, product.ending.w2);
  const codec = codecOf(w.dtype);
  if (codec) quantised(context, product, codec, w.packed.memory);
  else float(context, product, w.packed.memory);
}

function quantised(context: LowerContext, product: Product, codec: Codec, w: Memory): void {
  const { traits, threads } = context;
  const elements = product.w.dims[1];
  const { mode, columns } = plan(product, codec, traits);
  if (mode === 'tiles') {
    multiplyTiles(context, product, codec, columns, w);
    return;
  }
  const tiles = tilesOf(product, columns);
  const columnArgs = quantisedColumns(
    context,
    product,
    formatFor(codec, traits, columns, mode),
    tiles,
  );
  const ending = endingOf(product);
  const matrices = matricesOf(ending);
  const most = (mode === 'direct' ? mostStreamed : elements <= 4096 ? 4 : 2) / matrices;
  const cut = cutItems(product, threads, most);
  const scratchBytes =
    mode === 'direct' ? 0 : expandedScratchBytes(codec, elements, matrices * cut.stripsPerItem);
  const args = {
    ...{ ...segmentArgs(product, tiles, cut), ...weightArgs(context, product, codec, w) },
    ...{ ...columnArgs, groups: Math.ceil(elements / groupElements) },
  };
  const program = quantisedProduct(codec, columns, mode, product.kind, ending);
  context.launch(program.launch(args, cut.numItems, { scratchBytes }));
}

/** On the matrix unit. */
function multiplyTiles(
  context: LowerContext,
  product: Product,
  codec: Codec,
  columns: number,
  w: Memory,
): void {
  const blocks = tilePlan(codec, product.w.dims[1]);
  const tiles = tilesOf(product, columns);
  const columnArgs = bf16Columns(context, product, columns, tiles);
  const ending = endingOf(product);
  const matrices = matricesOf(ending);
  const cut = cutItems(product, context.threads, Math.floor(blocks.mostStrips / matrices));
  const shape = {
    columns,
    tiles: product.kind === 'experts' ? tiles.total : tiles.perSegment,
    strips: matrices * cut.stripsPerItem,
  };
  const { blockArgs, scratchBytes } = tileScratch(blocks, shape);
  const args = {
    ...{ ...segmentArgs(product, tiles, cut), ...weightArgs(context, product, codec, w) },
    ...{ ...columnArgs, ...blockArgs },
  };
  const program = tileProduct(codec, columns, product.kind, ending);
  context.launch(program.launch(args, cut.numItems, { scratchBytes }));
}

function weightArgs(context: LowerContext, { w }: Product, codec: Codec, memory: Memory) {
  const elements = w.dims[1];
  const units = unitsOf(codec, elements);
  return {
    ...{ w: reads(memory), stripBytes: stripBytesOf(codec, elements), units },
    ...{ sidesOffset: units * codec.unitBytes, table: tableOf(context, codec) },
  };
}

interface TiledColumns {
  readonly x: LaunchArg;
  readonly tileBytes: number;
}

/** Made once for all products that read the same columns in the same form. */
function quantisedColumns(
  context: LowerContext,
  product: Product,
  format: ActivationFormat,
  tiles: Tiles,
): TiledColumns {
  const elements = product.w.dims[1];
  const groups = Math.ceil(elements / groupElements);
  const tileBytes = groups * recordLayout(format).recordBytes;
  const x = context.derived(product.x, `${formatKey(format)} ${keyOf(product)}`, () => {
    const made = context.temp(tiles.total * tileBytes);
    const args = { ...columnArgs(product, tiles), elements, groups, to: updates(made) };
    context.launch(quantiseTiles(format, sourceOf(product)).launch(args, tiles.total));
    return made;
  });
  return { x: reads(x), tileBytes };
}

function bf16Columns(
  context: LowerContext,
  product: Product,
  columns: number,
  tiles: Tiles,
): TiledColumns {
  const chunks = product.w.dims[1] / chunkElements;
  const tileBytes = chunks * bf16RecordBytes(columns);
  const x = context.derived(product.x, `bf16 c${columns} ${keyOf(product)}`, () => {
    const made = context.temp(tiles.total * tileBytes);
    const args = { ...columnArgs(product, tiles), chunks, to: updates(made) };
    context.launch(bf16Tiles(columns, sourceOf(product)).launch(args, tiles.total));
    return made;
  });
  return { x: reads(x), tileBytes };
}

function float(context: LowerContext, product: Product, w: Memory): void {
  const { traits, threads } = context;
  const type = floatTypeOf(product.w.dtype);
  const elements = product.w.dims[1];
  const perSegment = columnsOf(product);
  const columns = leastWaste(floatTileColumns(traits.vectorRegisters), perSegment);
  const tiles = tilesOf(product, columns);
  // One column lies in memory as its tile would.
  const isInPlace =
    columns === 1 && product.kind !== 'experts' && (isOne(product) || product.numColumns === 1);
  const tileBytes = isInPlace
    ? isOne(product)
      ? product.xStride
      : product.xHeadBytes
    : elements * 4 * columns;
  const x = isInPlace
    ? product.x
    : context.derived(product.x, `float c${columns} ${keyOf(product)}`, () => {
        const made = context.temp(tiles.total * tileBytes);
        const args = { ...columnArgs(product, tiles), elements, to: updates(made) };
        context.launch(floatTiles(columns, sourceOf(product)).launch(args, tiles.total));
        return made;
      });
  const cut = cutItems(product, threads, mostStreamed);
  const args = {
    ...segmentArgs(product, tiles, cut),
    w: reads(w),
    stripBytes: floatStripBytes(type, elements),
    scalesOffset: scalesOffsetOf(type, elements),
    elements,
    x: reads(x),
    tileBytes,
  };
  context.launch(
    floatProduct(type, columns, product.kind, endingOf(product)).launch(args, cut.numItems),
  );
}

function assertAlike(w: LowerWeight, w2: LowerWeight): void {
  const isAlike = w.dtype === w2.dtype && w.dims.every((size, i) => size === w2.dims[i]);
  if (!isAlike || !w2.packed) throw new Error('matrices of a gated product must be alike');
}

const endingOf = ({ ending }: Product): EndingKind => ending?.kind ?? 'set';

const isOne = (product: Product) => product.kind === 'one' || product.isShared;

function sourceOf(product: Product): ColumnSource {
  if (product.kind === 'experts') return 'gathered';
  return isOne(product) ? 'rows' : 'heads';
}

/** Columns that a segment is likely to have. */
function columnsOf({ kind, numColumns, numSegments }: Product): number {
  return kind === 'experts' ? Math.max(1, Math.round(numColumns / numSegments)) : numColumns;
}

/** The codec's codebook, in memory once; 0 for none. */
export function tableOf(context: LowerContext, { codebook }: Codec): LaunchArg | number {
  return codebook ? reads(context.constant(codebook.key, codebook.bytes)) : 0;
}

interface ProductPlan {
  readonly mode: ProductMode | 'tiles';
  readonly columns: number;
}

function plan(product: Product, { codebook }: Codec, traits: Traits): ProductPlan {
  const perSegment = columnsOf(product);
  const registers = traits.vectorRegisters;
  if (traits.hasTiles && perSegment >= leastForTiles) {
    return { mode: 'tiles', columns: leastWaste(matrixColumns, perSegment) };
  }
  const direct = tileColumns.direct(registers);
  const fitting = direct.find((columns) => columns >= perSegment);
  if (fitting !== undefined) return { mode: codebook ? 'expanded' : 'direct', columns: fitting };
  return { mode: 'expanded', columns: leastWaste(tileColumns.expanded(registers), perSegment) };
}

/** A tile costs its columns and about two more. */
function leastWaste(choices: readonly number[], numColumns: number): number {
  const cost = (columns: number) => Math.ceil(numColumns / columns) * (columns + 2);
  return choices.reduce((best, columns) => (cost(columns) < cost(best) ? columns : best));
}

interface Tiles {
  readonly perSegment: number;
  readonly total: number;
  readonly buckets: Buckets | undefined;
}

function tilesOf(product: Product, columns: number): Tiles {
  if (product.kind === 'experts') {
    const buckets = product.buckets?.(columns);
    if (!buckets) throw new Error('experts come in buckets');
    return { perSegment: 0, total: buckets.numTiles, buckets };
  }
  const perSegment = Math.ceil(product.numColumns / columns);
  const total = isOne(product) ? perSegment : perSegment * product.numSegments;
  return { perSegment, total, buckets: undefined };
}

/** Tells products apart that read the same memory in different ways. */
function keyOf(product: Product): string {
  const { xStride, xHeadBytes, numColumns, numSegments, w } = product;
  const shape = `${sourceOf(product)} ${xStride} ${numColumns} ${w.dims[1]}`;
  return sourceOf(product) === 'heads' ? `${shape} ${xHeadBytes} ${numSegments}` : shape;
}

function columnArgs(product: Product, tiles: Tiles) {
  return {
    ...{ x: reads(product.x), xStride: product.xStride, numColumns: product.numColumns },
    ...{ headBytes: product.xHeadBytes, tilesPerHead: tiles.perSegment },
    perTilesPerHead: 1 / Math.max(1, tiles.perSegment),
    index: tiles.buckets ? reads(tiles.buckets.rows) : 0,
  };
}

interface Cut {
  readonly stripsPerItem: number;
  readonly itemsPerSegment: number;
  readonly numItems: number;
}

/** Strips of an item that reads them once, in order: with each item the stream begins anew. */
const mostStreamed = 32;

/** Items of up to `most` strips, all alike, but enough items for threads to share evenly. */
function cutItems(product: Product, threads: number, most: number): Cut {
  // A segment may begin inside a strip, and then has one more.
  const isAligned = product.segmentRows % 16 === 0 && product.rowOffset % 16 === 0;
  const strips = Math.ceil(product.numRows / 16) + (isAligned ? 0 : 1);
  const even = Math.floor((strips * product.numSegments) / (threads * 6));
  const itemsPerSegment = Math.ceil(strips / Math.max(1, Math.min(most, even)));
  const stripsPerItem = Math.ceil(strips / itemsPerSegment);
  return { stripsPerItem, itemsPerSegment, numItems: itemsPerSegment * product.numSegments };
}

function segmentArgs(product: Product, tiles: Tiles, cut: Cut) {
  const { stripsPerItem, itemsPerSegment } = cut;
  const { ending } = product;
  return {
    ...{ stripsPerItem, itemsPerSegment, perItemsPerSegment: 1 / itemsPerSegment },
    ...{ segmentRows: product.segmentRows, rowOffset: product.rowOffset, numRows: product.numRows },
    ...{ tilesPerSegment: isOne(product) ? 0 : tiles.perSegment, numTiles: tiles.perSegment },
    numColumns: product.numColumns,
    tileStarts: tiles.buckets ? reads(tiles.buckets.tileStarts) : 0,
    slots: tiles.buckets ? reads(tiles.buckets.slots) : 0,
    ...{ y: updates(product.y), yStride: product.yStride, ySegmentBytes: product.ySegmentBytes },
    bias: ending?.kind === 'bias' ? reads(ending.bias) : 0,
    w2: ending?.kind === 'gated' && ending.w2.packed ? reads(ending.w2.packed.memory) : 0,
  };
}
