/**
 * Kernels assembled by hand, for tests of the machine: they need no compiler. A program's key says
 * which. Parameters are int64, an array's address among them.
 */
import type { Traits } from '../../compiler/ir/types.ts';
import type { Program } from '../../compiler/lowering.ts';
import { Assembler } from '../../compiler/targets/x64/assembler.ts';
import { at } from '../../compiler/targets/x64/memory-operand.ts';
import * as registers from '../../compiler/targets/x64/registers.ts';
import type { NativeTarget } from './native-machine.ts';

const { r8, r9, r10, r11, rax, rcx, rdi, rdx, rsi, rsp } = registers;

const traits: Traits = {
  name: 'by hand',
  vectorBytes: 32,
  vectorRegisters: 16,
  dot4TakesU8: false,
  hasBroadcastOperand: false,
  addsBesideDots: false,
  hasPrefetch: true,
  hasTiles: false,
  hasWeightMemories: false,
};

const scratchBytes = 1000;

/** For each item in rsi…rdx; `body` has parameters 0 to 2 in r8, r9, r10 and may use rax, r11. */
function forEachItem(body: (a: Assembler) => void) {
  return (a: Assembler): void => {
    const [loop, end] = [a.label(), a.label()];
    for (const [i, register] of [r8, r9, r10].entries()) a.mov(register, at(rdi, { disp: 8 * i }));
    a.bind(loop);
    a.cmp(rsi, rdx);
    a.jae(end);
    body(a);
    a.inc(rsi);
    a.jmp(loop);
    a.bind(end);
    a.ret();
  };
}

const item = (array: typeof r8) => at(array, { index: rsi, scale: 8 });

const kernels: Readonly<Record<string, (a: Assembler) => void>> = {
  /** array[item] += item · factor. Parameters: array, factor. */
  addItem: forEachItem((a) => {
    a.mov(rax, rsi);
    a.imul(rax, r9);
    a.add(item(r8), rax);
  }),
  /** to[item] = from[last - item] + 1. Parameters: from, to, last. */
  reverse: forEachItem((a) => {
    a.mov(r11, r10);
    a.sub(r11, rsi);
    a.mov(rax, at(r8, { index: r11, scale: 8 }));
    a.inc(rax);
    a.mov(item(r9), rax);
  }),
  /** Spins so many times an item, then counts it. Parameters: array, spins. */
  spin: forEachItem((a) => {
    const spin = a.label();
    a.mov(rax, r9);
    a.bind(spin);
    a.dec(rax);
    a.jnz(spin);
    a.mov(rax, 1);
    a.lock_xadd(at(r8), rax);
  }),
  /** scratch[0], which is the thread's own, and rsp. Parameters: two arrays. */
  places: forEachItem((a) => {
    a.mov(item(r8), rcx);
    a.mov(item(r9), rsp);
  }),
};

export const handTarget: NativeTarget = {
  traits,
  compile({ key }: Program) {
    const a = new Assembler();
    kernels[key](a);
    return { code: a.finish(), scratchBytes };
  },
};
