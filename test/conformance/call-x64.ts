/**
 * Calls a routine as the device's driver does, from a C function: passes its four inputs in the
 * routine's own registers, and says which of those it must keep it did not. Works with the calling
 * convention of every system that x64 processors run.
 */
import { Assembler } from '../../src/compiler/targets/x64/assembler.ts';
import { at } from '../../src/compiler/targets/x64/memory-operand.ts';
import * as registers from '../../src/compiler/targets/x64/registers.ts';
import { mapCode } from '../../src/devices/native/code-pages.ts';

const { rax, rbx, rbp, rcx, rdi, rdx, rsi, rsp, r8, r9, r12, r13, r14, r15, xmm } = registers;

const kept = [rbx, rbp, r12, r13, r14, r15] as const;
const saved = [...kept, rdi, rsi] as const;
const lineBytes = 64;

export type Inputs = Readonly<Record<'args' | 'start' | 'end' | 'scratch', number>>;

/** Maps, calls once, frees. */
export function callX64(code: Uint8Array, { args, start, end, scratch }: Inputs): void {
  const caller = assembleCaller();
  const { pages, refused } = mapCode(Buffer.concat([caller, code]));
  if (!pages) throw new Error(refused);
  try {
    const call = pages.callable(['int64_t', ['uint64_t', 'int64_t', 'int64_t', 'uint64_t']]);
    const lost = Number(call(args, start, end, scratch));
    const names = kept.filter((_, i) => lost & (1 << i));
    if (names.length > 0) throw new Error(`the routine did not keep ${names.join(', ')}`);
  } finally {
    pages.free();
  }
}

/** Ends on a cache line; the routine follows. */
function assembleCaller(): Uint8Array {
  const a = new Assembler();
  const routine = a.label('routine');
  for (const register of saved) a.push(register);
  // Eight registers and the return address: 8 more bytes put the stack on 16. Windows wants
  // xmm6-xmm15 back.
  const vectors = xmm.slice(6, 16);
  a.sub(rsp, 16 * vectors.length + 8);
  for (const [i, vector] of vectors.entries()) a.vmovups(at(rsp, { disp: 16 * i }), vector);
  if (process.platform === 'win32') {
    a.mov(rdi, rcx);
    a.mov(rsi, rdx);
    a.mov(rdx, r8);
    a.mov(rcx, r9);
  }
  for (const [i, register] of kept.entries()) a.mov(register, pattern(i));
  a.call(routine);
  a.mov(rax, 0);
  for (const [i, register] of kept.entries()) {
    const isKept = a.label();
    a.mov(rcx, pattern(i));
    a.cmp(rcx, register);
    a.jz(isKept);
    a.or(rax, 1 << i);
    a.bind(isKept);
  }
  for (const [i, vector] of vectors.entries()) a.vmovups(vector, at(rsp, { disp: 16 * i }));
  a.add(rsp, 16 * vectors.length + 8);
  for (const register of saved.toReversed()) a.pop(register);
  a.ret();
  a.align(lineBytes);
  a.bind(routine);
  return a.finish();
}

function pattern(i: number): bigint {
  return 0x0123_4567_89ab_cd00n + BigInt(i);
}
