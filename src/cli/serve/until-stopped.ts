/**
 * Waits for Ctrl-C or SIGTERM, then ends in order while a second signal may still come: that one
 * ends the process at once.
 */
import { exitCodes } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

/** One Ctrl-C can arrive twice: from the terminal, and passed on by npm. */
const echoMs = 300;

/** `begin` is called when a signal would be heard. */
export async function untilStopped(
  terminal: Terminal,
  { begin, end }: { begin(): void; end(): Promise<void> },
): Promise<void> {
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  let firstMs: number | undefined;
  const onSignal = () => {
    const now = performance.now();
    if (firstMs === undefined) {
      firstMs = now;
      resolve();
    } else if (now - firstMs > echoMs) process.exit(exitCodes.interrupted);
  };
  const releases = [terminal.onInterrupt(onSignal), terminal.onTerminate(onSignal)];
  try {
    begin();
    await stopped;
    await end();
  } finally {
    for (const release of releases) release();
  }
}
