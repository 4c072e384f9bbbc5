/** Emitted functions run and agree with JavaScript; pages are never writable and executable. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test as testAnywhere } from 'vitest';
import { Assembler } from '../../compiler/targets/x64/assembler.ts';
import { at } from '../../compiler/targets/x64/memory-operand.ts';
import * as registers from '../../compiler/targets/x64/registers.ts';
import { mapCode, type Signature } from './code-pages.ts';
import { type CpuFeatures, readCpuFeatures } from './cpu-features.ts';
import type { PageSystem } from './page-system.ts';

const { eax, edx, k1, rax, rcx, rdi, rdx, rsi, r8, r9 } = registers;
const { xmm0, xmm1, xmm2, ymm0, ymm1, ymm2, zmm0, zmm1, zmm2 } = registers;

/** Machine code of one processor runs on no other. */
const test = testAnywhere.skipIf(process.arch !== 'x64');
const isLinux = process.platform === 'linux';
/** The first arguments of a C function. */
const [first, second, third] =
  process.platform === 'win32' ? [rcx, rdx, r8] : ([rdi, rsi, rdx] as const);
const { features = {} as CpuFeatures, refused } = readCpuFeatures();
if (process.arch === 'x64' && refused) throw new Error(refused);

/** Maps, calls once, frees. */
function run(emit: (a: Assembler) => void, signature: Signature, ...args: unknown[]): unknown {
  const a = new Assembler();
  emit(a);
  const { pages, refused } = mapCode(a.finish());
  if (!pages) throw new Error(refused);
  try {
    return pages.callable(signature)(...args);
  } finally {
    pages.free();
  }
}

/** Adds the lanes of ymm0 into the lowest one of xmm0. */
function addLanes(a: Assembler, add: 'vaddps' | 'vpaddd'): void {
  a.vextractf128(xmm1, ymm0, 1);
  a[add](xmm0, xmm0, xmm1);
  a.vpshufd(xmm1, xmm0, 0b01_00_11_10);
  a[add](xmm0, xmm0, xmm1);
  a.vpshufd(xmm1, xmm0, 0b10_11_00_01);
  a[add](xmm0, xmm0, xmm1);
}

/** float dot(const float *x, const float *y, size_t n): 8 at a time, then one by one. */
function emitDotF32(a: Assembler): void {
  const [eights, ones, sum, one] = [a.label(), a.label(), a.label(), a.label()];
  a.vxorps(xmm0, xmm0, xmm0);
  a.vxorps(xmm2, xmm2, xmm2);
  a.align(32);
  a.bind(eights);
  a.cmp(third, 8);
  a.jb(ones);
  a.vmovups(ymm1, at(first));
  a.vfmadd231ps(ymm0, ymm1, at(second));
  a.add(first, 32);
  a.add(second, 32);
  a.sub(third, 8);
  a.jmp(eights);
  a.bind(ones);
  a.test(third, third);
  a.jz(sum);
  a.bind(one);
  a.vmovss(xmm1, at(first, { index: third, scale: 4, disp: -4 }));
  a.vfmadd231ss(xmm2, xmm1, at(second, { index: third, scale: 4, disp: -4 }));
  a.dec(third);
  a.jnz(one);
  a.bind(sum);
  addLanes(a, 'vaddps');
  a.vaddss(xmm0, xmm0, xmm2);
  a.vzeroupper();
  a.ret();
}

test('an f32 dot product with FMA equals JavaScript, ragged ends included', () => {
  expect(features.avx2 && features.fma).toBe(true);
  for (const n of [0, 1, 7, 8, 9, 64, 1003]) {
    // Whole numbers: every order of adding gives the same sum.
    const x = Float32Array.from({ length: n }, (_, i) => ((i * 7) % 31) - 15);
    const y = Float32Array.from({ length: n }, (_, i) => ((i * 11) % 29) - 14);
    const sum = x.reduce((sum, value, i) => sum + value * (y[i] as number), 0);
    expect(run(emitDotF32, ['float', ['void *', 'void *', 'size_t']], x, y, n)).toBe(sum);
  }
});

