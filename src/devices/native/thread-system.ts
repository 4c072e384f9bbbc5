/**
 * What emitted code needs of the system: threads that start in it, and words it can sleep on
 * (futex on Linux, __ulock on macOS, WaitOnAddress on Windows). All that differs between systems
 * is here. Threads started so never enter JavaScript. Refused: a system without these calls.
 */
import type * as Koffi from 'koffi';
import type { Assembler } from '../../compiler/targets/x64/assembler.ts';
import { at } from '../../compiler/targets/x64/memory-operand.ts';
import * as registers from '../../compiler/targets/x64/registers.ts';

const { eax, ecx, edi, edx, esi, r8, r9, r11, rcx, rdi, rdx, rsi, rsp } = registers;

export interface ThreadSystem {
  /** A thread in `entry(argument)`; the reason where the system gives none. */
  start(entry: bigint, argument: bigint): bigint | string;
  /** Resolves when the thread has returned; once per thread. */
  join(thread: bigint): Promise<void>;
  /** Emits: let other threads have the processor, if any want it. */
  emitYield(a: Assembler): void;
  /**
   * Emits: sleep while the 4 bytes at rdi are esi; may return early. Here and in the
   * others rsp is aligned, 48 bytes above it are free, and what a C function may clobber is.
   */
  emitSleep(a: Assembler): void;
  /** Emits: wake everyone who sleeps on rdi. */
  emitWakeAll(a: Assembler): void;
}

export function threadSystem(koffi: typeof Koffi): ThreadSystem {
  return process.platform === 'win32' ? windowsThreads(koffi) : posixThreads(koffi);
}

function posixThreads(koffi: typeof Koffi): ThreadSystem {
  const libc = koffi.load(null);
  const create = libc.func(
    'int pthread_create(_Out_ uint64_t *thread, void *attributes, void *entry, void *argument)',
  );
  const join = libc.func('int pthread_join(uint64_t thread, void *result)');
  const dlsym = libc.func('void *dlsym(intptr_t library, const char *name)');
  const anyLibrary = process.platform === 'darwin' ? -2 : 0; // RTLD_DEFAULT
  const words = process.platform === 'darwin' ? ulockWords : futexWords;
  return {
    start(entry, argument) {
      const thread = [0n];
      const failure: number = create(thread, null, entry, argument);
      return failure === 0 ? BigInt(thread[0]) : `pthread_create failed with error ${failure}`;
    },
    join: (thread) => called(join, thread, null),
    ...words((name) => found(name, dlsym(anyLibrary, name))),
  };
}

type FindFunction = (name: string) => bigint;
type Words = Pick<ThreadSystem, 'emitYield' | 'emitSleep' | 'emitWakeAll'>;

function futexWords(find: FindFunction): Words {
  const [syscall, schedYield] = [find('syscall'), find('sched_yield')];
  const futex = 202;
  const waitPrivate = 128; // FUTEX_WAIT | FUTEX_PRIVATE_FLAG
  const wakePrivate = 129;
  return {
    emitYield: (a) => emitCall(a, schedYield),
    emitSleep(a) {
      a.mov(ecx, esi);
      a.mov(rsi, rdi);
      a.mov(edi, futex);
      a.mov(edx, waitPrivate);
      a.xor(r8, r8); // no time limit
      emitCall(a, syscall);
    },
    emitWakeAll(a) {
      a.mov(rsi, rdi);
      a.mov(edi, futex);
      a.mov(edx, wakePrivate);
      a.mov(ecx, 0x7fff_ffff);
      emitCall(a, syscall);
    },
  };
}

function ulockWords(find: FindFunction): Words {
  const [wait, wake] = [find('__ulock_wait'), find('__ulock_wake')];
  const schedYield = find('sched_yield');
  const compareAndWait = 0x0100_0001; // UL_COMPARE_AND_WAIT | ULF_NO_ERRNO
  const wakeAll = 0x100;
  return {
    emitYield: (a) => emitCall(a, schedYield),
    emitSleep(a) {
      a.mov(edx, esi);
      a.mov(rsi, rdi);
      a.mov(edi, compareAndWait);
      a.xor(ecx, ecx); // no time limit
      emitCall(a, wait);
    },
    emitWakeAll(a) {
      a.mov(rsi, rdi);
      a.mov(edi, compareAndWait | wakeAll);
      a.xor(edx, edx);
      emitCall(a, wake);
    },
  };
}

function windowsThreads(koffi: typeof Koffi): ThreadSystem {
  const kernel32 = koffi.load('kernel32.dll');
  const create = kernel32.func(
    'void *CreateThread(void *security, size_t stack, void *entry, void *argument, ' +
      'uint32_t flags, void *id)',
  );
  const wait = kernel32.func('uint32_t WaitForSingleObject(void *handle, uint32_t ms)');
  const close = kernel32.func('int CloseHandle(void *handle)');
  const getLastError = kernel32.func('uint32_t GetLastError()');
  const moduleHandle = kernel32.func('void *GetModuleHandleA(const char *name)');
  const procAddress = kernel32.func('void *GetProcAddress(void *module, const char *name)');
  const find = (name: string) => found(name, procAddress(moduleHandle('kernelbase.dll'), name));
  const [waitOnAddress, wakeByAddressAll] = [find('WaitOnAddress'), find('WakeByAddressAll')];
  const switchToThread = find('SwitchToThread');
  const forever = 0xffff_ffff;
  return {
    start(entry, argument) {
      const thread: bigint | null = create(null, 0, entry, argument, 0, null);
      return thread ?? `CreateThread failed with error ${getLastError()}`;
    },
    async join(thread) {
      await called(wait, thread, forever);
      close(thread);
    },
    emitYield: (a) => emitCall(a, switchToThread),
    emitSleep(a) {
      a.mov(at(rsp, { disp: 40 }), esi);
      a.mov(rcx, rdi);
      a.lea(rdx, at(rsp, { disp: 40 })); // where the value to compare with lies
      a.mov(r8, 4);
      a.mov(r9, forever);
      emitCall(a, waitOnAddress);
    },
    emitWakeAll(a) {
      a.mov(rcx, rdi);
      emitCall(a, wakeByAddressAll);
    },
  };
}

function emitCall(a: Assembler, address: bigint): void {
  a.mov(r11, address);
  a.xor(eax, eax); // no vector arguments, for functions that take any number
  a.call(r11);
}

function found(name: string, address: bigint | null): bigint {
  if (address === null) throw new Error(`the system has no ${name}`);
  return address;
}

/** A blocking call, on a thread of Node's pool. */
export function called(
  callee: Koffi.KoffiFunc<(...args: unknown[]) => unknown>,
  ...args: unknown[]
) {
  return new Promise<void>((resolve, reject) => {
    callee.async(...args, (failure: unknown) => (failure ? reject(failure) : resolve()));
  });
}
