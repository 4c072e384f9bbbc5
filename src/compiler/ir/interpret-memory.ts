/**
 * Meanings of loads and stores. Each touches exactly the bytes that its row of ops-table.ts says,
 * and all of them must be there; only a prefetch may point anywhere.
 */
import { bf16ToF32, f16ToF32, f32ToF16 } from '../../base/half.ts';
import {
  argLanes,
  type Lanes,
  type Meanings,
  misuse,
  offsetOf,
  type Prepare,
  resultLanes,
} from './interpreter-state.ts';

type Read = (view: DataView, offset: number) => number;

const u8: Read = (view, at) => view.getUint8(at);
const i8: Read = (view, at) => view.getInt8(at);
const u16: Read = (view, at) => view.getUint16(at, true);
const i16: Read = (view, at) => view.getInt16(at, true);
const i32: Read = (view, at) => view.getInt32(at, true);
const f32: Read = (view, at) => view.getFloat32(at, true);
const f16: Read = (view, at) => f16ToF32(view.getUint16(at, true));
const bf16: Read = (view, at) => bf16ToF32(view.getUint16(at, true));
const i64: Read = (view, at) => Number(view.getBigInt64(at, true));

function loadNumber(sizeBytes: number, read: Read): Prepare {
  return (op, state) => {
    const offset = offsetOf(op, state, sizeBytes);
    const to = op.result!.id;
    return () => {
      const value = read(state.memory.view, offset());
      if (op.result!.type === 'int' && !Number.isSafeInteger(value)) {
        throw misuse(op, state, `${value} is inexact`);
      }
      state.numbers[to] = value;
    };
  };
}

function storeNumber(
  sizeBytes: number,
  write: (view: DataView, offset: number, value: number) => void,
): Prepare {
  return (op, state) => {
    const offset = offsetOf(op, state, sizeBytes);
    const from = op.args[0].id;
    return () => write(state.memory.view, offset(), state.numbers[from]);
  };
}

type LaneName = Exclude<keyof Lanes, 'u8' | 'i8'>;

/** Lanes from as many smaller elements. */
function widen(to: LaneName, elementBytes: number, read: Read): Prepare {
  return (op, state) => {
    const lanes = resultLanes(op, state)[to];
    const offset = offsetOf(op, state, lanes.length * elementBytes);
    return () => {
      const at = offset();
      for (let i = 0; i < lanes.length; i++) {
        lanes[i] = read(state.memory.view, at + i * elementBytes);
      }
    };
  };
}

/** As many smaller elements from lanes. */
function narrow(
  from: LaneName,
  elementBytes: number,
  write: (view: DataView, offset: number, value: number) => void,
): Prepare {
  return (op, state) => {
    const lanes = argLanes(op, state, 0)[from];
    const offset = offsetOf(op, state, lanes.length * elementBytes);
    return () => {
      const at = offset();
      for (let i = 0; i < lanes.length; i++) {
        write(state.memory.view, at + i * elementBytes, lanes[i]);
      }
    };
  };
}

/** `sizeBytes` from memory (undefined: a whole vector), repeated. */
function splat(sizeBytes?: number): Prepare {
  return (op, state) => {
    const { u8: to } = resultLanes(op, state);
    const size = sizeBytes ?? to.length;
    const offset = offsetOf(op, state, size);
    return () => {
      const at = offset();
      const bytes = state.bytes.subarray(at, at + size);
      for (let i = 0; i < to.length; i += size) to.set(bytes, i);
    };
  };
}

const store: Prepare = (op, state) => {
  const { u8: from } = argLanes(op, state, 0);
  const offset = offsetOf(op, state, from.length);
  return () => state.bytes.set(from, offset());
};

export const memoryMeanings = {
  load_u8: loadNumber(1, u8),
  load_i8: loadNumber(1, i8),
  load_u16: loadNumber(2, u16),
  load_i16: loadNumber(2, i16),
  load_i32: loadNumber(4, i32),
  load_int: loadNumber(8, i64),
  load_f32: loadNumber(4, f32),
  load_f16: loadNumber(2, f16),
  store_i8: storeNumber(1, (view, at, value) => view.setInt8(at, value)),
  store_i16: storeNumber(2, (view, at, value) => view.setInt16(at, value, true)),
  store_i32: storeNumber(4, (view, at, value) => view.setInt32(at, value, true)),
  store_f32: storeNumber(4, (view, at, value) => view.setFloat32(at, value, true)),
  store_f16: storeNumber(2, (view, at, value) => view.setUint16(at, f32ToF16(value), true)),

  load: splat(),
  load_splat16: splat(2),
  load_splat32: splat(4),
  load_splat128: splat(16),
  store,
  load_u8_i32x: widen('i32', 1, u8),
  load_i8_i32x: widen('i32', 1, i8),
  load_i16_i32x: widen('i32', 2, i16),
  load_u8_i16x: widen('i16', 1, u8),
  load_i8_i16x: widen('i16', 1, i8),
  load_f16_f32x: widen('f32', 2, f16),
  load_bf16_f32x: widen('f32', 2, bf16),
  store_i32x_i8: narrow('i32', 1, (view, at, value) =>
    view.setInt8(at, Math.min(Math.max(value, -128), 127)),
  ),
  store_f32x_f16: narrow('f32', 2, (view, at, value) => view.setUint16(at, f32ToF16(value), true)),
  prefetch: () => () => {},
} satisfies Meanings;
