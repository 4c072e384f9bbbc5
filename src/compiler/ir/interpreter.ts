/**
 * Runs a routine slowly and exactly: what every target is held to. Refused, by an error that names
 * the operation: memory that is not there, and operands on which targets would disagree.
 */
import { memoryMeanings } from './interpret-memory.ts';
import { numberMeanings } from './interpret-numbers.ts';
import { tileMeanings } from './interpret-tiles.ts';
import { vectorMeanings } from './interpret-vectors.ts';
import type { InterpreterMemory, Prepare, State } from './interpreter-state.ts';
import { isOpName, type OpName } from './ops-table.ts';
import type { Branch, Condition, Loop, Op, Routine } from './types.ts';

export { type InterpreterMemory, interpreterMemory } from './interpreter-state.ts';

/** `args` and `scratch` are addresses in the memory. */
export interface InterpreterInputs {
  readonly args: number;
  readonly start: number;
  readonly end: number;
  readonly scratch: number;
}

const meanings: Readonly<Record<OpName, Prepare>> = {
  ...numberMeanings,
  ...memoryMeanings,
  ...vectorMeanings,
  ...tileMeanings,
};

export function interpret(
  routine: Routine,
  memory: InterpreterMemory,
  inputs: InterpreterInputs,
): void {
  const { view } = memory;
  const state: State = {
    ...{ routine, traits: routine.traits, memory, args: inputs.args },
    bytes: new Uint8Array(view.buffer, view.byteOffset, view.byteLength),
    numbers: new Float64Array(routine.numValues),
    lanes: new Map(),
  };
  const [args, start, end, scratch] = routine.inputs;
  state.numbers[args.id] = inputs.args;
  state.numbers[start.id] = inputs.start;
  state.numbers[end.id] = inputs.end;
  state.numbers[scratch.id] = inputs.scratch;
  prepareAll(routine.body, state)();
}

function prepareAll(ops: readonly Op[], state: State): () => void {
  const steps = ops.map((op) => {
    if (op.kind === 'loop') return prepareLoop(op, state);
    if (op.kind === 'if') return prepareBranch(op, state);
    if (!isOpName(op.op)) throw new Error(`${state.routine.name}: no operation ${op.op}`);
    return meanings[op.op](op, state);
  });
  return () => {
    for (const step of steps) step();
  };
}

function prepareLoop({ index, start, end, step, body }: Loop, state: State): () => void {
  const { numbers } = state;
  const run = prepareAll(body, state);
  return () => {
    for (let i = numbers[start.id]; i < numbers[end.id]; i += step) {
      numbers[index.id] = i;
      run();
    }
  };
}

const holds: Readonly<Record<Condition, (a: number, b: number) => boolean>> = {
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  ge: (a, b) => a >= b,
  gt: (a, b) => a > b,
};

function prepareBranch(branch: Branch, state: State): () => void {
  const { numbers } = state;
  const [left, right, test] = [branch.left.id, branch.right.id, holds[branch.condition]];
  const [then, otherwise] = [prepareAll(branch.then, state), prepareAll(branch.else, state)];
  return () => {
    if (test(numbers[left], numbers[right])) then();
    else otherwise();
  };
}
