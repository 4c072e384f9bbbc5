/**
 * What other programs did to a measurement: their share of the processors meanwhile. Two busy
 * threads that wait for each other lose far more than that share, so a disturbed number is no
 * number: it is better to wait, and to measure again.
 */
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** From 0 to 1, of all cores. More than this, and a measurement is disturbed. */
export const calmShare = 0.05;
const windowMs = 400;

export class OthersClock {
  readonly #before = read();

  /** `ownCpuMs`: what the measured process used since this clock was made. */
  othersShare(ownCpuMs: number): number {
    const now = read();
    const total = now.total - this.#before.total;
    const ours = ownCpuMs + now.self - this.#before.self;
    const others = now.busy - this.#before.busy - ours;
    return total === 0 ? 0 : Math.max(0, others / total);
  }
}

function read(): { busy: number; total: number; self: number } {
  let busy = 0;
  let idle = 0;
  for (const { times } of cpus()) {
    busy += times.user + times.nice + times.sys + times.irq;
    idle += times.idle;
  }
  const { user, system } = process.cpuUsage();
  return { busy, total: busy + idle, self: (user + system) / 1000 };
}

/** Until the machine is calm, or has not become so in this time. */
export async function waitForCalm(limitMs: number): Promise<void> {
  for (const end = performance.now() + limitMs; performance.now() < end; ) {
    const clock = new OthersClock();
    await sleep(windowMs);
    if (clock.othersShare(0) < calmShare) return;
  }
}
