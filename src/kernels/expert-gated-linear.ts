/**
 * gated_linear of the expert that each slot was routed to; slot s is choice s % topk of token
 * s / topk. `gate` and `up` hold all experts' rows one after the other. x has one row per token.
 * Split over outputs: an expert's rows are decoded once for its slots. Refused by compiled devices:
 * matrices of different dtypes.
 */
import { defineKernel, f32, i32, weight } from '../compiler/kernel.ts';
import { dot, scratchRow } from './dot.ts';
import { strideOf } from './emit/define-program.ts';
import { bucketsOf } from './products/bucket-slots.ts';
import { lowerProduct } from './products/lower-product.ts';

export const expertGatedLinear = defineKernel({
  name: 'expert_gated_linear',
  params: {
    x: f32.in('tokens', 'in'),
    /** (experts · out, in), same for up. */
    gate: weight('expertRows', 'in'),
    up: weight('expertRows', 'in'),
    experts: i32.in('tokens', 'topk'),
    y: f32.out('slots', 'out'),
  },
  parallelOver: 'out',

  reference({ x, gate, up, experts, y }, out, dims) {
    const { in: width, slots, out: outs, topk } = dims;
    const row = scratchRow(width);
    const gates = new Float64Array(slots);
    for (const expert of new Set(experts.data.subarray(0, slots))) {
      const eachSlot = (body: (slot: number, product: number) => void) => {
        for (let slot = 0; slot < slots; slot++) {
          if (experts.data[slot] !== expert) continue;
          body(slot, dot(x.data, Math.floor(slot / topk) * x.rowStride, row, 0, width));
        }
      };
      gate.decodeRow(expert * outs + out, row);
      eachSlot((slot, product) => {
        gates[slot] = product / (1 + Math.exp(-product));
      });
      up.decodeRow(expert * outs + out, row);
      eachSlot((slot, product) => {
        y.data[slot * y.rowStride + out] = gates[slot] * product;
      });
    }
  },

  lower({ x, gate, up, experts, y }, { topk, slots, out, expertRows }, context) {
    const numSegments = expertRows / out;
    lowerProduct(context, {
      ...{ kind: 'experts', numSegments, segmentRows: out, rowOffset: 0, numRows: out },
      ...{ w: gate, ending: { kind: 'gated', w2: up } },
      ...{ x: x.memory, xStride: strideOf(x), xHeadBytes: 0, isShared: false, numColumns: slots },
      ...{ y: y.memory, yStride: strideOf(y), ySegmentBytes: 0 },
      buckets: (columns) => bucketsOf(context, experts, slots, numSegments, topk, columns),
    });
  },

  indices: ({ tokens, topk, expertRows, out }) => ({
    experts: Int32Array.from({ length: tokens * topk }, (_, s) => (s * 5) % (expertRows / out)),
  }),

  shapes: [
    { tokens: 1, topk: 2, slots: 2, in: 256, out: 3, expertRows: 12 },
    { tokens: 5, topk: 2, slots: 10, in: 64, out: 32, expertRows: 256 },
    { tokens: 30, topk: 2, slots: 60, in: 256, out: 20, expertRows: 100 },
    // Many slots an expert.
    { tokens: 70, topk: 2, slots: 140, in: 256, out: 20, expertRows: 40 },
  ],
});
