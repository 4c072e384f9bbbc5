import { expect, test } from 'vitest';
import type { FunctionEmitter } from './function-emitter.ts';
import { type Instruction, instructions } from './instruction.ts';
import { ModuleEmitter } from './module-emitter.ts';
import { type ValueType, valueTypeCodes } from './opcodes-table.ts';
import { webAssembly } from './web-assembly.ts';

const all = [...instructions.values()];
const types = Object.keys(valueTypeCodes) as ValueType[];

function randomSource(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function randomImmediates(instruction: Instruction, random: (below: number) => number): unknown[] {
  const { constant, memoryBytes, isAtomic, numLanes } = instruction;
  const bytes = (below: number) => Uint8Array.from({ length: 16 }, () => random(below));
  const args: unknown[] = [];
  if (constant === 'i32') args.push(random(2 ** 32) - 2 ** 31);
  if (constant === 'i64') args.push(BigInt(random(2 ** 32)) << BigInt(random(31)));
  if (constant === 'f32') args.push(random(2 ** 32) / 1000);
  if (constant === 'v128') args.push(bytes(256));
  if (constant === 'shuffle') args.push(bytes(32));
  if (memoryBytes) {
    const align = isAtomic ? memoryBytes : 2 ** random(Math.log2(memoryBytes) + 1);
    args.push({ offset: random(2 ** random(32)), align });
  }
  if (numLanes) args.push(random(numLanes));
  return args;
}

/** Instructions in a row; what one needs and the stack lacks comes from locals or constants. */
function randomModule(seed: number, seen: Set<string>): Uint8Array {
  const random = randomSource(seed);
  const module = new ModuleEmitter();
  module.importMemory('env', 'memory', { minPages: 1, maxPages: 1, shared: true });
  const f: FunctionEmitter = module.function('random', { i32: 'i32', f32: 'f32' });
  const locals = [...Object.values(f.params), ...types.map((type) => f.local(type))];
  const stack: ValueType[] = [];
  for (let i = 0; i < 5 + random(40); i++) {
    const instruction = all[random(all.length)];
    const { name, operands, results } = instruction;
    const isThere = operands.every((type, at) => type === stack.at(at - operands.length));
    if (isThere && operands.length <= stack.length) stack.length -= operands.length;
    else for (const type of operands) f['local.get'](locals.findLast((l) => l.type === type)!);
    const method = f[name] as (...args: unknown[]) => void;
    method.apply(f, randomImmediates(instruction, random));
    stack.push(...results);
    seen.add(name);
    if (stack.length > 0 && random(4) === 0) {
      const type = stack.pop();
      const local = locals.find((candidate) => candidate.type === type)!;
      if (random(2) === 0) f['local.set'](local);
      else f.drop();
    }
  }
  for (const _ of stack) f.drop();
  return module.finish();
}

test('2,000 random functions, with every instruction among them, are valid', () => {
  const seen = new Set<string>();
  const refused: number[] = [];
  for (let seed = 1; seed <= 2000; seed++) {
    if (!webAssembly.validate(randomModule(seed, seen))) refused.push(seed);
  }
  expect(refused).toEqual([]);
  expect(seen.size).toBe(all.length);
});
