/**
 * A program for fences.test.ts: runs every kernel as machine code on memory that ends where the
 * next page may not be touched, and says before each what it is about to do. It dies where a
 * kernel reads or writes farther than it may: 64 bytes behind an allocation may be read.
 */
import { writeSync } from 'node:fs';
import type * as Koffi from 'koffi';
import { dtypes } from '../../src/base/dtypes.ts';
import { CompiledDevice } from '../../src/devices/compiled/compiled-device.ts';
import type { Machine, MachineMemory } from '../../src/devices/compiled/machine.ts';
import { NativeMachine } from '../../src/devices/native/native-machine.ts';
import { type PageSystem, pageSystem } from '../../src/devices/native/page-system.ts';
import { kernelLibrary } from '../../src/kernels/kernel-library.ts';
import { kernels } from '../../src/kernels/kernel-list.ts';
import { kernelCase, results } from '../../src/nn/kernel-case.ts';
import { weightFormats } from './compiled-devices.ts';

const pageBytes = 4096;
const wholePages = (sizeBytes: number) => Math.ceil(sizeBytes / pageBytes) * pageBytes;

/** One more page behind every allocation, with no rights. */
function fencedPages(koffi: typeof Koffi): PageSystem {
  const system = pageSystem(koffi);
  const mprotect = koffi
    .load(null)
    .func('int mprotect(void *address, size_t length, int protection)');
  return {
    ...system,
    allocate(sizeBytes) {
      const size = wholePages(sizeBytes);
      const address = system.allocate(size + pageBytes);
      if (typeof address === 'string') return address;
      if (mprotect(address + BigInt(size), pageBytes, 0) !== 0) return 'mprotect failed';
      return address;
    },
    release(address, sizeBytes) {
      system.release(address, wholePages(sizeBytes) + pageBytes);
    },
  };
}

/** Memory at the end of its pages, but on a cache line. */
function againstFence(machine: NativeMachine): Machine {
  const whole = new Map<MachineMemory, MachineMemory>();
  const own: Partial<Machine> = {
    allocate(sizeBytes) {
      const memory = machine.allocate(sizeBytes);
      const shift = Math.floor((wholePages(sizeBytes) - sizeBytes) / 64) * 64;
      const { address, buffer, byteOffset, bank } = memory;
      const place = { address: address + shift, byteOffset: byteOffset + shift, bank };
      const moved = { ...place, sizeBytes, buffer };
      whole.set(moved, memory);
      return moved;
    },
    free(memory) {
      machine.free(whole.get(memory)!);
    },
  };
  return new Proxy<Machine>(machine, {
    get(_, name) {
      if (name in own) return own[name as keyof Machine];
      const value = Reflect.get(machine, name);
      return typeof value === 'function' ? value.bind(machine) : value;
    },
  });
}

/** Widths that no vector divides. */
const raggedAttention: Readonly<Record<string, number>> = {
  ...{ tokens: 3, heads: 2, headDim: 20, keyWidth: 40, valueWidth: 24, valueDim: 12, kvHeads: 2 },
  ...{ sequences: 1, maxBlocks: 4, slots: 64, blockTokens: 16, scale: 0.3 },
};

const machine = NativeMachine.open({ threads: 1, pages: fencedPages });
if ('refused' in machine) throw new Error(machine.refused);
const device = new CompiledDevice(againstFence(machine), kernelLibrary);
for (const kernel of kernels) {
  if (kernel.name === 'store_keys') continue; // attention's cases store with it
  const weight = Object.values(kernel.params).find((param) => param.kind === 'weight');
  const shapes = kernel.name === 'attention' ? [...kernel.shapes, raggedAttention] : kernel.shapes;
  for (const shape of shapes) {
    for (const dtype of weight ? weightFormats : (['f32'] as const)) {
      if (weight && shape[weight.dims[1]]! % dtypes[dtype].blockElements !== 0) continue;
      writeSync(1, `${kernel.name} ${dtype} ${JSON.stringify(shape)}\n`);
      await results(device, kernelCase(device, kernel, { shape, dtype }));
    }
  }
}
await device.close();
writeSync(1, 'done\n');
