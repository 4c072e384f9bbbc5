/** Golden listings of the loops that matter, and how many values fit in registers. */
import { expect, test } from 'vitest';
import { at, type Builder, buildRoutine, type RoutineInputs } from '../../ir/builder.ts';
import { optimise } from '../../passes/pipeline.ts';
import { compileX64 } from './compile.ts';
import { type X64Features, x64Traits } from './traits.ts';

const none = { avx512: false, avx512Vnni: false, avxVnni: false, amx: false };
const avx512 = { ...none, avx512: true, avx512Vnni: true };

function compile(
  name: string,
  features: X64Features,
  body: (k: Builder, inputs: RoutineInputs) => void,
) {
  return compileX64(optimise(buildRoutine(name, x64Traits(features), body)), features);
}

/** The instructions of the innermost loop. */
function innerLoop(listing: string): string[] {
  const lines = listing.split('\n');
  const head = lines.findLastIndex((line) => line.includes('loop'));
  const name = lines[head].split(':')[0];
  const end = lines.findIndex((line, i) => i > head && line.endsWith(` ${name}`));
  return lines.slice(head + 1, end + 1);
}
const isMove = (line: string) => /^ {2}(v?mov\w*) \w+, \w+$/.test(line);

/** 16 rows by 8 columns: y[column][row] += w[row] · x[column], 4 bytes at a time. */
function dot4Tile(k: Builder, { start, end }: RoutineInputs): void {
  const [w, x, y, n] = [0, 1, 2, 3].map((i) => k.param(i));
  k.loop(start, end, 1, (strip) => {
    const sums = Array.from({ length: 8 }, () => k.variable(k.i32x(0)));
    const weights = k.variable(k.add(w, k.mul(strip, 1024)));
    k.loop(0, n, 1, (i) => {
      const codes = k.and(k.load('i8x', at(weights)), k.splatOf('i8x', 15));
      for (const [column, sum] of sums.entries()) {
        const values = k.loadSplat('i32x', at(x, i, 4, 256 * column));
        k.set(sum, k.dot4(sum, codes, k.as('i8x', values)));
      }
      k.set(weights, k.add(weights, 64));
    });
    for (const [column, sum] of sums.entries()) k.store(at(y, 64 * column), sum);
  });
}

test('a dot product tile on AVX-512 broadcasts from memory, and moves nothing', () => {
  const { listing, numSpills } = compile('dot4_tile', avx512, dot4Tile);
  expect(numSpills).toBe(0);
  expect(innerLoop(listing).filter(isMove)).toEqual([]);
  expect(listing).toMatchInlineSnapshot(`
    "dot4_tile:
      mov rax, qword ptr [rdi]
      mov r8, qword ptr [rdi+8]
      mov r9, qword ptr [rdi+16]
      mov r10, qword ptr [rdi+24]
      cmp rsi, rdx
      jge L1
      vbroadcastss zmm0, dword ptr [C0]
    L0: loop, v8 += 1
      vpxor xmm1, xmm1, xmm1
      vpxor xmm2, xmm2, xmm2
      vpxor xmm3, xmm3, xmm3
      vpxor xmm4, xmm4, xmm4
      vpxor xmm5, xmm5, xmm5
      vpxor xmm6, xmm6, xmm6
      vpxor xmm7, xmm7, xmm7
      vpxor xmm8, xmm8, xmm8
      mov r11, rsi
      shl r11, 10
      add r11, rax
      xor ecx, ecx
      cmp rcx, r10
      jge L3
    L2: loop, v30 += 1
      vpandd zmm9, zmm0, zmmword ptr [r11]
      vpdpbusd zmm1, zmm9, dword ptr [r8+rcx*4]{1to16}
      vpdpbusd zmm2, zmm9, dword ptr [r8+rcx*4+256]{1to16}
      vpdpbusd zmm3, zmm9, dword ptr [r8+rcx*4+512]{1to16}
      vpdpbusd zmm4, zmm9, dword ptr [r8+rcx*4+768]{1to16}
      vpdpbusd zmm5, zmm9, dword ptr [r8+rcx*4+1024]{1to16}
      vpdpbusd zmm6, zmm9, dword ptr [r8+rcx*4+1280]{1to16}
      vpdpbusd zmm7, zmm9, dword ptr [r8+rcx*4+1536]{1to16}
      vpdpbusd zmm8, zmm9, dword ptr [r8+rcx*4+1792]{1to16}
      add r11, 64
      add rcx, 1
      cmp rcx, r10
      jl L2
    L3:
      vmovups zmmword ptr [r9], zmm1
      vmovups zmmword ptr [r9+64], zmm2
      vmovups zmmword ptr [r9+128], zmm3
      vmovups zmmword ptr [r9+192], zmm4
      vmovups zmmword ptr [r9+256], zmm5
      vmovups zmmword ptr [r9+320], zmm6
      vmovups zmmword ptr [r9+384], zmm7
      vmovups zmmword ptr [r9+448], zmm8
      add rsi, 1
      cmp rsi, rdx
      jl L0
    L1:
      vzeroupper
      ret
    "
  `);
});