/** int dot(const u8 *x, const i8 *y, size_t n), n a multiple of 16, in 16 bit steps. */
function emitDotInt8Avx2(a: Assembler): void {
  const loop = a.label();
  a.vpxor(ymm0, ymm0, ymm0);
  a.bind(loop);
  a.vpmovzxbw(ymm1, at(first, { index: third, disp: -16 }));
  a.vpmovsxbw(ymm2, at(second, { index: third, disp: -16 }));
  a.vpmaddwd(ymm1, ymm1, ymm2);
  a.vpaddd(ymm0, ymm0, ymm1);
  a.sub(third, 16);
  a.jnz(loop);
  addLanes(a, 'vpaddd');
  a.vmovd(eax, xmm0);
  a.vzeroupper();
  a.ret();
}

function emitDotInt8AvxVnni(a: Assembler): void {
  const loop = a.label();
  a.vpxor(ymm0, ymm0, ymm0);
  a.bind(loop);
  a.vmovdqu(xmm1, at(first, { index: third, disp: -16 }));
  a.vmovdqu(xmm2, at(second, { index: third, disp: -16 }));
  a.vex_vpdpbusd(ymm0, ymm1, ymm2);
  a.sub(third, 16);
  a.jnz(loop);
  addLanes(a, 'vpaddd');
  a.vmovd(eax, xmm0);
  a.vzeroupper();
  a.ret();
}

/** 64 at a time; the rest under a mask, so n may be anything. */
function emitDotInt8Avx512(a: Assembler): void {
  const [loop, rest] = [a.label(), a.label()];
  a.mov(rax, first); // the count of a shift has to be in cl
  a.mov(r9, second);
  a.mov(rcx, third);
  a.vpxord(zmm0, zmm0, zmm0);
  a.bind(loop);
  a.cmp(rcx, 64);
  a.jb(rest);
  a.vmovdqu8(zmm1, at(rax));
  a.vpdpbusd(zmm0, zmm1, at(r9));
  a.add(rax, 64);
  a.add(r9, 64);
  a.sub(rcx, 64);
  a.jmp(loop);
  a.bind(rest);
  a.mov(edx, 1);
  a.shl(rdx, registers.cl);
  a.dec(rdx);
  a.kmovq(k1, rdx);
  a.vmovdqu8(zmm1.maskz(k1), at(rax));
  a.vmovdqu8(zmm2.maskz(k1), at(r9));
  a.vpdpbusd(zmm0, zmm1, zmm2);
  a.vextractf64x4(ymm1, zmm0, 1);
  a.vpaddd(ymm0, ymm0, ymm1);
  addLanes(a, 'vpaddd');
  a.vmovd(eax, xmm0);
  a.vzeroupper();
  a.ret();
}

test('int8 dot products equal JavaScript on every vector extension this processor has', () => {
  const kinds = [
    { has: features.avx2, emit: emitDotInt8Avx2, sizes: [16, 48, 4096] },
    { has: features.avx_vnni, emit: emitDotInt8AvxVnni, sizes: [16, 48, 4096] },
    {
      has: features.avx512_vnni && features.avx512bw,
      emit: emitDotInt8Avx512,
      sizes: [1, 63, 64, 65, 200, 4096],
    },
  ].filter(({ has }) => has);
  expect(kinds.length).toBeGreaterThan(0);
  for (const { emit, sizes } of kinds) {
    for (const n of sizes) {
      const x = Uint8Array.from({ length: n }, (_, i) => 255 - i * 37);
      const y = Int8Array.from({ length: n }, (_, i) => i * 91 - 128);
      const sum = x.reduce((sum, value, i) => sum + value * (y[i] as number), 0);
      expect(run(emit, ['int', ['void *', 'void *', 'size_t']], x, y, n), `${n}`).toBe(sum);
    }
  }
});

test('a loop reads its constants relative to itself', () => {
  const table = Int8Array.of(
    -127,
    -104,
    -83,
    -65,
    -49,
    -35,
    -22,
    -10,
    1,
    13,
    25,
    38,
    53,
    69,
    89,
    113,
  );
  /** void lookUp(const u8 *from, i8 *to, size_t n): to[i] = table[from[i] & 15]. */
  const emitLookUp = (a: Assembler) => {
    const loop = a.label();
    const lowNibble = a.constant(new Uint8Array(16).fill(15));
    a.bind(loop);
    a.vmovdqu(xmm0, at(first, { index: third, disp: -16 }));
    a.vpand(xmm0, xmm0, lowNibble);
    a.vmovups(xmm1, a.constant(table));
    a.vpshufb(xmm0, xmm1, xmm0);
    a.vmovdqu(at(second, { index: third, disp: -16 }), xmm0);
    a.sub(third, 16);
    a.jnz(loop);
    a.ret();
  };
  const from = Uint8Array.from({ length: 320 }, (_, i) => i * 7);
  const to = new Int8Array(320);
  run(emitLookUp, ['void', ['void *', 'void *', 'size_t']], from, to, 320);
  expect(to).toEqual(Int8Array.from(from, (nibble) => table[nibble & 15] as number));
});

