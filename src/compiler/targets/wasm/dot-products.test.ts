/** Kernels as `select` will make them: loops over real arrays, held to JavaScript. */
import { expect, test } from 'vitest';
import type { FunctionEmitter, Local } from './function-emitter.ts';
import { ModuleEmitter } from './module-emitter.ts';
import { webAssembly } from './web-assembly.ts';

type Dot = FunctionEmitter<'x' | 'y' | 'end'>;

/** A function of (x, y, end of x) that adds up vectors and gives the sum of the sum's lanes. */
function dotKernel(
  result: 'f32' | 'i32',
  strideBytes: number,
  body: (f: Dot, sum: Local) => void,
): (x: number, y: number, end: number) => number {
  const module = new ModuleEmitter();
  module.importMemory('env', 'memory', { minPages: 1 });
  const f: Dot = module.function('dot', { x: 'i32', y: 'i32', end: 'i32' }, [result]);
  const sum = f.local('v128');
  const again = f.loop();
  body(f, sum);
  f['local.set'](sum);
  for (const pointer of [f.params.y, f.params.x]) {
    f['local.get'](pointer);
    f['i32.const'](strideBytes);
    f['i32.add']();
    f['local.set'](pointer);
  }
  f['local.get'](f.params.x);
  f['local.get'](f.params.end);
  f['i32.lt_u']();
  f.br_if(again);
  f.end(again);
  for (let lane = 0; lane < 4; lane++) {
    f['local.get'](sum);
    f[`${result}x4.extract_lane`](lane);
    if (lane > 0) f[`${result}.add`]();
  }
  module.export(f);
  const instance = new webAssembly.Instance(new webAssembly.Module(module.finish()), {
    env: { memory },
  });
  return instance.exports.dot as (x: number, y: number, end: number) => number;
}

const memory = new webAssembly.Memory({ initial: 1 });
const numValues = 4096;
const yAddress = 32_768;

let seed = 7;
function random(least: number, most: number): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return least + Math.floor((seed / 2 ** 32) * (most - least + 1));
}

function load(f: Dot, pointer: Local): void {
  f['local.get'](pointer);
  f['v128.load']();
}

test.each(['f32x4.add', 'f32x4.relaxed_madd'] as const)('an f32 dot product by %s', (name) => {
  const dot = dotKernel('f32', 16, (f, sum) => {
    if (name === 'f32x4.add') f['local.get'](sum);
    load(f, f.params.x);
    load(f, f.params.y);
    if (name === 'f32x4.add') f['f32x4.mul']();
    else f['local.get'](sum);
    f[name]();
  });
  const x = new Float32Array(memory.buffer, 0, numValues).map(() => random(-999, 999) / 256);
  const y = x.map(() => random(-999, 999) / 256);
  new Float32Array(memory.buffer, 0, numValues).set(x);
  new Float32Array(memory.buffer, yAddress, numValues).set(y);
  const expected = x.reduce((sum, value, i) => sum + value * y[i], 0);
  const scale = x.reduce((sum, value, i) => sum + Math.abs(value * y[i]), 0);
  expect(Math.abs(dot(0, yAddress, 4 * numValues) - expected)).toBeLessThan(1e-6 * scale);
});

test.each([
  ['i16 products', i16Path],
  ['relaxed dot products of i8 and i7', relaxedPath],
])('an int8 dot product by %s is exact', (_, body) => {
  const dot = dotKernel('i32', 16, body);
  const x = Int8Array.from({ length: numValues }, () => random(-128, 127));
  const y = Int8Array.from({ length: numValues }, () => random(0, 127));
  x.fill(-128, 0, 64); // the extremes, many in a row
  y.fill(127, 0, 64);
  new Int8Array(memory.buffer, 0, numValues).set(x);
  new Int8Array(memory.buffer, yAddress, numValues).set(y);
  const expected = x.reduce((sum, value, i) => sum + value * y[i], 0);
  expect(dot(0, yAddress, numValues)).toBe(expected);
});

/** Plain SIMD: both sides widened to i16, then products added in pairs. */
function i16Path(f: Dot, sum: Local): void {
  f['local.get'](sum);
  for (const half of ['low', 'high'] as const) {
    for (const pointer of [f.params.x, f.params.y]) {
      load(f, pointer);
      f[`i16x8.extend_${half}_i8x16_s`]();
    }
    f['i32x4.dot_i16x8_s']();
    f['i32x4.add']();
  }
}

/** Relaxed SIMD: y must lie in 0 to 127, then the answer is the same everywhere. */
function relaxedPath(f: Dot, sum: Local): void {
  load(f, f.params.x);
  load(f, f.params.y);
  f['local.get'](sum);
  f['i32x4.relaxed_dot_i8x16_i7x16_add_s']();
}
