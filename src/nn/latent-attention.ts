/**
 * Multi-head latent attention (MLA, arXiv:2405.04434, 2.1). The cache holds one row per token for
 * all heads: the normed latent (kvLoraRank) and the rotated shared key part (qkRopeHeadDim).
 *
 * Two ways to the same numbers. Absorbed: q goes through the key up-projection into the latent's
 * space, and all heads attend to the cached rows directly: for decode. Expanded: the sequence's
 * keys and values are made from its latents once, then it is ordinary attention: for prefill,
 * where many queries share that work.
 */

import type { MlaConfig } from '../formats/model-config.ts';
import { attention as attentionKernel } from '../kernels/attention.ts';
import { copyHeads } from '../kernels/copy-heads.ts';
import { gatherRows } from '../kernels/gather-rows.ts';
import { headLinear } from '../kernels/head-linear.ts';
import { headLinearTransposed } from '../kernels/head-linear-transposed.ts';
import { spreadHeads } from '../kernels/spread-heads.ts';
import { storeRows } from '../kernels/store-rows.ts';
import { type RopeTables, rotate } from './attention.ts';
import { linear } from './linear.ts';
import { type NormWeights, norm, normInPlace } from './norm.ts';
import type { Recorder } from './recorder.ts';
import type { StepSequence } from './step.ts';
import type { StepInputs } from './step-inputs.ts';
import type { Matrix, Tensor } from './tensor.ts';

/** Per head, a part of a matrix: rows [rowOffset, rowOffset + rows) of the head's headRows. */
export interface HeadPart {
  readonly w: Matrix;
  readonly headRows: number;
  readonly rowOffset: number;
  readonly rows: number;
  /** true: rows are latent dimensions and columns head dimensions (llama.cpp's attn_k_b). */
  readonly fromHead: boolean;
}

export interface LatentAttentionWeights {
  readonly config: MlaConfig;
  readonly heads: number;
  readonly softmaxScale: number;
  /** Query tokens of a sequence from which its prefill is expanded; see `expandFromTokens`. */
  readonly expandFrom: number;
  readonly rope: RopeTables;
  /** Without qLoraRank only `q`: (heads · (nope + rope), hidden or qLoraRank). */
  readonly qA: Matrix | undefined;
  readonly qANorm: NormWeights | undefined;
  readonly q: Matrix;
  /** (kvLoraRank + qkRopeHeadDim, hidden) */
  readonly kvA: Matrix;
  readonly kvANorm: NormWeights;
  /** latent → key without rope, and latent → value. */
  readonly keyUp: HeadPart;
  readonly valueUp: HeadPart;
  /** (hidden, heads · vHeadDim) */
  readonly o: Matrix;
}

/**
 * Where expanding is cheaper: absorbed costs heads · (2 · rank + rope) per query and cached token,
 * expanded heads · (nope + rope + v) plus heads · rank · (nope + v) per cached token once.
 * 171 query tokens on V2 and V3, whatever the number of heads.
 */
export function expandFromTokens(c: MlaConfig): number {
  const saved = 2 * c.kvLoraRank - c.qkNopeHeadDim - c.vHeadDim;
  if (saved <= 0) return Number.POSITIVE_INFINITY;
  return Math.ceil((c.kvLoraRank * (c.qkNopeHeadDim + c.vHeadDim)) / saved);
}

/** x (tokens, hidden) → (tokens, hidden); the layer's latents go to the cache. */
export function latentAttention(
  r: Recorder,
  x: Tensor,
  w: LatentAttentionWeights,
  inputs: StepInputs,
  layer: number,
): Tensor {
  const { device } = r;
  const { kvLoraRank, qkNopeHeadDim, qkRopeHeadDim, vHeadDim } = w.config;
  const tokens = inputs.numTokens;

  const qLatent = w.qA && w.qANorm ? norm(r, linear(r, x, { w: w.qA }), w.qANorm) : x;
  const qFlat = linear(r, qLatent, { w: w.q });
  const q = device.view(qFlat, [tokens, w.heads, qkNopeHeadDim + qkRopeHeadDim]);
  rotate(r, q, w.rope, inputs, qkNopeHeadDim);

  const kv = linear(r, x, { w: w.kvA });
  normInPlace(r, device.view(kv, [tokens, kvLoraRank]), w.kvANorm);
  rotate(r, device.view(kv, [tokens, 1, qkRopeHeadDim], kvLoraRank), w.rope, inputs, 0);
  const [cache] = inputs.kvCache.layers[layer];
  r.launch(storeRows, { rows: kv, slots: inputs.slots, cache });

  const y = r.temp(tokens, w.heads, vHeadDim);
  for (const group of groups(inputs.step.sequences, w.expandFrom)) {
    const part = (tensor: Tensor) => device.rows(tensor, group.start, group.count);
    r.scope(() => {
      if (group.expand) expanded(r, part(q), w, inputs, cache, group.expand, part(y));
      else absorbed(r, part(q), w, inputs, cache, group.start, part(y));
    });
  }
  return linear(r, device.view(y, [tokens, w.heads * vHeadDim]), { w: w.o });
}

