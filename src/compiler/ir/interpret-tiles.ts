/**
 * Meanings of the matrix unit's operations. tile_a is 16 rows m of `tileDepth` elements, tile_b a
 * quarter as many rows k of 16 columns n of 4 elements, a tile of sums 16 rows m of 16 i32.
 */
import {
  argLanes,
  type Meanings,
  offsetOf,
  type Prepare,
  resultLanes,
} from './interpreter-state.ts';

interface Shape {
  readonly rows: number;
  readonly rowBytes: number;
}

const sums: Shape = { rows: 16, rowBytes: 64 };
const shapeA = (depth: number): Shape => ({ rows: 16, rowBytes: depth });
const shapeB = (depth: number): Shape => ({ rows: depth / 4, rowBytes: 64 });

/** Rows lie `imm` bytes apart; what is between them is not touched. */
function spanBytes({ rows, rowBytes }: Shape, strideBytes: number): number {
  return (rows - 1) * strideBytes + rowBytes;
}

const zero: Prepare = (op, state) => {
  const { u8: to } = resultLanes(op, state);
  return () => to.fill(0);
};

/** In a tile rows lie 64 bytes apart, whatever their length. */
const load =
  (shapeOf: (depth: number) => Shape): Prepare =>
  (op, state) => {
    const stride = op.imm!;
    const { u8: to } = resultLanes(op, state);
    const shape = shapeOf(state.routine.tileDepth);
    const offset = offsetOf(op, state, spanBytes(shape, stride));
    return () => {
      const at = offset();
      for (let row = 0; row < shape.rows; row++) {
        const from = at + row * stride;
        to.set(state.bytes.subarray(from, from + shape.rowBytes), row * 64);
      }
    };
  };

const store: Prepare = (op, state) => {
  const stride = op.imm!;
  const { u8: from } = argLanes(op, state, 0);
  const { rows, rowBytes } = sums;
  const offset = offsetOf(op, state, spanBytes(sums, stride));
  return () => {
    const at = offset();
    for (let row = 0; row < rows; row++) {
      state.bytes.set(from.subarray(row * rowBytes, (row + 1) * rowBytes), at + row * stride);
    }
  };
};

function dot(b: 'u8' | 'i8'): Prepare {
  return (op, state) => {
    const { i32: acc } = argLanes(op, state, 0);
    const [left, right] = [argLanes(op, state, 1).i8, argLanes(op, state, 2)[b]];
    const { i32: to } = resultLanes(op, state);
    const depth = state.routine.tileDepth;
    const sums = new Int32Array(to.length); // `to` may be a factor itself
    return () => {
      for (let m = 0; m < 16; m++) {
        for (let n = 0; n < 16; n++) {
          let sum = acc[m * 16 + n];
          for (let k = 0; k < depth / 4; k++) {
            for (let j = 0; j < 4; j++) sum += left[m * 64 + k * 4 + j] * right[k * 64 + n * 4 + j];
          }
          sums[m * 16 + n] = sum;
        }
      }
      to.set(sums);
    };
  };
}

export const tileMeanings = {
  tile_zero: zero,
  tile_load_a: load(shapeA),
  tile_load_b: load(shapeB),
  tile_store: store,
  tile_dot_su: dot('u8'),
  tile_dot_ss: dot('i8'),
} satisfies Meanings;
