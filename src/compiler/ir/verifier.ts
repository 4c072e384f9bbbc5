/**
 * Says whether a routine is well formed; run after every pass in tests. Throws at the first
 * operation that is not: operands not yet there, types other than ops-table.ts has them, a second
 * assignment of what is no variable, loops whose index or end changes under them.
 */
import { isOpName, type OpInfo, ops } from './ops-table.ts';
import { printLine } from './printer.ts';
import {
  type Address,
  functionInputs,
  isVector,
  type Loop,
  type Op,
  type Routine,
  type Simple,
  type Type,
  type Value,
} from './types.ts';

interface Checked {
  readonly routine: Routine;
  /** Every value met, by id. */
  readonly known: Map<number, Value>;
  /** What may be read at this place. */
  readonly visible: Set<number>;
  /** Indices and ends of the loops around this place. */
  readonly fixed: Set<number>;
}

export function verify(routine: Routine): void {
  const checked: Checked = {
    ...{ routine, known: new Map(), visible: new Set(), fixed: new Set() },
  };
  const { inputs } = routine;
  if (inputs.length !== functionInputs.length || inputs.some(({ type }) => type !== 'int')) {
    throw new Error(`${routine.name}: inputs must be ${functionInputs.length} ints`);
  }
  for (const input of inputs) {
    checked.known.set(input.id, input);
    checked.visible.add(input.id);
  }
  verifyBlock(routine.body, checked);
}

/** What is first assigned in a block is not there after it. */
function verifyBlock(block: readonly Op[], checked: Checked, index?: Value): void {
  const before = [...checked.visible];
  if (index !== undefined) checked.visible.add(index.id);
  for (const op of block) {
    try {
      verifyOp(op, checked);
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause;
      throw new Error(`${checked.routine.name}: ${printLine(op)}: ${cause.message}`);
    }
  }
  checked.visible.clear();
  for (const id of before) checked.visible.add(id);
}

class Problem extends Error {}

function check(isRight: boolean, problem: () => string): asserts isRight {
  if (!isRight) throw new Problem(problem());
}

function verifyOp(op: Op, checked: Checked): void {
  if (op.kind === 'loop') verifyLoop(op, checked);
  else if (op.kind === 'if') {
    readInt(op.left, checked, 'the left side');
    readInt(op.right, checked, 'the right side');
    verifyBlock(op.then, checked);
    verifyBlock(op.else, checked);
  } else verifySimple(op, checked);
}

function verifyLoop({ index, start, end, step, body }: Loop, checked: Checked): void {
  readInt(start, checked, 'the start');
  readInt(end, checked, 'the end');
  check(Number.isInteger(step) && step > 0, () => `the step is ${step}`);
  check(index.type === 'int', () => `the index is ${index.type}`);
  check(!checked.known.has(index.id), () => 'the index has another use');
  meet(index, checked);
  const added = [index.id, end.id].filter((id) => !checked.fixed.has(id));
  for (const id of added) checked.fixed.add(id);
  verifyBlock(body, checked, index);
  for (const id of added) checked.fixed.delete(id);
  checked.fixed.add(index.id); // nor may it be assigned later
}

function verifySimple(op: Simple, checked: Checked): void {
  check(isOpName(op.op), () => 'no such operation');
  const info = ops[op.op];
  const vectorType = verifyArgs(op, info, checked);
  verifyMore(op, info, checked);
  verifyResult(op, info, vectorType);
  const { traits } = checked.routine;
  const isTile = op.op.startsWith('tile_');
  check(!isTile || traits.hasTiles, () => `${traits.name} has no tiles`);
  if (op.result !== undefined) assign(op.result, checked);
}

