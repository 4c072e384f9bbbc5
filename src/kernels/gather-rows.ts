/** y[i] = x[index[i]]: the rows that want logits. */
import { at } from '../compiler/ir/builder.ts';
import { defineKernel, f32, i32 } from '../compiler/kernel.ts';
import { defineProgram, reads, strideOf, writes } from './emit/define-program.ts';
import { copyElements, rowOf } from './emit/map.ts';

const program = defineProgram(
  'gather_rows',
  { x: 'int', xStride: 'int', index: 'int', y: 'int', yStride: 'int', width: 'int' },
  (k, p, { start, end }) => {
    k.loop(start, end, 1, (row) => {
      const from = rowOf(k, p.x, k.loadI32(at(p.index, row, 4)), p.xStride);
      copyElements(k, p.width, from, rowOf(k, p.y, row, p.yStride));
    });
  },
);

export const gatherRows = defineKernel({
  name: 'gather_rows',
  params: {
    x: f32.in('from', 'width'),
    index: i32.in('rows'),
    y: f32.out('rows', 'width'),
  },
  parallelOver: 'rows',

  reference({ x, index, y }, row) {
    y.row(row).set(x.row(index.data[row]));
  },

  lower({ x, index, y }, { rows, width }, context) {
    const args = { x: reads(x), index: reads(index), y: writes(y), width };
    const strides = { xStride: strideOf(x), yStride: strideOf(y) };
    context.launch(program.launch({ ...args, ...strides }, rows));
  },

  indices: ({ rows, from }) => ({
    index: Int32Array.from({ length: rows }, (_, r) => (r * 13) % from),
  }),

  shapes: [
    { from: 3, rows: 1, width: 5 },
    { from: 64, rows: 17, width: 576 },
  ],
});
