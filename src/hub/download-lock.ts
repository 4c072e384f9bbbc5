/**
 * One writer per file, across processes and machines that share a folder. The lock is a file made
 * by exclusive open; it names its holder and its mtime is the holder's pulse. It is stale when the
 * holder is a process of this machine that no longer lives, or when the pulse stopped long ago.
 * A holder that was suspended past that checks the lock before it writes again.
 */
import { randomUUID } from 'node:crypto';
import { readFile, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const pulseMs = 5_000;
const staleMs = 60_000;
const pollMs = 200;

/** Another process took over while this one stood still. */
export class LockLost extends Error {}

export class DownloadLock implements AsyncDisposable {
  readonly #file: string;
  readonly #holder: string;
  readonly #pulse: NodeJS.Timeout;
  #lastPulse = Date.now();
  #isLost = false;

  /** Waits until no one else holds it. `onWait` is called once, if it must wait. */
  static async acquire(
    file: string,
    signal?: AbortSignal,
    onWait?: () => void,
  ): Promise<DownloadLock> {
    const holder = JSON.stringify({ host: hostname(), pid: process.pid, id: randomUUID() });
    for (let tries = 0; ; tries++) {
      signal?.throwIfAborted();
      try {
        await writeFile(file, holder, { flag: 'wx' });
        return new DownloadLock(file, holder);
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
      }
      if (await removeIfStale(file)) continue;
      if (tries === 0) onWait?.();
      await sleep(pollMs, undefined, signal && { signal }).catch(() => undefined);
    }
  }

  private constructor(file: string, holder: string) {
    this.#file = file;
    this.#holder = holder;
    this.#pulse = setInterval(() => void this.#beat(), pulseMs);
    this.#pulse.unref();
  }

  /** Called before each write: cheap while the pulse is fresh. */
  async assertHeld(): Promise<void> {
    if (Date.now() - this.#lastPulse > staleMs / 2) await this.#beat();
    if (this.#isLost) throw new LockLost();
  }

  async #beat(): Promise<void> {
    try {
      if ((await readFile(this.#file, 'utf8')) !== this.#holder) throw new Error('taken over');
      const now = new Date();
      await utimes(this.#file, now, now);
      this.#lastPulse = now.getTime();
    } catch {
      this.#isLost = true;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#pulse);
    const isOurs = (await readFile(this.#file, 'utf8').catch(() => '')) === this.#holder;
    if (isOurs) await unlink(this.#file).catch(() => undefined);
  }
}

/**
 * true when the lock is gone, by whoever's hand. Two may find it stale at once, and the slower one
 * must not take away the lock that the faster one made meanwhile: only who has made a second
 * file, the breaker, may look again and remove.
 */
async function removeIfStale(file: string): Promise<boolean> {
  if (!(await isStale(file))) return false;
  const breaker = `${file}.breaker`;
  try {
    await writeFile(breaker, '', { flag: 'wx' });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    // It is held for an instant: one that is old was left behind by a process that died just then.
    if (await isOld(breaker)) await unlink(breaker).catch(() => undefined);
    return false;
  }
  try {
    if (!(await isStale(file))) return false;
    await unlink(file).catch(() => undefined);
    return true;
  } finally {
    await unlink(breaker).catch(() => undefined);
  }
}

/** A lock that is not there counts as stale: there is nothing to wait for. */
async function isStale(file: string): Promise<boolean> {
  const holder = await readFile(file, 'utf8').catch(() => undefined);
  if (holder === undefined || (await isOld(file))) return true;
  const { host, pid } = parseHolder(holder);
  return host === hostname() && pid !== undefined && !isAlive(pid);
}

async function isOld(file: string): Promise<boolean> {
  const pulse = await stat(file).catch(() => undefined);
  return pulse !== undefined && Date.now() - pulse.mtimeMs > staleMs;
}

/** A lock just made may still be empty: then only its age counts. */
function parseHolder(text: string): { host?: unknown; pid?: number } {
  try {
    const { host, pid } = JSON.parse(text) as { host?: unknown; pid?: unknown };
    return typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0 ? { host, pid } : {};
  } catch {
    return {};
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
