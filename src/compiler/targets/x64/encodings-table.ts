/**
 * The instructions kernels use, each as the manual's opcode lines: operands, opcode, and which
 * operand goes where (the manual's Op/En). The first form that fits is taken, so short ones come
 * first and VEX comes before EVEX. Refused: whatever no kernel needs.
 *
 * Operands  r8 r16 r32 r64 xmm ymm zmm k cl · m8…m512 memory of that many bits · b32 b64 memory, one
 *           element broadcast · tmm a tile, m8192 its rows: the index is from row to row,
 *           always in a SIB · vm32x/y/z a gather's memory · imm8 imm8s imm32 imm32s imm64
 *           (s: sign-extended) · one the constant 1 · rel8 rel32 a label · eax rax only this one
 * Families  a row with r, mr, ra, imm32 stands for 32 and 64 bits (the latter with REX.W); a row
 *           with v, mv, vmv stands for xmm, ymm and with EVEX zmm; vh and mvh are half as wide,
 *           vq and mvq a quarter (a register is never less than xmm)
 * After it  {z} may be masked, a register also zeroed · {k} may be masked · {K} must be masked
 * Op/En     R modrm.reg · M modrm.rm · V vvvv · O opcode+r · I immediate · S register in the
 *           immediate · D relative · A implied
 * EVEX disp8 counts in units of the memory operand, of the element when it is broadcast: that is
 * what the manual's tuple types come to, so there is no column for them.
 */
export type FormRow = readonly [operands: string, opcode: string, roles: string];

