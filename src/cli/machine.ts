/**
 * What this machine offers: processor and the features that kernels care about, cores and memory
 * that this process may really use (containers give less than the machine has), Node.
 */
import { readFileSync } from 'node:fs';
import os from 'node:os';

export interface Machine {
  readonly system: string;
  readonly cpu: string;
  /** Of `wantedFeatures`, those the processor has; undefined where the system does not tell. */
  readonly cpuFeatures: readonly string[] | undefined;
  readonly cores: number;
  readonly usableCores: number;
  readonly memoryBytes: number;
  /** The least of the machine's memory and the limit of a container. */
  readonly usableMemoryBytes: number;
  readonly freeMemoryBytes: number;
  readonly node: string;
}

/** As /proc/cpuinfo spells them: what x64 and arm64 kernels are chosen by. */
const wantedFeatures = [
  ...['avx2', 'fma', 'f16c', 'avx_vnni', 'avx512f', 'avx512bw', 'avx512_vnni', 'avx512_bf16'],
  ...['amx_int8', 'amx_bf16', 'asimd', 'asimddp', 'i8mm', 'bf16', 'sve', 'sve2'],
];

export function inspectMachine(): Machine {
  const cpuInfo = readCpuInfo();
  const memoryBytes = os.totalmem();
  // 0 or an absurdly large number where there is no limit.
  const limit = process.constrainedMemory();
  return {
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    cpu: cpuInfo.model ?? os.cpus()[0]?.model.trim() ?? 'unknown',
    cpuFeatures: cpuInfo.features,
    cores: os.cpus().length,
    usableCores: os.availableParallelism(),
    memoryBytes,
    usableMemoryBytes: limit > 0 ? Math.min(limit, memoryBytes) : memoryBytes,
    freeMemoryBytes: process.availableMemory(),
    node: process.versions.node,
  };
}

function readCpuInfo(): { model: string | undefined; features: readonly string[] | undefined } {
  let text: string;
  try {
    text = readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return { model: undefined, features: undefined }; // not Linux
  }
  const field = (name: string) => new RegExp(`^${name}\\s*:\\s*(.+)$`, 'm').exec(text)?.[1]?.trim();
  const has = new Set((field('flags') ?? field('Features') ?? '').split(' '));
  return {
    model: field('model name'),
    features: wantedFeatures.filter((feature) => has.has(feature)),
  };
}

/** 1536 → '1.5 KB', in units of 1024 as memory is sold. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let value = bytes;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
