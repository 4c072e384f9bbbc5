/**
 * SAMPAN_DEBUG=1: where a step's time goes. Launches run one by one, each with its own call, so
 * the sum is larger than the step without it; the shares are what to look at.
 */
import { debug, debugLevel, debugLevels } from '../../compiler/debug.ts';
import type { Machine, ReadyLaunch } from './machine.ts';

/** Whether launches are to be timed or told of one by one. */
export const isTimed = debugLevel >= debugLevels.timings;

export async function runTimed(
  machine: Machine,
  launches: readonly ReadyLaunch[],
  signal?: AbortSignal,
): Promise<void> {
  const totals = new Map<string, { ms: number; count: number }>();
  for (const launch of launches) {
    const started = performance.now();
    await machine.run([launch], signal);
    const ms = performance.now() - started;
    const { name = 'unnamed', items, waits } = launch;
    debug('launches', () => `${ms.toFixed(3)} ms ${waits ? '| ' : '  '}${name} × ${items}`);
    const total = totals.get(name) ?? { ms: 0, count: 0 };
    totals.set(name, { ms: total.ms + ms, count: total.count + 1 });
  }
  debug('timings', () => table(totals));
}

function table(totals: ReadonlyMap<string, { ms: number; count: number }>): string {
  const rows = [...totals].sort(([, a], [, b]) => b.ms - a.ms);
  const sum = rows.reduce((total, [, { ms }]) => total + ms, 0);
  const lines = rows.map(
    ([name, { ms, count }]) =>
      `${ms.toFixed(2).padStart(9)} ms ${((100 * ms) / sum).toFixed(1).padStart(5)} % ${String(count).padStart(5)} × ${name}`,
  );
  return [`step of ${sum.toFixed(1)} ms`, ...lines].join('\n');
}
