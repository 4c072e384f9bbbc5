/**
 * The emitted code that runs a list of launches on all threads. A thread takes `grain` items at a
 * time off the launch's counter; when none are left it goes on to the next launch, waiting for
 * the others only where the launch says so. Waiting spins, then yields to whoever else wants the
 * processor, then sleeps: short waits cost nothing, long ones no processor. Threads between runs wait in the same way.
 *
 * A kernel is called with rdi = parameters, rsi = start, rdx = end, rcx = the thread's scratch,
 * and preserves rbx, rbp and r12 to r15. An abort is seen between launches: every thread walks on
 * through the barriers, so none is left waiting, but takes no more items.
 */
import { Assembler } from '../../compiler/targets/x64/assembler.ts';
import type { Label } from '../../compiler/targets/x64/label.ts';
import { at } from '../../compiler/targets/x64/memory-operand.ts';
import * as registers from '../../compiler/targets/x64/registers.ts';
import { control, record, recordBytes } from './control-block.ts';
import type { ThreadSystem } from './thread-system.ts';

const { eax, ecx, esi, r12, r12d, r13, r13d, r14, r14d, r15, rax, rbp, rbx } = registers;
const { rcx, rdi, rdx, rsi, rsp, xmm } = registers;

/** How long threads try before they sleep: so many `pause`s, then so many turns given to others. */
export interface Patience {
  readonly pauses: number;
  readonly yields: number;
}

export interface DriverCode {
  readonly code: Uint8Array;
  /** Offsets of functions: what a thread starts in, */
  readonly worker: number;
  /** (control) runs the list as thread 0 and returns when all threads are done with it, */
  readonly run: number;
  /** (control) tells the threads to return. */
  readonly stop: number;
}

interface Routines {
  readonly runList: Label;
  readonly meet: Label;
  readonly publish: Label;
  readonly awaitChange: Label;
}

const word = (disp: number) => at(rbx, { disp }).sized(32);
const field = (disp: number) => at(r14, { disp });

export function emitDriver(system: ThreadSystem, patience: Patience): DriverCode {
  const a = new Assembler();
  const labels: Routines = {
    runList: a.label('runList'),
    meet: a.label('meet'),
    publish: a.label('publish'),
    awaitChange: a.label('awaitChange'),
  };
  const starts = [emitWorker, emitRun, emitStop].map((emit) => {
    a.align(64);
    const start = a.position;
    emit(a, labels);
    return start;
  });
  emitRunList(a, labels);
  emitMeet(a, labels);
  emitPublish(a, labels, system);
  emitAwaitChange(a, labels, system, patience);
  const [worker, run, stop] = starts as [number, number, number];
  return { code: a.finish(), worker, run, stop };
}

/** (thread's argument): rbx = control, r12 = index, r13 = the last generation seen. */
function emitWorker(a: Assembler, { awaitChange, runList }: Routines): void {
  const [again, end] = [a.label(), a.label()];
  emitEnter(a);
  a.mov(r12, at(rbx, { disp: 8 }));
  a.mov(rbx, at(rbx));
  a.xor(r13d, r13d);
  a.bind(again);
  a.lea(rdi, at(rbx, { disp: control.generation }));
  a.mov(esi, r13d);
  a.call(awaitChange);
  a.mov(r13d, eax);
  a.cmp(word(control.stop), 0);
  a.jnz(end);
  a.call(runList);
  a.jmp(again);
  a.bind(end);
  a.xor(eax, eax);
  emitLeave(a);
}

/** Counters are set back here, where no thread looks at them: the same list may run again. */
function emitRun(a: Assembler, { publish, runList }: Routines): void {
  const [reset, end] = [a.label(), a.label()];
  emitEnter(a);
  a.xor(r12d, r12d);
  a.lea(rdi, at(rbx, { disp: control.generation }));
  a.call(publish);
  a.call(runList);
  a.mov(r14, at(rbx, { disp: control.launches }));
  a.bind(reset);
  a.cmp(r14, at(rbx, { disp: control.launchesEnd }));
  a.jae(end);
  a.mov(field(record.next).sized(64), 0);
  a.add(r14, recordBytes);
  a.jmp(reset);
  a.bind(end);
  emitLeave(a);
}

function emitStop(a: Assembler, { publish }: Routines): void {
  emitEnter(a);
  a.mov(word(control.stop), 1);
  a.lea(rdi, at(rbx, { disp: control.generation }));
  a.call(publish);
  emitLeave(a);
}