const mappedBytes = 16384;

/** Code that begins with a function that returns `value`. */
function codeReturning(value: number): Uint8Array {
  const a = new Assembler();
  a.mov(eax, value);
  a.ret();
  const code = new Uint8Array(mappedBytes);
  code.set(a.finish());
  return code;
}

function anonymousMappings(): { start: bigint; bytes: number; access: string }[] {
  if (!isLinux) return [];
  return [
    ...readFileSync('/proc/self/maps', 'utf8').matchAll(/^(\w+)-(\w+) (\S{4}) .* 0 *$/gm),
  ].map(([, start, end, access]) => ({
    start: BigInt(`0x${start}`),
    bytes: Number(BigInt(`0x${end}`) - BigInt(`0x${start}`)),
    access: access as string,
  }));
}

function executableBytes(): number {
  const executable = anonymousMappings().filter(({ access }) => access.includes('x'));
  return executable.reduce((sum, { bytes }) => sum + bytes, 0);
}

test('a thousand rounds of mapping, calling and freeing leave no mappings', () => {
  const before = executableBytes();
  const held = [];
  for (let i = 0; i < 1000; i++) {
    const { pages, refused } = mapCode(codeReturning(i));
    if (!pages) throw new Error(refused);
    expect(pages.callable(['int', []])()).toBe(i);
    held.push(pages);
    if (i >= 100) held.shift()?.free();
  }
  // What is held is seen, or the count would prove nothing.
  expect(executableBytes() - before).toBeGreaterThanOrEqual(isLinux ? 100 * mappedBytes : 0);
  for (const pages of held) pages.free();
  // Less than 64 of 1000 mappings: the rest is the JavaScript engine's own code.
  expect(executableBytes() - before).toBeLessThan(64 * mappedBytes);
});

test('pages are readable and executable, not writable', () => {
  const { pages } = mapCode(codeReturning(1));
  const address = pages?.address as bigint;
  const around = anonymousMappings().filter(
    ({ start, bytes }) => address >= start && address < start + BigInt(bytes),
  );
  expect(around.map(({ access }) => access)).toEqual(isLinux ? ['r-xp'] : []);
  pages?.free();
});

test('writing to mapped code ends the process that tries', () => {
  const module = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  const script = `
    import { mapCode } from ${module('./code-pages.ts')};
    import { loadKoffi } from ${module('./page-system.ts')};
    const { pages } = mapCode(Uint8Array.of(0xb8, 42, 0, 0, 0, 0xc3));
    const bytes = new Uint8Array(loadKoffi().view(pages.address, pages.sizeBytes));
    console.log('read', bytes[1], 'ran', pages.callable(['int', []])());
    bytes[1] = 43;
    console.log('wrote');`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  expect(child.stdout).toBe('read 42 ran 42\n');
  if (isLinux) expect(child.signal).toBe('SIGSEGV');
  expect(child.status).not.toBe(0);
});

test('a refusal is an answer with the reason, and leaves nothing mapped', () => {
  const released: bigint[] = [];
  const system: PageSystem = {
    allocate: () => 0x1000n,
    copy() {},
    makeExecutable: () => 'mprotect failed with EACCES',
    release: (address) => released.push(address),
  };
  const code = Uint8Array.of(0xc3);
  expect(mapCode(code, system)).toEqual({ refused: 'mprotect failed with EACCES' });
  expect(released).toEqual([0x1000n]);
  const full = { ...system, allocate: () => 'mmap failed with ENOMEM' };
  expect(mapCode(code, full)).toEqual({ refused: 'mmap failed with ENOMEM' });
});

test('functions start anywhere in the code, but not outside of it or after free', () => {
  const a = new Assembler();
  a.ret();
  a.align(16);
  const start = a.position;
  a.mov(eax, 7);
  a.ret();
  const { pages } = mapCode(a.finish());
  if (!pages) throw new Error('refused');
  expect(pages.callable(['int', []], start)()).toBe(7);
  expect(() => pages.callable(['int', []], pages.sizeBytes)).toThrow('outside');
  pages.free();
  pages.free();
  expect(() => pages.callable(['int', []])).toThrow('freed');
});
