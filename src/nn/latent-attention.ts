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
import { gatherCache } from '../kernels/gather-cache.ts';
import { headLinear } from '../kernels/head-linear.ts';
import { latentAttention as latentAttentionKernel } from '../kernels/latent-attention.ts';
import { spreadHeads } from '../kernels/spread-heads.ts';
import { storeKeys } from '../kernels/store-keys.ts';
import { storeRows } from '../kernels/store-rows.ts';
import { rotate } from './attention.ts';
import { addLinear, linear } from './linear.ts';
import { type NormWeights, norm, normInPlace } from './norm.ts';
import type { Recorder } from './recorder.ts';
import type { QueryRange, Rotation, StepInputs } from './step-inputs.ts';
import type { Matrix, Tensor } from './tensor.ts';

/** Per head, a part of a matrix: rows [rowOffset, rowOffset + rows) of the head's headRows. */
export interface HeadPart {
  readonly w: Matrix;
  readonly headRows: number;
  readonly rowOffset: number;
  readonly rows: number;
}

export interface LatentAttentionWeights {
  readonly config: MlaConfig;
  readonly heads: number;
  readonly softmaxScale: number;
  /** Query tokens of a sequence from which its prefill is expanded; see `expandFromTokens`. */
  readonly expandFrom: number;
  readonly rope: Rotation;
  /** Without qLoraRank only `q`: (heads · (nope + rope), hidden or qLoraRank). */
  readonly qA: Matrix | undefined;
  readonly qANorm: NormWeights | undefined;
  readonly q: Matrix;
  /** (kvLoraRank + qkRopeHeadDim, hidden) */
  readonly kvA: Matrix;
  readonly kvANorm: NormWeights;
  /** latent → key without rope, what takes a query back to the latent, and latent → value. */
  readonly keyUp: HeadPart;
  readonly keyBack: HeadPart;
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

/** residual (tokens, hidden) += attention(x); the layer's latents go to the cache. */
export function latentAttention(
  r: Recorder,
  x: Tensor,
  w: LatentAttentionWeights,
  inputs: StepInputs,
  layer: number,
  residual: Tensor,
): void {
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
  for (const group of groups(inputs.sequences, w.expandFrom)) {
    const part = (tensor: Tensor) => device.rows(tensor, group.start, group.count);
    r.scope(() => {
      if (group.expand !== undefined) expanded(r, part(q), w, inputs, cache, group.expand, part(y));
      else absorbed(r, part(q), w, inputs, cache, group.start, part(y));
    });
  }
  addLinear(r, device.view(y, [tokens, w.heads * vHeadDim]), w.o, residual);
}

interface Group {
  readonly start: number;
  count: number;
  /** The sequence that is. */
  readonly expand: number | undefined;
}

/** Sequences that are expanded stand alone; neighbours that are not go together. */
function groups(sequences: readonly QueryRange[], expandFrom: number): Group[] {
  const found: Group[] = [];
  sequences.forEach(({ queryStart, queryTokens }, index) => {
    const expand = queryTokens >= expandFrom ? index : undefined;
    const last = found.at(-1);
    const isAlone = expand !== undefined || last === undefined || last.expand !== undefined;
    if (isAlone) found.push({ start: queryStart, count: queryTokens, expand });
    else last.count += queryTokens;
  });
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
  throughHeads(r, q, w.keyBack, qLatent);
  const [xOffset, yOffset] = [qkNopeHeadDim, kvLoraRank];
  r.launch(copyHeads, { x: q, xOffset, yOffset, count: qkRopeHeadDim, y: qLatent });

  const context = r.temp(count, w.heads, kvLoraRank);
  r.launch(latentAttentionKernel, {
    ...{ q: qLatent, latents: cache, y: context, scale: w.softmaxScale },
    blockTables: inputs.blockTables,
    ...{ sequenceOf: rows(inputs.sequenceOf), positions: rows(inputs.positions) },
    blockTokens: inputs.kvCache.blockTokens,
  });
  throughHeads(r, context, w.valueUp, y);
}

function expanded(
  r: Recorder,
  q: Tensor,
  w: LatentAttentionWeights,
  inputs: StepInputs,
  cache: Tensor,
  sequence: number,
  y: Tensor,
): void {
  const { device } = r;
  const { kvLoraRank, qkNopeHeadDim, qkRopeHeadDim, vHeadDim } = w.config;
  const headDim = qkNopeHeadDim + qkRopeHeadDim;
  const { contextTokens: context, slots, order, ...rest } = inputs.contiguous(sequence);
  const { blockTables, sequenceOf } = rest;
  const { queryStart, queryTokens } = inputs.sequences[sequence];

  const latents = r.temp(context, kvLoraRank + qkRopeHeadDim);
  r.launch(gatherCache, { cache, index: slots, y: latents });
  const shared = device.view(latents, [context, 1, kvLoraRank + qkRopeHeadDim]);
  const keyRows = r.temp(context, w.heads, headDim);
  const valueRows = r.temp(context, w.heads, vHeadDim);
  throughHeads(r, shared, w.keyUp, keyRows);
  const kRope = device.view(latents, [context, qkRopeHeadDim], kvLoraRank);
  r.launch(spreadHeads, { x: kRope, yOffset: qkNopeHeadDim, y: keyRows });
  throughHeads(r, shared, w.valueUp, valueRows);

  const [keyWidth, valueWidth] = [w.heads * headDim, w.heads * vHeadDim];
  const keys = r.tempCache(context, keyWidth);
  const values = r.tempCache(context, valueWidth);
  const flat = (rows: Tensor, width: number) => device.view(rows, [context, width]);
  r.launch(storeKeys, { rows: flat(keyRows, keyWidth), slots: order, cache: keys });
  r.launch(storeRows, { rows: flat(valueRows, valueWidth), slots: order, cache: values });

  // The expanded keys and values are one block as long as the context.
  r.launch(attentionKernel, {
    ...{ q, y, keys, values, kvHeads: w.heads, scale: w.softmaxScale },
    ...{ blockTables, sequenceOf, blockTokens: keys.dims[0] },
    positions: device.rows(inputs.positions, queryStart, queryTokens),
  });
}

/** y[head][0…] = the head's matrix times the first dimensions of the head's x, or of the shared one. */
function throughHeads(r: Recorder, x: Tensor, part: HeadPart, y: Tensor): void {
  const { w, headRows, rowOffset, rows: outDim } = part;
  r.launch(headLinear, { x, w, y, headRows, rowOffset, outDim, xOffset: 0, yOffset: 0 });
}
