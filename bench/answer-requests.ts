/** The engine's end of the protocol: answers requests one by one, errors as text. */
import { readFileSync } from 'node:fs';
import type { BenchEngine, Requests } from './protocol.ts';

export function answerRequests(engine: BenchEngine): void {
  const answers = {
    load: (request: Requests['load']['request']) => engine.load(request),
    generate: (request: Requests['generate']['request']) => engine.generate(request),
    peakBytes: async () => peakBytes(),
  };
  process.on('message', async ({ name, request }: { name: keyof Requests; request: never }) => {
    try {
      const answer = await answers[name](request);
      process.send!({ answer, cpuMs: cpuMs() });
    } catch (cause) {
      const error = cause instanceof Error ? cause.message : String(cause);
      process.send!({ error, cpuMs: cpuMs() });
    }
  });
  // The parent has gone: nobody is left to measure for.
  process.on('disconnect', () => process.exit());
}

/** Of all threads, since the process began. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Linux counts from exec on in VmHWM; elsewhere the system's own maximum serves. */
function peakBytes(): number {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    return 1024 * Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)![1]);
  } catch {
    return 1024 * process.resourceUsage().maxRSS;
  }
}
