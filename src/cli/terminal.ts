/**
 * What a command may know of the terminal it runs in: three streams, whether a person sits there,
 * and Ctrl-C. Commands take it as an argument, so tests can give them another one. Colours follow
 * the stream and NO_COLOR / FORCE_COLOR, as node:util decides.
 */
import type { Readable, Writable } from 'node:stream';
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** Answers and data. */
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Everything said about them: thinking, progress, figures, errors. */
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Calls back on each Ctrl-C until the returned function is called. */
  onInterrupt(handler: () => void): () => void;
}

export const processTerminal: Terminal = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  onInterrupt(handler) {
    process.on('SIGINT', handler);
    return () => process.removeListener('SIGINT', handler);
  },
};

/** A person reads and types. */
export function isInteractive(terminal: Terminal): boolean {
  return Boolean(terminal.stdin.isTTY && terminal.stdout.isTTY);
}

export function hasColours(stream: Writable): boolean {
  return paint(stream, 'dim', 'x') !== 'x';
}

export function paint(stream: Writable, style: Style, text: string): string {
  return styleText(style, text, { stream });
}

/**
 * Runs `task` with a signal that the first Ctrl-C aborts; a second one leaves at once, for when
 * the task does not listen.
 */
export async function interruptible<T>(
  terminal: Terminal,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const release = terminal.onInterrupt(() => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  });
  try {
    return await task(controller.signal);
  } finally {
    release();
  }
}
