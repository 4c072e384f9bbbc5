/**
 * Which parts of WebAssembly the runtime at hand has, found by asking it to validate a tiny
 * module that needs the part. `threads` is about instructions and shared memory as a type;
 * whether a page may make shared memory is for the page to ask (`crossOriginIsolated`).
 */
import type { Feature } from './instruction.ts';
import { ModuleEmitter } from './module-emitter.ts';
import { webAssembly } from './web-assembly.ts';

/** `multiMemory`: several memories in a module. */
export type WasmFeatures = Readonly<Record<Feature | 'multiMemory', boolean>>;

export function probeFeatures(
  validate: (bytes: Uint8Array) => boolean = webAssembly.validate,
): WasmFeatures {
  return {
    simd: validate(simdModule()),
    relaxedSimd: validate(relaxedSimdModule()),
    threads: validate(threadsModule()),
    multiMemory: validate(multiMemoryModule()),
  };
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