// biome-ignore format: one opcode line a line
export const encodings = {
  // Integers and addresses.
  mov: [
    ['r/mr, r', '89 /r', 'MR'], ['r, mr', '8B /r', 'RM'],
    ['r32, imm32', 'B8+r id', 'OI'], ['r64, imm32s', 'REX.W C7 /0 id', 'MI'],
    ['r64, imm64', 'REX.W B8+r io', 'OI'], ['mr, imm32', 'C7 /0 id', 'MI'],
    ['m8, r8', '88 /r', 'MR'], ['m16, r16', '66 89 /r', 'MR'],
  ],
  add: [
    ['r/mr, imm8s', '83 /0 ib', 'MI'], ['ra, imm32', '05 id', 'AI'],
    ['r/mr, imm32', '81 /0 id', 'MI'], ['r/mr, r', '01 /r', 'MR'], ['r, mr', '03 /r', 'RM'],
  ],
  or: [
    ['r/mr, imm8s', '83 /1 ib', 'MI'], ['ra, imm32', '0D id', 'AI'],
    ['r/mr, imm32', '81 /1 id', 'MI'], ['r/mr, r', '09 /r', 'MR'], ['r, mr', '0B /r', 'RM'],
  ],
  and: [
    ['r/mr, imm8s', '83 /4 ib', 'MI'], ['ra, imm32', '25 id', 'AI'],
    ['r/mr, imm32', '81 /4 id', 'MI'], ['r/mr, r', '21 /r', 'MR'], ['r, mr', '23 /r', 'RM'],
  ],
  sub: [
    ['r/mr, imm8s', '83 /5 ib', 'MI'], ['ra, imm32', '2D id', 'AI'],
    ['r/mr, imm32', '81 /5 id', 'MI'], ['r/mr, r', '29 /r', 'MR'], ['r, mr', '2B /r', 'RM'],
  ],
  xor: [
    ['r/mr, imm8s', '83 /6 ib', 'MI'], ['ra, imm32', '35 id', 'AI'],
    ['r/mr, imm32', '81 /6 id', 'MI'], ['r/mr, r', '31 /r', 'MR'], ['r, mr', '33 /r', 'RM'],
  ],
  cmp: [
    ['r/mr, imm8s', '83 /7 ib', 'MI'], ['ra, imm32', '3D id', 'AI'],
    ['r/mr, imm32', '81 /7 id', 'MI'], ['r/mr, r', '39 /r', 'MR'], ['r, mr', '3B /r', 'RM'],
  ],
  test: [
    ['ra, imm32', 'A9 id', 'AI'], ['r/mr, imm32', 'F7 /0 id', 'MI'], ['r/mr, r', '85 /r', 'MR'],
  ],
  imul: [
    ['r, r/mr', '0F AF /r', 'RM'], ['r, r/mr, imm8s', '6B /r ib', 'RMI'],
    ['r, r/mr, imm32', '69 /r id', 'RMI'],
  ],
  shl: [
    ['r/mr, one', 'D1 /4', 'MA'], ['r/mr, imm8', 'C1 /4 ib', 'MI'], ['r/mr, cl', 'D3 /4', 'MA'],
  ],
  shr: [
    ['r/mr, one', 'D1 /5', 'MA'], ['r/mr, imm8', 'C1 /5 ib', 'MI'], ['r/mr, cl', 'D3 /5', 'MA'],
  ],
  sar: [
    ['r/mr, one', 'D1 /7', 'MA'], ['r/mr, imm8', 'C1 /7 ib', 'MI'], ['r/mr, cl', 'D3 /7', 'MA'],
  ],
  lea: [['r, mr', '8D /r', 'RM']],
  inc: [['r/mr', 'FF /0', 'M']],
  dec: [['r/mr', 'FF /1', 'M']],
  neg: [['r/mr', 'F7 /3', 'M']],
  cmovl: [['r, r/mr', '0F 4C /r', 'RM']],
  cmovg: [['r, r/mr', '0F 4F /r', 'RM']],
  movzx: [['r, m8', '0F B6 /r', 'RM'], ['r, m16', '0F B7 /r', 'RM']],
  movsx: [['r, m8', '0F BE /r', 'RM'], ['r, m16', '0F BF /r', 'RM']],
  movsxd: [['r64, r32/m32', 'REX.W 63 /r', 'RM']],
  push: [['r64', '50+r', 'O']],
  pop: [['r64', '58+r', 'O']],

  // Control. Jumps back are short where they reach, jumps forward are near.
  jmp: [['rel8', 'EB cb', 'D'], ['rel32', 'E9 cd', 'D'], ['r64', 'FF /4', 'M']],
  jb: [['rel8', '72 cb', 'D'], ['rel32', '0F 82 cd', 'D']],
  jae: [['rel8', '73 cb', 'D'], ['rel32', '0F 83 cd', 'D']],
  jz: [['rel8', '74 cb', 'D'], ['rel32', '0F 84 cd', 'D']],
  jnz: [['rel8', '75 cb', 'D'], ['rel32', '0F 85 cd', 'D']],
  jbe: [['rel8', '76 cb', 'D'], ['rel32', '0F 86 cd', 'D']],
  ja: [['rel8', '77 cb', 'D'], ['rel32', '0F 87 cd', 'D']],
  jl: [['rel8', '7C cb', 'D'], ['rel32', '0F 8C cd', 'D']],
  jge: [['rel8', '7D cb', 'D'], ['rel32', '0F 8D cd', 'D']],
  jle: [['rel8', '7E cb', 'D'], ['rel32', '0F 8E cd', 'D']],
  jg: [['rel8', '7F cb', 'D'], ['rel32', '0F 8F cd', 'D']],
  call: [['rel32', 'E8 cd', 'D'], ['r64/m64', 'FF /2', 'M']],
  ret: [['', 'C3', '']],

  // Between threads, and to the memory system.
  lock_xadd: [['mr, r', 'F0 0F C1 /r', 'MR']],
  lock_cmpxchg: [['mr, r', 'F0 0F B1 /r', 'MR']],
  xchg: [['mr, r', '87 /r', 'MR']],
  pause: [['', 'F3 90', '']],
  mfence: [['', '0F AE F0', '']],
  prefetchnta: [['m8', '0F 18 /0', 'M']],
  prefetcht0: [['m8', '0F 18 /1', 'M']],
  prefetcht1: [['m8', '0F 18 /2', 'M']],

  // What the processor can do.
  cpuid: [['', '0F A2', '']],
  xgetbv: [['', '0F 01 D0', '']],
  vzeroupper: [['', 'VEX.128.0F 77', '']],

  // Loads, stores, moves.
  vmovups: [
    ['v, v/mv', 'VEX.0F 10 /r', 'RM'], ['mv, v', 'VEX.0F 11 /r', 'MR'],
    ['v{z}, v/mv', 'EVEX.0F.W0 10 /r', 'RM'], ['mv{z}, v', 'EVEX.0F.W0 11 /r', 'MR'],
  ],
  vmovaps: [
    ['v, v/mv', 'VEX.0F 28 /r', 'RM'], ['mv, v', 'VEX.0F 29 /r', 'MR'],
    ['v{z}, v/mv', 'EVEX.0F.W0 28 /r', 'RM'], ['mv{z}, v', 'EVEX.0F.W0 29 /r', 'MR'],
  ],
  vmovdqu: [['v, v/mv', 'VEX.F3.0F 6F /r', 'RM'], ['mv, v', 'VEX.F3.0F 7F /r', 'MR']],
  vmovdqu8: [
    ['v{z}, v/mv', 'EVEX.F2.0F.W0 6F /r', 'RM'], ['mv{z}, v', 'EVEX.F2.0F.W0 7F /r', 'MR'],
  ],
  vmovdqu16: [
    ['v{z}, v/mv', 'EVEX.F2.0F.W1 6F /r', 'RM'], ['mv{z}, v', 'EVEX.F2.0F.W1 7F /r', 'MR'],
  ],
  vmovdqu32: [
    ['v{z}, v/mv', 'EVEX.F3.0F.W0 6F /r', 'RM'], ['mv{z}, v', 'EVEX.F3.0F.W0 7F /r', 'MR'],
  ],
  vmovdqu64: [
    ['v{z}, v/mv', 'EVEX.F3.0F.W1 6F /r', 'RM'], ['mv{z}, v', 'EVEX.F3.0F.W1 7F /r', 'MR'],
  ],
  vmovdqa32: [
    ['v{z}, v/mv', 'EVEX.66.0F.W0 6F /r', 'RM'], ['mv{z}, v', 'EVEX.66.0F.W0 7F /r', 'MR'],
  ],
  vmovss: [
    ['xmm, m32', 'VEX.F3.0F 10 /r', 'RM'], ['m32, xmm', 'VEX.F3.0F 11 /r', 'MR'],
    ['xmm, xmm, xmm', 'VEX.F3.0F 10 /r', 'RVM'],
    ['xmm{z}, m32', 'EVEX.F3.0F.W0 10 /r', 'RM'], ['m32{z}, xmm', 'EVEX.F3.0F.W0 11 /r', 'MR'],
    ['xmm{z}, xmm, xmm', 'EVEX.F3.0F.W0 10 /r', 'RVM'],
  ],
  vmovd: [
    ['xmm, r32/m32', 'VEX.128.66.0F.W0 6E /r', 'RM'],
    ['r32/m32, xmm', 'VEX.128.66.0F.W0 7E /r', 'MR'],
    ['xmm, r32/m32', 'EVEX.128.66.0F.W0 6E /r', 'RM'],
    ['r32/m32, xmm', 'EVEX.128.66.0F.W0 7E /r', 'MR'],
  ],
  vmovq: [
    ['xmm, r64', 'VEX.128.66.0F.W1 6E /r', 'RM'], ['r64, xmm', 'VEX.128.66.0F.W1 7E /r', 'MR'],
    ['xmm, xmm/m64', 'VEX.128.F3.0F 7E /r', 'RM'], ['m64, xmm', 'VEX.128.66.0F D6 /r', 'MR'],
    ['xmm, r64/m64', 'EVEX.128.66.0F.W1 6E /r', 'RM'],
    ['r64/m64, xmm', 'EVEX.128.66.0F.W1 7E /r', 'MR'],
    ['xmm, xmm', 'EVEX.128.F3.0F.W1 7E /r', 'RM'],
  ],
  vbroadcastss: [
    ['v, xmm/m32', 'VEX.66.0F38.W0 18 /r', 'RM'], ['v{z}, xmm/m32', 'EVEX.66.0F38.W0 18 /r', 'RM'],
  ],
  vpbroadcastb: [
    ['v, xmm/m8', 'VEX.66.0F38.W0 78 /r', 'RM'], ['v{z}, xmm/m8', 'EVEX.66.0F38.W0 78 /r', 'RM'],
    ['v{z}, r32', 'EVEX.66.0F38.W0 7A /r', 'RM'],
  ],
  vpbroadcastw: [
    ['v, xmm/m16', 'VEX.66.0F38.W0 79 /r', 'RM'], ['v{z}, xmm/m16', 'EVEX.66.0F38.W0 79 /r', 'RM'],
    ['v{z}, r32', 'EVEX.66.0F38.W0 7B /r', 'RM'],
  ],
  vpbroadcastd: [
    ['v, xmm/m32', 'VEX.66.0F38.W0 58 /r', 'RM'], ['v{z}, xmm/m32', 'EVEX.66.0F38.W0 58 /r', 'RM'],
    ['v{z}, r32', 'EVEX.66.0F38.W0 7C /r', 'RM'],
  ],
  vbroadcasti128: [['ymm, m128', 'VEX.256.66.0F38.W0 5A /r', 'RM']],
  vbroadcasti32x4: [
    ['ymm{z}, m128', 'EVEX.256.66.0F38.W0 5A /r', 'RM'],
    ['zmm{z}, m128', 'EVEX.512.66.0F38.W0 5A /r', 'RM'],
  ],
  vgatherdps: [
    ['xmm, vm32x, xmm', 'VEX.128.66.0F38.W0 92 /r', 'RMV'],
    ['ymm, vm32y, ymm', 'VEX.256.66.0F38.W0 92 /r', 'RMV'],
    ['v{K}, vmv', 'EVEX.66.0F38.W0 92 /r', 'RM'],
  ],

  // Bits.
  vxorps: [
    ['v, v, v/mv', 'VEX.0F 57 /r', 'RVM'], ['v{z}, v, v/mv/b32', 'EVEX.0F.W0 57 /r', 'RVM'],
  ],
  vpxor: [['v, v, v/mv', 'VEX.66.0F EF /r', 'RVM']],
  vpxord: [['v{z}, v, v/mv/b32', 'EVEX.66.0F.W0 EF /r', 'RVM']],
  vpand: [['v, v, v/mv', 'VEX.66.0F DB /r', 'RVM']],
  vpandd: [['v{z}, v, v/mv/b32', 'EVEX.66.0F.W0 DB /r', 'RVM']],
  vpor: [['v, v, v/mv', 'VEX.66.0F EB /r', 'RVM']],
  vpord: [['v{z}, v, v/mv/b32', 'EVEX.66.0F.W0 EB /r', 'RVM']],
  vpandn: [['v, v, v/mv', 'VEX.66.0F DF /r', 'RVM']],
  vpandnd: [['v{z}, v, v/mv/b32', 'EVEX.66.0F.W0 DF /r', 'RVM']],
  vpternlogd: [['v{z}, v, v/mv/b32, imm8', 'EVEX.66.0F3A.W0 25 /r ib', 'RVMI']],
  vpsrlw: [
    ['v, v, imm8', 'VEX.66.0F 71 /2 ib', 'VMI'],
    ['v{z}, v/mv, imm8', 'EVEX.66.0F 71 /2 ib', 'VMI'],
  ],
  vpsraw: [
    ['v, v, imm8', 'VEX.66.0F 71 /4 ib', 'VMI'],
    ['v{z}, v/mv, imm8', 'EVEX.66.0F 71 /4 ib', 'VMI'],
  ],
  vpsllw: [
    ['v, v, imm8', 'VEX.66.0F 71 /6 ib', 'VMI'],
    ['v{z}, v/mv, imm8', 'EVEX.66.0F 71 /6 ib', 'VMI'],
  ],
  vpsrld: [
    ['v, v, imm8', 'VEX.66.0F 72 /2 ib', 'VMI'],
    ['v{z}, v/mv/b32, imm8', 'EVEX.66.0F.W0 72 /2 ib', 'VMI'],
  ],
  vpsrad: [
    ['v, v, imm8', 'VEX.66.0F 72 /4 ib', 'VMI'],
    ['v{z}, v/mv/b32, imm8', 'EVEX.66.0F.W0 72 /4 ib', 'VMI'],
  ],
  vpslld: [
    ['v, v, imm8', 'VEX.66.0F 72 /6 ib', 'VMI'],
    ['v{z}, v/mv/b32, imm8', 'EVEX.66.0F.W0 72 /6 ib', 'VMI'],
  ],

  // Whole numbers in lanes.
  vpaddb: [
    ['v, v, v/mv', 'VEX.66.0F FC /r', 'RVM'], ['v{z}, v, v/mv', 'EVEX.66.0F FC /r', 'RVM'],
  ],
  vpaddw: [
    ['v, v, v/mv', 'VEX.66.0F FD /r', 'RVM'], ['v{z}, v, v/mv', 'EVEX.66.0F FD /r', 'RVM'],
  ],
  vpaddd: [
    ['v, v, v/mv', 'VEX.66.0F FE /r', 'RVM'], ['v{z}, v, v/mv/b32', 'EVEX.66.0F.W0 FE /r', 'RVM'],
  ],
  vpsubb: [
    ['v, v, v/mv', 'VEX.66.0F F8 /r', 'RVM'], ['v{z}, v, v/mv', 'EVEX.66.0F F8 /r', 'RVM'],
  ],
  vpsubw: [
    ['v, v, v/mv', 'VEX.66.0F F9 /r', 'RVM'], ['v{z}, v, v/mv', 'EVEX.66.0F F9 /r', 'RVM'],
  ],
  vpsubd: [
    ['v, v, v/mv', 'VEX.66.0F FA /r', 'RVM'], ['v{z}, v, v/mv/b32', 'EVEX.66.0F.W0 FA /r', 'RVM'],
  ],
  vpmulld: [
    ['v, v, v/mv', 'VEX.66.0F38 40 /r', 'RVM'],
    ['v{z}, v, v/mv/b32', 'EVEX.66.0F38.W0 40 /r', 'RVM'],
  ],
  vpmullw: [
    ['v, v, v/mv', 'VEX.66.0F D5 /r', 'RVM'], ['v{z}, v, v/mv', 'EVEX.66.0F D5 /r', 'RVM'],
  ],
  vpmaddubsw: [
    ['v, v, v/mv', 'VEX.66.0F38 04 /r', 'RVM'], ['v{z}, v, v/mv', 'EVEX.66.0F38 04 /r', 'RVM'],
  ],
  vpmaddwd: [
    ['v, v, v/mv', 'VEX.66.0F F5 /r', 'RVM'], ['v{z}, v, v/mv', 'EVEX.66.0F F5 /r', 'RVM'],
  ],
  vpdpbusd: [['v{z}, v, v/mv/b32', 'EVEX.66.0F38.W0 50 /r', 'RVM']],
  vpdpwssd: [['v{z}, v, v/mv/b32', 'EVEX.66.0F38.W0 52 /r', 'RVM']],
  /** AVX-VNNI: processors that have it need not have the forms above. */
  vex_vpdpbusd: [['v, v, v/mv', 'VEX.66.0F38.W0 50 /r', 'RVM']],
  vex_vpdpwssd: [['v, v, v/mv', 'VEX.66.0F38.W0 52 /r', 'RVM']],
  vpabsb: [['v, v/mv', 'VEX.66.0F38 1C /r', 'RM'], ['v{z}, v/mv', 'EVEX.66.0F38 1C /r', 'RM']],
  vpabsd: [
    ['v, v/mv', 'VEX.66.0F38 1E /r', 'RM'], ['v{z}, v/mv/b32', 'EVEX.66.0F38.W0 1E /r', 'RM'],
  ],
  vpsignb: [['v, v, v/mv', 'VEX.66.0F38 08 /r', 'RVM']],
  vpcmpeqd: [['v, v, v/mv', 'VEX.66.0F 76 /r', 'RVM']],
  vpminsd: [
    ['v, v, v/mv', 'VEX.66.0F38 39 /r', 'RVM'],
    ['v{z}, v, v/mv/b32', 'EVEX.66.0F38.W0 39 /r', 'RVM'],
  ],
  vpmaxsd: [
    ['v, v, v/mv', 'VEX.66.0F38 3D /r', 'RVM'],
    ['v{z}, v, v/mv/b32', 'EVEX.66.0F38.W0 3D /r', 'RVM'],
  ],

  // Lanes to other places.
  vpshufb: [
    ['v, v, v/mv', 'VEX.66.0F38 00 /r', 'RVM'], ['v{z}, v, v/mv', 'EVEX.66.0F38 00 /r', 'RVM'],
  ],
  vpshufd: [
    ['v, v/mv, imm8', 'VEX.66.0F 70 /r ib', 'RMI'],
    ['v{z}, v/mv/b32, imm8', 'EVEX.66.0F.W0 70 /r ib', 'RMI'],
  ],
  vpermb: [['v{z}, v, v/mv', 'EVEX.66.0F38.W0 8D /r', 'RVM']],
  vpermd: [
    ['ymm, ymm, ymm/m256', 'VEX.256.66.0F38.W0 36 /r', 'RVM'],
    ['ymm{z}, ymm, ymm/m256/b32', 'EVEX.256.66.0F38.W0 36 /r', 'RVM'],
    ['zmm{z}, zmm, zmm/m512/b32', 'EVEX.512.66.0F38.W0 36 /r', 'RVM'],
  ],
  vpermi2b: [['v{z}, v, v/mv', 'EVEX.66.0F38.W0 75 /r', 'RVM']],
  vpermt2d: [['v{z}, v, v/mv/b32', 'EVEX.66.0F38.W0 7E /r', 'RVM']],
  vpunpcklbw: [
    ['v, v, v/mv', 'VEX.66.0F 60 /r', 'RVM'], ['v{z}, v, v/mv', 'EVEX.66.0F 60 /r', 'RVM'],
  ],
  vpunpcklwd: [
    ['v, v, v/mv', 'VEX.66.0F 61 /r', 'RVM'], ['v{z}, v, v/mv', 'EVEX.66.0F 61 /r', 'RVM'],
  ],
  vpunpckldq: [
    ['v, v, v/mv', 'VEX.66.0F 62 /r', 'RVM'], ['v{z}, v, v/mv/b32', 'EVEX.66.0F.W0 62 /r', 'RVM'],
  ],
  vpunpcklqdq: [
    ['v, v, v/mv', 'VEX.66.0F 6C /r', 'RVM'], ['v{z}, v, v/mv/b64', 'EVEX.66.0F.W1 6C /r', 'RVM'],
  ],
  vpunpckhbw: [
    ['v, v, v/mv', 'VEX.66.0F 68 /r', 'RVM'], ['v{z}, v, v/mv', 'EVEX.66.0F 68 /r', 'RVM'],
  ],
  vpunpckhwd: [
    ['v, v, v/mv', 'VEX.66.0F 69 /r', 'RVM'], ['v{z}, v, v/mv', 'EVEX.66.0F 69 /r', 'RVM'],
  ],
  vpunpckhdq: [
    ['v, v, v/mv', 'VEX.66.0F 6A /r', 'RVM'], ['v{z}, v, v/mv/b32', 'EVEX.66.0F.W0 6A /r', 'RVM'],
  ],
  vpunpckhqdq: [
    ['v, v, v/mv', 'VEX.66.0F 6D /r', 'RVM'], ['v{z}, v, v/mv/b64', 'EVEX.66.0F.W1 6D /r', 'RVM'],
  ],
  vshufps: [
    ['v, v, v/mv, imm8', 'VEX.0F C6 /r ib', 'RVMI'],
    ['v{z}, v, v/mv/b32, imm8', 'EVEX.0F.W0 C6 /r ib', 'RVMI'],
  ],
  vpermilps: [
    ['v, v/mv, imm8', 'VEX.66.0F3A.W0 04 /r ib', 'RMI'],
    ['v, v, v/mv', 'VEX.66.0F38.W0 0C /r', 'RVM'],
    ['v{z}, v/mv/b32, imm8', 'EVEX.66.0F3A.W0 04 /r ib', 'RMI'],
    ['v{z}, v, v/mv/b32', 'EVEX.66.0F38.W0 0C /r', 'RVM'],
  ],
  vblendvps: [['v, v, v/mv, v', 'VEX.66.0F3A.W0 4A /r /is4', 'RVMS']],
  vblendmps: [['v{z}, v, v/mv/b32', 'EVEX.66.0F38.W0 65 /r', 'RVM']],
  vpextrw: [
    ['m16, xmm, imm8', 'VEX.128.66.0F3A.W0 15 /r ib', 'MRI'],
    ['m16, xmm, imm8', 'EVEX.128.66.0F3A.W0 15 /r ib', 'MRI'],
  ],
  vextractf128: [['xmm/m128, ymm, imm8', 'VEX.256.66.0F3A.W0 19 /r ib', 'MRI']],
  vinsertf128: [['ymm, ymm, xmm/m128, imm8', 'VEX.256.66.0F3A.W0 18 /r ib', 'RVMI']],
  vextractf32x4: [
    ['xmm/m128{z}, ymm, imm8', 'EVEX.256.66.0F3A.W0 19 /r ib', 'MRI'],
    ['xmm/m128{z}, zmm, imm8', 'EVEX.512.66.0F3A.W0 19 /r ib', 'MRI'],
  ],
  vextracti32x4: [
    ['xmm/m128{z}, ymm, imm8', 'EVEX.256.66.0F3A.W0 39 /r ib', 'MRI'],
    ['xmm/m128{z}, zmm, imm8', 'EVEX.512.66.0F3A.W0 39 /r ib', 'MRI'],
  ],
  vextractf64x4: [['ymm/m256{z}, zmm, imm8', 'EVEX.512.66.0F3A.W1 1B /r ib', 'MRI']],

  // Widening, narrowing, converting.
  vpmovzxbw: [
    ['v, vh/mvh', 'VEX.66.0F38 30 /r', 'RM'], ['v{z}, vh/mvh', 'EVEX.66.0F38 30 /r', 'RM'],
  ],
  vpmovzxbd: [
    ['v, vq/mvq', 'VEX.66.0F38 31 /r', 'RM'], ['v{z}, vq/mvq', 'EVEX.66.0F38 31 /r', 'RM'],
  ],
  vpmovzxwd: [
    ['v, vh/mvh', 'VEX.66.0F38 33 /r', 'RM'], ['v{z}, vh/mvh', 'EVEX.66.0F38 33 /r', 'RM'],
  ],
  vpmovsxbw: [
    ['v, vh/mvh', 'VEX.66.0F38 20 /r', 'RM'], ['v{z}, vh/mvh', 'EVEX.66.0F38 20 /r', 'RM'],
  ],
  vpmovsxbd: [
    ['v, vq/mvq', 'VEX.66.0F38 21 /r', 'RM'], ['v{z}, vq/mvq', 'EVEX.66.0F38 21 /r', 'RM'],
  ],
  vpmovsxwd: [
    ['v, vh/mvh', 'VEX.66.0F38 23 /r', 'RM'], ['v{z}, vh/mvh', 'EVEX.66.0F38 23 /r', 'RM'],
  ],
  vpmovdb: [['vq/mvq{z}, v', 'EVEX.F3.0F38.W0 31 /r', 'MR']],
  vpmovsdb: [['vq/mvq{z}, v', 'EVEX.F3.0F38.W0 21 /r', 'MR']],
  vpmovdw: [['vh/mvh{z}, v', 'EVEX.F3.0F38.W0 33 /r', 'MR']],
  vpackssdw: [
    ['v, v, v/mv', 'VEX.66.0F 6B /r', 'RVM'], ['v{z}, v, v/mv/b32', 'EVEX.66.0F.W0 6B /r', 'RVM'],
  ],
  vpacksswb: [
    ['v, v, v/mv', 'VEX.66.0F 63 /r', 'RVM'], ['v{z}, v, v/mv', 'EVEX.66.0F 63 /r', 'RVM'],
  ],
  vcvtdq2ps: [['v, v/mv', 'VEX.0F 5B /r', 'RM'], ['v{z}, v/mv/b32', 'EVEX.0F.W0 5B /r', 'RM']],
  vcvtps2dq: [
    ['v, v/mv', 'VEX.66.0F 5B /r', 'RM'], ['v{z}, v/mv/b32', 'EVEX.66.0F.W0 5B /r', 'RM'],
  ],
  vcvttps2dq: [
    ['v, v/mv', 'VEX.F3.0F 5B /r', 'RM'], ['v{z}, v/mv/b32', 'EVEX.F3.0F.W0 5B /r', 'RM'],
  ],
  vcvtph2ps: [
    ['v, vh/mvh', 'VEX.66.0F38.W0 13 /r', 'RM'], ['v{z}, vh/mvh', 'EVEX.66.0F38.W0 13 /r', 'RM'],
  ],
  vcvtps2ph: [
    ['vh/mvh, v, imm8', 'VEX.66.0F3A.W0 1D /r ib', 'MRI'],
    ['vh/mvh{z}, v, imm8', 'EVEX.66.0F3A.W0 1D /r ib', 'MRI'],
  ],
  vcvtneps2bf16: [['vh{z}, v', 'EVEX.F3.0F38.W0 72 /r', 'RM']],
  vcvtsi2ss: [
    ['xmm, xmm, r64', 'VEX.F3.0F.W1 2A /r', 'RVM'],
    ['xmm, xmm, r64', 'EVEX.F3.0F.W1 2A /r', 'RVM'],
  ],
  vcvtss2si: [['r64, xmm', 'VEX.F3.0F.W1 2D /r', 'RM'], ['r64, xmm', 'EVEX.F3.0F.W1 2D /r', 'RM']],
  vdpbf16ps: [['v{z}, v, v/mv/b32', 'EVEX.F3.0F38.W0 52 /r', 'RVM']],

  // f32.
  vaddps: [
    ['v, v, v/mv', 'VEX.0F 58 /r', 'RVM'], ['v{z}, v, v/mv/b32', 'EVEX.0F.W0 58 /r', 'RVM'],
  ],
  vmulps: [
    ['v, v, v/mv', 'VEX.0F 59 /r', 'RVM'], ['v{z}, v, v/mv/b32', 'EVEX.0F.W0 59 /r', 'RVM'],
  ],
  vsubps: [
    ['v, v, v/mv', 'VEX.0F 5C /r', 'RVM'], ['v{z}, v, v/mv/b32', 'EVEX.0F.W0 5C /r', 'RVM'],
  ],
  vminps: [
    ['v, v, v/mv', 'VEX.0F 5D /r', 'RVM'], ['v{z}, v, v/mv/b32', 'EVEX.0F.W0 5D /r', 'RVM'],
  ],
  vdivps: [
    ['v, v, v/mv', 'VEX.0F 5E /r', 'RVM'], ['v{z}, v, v/mv/b32', 'EVEX.0F.W0 5E /r', 'RVM'],
  ],
  vmaxps: [
    ['v, v, v/mv', 'VEX.0F 5F /r', 'RVM'], ['v{z}, v, v/mv/b32', 'EVEX.0F.W0 5F /r', 'RVM'],
  ],
  vsqrtps: [['v, v/mv', 'VEX.0F 51 /r', 'RM'], ['v{z}, v/mv/b32', 'EVEX.0F.W0 51 /r', 'RM']],
  vaddss: [
    ['xmm, xmm, xmm/m32', 'VEX.F3.0F 58 /r', 'RVM'],
    ['xmm{z}, xmm, xmm/m32', 'EVEX.F3.0F.W0 58 /r', 'RVM'],
  ],
  vmulss: [
    ['xmm, xmm, xmm/m32', 'VEX.F3.0F 59 /r', 'RVM'],
    ['xmm{z}, xmm, xmm/m32', 'EVEX.F3.0F.W0 59 /r', 'RVM'],
  ],
  vsubss: [
    ['xmm, xmm, xmm/m32', 'VEX.F3.0F 5C /r', 'RVM'],
    ['xmm{z}, xmm, xmm/m32', 'EVEX.F3.0F.W0 5C /r', 'RVM'],
  ],
  vminss: [
    ['xmm, xmm, xmm/m32', 'VEX.F3.0F 5D /r', 'RVM'],
    ['xmm{z}, xmm, xmm/m32', 'EVEX.F3.0F.W0 5D /r', 'RVM'],
  ],
  vdivss: [
    ['xmm, xmm, xmm/m32', 'VEX.F3.0F 5E /r', 'RVM'],
    ['xmm{z}, xmm, xmm/m32', 'EVEX.F3.0F.W0 5E /r', 'RVM'],
  ],
  vmaxss: [
    ['xmm, xmm, xmm/m32', 'VEX.F3.0F 5F /r', 'RVM'],
    ['xmm{z}, xmm, xmm/m32', 'EVEX.F3.0F.W0 5F /r', 'RVM'],
  ],
  vsqrtss: [
    ['xmm, xmm, xmm/m32', 'VEX.F3.0F 51 /r', 'RVM'],
    ['xmm{z}, xmm, xmm/m32', 'EVEX.F3.0F.W0 51 /r', 'RVM'],
  ],
  vfmadd132ps: [
    ['v, v, v/mv', 'VEX.66.0F38.W0 98 /r', 'RVM'],
    ['v{z}, v, v/mv/b32', 'EVEX.66.0F38.W0 98 /r', 'RVM'],
  ],
  vfmadd213ps: [
    ['v, v, v/mv', 'VEX.66.0F38.W0 A8 /r', 'RVM'],
    ['v{z}, v, v/mv/b32', 'EVEX.66.0F38.W0 A8 /r', 'RVM'],
  ],
  vfmadd231ps: [
    ['v, v, v/mv', 'VEX.66.0F38.W0 B8 /r', 'RVM'],
    ['v{z}, v, v/mv/b32', 'EVEX.66.0F38.W0 B8 /r', 'RVM'],
  ],
  vfnmadd231ps: [
    ['v, v, v/mv', 'VEX.66.0F38.W0 BC /r', 'RVM'],
    ['v{z}, v, v/mv/b32', 'EVEX.66.0F38.W0 BC /r', 'RVM'],
  ],
  vfnmadd132ps: [
    ['v, v, v/mv', 'VEX.66.0F38.W0 9C /r', 'RVM'],
    ['v{z}, v, v/mv/b32', 'EVEX.66.0F38.W0 9C /r', 'RVM'],
  ],
  vfnmadd213ps: [
    ['v, v, v/mv', 'VEX.66.0F38.W0 AC /r', 'RVM'],
    ['v{z}, v, v/mv/b32', 'EVEX.66.0F38.W0 AC /r', 'RVM'],
  ],
  vfmadd132ss: [
    ['xmm, xmm, xmm/m32', 'VEX.66.0F38.W0 99 /r', 'RVM'],
    ['xmm{z}, xmm, xmm/m32', 'EVEX.66.0F38.W0 99 /r', 'RVM'],
  ],
  vfmadd213ss: [
    ['xmm, xmm, xmm/m32', 'VEX.66.0F38.W0 A9 /r', 'RVM'],
    ['xmm{z}, xmm, xmm/m32', 'EVEX.66.0F38.W0 A9 /r', 'RVM'],
  ],
  vfmadd231ss: [
    ['xmm, xmm, xmm/m32', 'VEX.66.0F38.W0 B9 /r', 'RVM'],
    ['xmm{z}, xmm, xmm/m32', 'EVEX.66.0F38.W0 B9 /r', 'RVM'],
  ],
  vhaddps: [['v, v, v/mv', 'VEX.F2.0F 7C /r', 'RVM']],
  vroundps: [['v, v/mv, imm8', 'VEX.66.0F3A 08 /r ib', 'RMI']],
  vrndscaleps: [['v{z}, v/mv/b32, imm8', 'EVEX.66.0F3A.W0 08 /r ib', 'RMI']],
  vrcp14ps: [['v{z}, v/mv/b32', 'EVEX.66.0F38.W0 4C /r', 'RM']],
  vrsqrt14ps: [['v{z}, v/mv/b32', 'EVEX.66.0F38.W0 4E /r', 'RM']],
  vcmpps: [
    ['v, v, v/mv, imm8', 'VEX.0F C2 /r ib', 'RVMI'],
    ['k{k}, v, v/mv/b32, imm8', 'EVEX.0F.W0 C2 /r ib', 'RVMI'],
  ],

  // The matrix unit.
  ldtilecfg: [['m512', 'VEX.128.0F38.W0 49 /0', 'M']],
  tilerelease: [['', 'VEX.128.0F38.W0 49 C0', '']],
  tilezero: [['tmm', 'VEX.128.F2.0F38.W0 49 /r', 'R']],
  tileloadd: [['tmm, m8192', 'VEX.128.F2.0F38.W0 4B /r', 'RM']],
  tilestored: [['m8192, tmm', 'VEX.128.F3.0F38.W0 4B /r', 'MR']],
  tdpbssd: [['tmm, tmm, tmm', 'VEX.128.F2.0F38.W0 5E /r', 'RMV']],
  tdpbf16ps: [['tmm, tmm, tmm', 'VEX.128.F3.0F38.W0 5C /r', 'RMV']],

  // Opmasks.
  vpmovb2m: [['k, v', 'EVEX.F3.0F38.W0 29 /r', 'RM']],
  kmovw: [
    ['k, k/m16', 'VEX.128.0F.W0 90 /r', 'RM'], ['m16, k', 'VEX.128.0F.W0 91 /r', 'MR'],
    ['k, r32', 'VEX.128.0F.W0 92 /r', 'RM'], ['r32, k', 'VEX.128.0F.W0 93 /r', 'RM'],
  ],
  kmovd: [
    ['k, k/m32', 'VEX.128.66.0F.W1 90 /r', 'RM'], ['m32, k', 'VEX.128.66.0F.W1 91 /r', 'MR'],
    ['k, r32', 'VEX.128.F2.0F.W0 92 /r', 'RM'], ['r32, k', 'VEX.128.F2.0F.W0 93 /r', 'RM'],
  ],
  kmovq: [
    ['k, k/m64', 'VEX.128.0F.W1 90 /r', 'RM'], ['m64, k', 'VEX.128.0F.W1 91 /r', 'MR'],
    ['k, r64', 'VEX.128.F2.0F.W1 92 /r', 'RM'], ['r64, k', 'VEX.128.F2.0F.W1 93 /r', 'RM'],
  ],
} as const satisfies Record<string, readonly FormRow[]>;

export type Mnemonic = keyof typeof encodings;
