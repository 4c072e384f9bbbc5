/**
 * What this processor can do and the system lets it do, read with CPUID and XGETBV by emitted
 * code. A vector extension counts only when the system saves its registers (XCR0).
 */
import { Assembler } from '../../compiler/targets/x64/assembler.ts';
import { at } from '../../compiler/targets/x64/memory-operand.ts';
import {
  eax,
  ebx,
  ecx,
  edi,
  edx,
  esi,
  r8,
  r9,
  rbx,
  rcx,
  rdi,
  rdx,
} from '../../compiler/targets/x64/registers.ts';
import { mapCode } from './code-pages.ts';

/** Names as in /proc/cpuinfo. */
export const cpuFeatureNames = [
  'avx2',
  'fma',
  'f16c',
  'avx_vnni',
  'avx512f',
  'avx512dq',
  'avx512bw',
  'avx512vl',
  'avx512vbmi',
  'avx512_vnni',
  'avx512_bf16',
  'amx_tile',
  'amx_int8',
  'amx_bf16',
] as const;

export type CpuFeatureName = (typeof cpuFeatureNames)[number];
export type CpuFeatures = Readonly<Record<CpuFeatureName, boolean>>;

/** The registers that CPUID fills. */
export interface CpuidResult {
  readonly eax: number;
  readonly ebx: number;
  readonly ecx: number;
  readonly edx: number;
}

export interface Cpu {
  cpuid(leaf: number, subleaf: number): CpuidResult;
  /** The low half of XCR0. Only where CPUID says that the system has switched it on. */
  xgetbv(): number;
}

export type CpuFeaturesResult =
  | { readonly features: CpuFeatures; readonly refused?: undefined }
  | { readonly features?: undefined; readonly refused: string };

/** Refused on other processors than x64, and where code cannot be mapped. */
export function readCpuFeatures(): CpuFeaturesResult {
  if (process.arch !== 'x64') return { refused: `the processor is ${process.arch}, not x64` };
  const assembler = new Assembler();
  emitCpuid(assembler);
  assembler.align(16);
  const xgetbvOffset = assembler.position;
  emitXgetbv(assembler);

  const { pages, refused } = mapCode(assembler.finish());
  if (!pages) return { refused };
  try {
    const cpuid = pages.callable(['void', ['int', 'int', 'void *']]);
    const xgetbv = pages.callable(['void', ['void *']], xgetbvOffset);
    const out = new Int32Array(4);
    const features = featuresOf({
      cpuid(leaf, subleaf) {
        cpuid(leaf, subleaf, out);
        const [eax, ebx, ecx, edx] = out as unknown as [number, number, number, number];
        return { eax, ebx, ecx, edx };
      },
      xgetbv() {
        xgetbv(out);
        return out[0] as number;
      },
    });
    return { features };
  } finally {
    pages.free();
  }
}

/** The manual's bits. */
export function featuresOf({ cpuid, xgetbv }: Cpu): CpuFeatures {
  const leaf1 = cpuid(1, 0);
  const none = { eax: 0, ebx: 0, ecx: 0, edx: 0 };
  const leaf7 = cpuid(0, 0).eax >= 7 ? cpuid(7, 0) : none;
  const leaf7Sub1 = leaf7.eax !== 0 ? cpuid(7, 1) : none;

  const isSavedBySystem = bit(leaf1.ecx, 27) ? xgetbv() : 0;
  const ymmState = 0x06; // xmm and upper halves of ymm
  const zmmState = 0xe6; // and opmasks, upper halves of zmm, zmm16-31
  const hasYmm = (isSavedBySystem & ymmState) === ymmState && bit(leaf1.ecx, 28);
  const tileState = 0x6_0000; // tiles' configuration and data
  const hasTiles = (isSavedBySystem & tileState) === tileState && bit(leaf7.edx, 24);
  const hasZmm = hasYmm && (isSavedBySystem & zmmState) === zmmState && bit(leaf7.ebx, 16);
  return {
    avx2: hasYmm && bit(leaf7.ebx, 5),
    fma: hasYmm && bit(leaf1.ecx, 12),
    f16c: hasYmm && bit(leaf1.ecx, 29),
    avx_vnni: hasYmm && bit(leaf7Sub1.eax, 4),
    avx512f: hasZmm,
    avx512dq: hasZmm && bit(leaf7.ebx, 17),
    avx512bw: hasZmm && bit(leaf7.ebx, 30),
    avx512vl: hasZmm && bit(leaf7.ebx, 31),
    avx512vbmi: hasZmm && bit(leaf7.ecx, 1),
    avx512_vnni: hasZmm && bit(leaf7.ecx, 11),
    avx512_bf16: hasZmm && bit(leaf7Sub1.eax, 5),
    amx_tile: hasTiles,
    amx_int8: hasTiles && bit(leaf7.edx, 25),
    amx_bf16: hasTiles && bit(leaf7.edx, 22),
  };
}

function bit(value: number, index: number): boolean {
  return ((value >>> index) & 1) === 1;
}

/** (leaf, subleaf, out) → out[0..3] = eax, ebx, ecx, edx. rbx belongs to the caller. */
function emitCpuid(a: Assembler): void {
  const isWindows = process.platform === 'win32';
  if (isWindows) {
    a.mov(eax, ecx);
    a.mov(ecx, edx); // out is in r8 already
  } else {
    a.mov(eax, edi);
    a.mov(ecx, esi);
    a.mov(r8, rdx);
  }
  a.mov(r9, rbx);
  a.cpuid();
  for (const [i, register] of [eax, ebx, ecx, edx].entries()) {
    a.mov(at(r8, { disp: 4 * i }), register);
  }
  a.mov(rbx, r9);
  a.ret();
}

/** (out) → out[0] = low half of XCR0. */
function emitXgetbv(a: Assembler): void {
  a.mov(r8, process.platform === 'win32' ? rcx : rdi);
  a.xor(ecx, ecx);
  a.xgetbv();
  a.mov(at(r8), eax);
  a.ret();
}