/** rbx = control, r12 = index. r14 = the launch, rbp = the last one's end, r15 = scratch. */
function emitRunList(a: Assembler, { runList, meet }: Routines): void {
  const [launch, ready, take, last, next, end] = Array.from({ length: 6 }, () => a.label());
  a.bind(runList);
  a.sub(rsp, 8); // a kernel finds the stack aligned as every function does
  a.mov(r15, at(rbx, { disp: control.scratchStride }));
  a.imul(r15, r12);
  a.add(r15, at(rbx, { disp: control.scratch }));
  a.mov(r14, at(rbx, { disp: control.launches }));
  a.mov(rbp, at(rbx, { disp: control.launchesEnd }));
  a.bind(launch);
  a.cmp(r14, rbp);
  a.jae(end);
  a.cmp(field(record.waits).sized(32), 0);
  a.jz(ready);
  a.call(meet);
  a.bind(ready);
  a.cmp(word(control.abort), 0);
  a.jnz(next);
  a.bind(take);
  a.mov(rax, field(record.next));
  a.cmp(rax, field(record.items));
  a.jae(next); // without writing to a counter that has run out
  a.mov(rsi, field(record.grain));
  a.mov(rdx, rsi);
  a.lock_xadd(field(record.next), rsi);
  a.cmp(rsi, field(record.items));
  a.jae(next);
  a.add(rdx, rsi);
  a.cmp(rdx, field(record.items));
  a.jbe(last);
  a.mov(rdx, field(record.items));
  a.bind(last);
  a.mov(rdi, field(record.args));
  a.mov(rcx, r15);
  a.call(field(record.code).sized(64));
  a.jmp(take);
  a.bind(next);
  a.add(r14, recordBytes);
  a.jmp(launch);
  a.bind(end);
  a.call(meet);
  a.add(rsp, 8);
  a.ret();
}

/** The barrier: the last thread to come opens it for all. */
function emitMeet(a: Assembler, { meet, publish, awaitChange }: Routines): void {
  a.bind(meet);
  a.mov(esi, word(control.barrier)); // before this thread is counted: it cannot change until then
  a.lea(rdi, at(rbx, { disp: control.barrier }));
  a.mov(eax, 1);
  a.lock_xadd(at(rbx, { disp: control.arrived }), eax);
  a.inc(eax);
  a.cmp(eax, word(control.numThreads));
  a.jnz(awaitChange);
  a.mov(word(control.arrived), 0);
  a.jmp(publish);
}

/** rdi = a word: counts it up and wakes who sleeps on it. */
function emitPublish(a: Assembler, { publish }: Routines, system: ThreadSystem): void {
  const wake = a.label();
  a.bind(publish);
  a.mov(eax, 1);
  a.lock_xadd(at(rdi), eax); // a full fence: sleepers counted after it see the new value
  a.cmp(at(rdi, { disp: 4 }).sized(32), 0);
  a.jnz(wake);
  a.ret();
  a.bind(wake);
  emitAligned(a, () => system.emitWakeAll(a));
  a.ret();
}

/** rdi = a word, esi = its old value: returns the new one in eax. */
function emitAwaitChange(
  a: Assembler,
  { awaitChange }: Routines,
  system: ThreadSystem,
  { pauses, yields }: Patience,
): void {
  const [spin, changed, yieldAgain, sleep, awake, end] = Array.from({ length: 6 }, () => a.label());
  a.bind(awaitChange);
  a.mov(ecx, pauses);
  a.bind(spin);
  a.mov(eax, at(rdi));
  a.cmp(eax, esi);
  a.jnz(changed);
  a.pause();
  a.dec(ecx);
  a.jnz(spin);

  emitAligned(a, () => {
    a.mov(r12, rdi);
    a.mov(r13d, esi);
    a.mov(r14d, yields);
    a.bind(yieldAgain);
    system.emitYield(a);
    a.mov(eax, at(r12));
    a.cmp(eax, r13d);
    a.jnz(end);
    a.dec(r14d);
    a.jnz(yieldAgain);

    a.mov(eax, 1);
    a.lock_xadd(at(r12, { disp: 4 }), eax);
    a.bind(sleep);
    a.cmp(at(r12), r13d);
    a.jnz(awake);
    a.mov(rdi, r12);
    a.mov(esi, r13d);
    system.emitSleep(a);
    a.jmp(sleep);
    a.bind(awake);
    a.mov(eax, -1);
    a.lock_xadd(at(r12, { disp: 4 }), eax);
    a.mov(eax, at(r12));
    a.bind(end);
  });
  a.bind(changed);
  a.ret();
}

/** Around calls into the system: aligns the stack, keeps rbp, r12 to r14 and the kernels' ymm clean. */
function emitAligned(a: Assembler, emit: () => void): void {
  a.vzeroupper();
  a.push(rbp);
  a.push(r12);
  a.push(r13);
  a.push(r14);
  a.mov(rbp, rsp);
  a.and(rsp, -16);
  a.sub(rsp, 48);
  emit();
  a.mov(rsp, rbp);
  a.pop(r14);
  a.pop(r13);
  a.pop(r12);
  a.pop(rbp);
}

const isWindows = process.platform === 'win32';
/** What a function leaves as it was, apart from rsp. */
const saved = isWindows ? [rbx, rbp, rdi, rsi, r12, r13, r14, r15] : [rbx, rbp, r12, r13, r14, r15];
const savedVectors = isWindows ? xmm.slice(6, 16) : [];
const frameBytes = 8 + 16 * savedVectors.length;

/** Of a function called from outside: its argument goes to rbx. The stack is aligned afterwards. */
function emitEnter(a: Assembler): void {
  for (const register of saved) a.push(register);
  a.sub(rsp, frameBytes);
  savedVectors.forEach((vector, i) => {
    a.vmovups(at(rsp, { disp: 16 * i }), vector);
  });
  a.mov(rbx, isWindows ? rcx : rdi);
}

function emitLeave(a: Assembler): void {
  a.vzeroupper();
  savedVectors.forEach((vector, i) => {
    a.vmovups(vector, at(rsp, { disp: 16 * i }));
  });
  a.add(rsp, frameBytes);
  for (const register of saved.toReversed()) a.pop(register);
  a.ret();
}
