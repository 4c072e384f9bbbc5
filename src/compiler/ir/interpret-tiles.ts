/**
 * Meanings of the matrix unit's operations. tile_a is 16 rows m of `tileDepth` elements, tile_b a
 * quarter as many rows k of 16 columns n of 4 elements (half as many of 2 bf16 where depth counts
 * their bytes), a tile of sums 16 rows m of 16 i32 or f32.
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

/** Sums of `depth` products of bytes. */
const dotBytes: Prepare = (op, state) => {
  const { i32: acc } = argLanes(op, state, 0);
  const [{ i8: left }, { i8: right }] = [argLanes(op, state, 1), argLanes(op, state, 2)];
  const { i32: to } = resultLanes(op, state);
  const depth = state.routine.tileDepth;
  return eachSum(to, acc, (sum, m, n) => {
    for (let k = 0; k < depth / 4; k++) {
      for (let j = 0; j < 4; j++) sum += left[m * 64 + k * 4 + j] * right[k * 64 + n * 4 + j];
    }
    return sum;
  });
};

/**
 * Sums of `depth` / 2 products of bf16, as the manual (TDPBF16PS) adds them: even and odd elements
 * apart, each step rounded to f32, together at the end. What is too small for a normal f32 is 0.
 */
const dotHalves: Prepare = (op, state) => {
  const { f32: acc } = argLanes(op, state, 0);
  const [{ i16: left }, { i16: right }] = [argLanes(op, state, 1), argLanes(op, state, 2)];
  const { f32: to } = resultLanes(op, state);
  const depth = state.routine.tileDepth;
  return eachSum(to, acc, (sum, m, n) => {
    let [even, odd] = [0, 0];
    for (let k = 0; k < depth / 4; k++) {
      const [a, b] = [m * 32 + k * 2, k * 32 + n * 2];
      even = normal(Math.fround(even + normal(bf16(left[a]) * bf16(right[b]))));
      odd = normal(Math.fround(odd + normal(bf16(left[a + 1]) * bf16(right[b + 1]))));
    }
    return normal(Math.fround(sum + normal(Math.fround(even + odd))));
  });
};

const word = new DataView(new ArrayBuffer(4));

function bf16(bits: number): number {
  word.setInt16(0, bits);
  return normal(word.getFloat32(0));
}

function normal(value: number): number {
  return Math.abs(value) < 2 ** -126 ? 0 : value;
}

/** `to` may be a factor itself: it is written last. */
function eachSum<T extends Int32Array | Float32Array>(
  to: T,
  acc: T,
  next: (sum: number, m: number, n: number) => number,
): () => void {
  const sums = to.slice();
  return () => {
    for (let m = 0; m < 16; m++) {
      for (let n = 0; n < 16; n++) sums[m * 16 + n] = next(acc[m * 16 + n], m, n);
    }
    to.set(sums);
  };
}

export const tileMeanings = {
  tile_zero: zero,
  tile_load: load(() => sums),
  tile_load_a: load(shapeA),
  tile_load_b: load(shapeB),
  tile_store: store,
  tile_dot_i8: dotBytes,
  tile_dot_bf16: dotHalves,
} satisfies Meanings;
