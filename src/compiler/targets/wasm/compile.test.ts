/** What compileWasm promises beyond the operations' meanings, which test/conformance holds it to. */
import { expect, test } from 'vitest';
import { f16Table, f32ToF16 } from '../../../base/half.ts';
import { mulberry32 } from '../../../base/mulberry32.ts';
import { at, type Builder, buildRoutine, type RoutineInputs } from '../../ir/builder.ts';
import { compileWasm, memoryPages, wasmTraits, weightsName } from './compile.ts';
import type { WasmFeatures } from './features.ts';
import { lowestAddress } from './selection.ts';
import { webAssembly } from './web-assembly.ts';

const plain: WasmFeatures = {
  ...{ simd: true, relaxedSimd: false, threads: false, dotTakesU8: false, multiMemory: true },
};
const relaxed: WasmFeatures = { ...plain, relaxedSimd: true };
const threaded: WasmFeatures = { ...relaxed, threads: true };

type Body = (k: Builder, inputs: RoutineInputs) => void;
type Run = (args: number, start: number, end: number, scratch: number) => void;

function compiled(body: Body, memory: object, features = plain): Run {
  const routine = buildRoutine('tried', wasmTraits(features), body);
  const module = new webAssembly.Module(compileWasm([routine], features));
  const env = { memory: memory as never };
  return new webAssembly.Instance(module, { env }).exports.tried as Run;
}

test('a target is named by what it compiles to', () => {
  expect(wasmTraits(plain).name).toBe('wasm');
  expect(wasmTraits(threaded).name).toBe('wasm-relaxed');
  expect(wasmTraits({ ...threaded, dotTakesU8: true }).name).toBe('wasm-relaxed-u8');
});

test('every routine is a function of the module, by its name', () => {
  const traits = wasmTraits(plain);
  const routines = ['one', 'two'].map((name, i) =>
    buildRoutine(name, traits, (k, { scratch }) => k.store(at(scratch), k.int(i + 1))),
  );
  const memory = new webAssembly.Memory({ initial: 2 });
  const module = new webAssembly.Module(compileWasm(routines, plain));
  const { exports } = new webAssembly.Instance(module, { env: { memory } });
  const word = () => new Int32Array(memory.buffer)[lowestAddress / 4];
  exports.two(0, 0, 0, lowestAddress);
  expect(word()).toBe(2);
  exports.one(0, 0, 0, lowestAddress);
  expect(word()).toBe(1);
});

test('without relaxed SIMD a module has no relaxed instruction, with it it has', () => {
  const body: Body = (k, { scratch }) => {
    const x = k.load('f32x', at(scratch));
    k.store(at(scratch), k.fma(x, x, x));
    const bytes = k.as('i8x', x);
    k.store(at(scratch, 16), k.dot4(k.as('i32x', x), bytes, k.lookup16(bytes, bytes)));
  };
  const hex = (features: WasmFeatures) =>
    Buffer.from(
      compileWasm([buildRoutine('tried', wasmTraits(features), body)], features),
    ).toString('hex');
  const relaxedOpcodes = ['fd8502', 'fd8002', 'fd9302']; // madd, swizzle, dot
  expect(relaxedOpcodes.map((opcode) => hex(plain).includes(opcode))).toEqual(Array(3).fill(false));
  expect(relaxedOpcodes.map((opcode) => hex(relaxed).includes(opcode))).toEqual(
    Array(3).fill(true),
  );
});

test('what the target cannot do is refused by name', () => {
  const tiles: Body = (k) => k.op('tile_zero');
  expect(() => compiled(tiles, {})).toThrow('WebAssembly has no tile_zero');
});

test.each([
  ['plain', plain],
  ['relaxed', relaxed],
])('%s: all f16 become the f32 they are, alone and by vectors', (_, features) => {
  const memory = new webAssembly.Memory({ initial: 11 });
  const [from, to, alone] = [0, 131_072, 131_072 + 262_144].map((n) => lowestAddress + n);
  new Uint16Array(memory.buffer, from, 65_536).set(Array.from({ length: 65_536 }, (_, i) => i));
  const run = compiled(
    (k, { args, start, end, scratch }) => {
      k.loop(start, end, 4, (i) => {
        k.store(at(scratch, i, 4), k.op('load_f16_f32x', [], { address: at(args, i, 2) }));
        const one = k.op('load_f16', [], { address: at(args, i, 2, 2) });
        k.store(at(scratch, i, 1, alone - to), one);
      });
    },
    memory,
    features,
  );
  run(from, 0, 65_536, to);
  const expected = new Uint32Array(f16Table.buffer);
  expect(new Uint32Array(memory.buffer, to, 65_536)).toEqual(expected);
  expect(new Uint32Array(memory.buffer, alone, 16_384)).toEqual(
    expected.filter((_, i) => i % 4 === 1),
  );
});

