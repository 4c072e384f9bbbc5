/**
 * The benchmark's end of the protocol: an engine in a child process. It dies with a request that
 * takes longer than its limit, and with `close`.
 */
import { type ChildProcess, fork } from 'node:child_process';
import type { RequestName, Requests } from './protocol.ts';

type Reply = ({ answer: unknown } | { error: string }) & { cpuMs: number };

export class EngineProcess implements Disposable {
  /** Processor time of all its threads so far. */
  cpuMs = 0;
  readonly #child: ChildProcess;

  /** `worker`: a file that calls answerRequests. */
  constructor(worker: string) {
    this.#child = fork(worker, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  }

  async ask<Name extends RequestName>(
    name: Name,
    request: Requests[Name]['request'],
    limitMs: number,
  ): Promise<Requests[Name]['answer']> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const onExit = (code: number | null, signal: string | null) =>
      reject(new Error(`${name}: the engine's process ended with ${signal ?? code}`));
    const timer = setTimeout(() => {
      reject(new Error(`${name} took longer than ${Math.round(limitMs / 1000)} s`));
      this.close();
    }, limitMs);
    this.#child.once('message', resolve).once('exit', onExit);
    try {
      this.#child.send({ name, request });
      const reply = await promise;
      this.cpuMs = reply.cpuMs;
      if ('error' in reply) throw new Error(reply.error);
      return reply.answer as Requests[Name]['answer'];
    } finally {
      clearTimeout(timer);
      this.#child.off('message', resolve).off('exit', onExit);
    }
  }

  close(): void {
    this.#child.kill('SIGKILL');
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
