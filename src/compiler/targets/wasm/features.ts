/**
 * Which parts of WebAssembly the runtime at hand has, found by asking it to validate a tiny
 * module that needs the part. `threads` is about instructions and shared memory as a type;
 * whether a page may make shared memory is for the page to ask (`crossOriginIsolated`).
 *
 * What a relaxed instruction does with operands on which it may choose is found by running it: the
 * specification lets it depend on the processor, but not change while a program runs.
 */
import type { Feature } from './instruction.ts';
import { ModuleEmitter } from './module-emitter.ts';
import { webAssembly } from './web-assembly.ts';

export interface WasmFeatures extends Readonly<Record<Feature, boolean>> {
  /** Whether the relaxed dot product takes all of 0…255 where only 0…127 is promised. */
  readonly dotTakesU8: boolean;
  /** Several memories in a module. */
  readonly multiMemory: boolean;
}

export function probeFeatures(
  validate: (bytes: Uint8Array) => boolean = webAssembly.validate,
): WasmFeatures {
  const relaxedSimd = validate(relaxedSimdModule());
  return {
    ...{ simd: validate(simdModule()), relaxedSimd, threads: validate(threadsModule()) },
    dotTakesU8: relaxedSimd && isDotOfU8(relaxedDot()),
    multiMemory: validate(multiMemoryModule()),
  };
}

/** The relaxed dot product of four bytes, `unsigned` of which it may take for signed. */
export type RelaxedDot = (signed: number, unsigned: number, acc: number) => number;

/** Whether each byte counts as it should, and sums of two are kept whole however large. */
export function isDotOfU8(dot: RelaxedDot): boolean {
  const largest = [0x01010101, 0x7f7f7f7f, -0x7f7f7f80, -1, 0x7f80ff01, -0x7e80ff81];
  return largest.every((signed) =>
    largest.every((unsigned) => dot(signed, unsigned, 12345) === exactDot(signed, unsigned, 12345)),
  );
}

function exactDot(signed: number, unsigned: number, acc: number): number {
  return [0, 8, 16, 24].reduce(
    (sum, shift) => sum + ((signed << (24 - shift)) >> 24) * ((unsigned >>> shift) & 255),
    acc,
  );
}

/** Operands come from outside, so that nothing is computed by the compiler in another way. */
function relaxedDot(): RelaxedDot {
  const module = new ModuleEmitter();
  const f = module.function('dot', { signed: 'i32', unsigned: 'i32', acc: 'i32' }, ['i32']);
  for (const name of ['signed', 'unsigned', 'acc'] as const) {
    f['local.get'](f.params[name]);
    f['i32x4.splat']();
  }
  f['i32x4.relaxed_dot_i8x16_i7x16_add_s']();
  f['i32x4.extract_lane'](0);
  module.export(f);
  const instance = new webAssembly.Instance(new webAssembly.Module(module.finish()), {});
  return instance.exports.dot as RelaxedDot;
}

function simdModule(): Uint8Array {
  const module = new ModuleEmitter();
  const f = module.function('simd', {}, ['i32']);
  f['v128.const'](new Uint8Array(16));
  f['v128.any_true']();
  return module.finish();
}

function relaxedSimdModule(): Uint8Array {
  const module = new ModuleEmitter();
  const f = module.function('relaxed_simd', {}, ['i32']);
  for (let i = 0; i < 3; i++) f['v128.const'](new Uint8Array(16));
  f['i32x4.relaxed_dot_i8x16_i7x16_add_s']();
  f['v128.any_true']();
  return module.finish();
}

function threadsModule(): Uint8Array {
  const module = new ModuleEmitter();
  module.importMemory('env', 'memory', { minPages: 1, maxPages: 1, shared: true });
  const f = module.function('threads', {}, ['i32']);
  f['i32.const'](0);
  f['i32.atomic.load']();
  return module.finish();
}

function multiMemoryModule(): Uint8Array {
  const module = new ModuleEmitter();
  module.importMemory('env', 'memory', { minPages: 1 });
  const memory = module.importMemory('env', 'other', { minPages: 1 });
  const f = module.function('multi_memory', {}, ['i32']);
  f['i32.const'](0);
  f['i32.load']({ memory });
  return module.finish();
}