test('without VNNI products are added in 16 bits first', () => {
  const { listing, numSpills } = compile('dot4_tile', none, dot4Tile);
  expect(numSpills).toBe(0);
  expect(innerLoop(listing).slice(0, 6).join('\n')).toMatchInlineSnapshot(`
    "  vpand ymm10, ymm0, ymmword ptr [r11]
      vbroadcastss ymm11, dword ptr [r8+rcx*4]
      vpmaddubsw ymm12, ymm10, ymm11
      vpmaddwd ymm12, ymm12, ymm1
      vpaddd ymm2, ymm2, ymm12
      vbroadcastss ymm11, dword ptr [r8+rcx*4+256]"
  `);
});

/** Rows of x, each times its scale. */
function rowScale(k: Builder, { start, end }: RoutineInputs): void {
  const [x, scales, columns] = [0, 1, 2].map((i) => k.param(i));
  k.loop(start, end, 1, (index) => {
    const scale = k.splat(k.loadF32(at(scales, index, 4)));
    const row = k.add(x, k.mul(k.mul(index, columns), 4));
    k.loop(0, columns, k.lanes, (i) => {
      k.store(at(row, i, 4), k.mul(k.load('f32x', at(row, i, 4)), scale));
    });
  });
}

test('a row is scaled in a loop of a multiplication and a store', () => {
  const { listing, numSpills } = compile('row_scale', avx512, rowScale);
  expect(numSpills).toBe(0);
  expect(innerLoop(listing).filter(isMove)).toEqual([]);
  expect(listing).toMatchInlineSnapshot(`
    "row_scale:
      mov rax, qword ptr [rdi]
      mov r8, qword ptr [rdi+8]
      mov r9, qword ptr [rdi+16]
      cmp rsi, rdx
      jge L1
    L0: loop, v7 += 1
      vbroadcastss zmm0, dword ptr [r8+rsi*4]
      mov r10, rsi
      imul r10, r9
      shl r10, 2
      add r10, rax
      xor r11d, r11d
      cmp r11, r9
      jge L3
    L2: loop, v15 += 16
      vmulps zmm1, zmm0, zmmword ptr [r10+r11*4]
      vmovups zmmword ptr [r10+r11*4], zmm1
      add r11, 16
      cmp r11, r9
      jl L2
    L3:
      add rsi, 1
      cmp rsi, rdx
      jl L0
    L1:
      vzeroupper
      ret
    "
  `);
});

/** `numSums` sums, and four values besides them in the same loop. */
function manySums(numSums: number) {
  return (k: Builder, { args, start, end, scratch }: RoutineInputs) => {
    const sums = Array.from({ length: numSums }, () => k.variable(k.f32x(0)));
    k.loop(start, end, 64, (i) => {
      const four = [0, 1, 2, 3].map((j) => k.load('f32x', at(args, i, 1, 64 * j)));
      for (const [j, sum] of sums.entries()) {
        k.set(sum, k.fma(four[j % 4], four[(j + 1) % 4], sum));
      }
    });
    for (const [j, sum] of sums.entries()) k.store(at(scratch, 64 * j), sum);
  };
}