test.each([
  ['plain', plain],
  ['relaxed', relaxed],
])('%s: f32 are rounded to the nearest f16, ties to even', (_, features) => {
  const memory = new webAssembly.Memory({ initial: 17 });
  const count = 131_072;
  const [from, to] = [lowestAddress, lowestAddress + 4 * count];
  const words = new Uint32Array(memory.buffer, from, count);
  const random = mulberry32(3);
  const table = new Uint32Array(f16Table.buffer);
  for (let i = 0; i < count; i++) {
    if (i % 2 === 0) words[i] = random() * 2 ** 32;
    else words[i] = table[i >> 1] + [0, 0x1000, 0xfff, 0x1001][(i >> 1) % 4]; // ties and beside them
  }
  const run = compiled(
    (k, { args, start, end, scratch }) => {
      k.loop(start, end, 4, (i) => {
        const x = k.load('f32x', at(args, i, 4));
        k.op('store_f32x_f16', [x], { address: at(scratch, i, 2) });
        k.op('store_f16', [k.loadF32(at(args, i, 4, 4))], { address: at(scratch, i, 2, 2) });
      });
    },
    memory,
    features,
  );
  run(from, 0, count, to);
  const isNaN16 = (bits: number) => (bits & 0x7fff) > 0x7c00;
  const values = new Float32Array(memory.buffer, from, count);
  const found = new Uint16Array(memory.buffer, to, count);
  const wrong = [...found.keys()].filter((i) => {
    const expected = f32ToF16(values[i]);
    return Number.isNaN(values[i]) ? !isNaN16(found[i]) : found[i] !== expected;
  });
  expect(wrong).toEqual([]);
});

test('a loop over addresses runs across 2 GiB, and one whose end is below its start not at all', () => {
  const memory = new webAssembly.Memory({ initial: 32_769, maximum: memoryPages, shared: true });
  const middle = 2 ** 31;
  const run = compiled(
    (k, { args, scratch }) => {
      k.loop(k.add(args, -32), k.add(args, 32), 4, (i) => k.store(at(i), k.sub(i, args)));
      k.loop(5, -3, 1, () => k.store(at(scratch), k.int(1)));
    },
    memory,
    threaded,
  );
  run(middle, 0, 0, lowestAddress);
  const words = new Int32Array(memory.buffer, middle - 64, 32);
  const expected = Array.from({ length: 32 }, (_, i) => (i < 8 || i >= 24 ? 0 : 4 * i - 64));
  expect([...words]).toEqual(expected);
  expect(new Int32Array(memory.buffer, lowestAddress, 1)[0]).toBe(0);
});

test('weights of each parameter are read and written in a memory of their own', () => {
  const [memory, first, second] = [2, 2, 2].map((initial) => new webAssembly.Memory({ initial }));
  const routine = buildRoutine('tried', wasmTraits(plain), (k, { start, end }) => {
    const [to, a, b] = [k.param(0), k.weightsParam(1), k.weightsParam(2)];
    k.loop(start, end, 4, (i) => {
      const sum = k.add(k.load('i32x', at(a, i, 4)), k.load('i32x', at(b, i, 4, 16)));
      k.store(at(to, i, 4), sum);
      k.store(at(b, i, 4), sum);
    });
  });
  const module = new webAssembly.Module(compileWasm([routine], plain));
  const env = { memory: memory!, [weightsName(1)]: first!, [weightsName(2)]: second! };
  const words = [memory, first, second].map((one) => {
    return new Int32Array(one!.buffer, lowestAddress, 64);
  });
  const place = lowestAddress + 64;
  words[0]!.set([place, 0, place, 0, place, 0]);
  words[1]!.set([1, 2, 3, 4, 5, 6, 7, 8], 16);
  words[2]!.set([10, 20, 30, 40], 20);
  new webAssembly.Instance(module, { env }).exports.tried!(lowestAddress, 0, 8, 0);
  const sums = [11, 22, 33, 44, 5, 6, 7, 8];
  expect([...words[0]!.subarray(16, 24)]).toEqual(sums);
  expect([...words[1]!.subarray(16, 24)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect([...words[2]!.subarray(16, 24)]).toEqual(sums);
});

test('base + index may lie below 0 as long as the address does not', () => {
  const memory = new webAssembly.Memory({ initial: 2 });
  const run = compiled((k, { scratch }) => {
    const before = k.sub(scratch, 2 * lowestAddress);
    k.store(at(before, 2 * lowestAddress), k.int(7)); // too far for an offset
    const far = k.sub(scratch, lowestAddress - 8);
    k.store(at(far, k.int(-1), 4, lowestAddress), k.int(8));
    k.store(at(k.add(scratch, 64), k.int(-2), 8, -8), k.int(9));
  }, memory);
  run(0, 0, 0, lowestAddress);
  expect([...new Int32Array(memory.buffer, lowestAddress, 11)]).toEqual([
    7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 9,
  ]);
});

test('a value used once keeps its meaning when a variable it was made of changes', () => {
  const memory = new webAssembly.Memory({ initial: 2 });
  const run = compiled((k, { scratch }) => {
    const x = k.variable(5);
    const before = k.op('copy', [x]);
    k.set(x, k.int(6));
    k.store(at(scratch), k.sub(before, x));
    const once = k.add(x, 1);
    k.loop(0, 3, 1, (i) => k.store(at(scratch, i, 4, 4), once));
    const chosen = k.add(x, 2);
    k.if(x, 'gt', 5, () => k.store(at(scratch, 16), chosen));
  }, memory);
  run(0, 0, 0, lowestAddress);
  expect([...new Int32Array(memory.buffer, lowestAddress, 5)]).toEqual([-1, 7, 7, 7, 8]);
});
