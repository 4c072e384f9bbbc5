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

export interface RunningProcess {
  readonly finished: Promise<Finished>;
  /** Resolves to all it has written once that matches; rejects when it ends before. */
  says(pattern: RegExp): Promise<string>;
  kill(signal: NodeJS.Signals): void;
}

export function startProcess(
  file: string,
  words: readonly string[],
  options: RunOptions = {},
): RunningProcess {
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
  const listeners = new Set<() => void>();
  const heard = () => {
    for (const listener of listeners) listener();
    if (isInterrupted || !options.interruptAfter?.test(stdout + stderr)) return;
    isInterrupted = true;
    child.kill('SIGINT');
  };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (options.closeStdoutEarly) child.stdout?.destroy();
    heard();
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    heard();
  });
  if (options.stdin !== undefined) child.stdin?.end(options.stdin);
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const says = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const listener = () => {
        if (!pattern.test(stdout + stderr)) return;
        listeners.delete(listener);
        resolve(stdout + stderr);
      };
      listeners.add(listener);
      listener();
      finished.then(() => reject(new Error(`ended before it said ${pattern}: ${stdout}${stderr}`)));
    });
  return { finished, says, kill: (signal) => child.kill(signal) };
}

export function runProcess(
  file: string,
  words: readonly string[],
  options?: RunOptions,
): Promise<Finished> {
  return startProcess(file, words, options).finished;
}

export function startSampan(words: readonly string[], options?: RunOptions): RunningProcess {
  return startProcess(process.execPath, [cliMain, ...words], options);
}

export function runSampan(words: readonly string[], options?: RunOptions): Promise<Finished> {
  return runProcess(process.execPath, [cliMain, ...words], options);
}
