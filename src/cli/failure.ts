/**
 * How a command ends when it cannot do its work: what is printed, and the exit code.
 * A SampanError is the user's situation: message and remedy, no stack. Anything else is a bug of
 * ours and says so with its stack.
 */
import { CommanderError } from 'commander';
import { SampanError } from '../base/errors.ts';

export const exitCodes = {
  done: 0,
  /** The work could not be done: a damaged file, no network, no memory; or a bug. */
  failed: 1,
  /** What was asked for makes no sense: an unknown command, option, model or file. */
  misused: 2,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

export function exitCodeOf(cause: unknown): number {
  if (cause instanceof CommanderError) {
    return cause.exitCode === 0 ? exitCodes.done : exitCodes.misused;
  }
  if (isAbort(cause)) return exitCodes.interrupted;
  if (cause instanceof SampanError && (cause.status === 400 || cause.status === 404)) {
    return exitCodes.misused;
  }
  return exitCodes.failed;
}

/** What to print on stderr; '' where it was printed already (commander) or nothing is to be said. */
export function explain(cause: unknown): string {
  if (cause instanceof CommanderError || isAbort(cause)) return '';
  if (cause instanceof SampanError) {
    const remedy = cause.remedy === '' ? '' : `\n  ${cause.remedy}`;
    return `error: ${cause.message}${remedy}\n`;
  }
  const stack = cause instanceof Error ? (cause.stack ?? String(cause)) : String(cause);
  return `${stack}\n\nThis is a bug in Sampan. Please report it with the lines above and the command that you ran.\n`;
}

export function isAbort(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'AbortError';
}

/** Something that the next try can do better, so a conversation goes on after it. */
export function isUserSituation(cause: unknown): boolean {
  return cause instanceof SampanError;
}