test('24 sums and 4 factors live in registers on AVX-512, 10 on AVX2', () => {
  const wide = compile('sums', avx512, manySums(24));
  expect(wide.numSpills).toBe(0);
  expect(innerLoop(wide.listing).length).toBe(4 + 24 + 3);
  const narrow = compile('sums', none, manySums(10));
  expect(narrow.numSpills).toBe(0);
  expect(innerLoop(narrow.listing).length).toBe(4 + 10 + 3);
});

test('what does not fit lives in the stack frame; constants stay where they are', () => {
  expect(compile('sums', avx512, manySums(29)).numSpills).toBe(2);
  const { listing, numSpills } = compile('constants', avx512, (k, { start, end, scratch }) => {
    const sums = Array.from({ length: 30 }, () => k.variable(k.f32x(0)));
    k.loop(start, end, 1, () => {
      for (const [i, sum] of sums.entries()) k.set(sum, k.fma(sum, sum, k.f32x(i % 5)));
    });
    for (const [i, sum] of sums.entries()) k.store(at(scratch, 64 * i), sum);
  });
  expect(numSpills).toBe(0);
  expect(listing).toMatch(/vfmadd213ps zmm\d+, zmm\d+, dword ptr \[C\d+\]\{1to16\}/);
});

test('registers of the caller are saved only where they are used', () => {
  const sums =
    (count: number) =>
    (k: Builder, { args, scratch }: RoutineInputs) => {
      const values = Array.from({ length: count }, (_, i) => k.loadI32(at(args, 4 * i)));
      for (const [i, value] of values.entries()) k.store(at(scratch, 4 * i), value);
    };
  expect(compile('few', none, sums(7)).listing).not.toContain('push');
  const { listing } = compile('more', none, sums(11));
  expect(listing).toMatch(/^more:\n {2}push rbx\n/);
  expect(listing).toMatch(/ {2}pop rbx\n {2}vzeroupper\n {2}ret\n$/);
});

test('a routine built for another target is refused', () => {
  const routine = buildRoutine('narrow', x64Traits(none), () => {});
  expect(() => compileX64(routine, avx512)).toThrow('narrow was built for x64-avx2');
});

const amx = { ...avx512, amx: true };

test('sums of products on the matrix unit stay in their tiles', () => {
  const products =
    (numSums: number) =>
    (k: Builder, { args, end, scratch }: RoutineInputs) => {
      const sums = Array.from({ length: numSums }, () => k.variable(k.op('tile_zero')));
      k.loop(0, end, 64, (i) => {
        const address = at(args, i);
        const a = k.op('tile_load_a', [], { address, imm: 4096 });
        const b = k.op('tile_load_b', [], { address: at(args, 65536), imm: 64 });
        for (const sum of sums) k.set(sum, k.op('tile_dot_bf16', [sum, a, b]));
      });
      for (const [i, sum] of sums.entries()) {
        k.op('tile_store', [sum], { address: at(scratch, 1024 * i), imm: 64 });
      }
    };
  expect(innerLoop(compile('tiles', amx, products(2)).listing)).toMatchInlineSnapshot(`
    [
      "  lea r10, qword ptr [rdi+rax*1]",
      "  tileloadd tmm4, [r10+r8*1]",
      "  tileloadd tmm6, [rdi+r9*1+65536]",
      "  tdpbf16ps tmm0, tmm4, tmm6",
      "  tdpbf16ps tmm1, tmm4, tmm6",
      "  add rax, 64",
      "  cmp rax, rdx",
      "  jl L0",
    ]
  `);
  expect(() => compile('tiles', amx, products(5))).toThrow('more than there are of tile');
});
