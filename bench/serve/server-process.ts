/** `sampan serve` as a process of its own, on a port that is free. */
import { spawn } from 'node:child_process';
import path from 'node:path';

export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
}

const main = path.resolve(import.meta.dirname, '../../src/cli/main.ts');

export function startServerProcess(words: readonly string[]): Promise<ServerProcess> {
  const all = [main, 'serve', ...words, '--port', '0', '--log-level', 'warn'];
  return startProcess(process.execPath, all);
}

/** A program that prints its URL when it listens, and ends with SIGTERM. */
export function startProcess(file: string, words: readonly string[]): Promise<ServerProcess> {
  const child = spawn(file, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  return new Promise((resolve, reject) => {
    let said = '';
    child.once('error', reject);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const url = /^(http:\/\/\S+)\n/m.exec(said)?.[1];
      if (url !== undefined) {
        resolve({ url, pid: child.pid as number, [Symbol.asyncDispose]: stop });
      }
    });
    ended.then(() => reject(new Error(`the server ended before it listened: ${said}`)));
  });
}
