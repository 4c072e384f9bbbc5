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
  /** The same for SIGTERM, with which services are ended. */
  onTerminate(handler: () => void): () => void;
}

export const processTerminal: Terminal = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  onInterrupt: (handler) => onSignal('SIGINT', handler),
  onTerminate: (handler) => onSignal('SIGTERM', handler),
};

function onSignal(signal: NodeJS.Signals, handler: () => void): () => void {
  process.on(signal, handler);
  return () => process.removeListener(signal, handler);
}

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
 * Runs `task` with a signal that the first Ctrl-C or SIGTERM aborts; a second one leaves at once,
 * for when the task does not listen.
 */
export async function interruptible<T>(
  terminal: Terminal,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  const releases = [terminal.onInterrupt(onSignal), terminal.onTerminate(onSignal)];
  try {
    return await task(controller.signal);
  } finally {
    for (const release of releases) release();
  }
}