interface Group {
  readonly start: number;
  count: number;
  readonly expand: StepSequence | undefined;
}

/** Sequences that are expanded stand alone; neighbours that are not go together. */
function groups(sequences: readonly StepSequence[], expandFrom: number): Group[] {
  const found: Group[] = [];
  for (const sequence of sequences) {
    const expand = sequence.queryTokens >= expandFrom ? sequence : undefined;
    const last = found.at(-1);
    if (last && !last.expand && !expand) last.count += sequence.queryTokens;
    else found.push({ start: sequence.queryStart, count: sequence.queryTokens, expand });
  }
  return found;
}

function absorbed(
  r: Recorder,
  q: Tensor,
  w: LatentAttentionWeights,
  inputs: StepInputs,
  cache: Tensor,
  start: number,
  y: Tensor,
): void {
  const { kvLoraRank, qkNopeHeadDim, qkRopeHeadDim } = w.config;
  const count = q.dims[0];
  const rows = (tensor: Tensor) => r.device.rows(tensor, start, count);

  const qLatent = r.temp(count, w.heads, kvLoraRank + qkRopeHeadDim);
  toLatent(r, q, w.keyUp, qLatent);
  const [xOffset, yOffset] = [qkNopeHeadDim, kvLoraRank];
  r.launch(copyHeads, { x: q, xOffset, yOffset, count: qkRopeHeadDim, y: qLatent });

  const context = r.temp(count, w.heads, kvLoraRank);
  r.launch(attentionKernel, {
    ...{ q: qLatent, keys: cache, values: r.device.view(cache, [cache.dims[0], kvLoraRank]) },
    ...{ y: context, kvHeads: 1, scale: w.softmaxScale, blockTables: inputs.blockTables },
    ...{ sequenceOf: rows(inputs.sequenceOf), positions: rows(inputs.positions) },
    blockTokens: inputs.kvCache.blockTokens,
  });
  fromLatent(r, context, w.valueUp, y);
}

function expanded(
  r: Recorder,
  q: Tensor,
  w: LatentAttentionWeights,
  inputs: StepInputs,
  cache: Tensor,
  sequence: StepSequence,
  y: Tensor,
): void {
  const { device } = r;
  const { kvLoraRank, qkNopeHeadDim, qkRopeHeadDim, vHeadDim } = w.config;
  const headDim = qkNopeHeadDim + qkRopeHeadDim;
  const context = sequence.contextTokens;
  const { slots, blockTables, sequenceOf } = inputs.contiguous(sequence);

  const latents = r.temp(context, kvLoraRank + qkRopeHeadDim);
  r.launch(gatherRows, { x: cache, index: slots, y: latents });
  const shared = device.view(latents, [context, 1, kvLoraRank + qkRopeHeadDim]);
  const keys = r.temp(context, w.heads, headDim);
  const values = r.temp(context, w.heads, vHeadDim);
  fromLatent(r, shared, w.keyUp, keys);
  const kRope = device.view(latents, [context, qkRopeHeadDim], kvLoraRank);
  r.launch(spreadHeads, { x: kRope, yOffset: qkNopeHeadDim, y: keys });
  fromLatent(r, shared, w.valueUp, values);

  // The expanded keys and values are one block as long as the context.
  r.launch(attentionKernel, {
    ...{ q, y, kvHeads: w.heads, blockTokens: context, scale: w.softmaxScale },
    ...{ blockTables, sequenceOf },
    keys: device.view(keys, [context, w.heads * headDim]),
    values: device.view(values, [context, w.heads * vHeadDim]),
    positions: device.rows(inputs.positions, sequence.queryStart, sequence.queryTokens),
  });
}

/** y[head][0…] = the head's part of x's first dimensions, in the latent's space. */
function toLatent(r: Recorder, x: Tensor, part: HeadPart, y: Tensor): void {
  const { w, headRows, rowOffset, rows } = part;
  const args = { x, w, y, headRows, rowOffset, xOffset: 0, yOffset: 0 };
  if (part.fromHead) r.launch(headLinear, { ...args, outDim: rows });
  else r.launch(headLinearTransposed, { ...args, inDim: rows });
}

/** y[head][0…] = what the head makes of the latent: its key part or its value. */
function fromLatent(r: Recorder, x: Tensor, part: HeadPart, y: Tensor): void {
  const { w, headRows, rowOffset, rows } = part;
  const args = { x, w, y, headRows, rowOffset, xOffset: 0, yOffset: 0 };
  if (part.fromHead) r.launch(headLinearTransposed, { ...args, inDim: rows });
  else r.launch(headLinear, { ...args, outDim: rows });
}
