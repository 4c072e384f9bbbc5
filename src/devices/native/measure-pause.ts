/**
 * How long one `pause` lasts: 10 to 140 cycles, by processor. What spins for a time counts them.
 */
import { Assembler } from '../../compiler/targets/x64/assembler.ts';
import { rcx, rdi } from '../../compiler/targets/x64/registers.ts';
import { mapCode } from './code-pages.ts';

let measured: number | undefined;

/** Measured once per thread of JavaScript, in well under a millisecond. */
export function pauseNanos(): number {
  measured ??= measure();
  return measured;
}

/** The best of a few: whoever interrupts makes it longer, never shorter. */
function measure(): number {
  const count = process.platform === 'win32' ? rcx : rdi;
  const a = new Assembler();
  const loop = a.label();
  a.bind(loop);
  a.pause();
  a.dec(count);
  a.jnz(loop);
  a.ret();
  const { pages, refused } = mapCode(a.finish());
  if (!pages) throw new Error(refused);
  const pause = pages.callable(['void', ['size_t']]);
  const pauses = 500;
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) {
    const started = performance.now();
    pause(pauses);
    best = Math.min(best, performance.now() - started);
  }
  pages.free();
  return Math.max(1, (best * 1e6) / pauses);
}