/** Gives what `v` stands for, if an argument says so. */
function verifyArgs({ args }: Simple, info: OpInfo, checked: Checked): Type | undefined {
  check(args.length === info.args.length, () => `takes ${info.args.length} arguments`);
  let vectorType: Type | undefined;
  args.forEach((arg, i) => {
    read(arg, checked);
    const word = info.args[i];
    if (word === 'any') return;
    if (word === 'v') {
      const isRight = isVector(arg.type) && (vectorType ?? arg.type) === arg.type;
      check(isRight, () => `argument ${i} is ${arg.type}`);
      vectorType = arg.type;
    } else check(arg.type === word, () => `argument ${i} is ${arg.type}, not ${word}`);
  });
  return vectorType;
}

function verifyMore(op: Simple, info: OpInfo, checked: Checked): void {
  const { address, imm, bytes } = op;
  check((address !== undefined) === info.hasAddress, () => has('address', info.hasAddress));
  check((imm !== undefined) === info.hasImm, () => has('imm', info.hasImm));
  check((bytes !== undefined) === info.hasBytes, () => has('bytes', info.hasBytes));
  if (address !== undefined) verifyAddress(address, checked);
  if (imm !== undefined) check(isRightImm(op.op, imm), () => `imm ${imm} is out of range`);
  if (bytes !== undefined) {
    const isRight = checked.routine.traits.vectorBytes % bytes.length === 0;
    check(isRight, () => `${bytes.length} bytes do not fill a vector`);
  }
}

function has(what: string, isNeeded: boolean): string {
  return isNeeded ? `${what} is missing` : `takes no ${what}`;
}

function isRightImm(op: string, imm: number): boolean {
  if (op === 'const_f32') return true;
  if (op === 'const_int') return Number.isSafeInteger(imm);
  if (!Number.isInteger(imm) || imm < 0) return false;
  if (op.startsWith('tile_')) return imm >= 16 && imm < 2 ** 31;
  return op.startsWith('param_') || imm < (op.endsWith('_i16x') ? 16 : 32);
}

function verifyAddress({ base, index, scale, disp }: Address, checked: Checked): void {
  readInt(base, checked, 'the base');
  if (index !== undefined) readInt(index, checked, 'the index');
  check([1, 2, 4, 8].includes(scale), () => `the scale is ${scale}`);
  check(Number.isInteger(disp) && disp === (disp | 0), () => `the displacement is ${disp}`);
}

function verifyResult(op: Simple, info: OpInfo, vectorType: Type | undefined): void {
  const { result, args } = op;
  check((result !== undefined) === (info.result !== undefined), () =>
    has('result', info.result !== undefined),
  );
  if (result === undefined) return;
  const { type } = result;
  if (info.result === 'any') check(type === args[0].type, () => `${args[0].type} into ${type}`);
  else if (info.result === 'v') {
    check(isVector(type) && type === (vectorType ?? type), () => `the result is ${type}`);
    const is32 = type === 'i32x' || type === 'f32x';
    check(op.op !== 'load_splat32' || is32, () => `the result is ${type}`);
  } else check(type === info.result, () => `the result is ${type}, not ${info.result}`);
  const isAs = op.op.startsWith('as_');
  check(!isAs || isVector(args[0].type), () => `argument 0 is ${args[0].type}`);
}

function readInt(value: Value, checked: Checked, what: string): void {
  read(value, checked);
  check(value.type === 'int', () => `${what} is ${value.type}`);
}

function read(value: Value, checked: Checked): void {
  check(checked.visible.has(value.id), () => `%${value.id} is not there yet`);
  meet(value, checked);
}

function assign(value: Value, checked: Checked): void {
  const { known, visible, fixed } = checked;
  check(value.isVariable || !known.has(value.id), () => `%${value.id} is no variable`);
  check(!fixed.has(value.id), () => `%${value.id} is a loop’s index or end`);
  meet(value, checked);
  visible.add(value.id);
}

/** The same id is the same value everywhere. */
function meet(value: Value, { known, routine }: Checked): void {
  const { id, type, isVariable } = value;
  check(id >= 0 && id < routine.numValues, () => `%${id} is none of ${routine.numValues}`);
  const other = known.get(id) ?? value;
  const isSame = other.type === type && other.isVariable === isVariable;
  check(isSame, () => `%${id} is two different values`);
  known.set(id, value);
}
