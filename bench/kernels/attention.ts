/**
 * Attention over a cache that is already there: grouped queries as in R1-Distill-Qwen-1.5B, and
 * V2-Lite's latents, absorbed. One token at a context, and a prompt of 512. Multiply-adds are
 * those of positions that a query sees; bytes are the cache's, read once.
 */
import type { DeviceTensor } from '../../src/devices/device.ts';
import { attention } from '../../src/kernels/attention.ts';
import { latentAttention } from '../../src/kernels/latent-attention.ts';
import { storeKeys } from '../../src/kernels/store-keys.ts';
import { storeRows } from '../../src/kernels/store-rows.ts';
import type { Operands, Row } from './measure.ts';
import { runFamily } from './report.ts';

const blockTokens = 16;
const grouped = { heads: 12, kvHeads: 2, headDim: 128 } as const;
const latent = { heads: 16, width: 576, rank: 512 } as const;

interface Shape {
  readonly tokens: number;
  readonly context: number;
}

/** The last `tokens` of one sequence, whose blocks lie in order. */
function paging(o: Operands, { tokens, context }: Shape) {
  const counting = (count: number, from = 0) =>
    Int32Array.from({ length: count }, (_, i) => from + i);
  const blocks = context / blockTokens;
  return {
    blockTables: o.integers(counting(blocks), 1, blocks),
    sequenceOf: o.integers(new Int32Array(tokens), tokens),
    positions: o.integers(counting(tokens, context - tokens), tokens),
    blockTokens,
  };
}

/** A cache of random rows, and the command that fills it. */
function filled(o: Operands, form: 'keys' | 'rows', slots: number, width: number) {
  const cache = o.cache(slots, width);
  const index = o.integers(
    Int32Array.from({ length: slots }, (_, i) => i),
    slots,
  );
  const kernel = form === 'keys' ? (storeKeys as typeof storeRows) : storeRows;
  const command = o.device.command(kernel, { rows: o.random(slots, width), slots: index, cache });
  return { cache, command };
}

/** Pairs of a query and a position that it sees. */
const pairsOf = ({ tokens, context }: Shape) => tokens * context - (tokens * (tokens - 1)) / 2;

const nameOf = (kernel: string, { tokens, context }: Shape) =>
  `${kernel}, ${tokens} ${tokens === 1 ? 'token' : 'tokens'} at ${context}`;

function groupedRow(shape: Shape, isQuick = false): Row {
  return {
    ...{ name: nameOf('attention 12/2 × 128', shape), isQuick },
    make(o) {
      const { heads, kvHeads, headDim } = grouped;
      const { tokens, context } = shape;
      const keys = filled(o, 'keys', context, kvHeads * headDim);
      const values = filled(o, 'rows', context, kvHeads * headDim);
      const command = o.device.command(attention, {
        ...{ q: o.random(tokens, heads, headDim), y: o.empty(tokens, heads, headDim) },
        ...{ keys: keys.cache, values: values.cache, kvHeads, scale: 1 / Math.sqrt(headDim) },
        ...paging(o, shape),
      });
      const bytes = 2 * context * o.device.cacheRowBytes(kvHeads * headDim);
      const work = { macs: 2 * heads * headDim * pairsOf(shape), bytes };
      return onceFilled(o, [keys, values], command, work);
    },
  };
}

function latentRow(shape: Shape, isQuick = false): Row {
  return {
    ...{ name: nameOf('latent_attention 16 × 576/512', shape), isQuick },
    make(o) {
      const { heads, width, rank } = latent;
      const { tokens, context } = shape;
      const latents = filled(o, 'rows', context, width);
      const command = o.device.command(latentAttention, {
        ...{ q: o.random(tokens, heads, width), y: o.empty(tokens, heads, rank) },
        ...{ latents: latents.cache, scale: 1 / Math.sqrt(192), ...paging(o, shape) },
      });
      const bytes = context * o.device.cacheRowBytes(width);
      const work = { macs: heads * (width + rank) * pairsOf(shape), bytes };
      return onceFilled(o, [latents], command, work);
    },
  };
}

type Filled = {
  readonly cache: DeviceTensor;
  readonly command: ReturnType<typeof filled>['command'];
};

function onceFilled(
  o: Operands,
  caches: readonly Filled[],
  command: Filled['command'],
  work: { readonly macs: number; readonly bytes: number },
) {
  let isFilled = false;
  const run = async () => {
    if (!isFilled) await o.device.run(caches.map((cache) => cache.command));
    isFilled = true;
    await o.device.run([command]);
  };
  return { run, work };
}

const decode = [512, 2048, 8192].map((context) => ({ tokens: 1, context }));
const prompt = { tokens: 512, context: 512 };

await runFamily('attention', [
  ...decode.map((shape) => groupedRow(shape, shape.context === 2048)),
  groupedRow(prompt, true),
  groupedRow({ tokens: 512, context: 4096 }),
  ...decode.map((shape) => latentRow(shape, shape.context === 2048)),
  latentRow({ tokens: 64, context: 512 }),
]);
