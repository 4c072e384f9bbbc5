/**
 * Routines → one WebAssembly module: an exported function (args, start, end, scratch) each, named
 * as the routine, over an imported memory `env.memory`, and one for the weights of each parameter
 * that has some, `env.weights16` of parameter 16. So all addresses have 32 bits, whose accesses
 * runtimes need not check, however many weights there are. Everything of the operations table but
 * `tile_*`, which `wasmTraits` rules out; needs 128-bit SIMD.
 */
import {
  type Address,
  type Condition,
  functionInputs,
  type Op,
  type Routine,
  type Traits,
} from '../../ir/types.ts';
import type { WasmFeatures } from './features.ts';
import { type MemoryLimits, ModuleEmitter } from './module-emitter.ts';
import type { ValueType } from './opcodes-table.ts';
import { memory } from './select-memory.ts';
import { numbers, type Select } from './select-numbers.ts';
import { vectors } from './select-vectors.ts';
import { type PlainInstruction, Selection } from './selection.ts';
import { WeightMemories } from './weight-memories.ts';

export function wasmTraits({ relaxedSimd, dotTakesU8 }: WasmFeatures): Traits {
  return {
    name: `wasm${relaxedSimd ? '-relaxed' : ''}${dotTakesU8 ? '-u8' : ''}`,
    vectorBytes: 16,
    vectorRegisters: 16,
    dot4TakesU8: dotTakesU8,
    hasBroadcastOperand: false,
    addsBesideDots: true,
    hasPrefetch: false,
    hasTiles: false,
    hasWeightMemories: true,
  };
}

/** What the memory of a parameter's weights is imported as. */
export function weightsName(param: number): string {
  return `weights${param}`;
}

/** The maximum of a memory that threads share, in pages of 64 KiB: all that 32 bits reach. */
export const memoryPages = 65_536;

const params = Object.fromEntries(functionInputs.map((name) => [name, 'i32' as ValueType]));
const selects: ReadonlyMap<string, Select> = new Map(
  Object.entries({ ...numbers, ...memory, ...vectors }),
);
const comparisons: Readonly<Record<Condition, PlainInstruction>> = {
  lt: 'i32.lt_s',
  le: 'i32.le_s',
  eq: 'i32.eq',
  ne: 'i32.ne',
  ge: 'i32.ge_s',
  gt: 'i32.gt_s',
};

export function compileWasm(routines: readonly Routine[], features: WasmFeatures): Uint8Array {
  const module = new ModuleEmitter();
  const limits: MemoryLimits = features.threads
    ? { minPages: 1, maxPages: memoryPages, shared: true }
    : { minPages: 1 };
  module.importMemory('env', 'memory', limits);
  const places = routines.map((routine) => new WeightMemories(routine));
  const memories = new Map<number, number>();
  for (const param of new Set(places.flatMap(({ params }) => params))) {
    memories.set(param, module.importMemory('env', weightsName(param), limits));
  }
  for (const [i, routine] of routines.entries()) {
    const f = module.function(routine.name, params);
    const memoryOf = (address: Address) => memories.get(places[i].paramOf(address) ?? -1) ?? 0;
    emitOps(new Selection(f, features, routine, memoryOf), routine.body);
    module.export(f);
  }
  return module.finish();
}

function emitOps(s: Selection, body: readonly Op[]): void {
  for (const op of body) emitOp(s, op);
  s.flush();
}

function emitOp(s: Selection, op: Op): void {
  const { f } = s;
  if (op.kind === 'loop') {
    const index = s.local(op.index);
    // By the difference: an index may be an address, above 2 GiB too, and the end below the start.
    const isInside = () => {
      f['local.get'](index);
      s.push(op.end);
      f['i32.sub']();
      f['i32.const'](0);
      f['i32.lt_s']();
    };
    s.push(op.start);
    f['local.set'](index);
    isInside();
    const whole = f.if();
    const again = f.loop();
    emitOps(s, op.body);
    f['local.get'](index);
    f['i32.const'](op.step);
    f['i32.add']();
    f['local.set'](index);
    isInside();
    f.br_if(again);
    f.end(again);
    f.end(whole);
  } else if (op.kind === 'if') {
    s.push(op.left);
    s.push(op.right);
    f[comparisons[op.condition]]();
    const label = f.if();
    emitOps(s, op.then);
    if (op.else.length > 0) {
      f.else(label);
      emitOps(s, op.else);
    }
    f.end(label);
  } else {
    const select = selects.get(op.op);
    if (!select) throw new Error(`WebAssembly has no ${op.op}`);
    if (op.args.length === 0 && !op.address) s.flush();
    select(s, op);
    if (!op.result) return;
    s.define(op.result);
  }
}
