/**
 * A linear layer of the expert that each slot was routed to; slot s is choice s % topk of token
 * s / topk. `w` holds all experts' rows one after the other. x has one row per token (gate and
 * up) or one per slot (down). Split over outputs: an expert's row is decoded once for its slots.
 */
import { defineKernel, f32, i32, weight } from '../compiler/kernel.ts';
import { dot, scratchRow } from './dot.ts';
import { strideOf } from './emit/define-program.ts';
import { bucketsOf } from './products/bucket-slots.ts';
import { lowerProduct } from './products/lower-product.ts';

export const expertLinear = defineKernel({
  name: 'expert_linear',
  params: {
    x: f32.in('xRows', 'in'),
    /** (experts · out, in) */
    w: weight('expertRows', 'in'),
    experts: i32.in('tokens', 'topk'),
    y: f32.out('slots', 'out'),
  },
  parallelOver: 'out',

  reference({ x, w, experts, y }, out, dims) {
    const width = dims.in;
    const slots = dims.slots;
    const outs = dims.out;
    const slotsPerRow = slots / dims.xRows;
    const row = scratchRow(width);
    for (const expert of distinct(experts.data, slots)) {
      w.decodeRow(expert * outs + out, row);
      for (let slot = 0; slot < slots; slot++) {
        if (experts.data[slot] !== expert) continue;
        const xStart = Math.floor(slot / slotsPerRow) * x.rowStride;
        y.data[slot * y.rowStride + out] = dot(x.data, xStart, row, 0, width);
      }
    }
  },

  lower({ x, w, experts, y }, { xRows, slots, out, expertRows }, context) {
    const numSegments = expertRows / out;
    lowerProduct(context, {
      ...{ kind: 'experts', numSegments, w, segmentRows: out, rowOffset: 0, numRows: out },
      ...{ x: x.memory, xStride: strideOf(x), xHeadBytes: 0, isShared: false, numColumns: slots },
      ...{ y: y.memory, yStride: strideOf(y), ySegmentBytes: 0 },
      buckets: (columns) => bucketsOf(context, experts, slots, numSegments, slots / xRows, columns),
    });
  },

  indices: ({ tokens, topk, expertRows, out }) => ({
    experts: Int32Array.from({ length: tokens * topk }, (_, s) => (s * 5) % (expertRows / out)),
  }),

  shapes: [
    { xRows: 1, tokens: 1, topk: 2, slots: 2, in: 32, out: 3, expertRows: 12 },
    { xRows: 10, tokens: 5, topk: 2, slots: 10, in: 64, out: 32, expertRows: 256 },
    { xRows: 12, tokens: 6, topk: 2, slots: 12, in: 256, out: 20, expertRows: 100 },
    // Many slots an expert.
    { xRows: 70, tokens: 70, topk: 2, slots: 140, in: 256, out: 20, expertRows: 40 },
  ],
});

function distinct(experts: Int32Array, slots: number): Set<number> {
  const seen = new Set<number>();
  for (let slot = 0; slot < slots; slot++) seen.add(experts[slot]);
  return seen;
}
