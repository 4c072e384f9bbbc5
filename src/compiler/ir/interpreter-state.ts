/**
 * What the interpreter keeps: a number or lanes for every value, and memory whose every access is
 * checked. Refused: memory outside what was given, whatever the address was meant to be.
 */
import type { OpName } from './ops-table.ts';
import type { Routine, Simple, Traits, Type } from './types.ts';
import { isVector } from './types.ts';

/** Bytes with addresses: the view's first byte lies at `address`. */
export interface InterpreterMemory {
  readonly view: DataView;
  readonly address: number;
}

/** Zeroed memory that begins at `address`. */
export function interpreterMemory(sizeBytes: number, address = 0): InterpreterMemory {
  return { view: new DataView(new ArrayBuffer(sizeBytes)), address };
}

/** A vector or a tile, seen as each kind of lane. */
export interface Lanes {
  readonly u8: Uint8Array;
  readonly i8: Int8Array;
  readonly i16: Int16Array;
  readonly i32: Int32Array;
  readonly f32: Float32Array;
}

export const tileBytes = 1024;

export function lanes(sizeBytes: number): Lanes {
  const buffer = new ArrayBuffer(sizeBytes);
  return {
    u8: new Uint8Array(buffer),
    i8: new Int8Array(buffer),
    i16: new Int16Array(buffer),
    i32: new Int32Array(buffer),
    f32: new Float32Array(buffer),
  };
}

export interface State {
  readonly routine: Routine;
  readonly traits: Traits;
  readonly memory: InterpreterMemory;
  readonly bytes: Uint8Array;
  /** int and f32 values by id. */
  readonly numbers: Float64Array;
  /** Vectors and tiles by id, made when first asked for. */
  readonly lanes: Map<number, Lanes>;
  /** Where the parameters lie. */
  readonly args: number;
}

/** Looks up an operation's operands once; what it gives does the operation, as often as asked. */
export type Prepare = (op: Simple, state: State) => () => void;
export type Meanings = Partial<Record<OpName, Prepare>>;

export function bytesOf(type: Type, traits: Traits): number {
  return isVector(type) ? traits.vectorBytes : tileBytes;
}

export function lanesOfValue(state: State, value: { id: number; type: Type }): Lanes {
  let found = state.lanes.get(value.id);
  if (found === undefined) {
    found = lanes(bytesOf(value.type, state.traits));
    state.lanes.set(value.id, found);
  }
  return found;
}

/** The result's lanes. */
export function resultLanes(op: Simple, state: State): Lanes {
  return lanesOfValue(state, op.result!);
}

export function argLanes(op: Simple, state: State, index: number): Lanes {
  return lanesOfValue(state, op.args[index]);
}

/** An error of a routine that does what no target promises anything about. */
export function misuse(op: Simple, state: State, what: string): Error {
  return new Error(`${state.routine.name}: ${op.op}: ${what}`);
}

export function addressOf(op: Simple, state: State): () => number {
  const { base, index, scale, disp } = op.address!;
  const { numbers } = state;
  if (index === undefined) return () => numbers[base.id] + disp;
  return () => numbers[base.id] + numbers[index.id] * scale + disp;
}

/** Offset in memory of `sizeBytes` at the operation's address, once they are known to be there. */
export function offsetOf(op: Simple, state: State, sizeBytes: number): () => number {
  const address = addressOf(op, state);
  return () => checkedOffset(op, state, address(), sizeBytes);
}

export function checkedOffset(
  op: Simple,
  state: State,
  address: number,
  sizeBytes: number,
): number {
  const offset = address - state.memory.address;
  if (!(offset >= 0 && offset + sizeBytes <= state.bytes.length)) {
    const [from, to] = [state.memory.address, state.memory.address + state.bytes.length];
    const range = `${hex(from)}…${hex(to)}`;
    throw misuse(op, state, `${sizeBytes} bytes at ${hex(address)} are outside memory ${range}`);
  }
  return offset;
}

function hex(address: number): string {
  return `${address < 0 ? '-' : ''}0x${Math.abs(address).toString(16)}`;
}

/** To the nearest, ties to even. */
export function roundEven(value: number): number {
  const down = Math.floor(value);
  const rest = value - down;
  if (rest !== 0.5) return rest < 0.5 ? down : down + 1;
  return down % 2 === 0 ? down : down + 1;
}
