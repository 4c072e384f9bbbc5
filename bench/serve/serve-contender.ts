/** Who serves a row: Sampan as anyone starts it, and the peer behind the thinnest server. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { calmShare, OthersClock } from '../disturbance.ts';
import { type Measured, measureClients } from './measure-clients.ts';
import type { ServeRow } from './rows.ts';
import { type ServerProcess, startProcess, startServerProcess } from './server-process.ts';

/** Room for prompt and reply, in whole blocks of either engine. */
const contextTokens = 256;

export class ServeContender implements AsyncDisposable {
  readonly label: string;
  readonly calm: Measured[] = [];
  /** The worst that counts. */
  othersShare = 0;
  readonly #server: ServerProcess;

  constructor(label: string, server: ServerProcess) {
    this.label = label;
    this.#server = server;
  }

  /** `keeps`: false to warm up. Disturbed rounds are kept only where `isHurried`. */
  async round(row: ServeRow, seed: number, { keeps, isHurried }: RoundOptions): Promise<void> {
    const clock = new OthersClock();
    const before = cpuMsOf(this.#server.pid);
    const measured = await measureClients(this.#server.url, row, seed);
    const others = clock.othersShare(cpuMsOf(this.#server.pid) - before);
    if (!keeps || (others > calmShare && !isHurried)) return;
    this.othersShare = Math.max(this.othersShare, others);
    this.calm.push(measured);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }
}

export interface RoundOptions {
  readonly keeps: boolean;
  readonly isHurried: boolean;
}

export async function openSampan(
  file: string,
  threads: number,
  { numClients }: ServeRow,
  device: string,
): Promise<ServeContender> {
  const words = [file, '--ctx', contextTokens, '--parallel', numClients, '--threads', threads];
  const server = await startServerProcess([...words.map(String), '--device', device]);
  return new ServeContender(device, server);
}

export async function openPeer(
  file: string,
  threads: number,
  { numClients }: ServeRow,
  label: string,
): Promise<ServeContender> {
  const words = [file, threads, numClients, contextTokens].map(String);
  const program = path.join(import.meta.dirname, 'thin-server.ts');
  return new ServeContender(label, await startProcess(process.execPath, [program, ...words]));
}

/** Processor time of all its threads; 0 where the system does not say (then others look busier). */
function cpuMsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return 0;
  }
}
