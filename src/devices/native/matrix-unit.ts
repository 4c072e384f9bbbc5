/**
 * The matrix unit (AMX) has 8 KB of registers, which Linux saves only for processes that ask for
 * it, once, before threads use it. Elsewhere there is no such call and the unit stays unused.
 */
import { loadKoffi } from './page-system.ts';

/** arch_prctl(ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA): Linux, Documentation/arch/x86/xstate.rst. */
const archPrctl = 158;
const requestPermission = 0x1023;
const tileData = 18;

let isGranted: boolean | undefined;

/** Whether this process may use tiles; asks the system the first time. */
export function requestTiles(): boolean {
  isGranted ??= request();
  return isGranted;
}

function request(): boolean {
  if (process.platform !== 'linux' || process.arch !== 'x64') return false;
  const syscall = loadKoffi().load(null).func('long syscall(long number, long code, long feature)');
  return syscall(archPrctl, requestPermission, tileData) === 0;
}
