/** One holder at a time, and no lock outlives its holder. */
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { DownloadLock, LockLost } from './download-lock.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'sampan-lock-'));
const file = path.join(folder, 'lock');
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => rmSync(file, { force: true }));

test('the second waits for the first, and the lock is gone after both', async () => {
  const order: string[] = [];
  const work = async (name: string) => {
    await using _lock = await DownloadLock.acquire(file);
    order.push(`${name} in`);
    await sleep(50);
    order.push(`${name} out`);
  };
  await Promise.all([work('a'), work('b'), work('c')]);
  for (let i = 0; i < order.length; i += 2) {
    expect(order[i]?.[0]).toBe(order[i + 1]?.[0]);
  }
  expect(order).toHaveLength(6);
  expect(existsSync(file)).toBe(false);
});

test('waiting ends with the signal', async () => {
  await using _lock = await DownloadLock.acquire(file);
  const onWait = vi.fn();
  const signal = AbortSignal.timeout(50);
  await expect(DownloadLock.acquire(file, signal, onWait)).rejects.toMatchObject({
    name: 'TimeoutError',
  });
  expect(onWait).toHaveBeenCalledTimes(1);
  expect(existsSync(file)).toBe(true);
});

test('the lock of a dead process of this machine is taken over at once', async () => {
  writeFileSync(file, JSON.stringify({ host: hostname(), pid: 2 ** 22 - 3, id: 'x' }));
  await using lock = await DownloadLock.acquire(file, AbortSignal.timeout(1000));
  await lock.assertHeld();
});

test('who died while taking a stale lock away is in nobody’s way for long', async () => {
  const [breaker, old] = [`${file}.breaker`, new Date(Date.now() - 61_000)];
  writeFileSync(file, JSON.stringify({ host: hostname(), pid: 2 ** 22 - 3, id: 'x' }));
  writeFileSync(breaker, '');
  await expect(DownloadLock.acquire(file, AbortSignal.timeout(20))).rejects.toThrow();
  utimesSync(breaker, old, old);
  await using lock = await DownloadLock.acquire(file, AbortSignal.timeout(5000));
  await lock.assertHeld();
  expect(existsSync(breaker)).toBe(false);
});

test('a lock of another machine, or one nobody can read, is taken over when its pulse is old', async () => {
  for (const text of [
    JSON.stringify({ host: 'elsewhere', pid: 1, id: 'x' }),
    '',
    '{"pid":-1}',
    '[]',
  ]) {
    writeFileSync(file, text);
    await expect(DownloadLock.acquire(file, AbortSignal.timeout(20))).rejects.toThrow();
    const old = new Date(Date.now() - 61_000);
    utimesSync(file, old, old);
    await using lock = await DownloadLock.acquire(file, AbortSignal.timeout(1000));
    await lock.assertHeld();
  }
});

test('a holder that stood still finds that it was replaced, and leaves the new lock alone', async () => {
  const lock = await DownloadLock.acquire(file);
  writeFileSync(file, 'someone else');
  vi.useFakeTimers({ now: Date.now() + 120_000, toFake: ['Date'] });
  await expect(lock.assertHeld()).rejects.toBeInstanceOf(LockLost);
  vi.useRealTimers();
  await lock[Symbol.asyncDispose]();
  expect(readFileSync(file, 'utf8')).toBe('someone else');
});

test('many that find one stale lock at once get it one after the other', async () => {
  writeFileSync(file, JSON.stringify({ host: hostname(), pid: 2 ** 22 - 3, id: 'x' }));
  let inside = 0;
  await Promise.all(
    Array.from({ length: 24 }, async () => {
      await using _lock = await DownloadLock.acquire(file);
      inside++;
      expect(inside).toBe(1);
      await sleep(2);
      inside--;
    }),
  );
});
