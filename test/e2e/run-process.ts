/** Runs a program to its end for the end-to-end tests, and keeps what it said apart by stream. */
import { spawn } from 'node:child_process';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..', '..');
export const cliMain = path.join(root, 'src', 'cli', 'main.ts');

export interface Finished {
  /** null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What the program reads; without it stdin is closed from the start. */
  readonly stdin?: string;
  /** stdin is a pipe that never ends. */
  readonly keepsStdinOpen?: boolean;
  /** SIGINT is sent once the program has written this to stdout or stderr. */
  readonly interruptAfter?: RegExp;
  /** As `| head` does: stdout is closed at its first byte. */
  readonly closeStdoutEarly?: boolean;
  readonly timeoutMs?: number;
}

export function runProcess(
  file: string,
  words: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  const hasStdin = options.stdin !== undefined || options.keepsStdinOpen;
  const child = spawn(file, words, {
    cwd: options.cwd ?? root,
    env: { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined, ...options.env },
    stdio: [hasStdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    timeout: options.timeoutMs ?? 50_000,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  let isInterrupted = false;
  const interrupt = () => {
    if (isInterrupted || !options.interruptAfter?.test(stdout + stderr)) return;
    isInterrupted = true;
    child.kill('SIGINT');
  };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (options.closeStdoutEarly) child.stdout?.destroy();
    interrupt();
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    interrupt();
  });
  if (options.stdin !== undefined) child.stdin?.end(options.stdin);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

export function runSampan(words: readonly string[], options?: RunOptions): Promise<Finished> {
  return runProcess(process.execPath, [cliMain, ...words], options);
}
