import { expect, test } from 'vitest';
import { ModuleEmitter } from './module-emitter.ts';
import { webAssembly } from './web-assembly.ts';

const instantiate = (module: ModuleEmitter, env = {}) =>
  new webAssembly.Instance(new webAssembly.Module(module.finish()), { env }).exports;

test('a module is these sections in this order', () => {
  const module = new ModuleEmitter();
  module.importMemory('e', 'm', { minPages: 1, maxPages: 300, shared: true });
  const f = module.function('id', { x: 'i32' }, ['i32']);
  f['local.get'](f.params.x);
  module.export(f, 'same');
  expect(Buffer.from(module.finish()).toString('hex')).toBe(
    '0061736d01000000' +
      '01060160017f017f' + // types: (i32) → (i32)
      '020a010165016d020301ac02' + // imports: memory e.m, 1 to 300 pages, shared
      '03020100' + // functions: one of type 0
      '0708010473616d650000' + // exports: "same" is function 0
      '0a0601040020000b' + // code: no locals, local.get 0, end
      '000c046e616d6501050100026964', // names: function 0 is "id"
  );
});

test('several memories are told apart by their numbers, in every kind of access', () => {
  const module = new ModuleEmitter();
  const limits = { minPages: 1, maxPages: 1, shared: true } as const;
  const numbers = ['a', 'b', 'c'].map((name) => module.importMemory('env', name, limits));
  expect(numbers).toEqual([0, 1, 2]);
  const f = module.function('run', {});
  const value = f.local('v128');
  numbers.forEach((memory, i) => {
    const [from, to] = [memory, numbers[(i + 1) % 3]!];
    f['i32.const'](0);
    f['i32.const'](64);
    f['v128.load']({ offset: 16, align: 4, memory: from });
    f['local.set'](value);
    f['local.get'](value);
    f['v128.store']({ offset: 128, align: 1, memory: to });
    f['i32.const'](256);
    f['local.get'](value);
    f['v128.store32_lane']({ memory: to }, 0);
    f['i32.const'](260);
    f['i32.const'](i + 1);
    f['i32.atomic.rmw.add']({ memory: to });
    f.drop();
  });
  module.export(f);
  const make = () => new webAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const env = { a: make(), b: make(), c: make() };
  const words = Object.values(env).map(({ buffer }) => new Int32Array(buffer));
  words.forEach((one, i) => {
    one[20] = 7 + i;
  });
  instantiate(module, env).run();
  expect(words.map((one) => [one[32], one[64], one[65]])).toEqual([
    [9, 9, 3],
    [7, 7, 1],
    [8, 8, 2],
  ]);
});

test('imported functions are called, with what they are given', () => {
  const module = new ModuleEmitter();
  const seen: unknown[] = [];
  const log = module.importFunction('env', 'log', { params: ['i32', 'f32'], results: ['i32'] });
  const f = module.function('run', {}, ['i32']);
  f['i32.const'](7);
  f['f32.const'](0.5);
  f.call(log);
  module.export(f);
  const { run } = instantiate(module, { log: (...args: unknown[]) => seen.push(args) });
  expect(run()).toBe(1);
  expect(seen).toEqual([[7, 0.5]]);
});

test('functions have several results, and share equal types', () => {
  const module = new ModuleEmitter();
  const swap = module.function('swap', { a: 'i32', b: 'i32' }, ['i32', 'i32']);
  swap['local.get'](swap.params.b);
  swap['local.get'](swap.params.a);
  const twice = module.function('twice', { a: 'i32', b: 'i32' }, ['i32', 'i32']);
  for (const local of Object.values(twice.params)) twice['local.get'](local);
  twice.call(swap);
  twice.call(swap);
  module.export(swap);
  module.export(twice);
  const bytes = module.finish();
  expect(bytes[10]).toBe(1); // one type
  const { exports } = new webAssembly.Instance(new webAssembly.Module(bytes), {});
  expect(exports.swap(1, 2)).toEqual([2, 1]);
  expect(exports.twice(1, 2)).toEqual([1, 2]);
});

test('a stack names the function it is in', () => {
  const module = new ModuleEmitter();
  const inner = module.function('matmul_q4_k', {});
  inner.unreachable();
  const outer = module.function('step', {});
  outer.call(inner);
  module.export(outer, 'run');
  const { run } = instantiate(module);
  let stack = '';
  try {
    run();
  } catch (error) {
    stack = (error as Error).stack as string;
  }
  expect(stack).toMatch(/matmul_q4_k.*\n.*step/);
});

test('what does not go together is refused', () => {
  const module = new ModuleEmitter();
  expect(() => module.importMemory('e', 'm', { minPages: 1, maxPages: 65_537 })).toThrow(
    'memory m: found 1 to 65537 pages, expected at most 65536',
  );
  expect(() => module.importMemory('e', 'm', { minPages: 3, maxPages: 2 })).toThrow('3 to 2 pages');
  module.importMemory('e', 'm', { minPages: 1 });
  const f = module.function('f', {});
  expect(() => module.importFunction('e', 'g', f.type)).toThrow('function g: imports come before');
  module.export(f);
  expect(() => module.export(f)).toThrow('export f: the name is taken');
  const stranger = new ModuleEmitter().function('h', {});
  expect(() => module.export(stranger)).toThrow('export h: not a function of this module');
  module.finish();
  expect(() => module.finish()).toThrow('f, instruction 1 (end): the function is finished');
});

test('a memory that is named must be there', () => {
  const module = new ModuleEmitter();
  module.importMemory('e', 'm', { minPages: 1 });
  const f = module.function('f', {}, ['i32']);
  f['i32.const'](0);
  f['i32.load']({ memory: 1 });
  expect(() => module.finish()).toThrow('f: i32.load in a module without a memory 1');
});

test.each(['i32.load', 'memory.size'] as const)('%s needs a memory', (name) => {
  const module = new ModuleEmitter();
  const f = module.function('f', {}, ['i32']);
  if (name === 'i32.load') f['i32.const'](0);
  f[name]();
  expect(() => module.finish()).toThrow(`f: ${name} in a module without a memory 0`);
});
