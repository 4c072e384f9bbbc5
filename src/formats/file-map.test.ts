import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mapFile } from './file-map.ts';
import type { Mapping } from './memory-mapping.ts';

const refusing: Mapping = { map: () => undefined };
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sampan-map-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, content: string | Uint8Array): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

/** How many times the file is mapped into this process. */
function mappings(file: string): number {
  return readFileSync('/proc/self/maps', 'utf8').split(file).length - 1;
}

test('the bytes are the file, mapped', () => {
  const content = Uint8Array.from({ length: 10_000 }, (_, i) => (i * 7) & 255);
  const map = mapFile(written('plain', content));
  expect(map.isMapped).toBe(true);
  expect(map.bytes).toEqual(content);
  map.close();
});

test('where mapping is refused the bytes are the same, read', () => {
  const content = Uint8Array.from({ length: 10_000 }, (_, i) => (i * 11) & 255);
  const map = mapFile(written('read', content), refusing);
  expect(map.isMapped).toBe(false);
  expect(map.bytes).toEqual(content);
  const view = map.bytes.subarray(5);
  map.close();
  map.close();
  expect(view.length).toBe(0);
});

test('a file of 5 GiB is one array, to its last byte; where it cannot be mapped it is refused', () => {
  const size = 5 * 2 ** 30;
  const file = written('large', '');
  truncateSync(file, size); // sparse: takes no room
  const fd = openSync(file, 'r+');
  writeSync(fd, Uint8Array.of(42), 0, 1, size - 1);
  closeSync(fd);
  const map = mapFile(file);
  expect(map.bytes.length).toBe(size);
  expect(map.bytes[size - 1]).toBe(42);
  expect(map.bytes[size - 2]).toBe(0);
  expect(map.bytes.subarray(size - 2)).toEqual(Uint8Array.of(0, 42));
  map.close();
  expect(() => mapFile(file, refusing)).toThrow(/5368709120 bytes and could not be memory-mapped/);
  rmSync(file);
});

test('after close, twice, every view is empty and the file is no longer mapped', () => {
  const file = written('closed', 'some content');
  const map = mapFile(file);
  const view = map.bytes.subarray(5, 9);
  const floats = new Float32Array(map.bytes.buffer, 0, 2);
  expect(mappings(file)).toBe(1);
  map.close();
  map.close();
  expect(mappings(file)).toBe(0);
  expect([map.bytes.length, view.length, floats.length]).toEqual([0, 0, 0]);
  expect(view[0]).toBeUndefined();
});

/** Of the file's bytes, how many are in this process's memory. */
function residentBytes(file: string): number {
  const smaps = readFileSync('/proc/self/smaps', 'utf8');
  const rss = smaps.slice(smaps.indexOf(file)).match(/^Rss:\s+(\d+) kB$/m)?.[1];
  return Number(rss) * 1024;
}

test('what is dropped leaves memory and still reads as the file', () => {
  const content = Uint8Array.from({ length: 2 ** 22 }, (_, i) => (i * 7 + (i >> 12)) & 255);
  const file = written('dropped', content);
  const map = mapFile(file);
  expect(Buffer.compare(map.bytes, content)).toBe(0);
  expect(residentBytes(file)).toBe(2 ** 22);
  const part = map.bytes.subarray(10_000, 3 * 2 ** 20 + 1);
  map.drop(part);
  expect(residentBytes(file)).toBeLessThanOrEqual(8192 + 2 ** 20 - 4096);
  expect(Buffer.compare(map.bytes, content)).toBe(0);
  map.drop(content); // not of this file
  expect(residentBytes(file)).toBe(2 ** 22);
  map.close();
  map.drop(part);
});

test('opening and closing 1,000 times leaves nothing behind and each time reads the file', () => {
  const file = written('again', 'abc');
  for (let round = 0; round < 1000; round += 1) {
    const map = mapFile(file);
    expect(map.bytes[2]).toBe(99);
    map.close();
  }
  expect(mappings(file)).toBe(0);
});

test('a forgotten map is unmapped, but not while a view of it lives', () => {
  const file = written('forgotten', 'abcdef');
  // A process of its own: the collector is called, and a double free would end it.
  const script = `
    import { readFileSync } from 'node:fs';
    import { mapFile } from ${JSON.stringify(path.resolve(import.meta.dirname, 'file-map.ts'))};
    const file = ${JSON.stringify(file)};
    const count = () => readFileSync('/proc/self/maps', 'utf8').split(file).length - 1;
    const settle = async () => {
      for (let i = 0; i < 5; i += 1) { gc(); await new Promise((done) => setTimeout(done, 5)); }
    };
    for (let i = 0; i < 50; i += 1) mapFile(file);
    const before = count();
    let view = mapFile(file).bytes.subarray(3);
    await settle();
    const held = [count(), view[0]];
    view = undefined;
    mapFile(file).close();
    await settle();
    console.log(JSON.stringify([before, ...held, count()]));`;
  const output = execFileSync(
    process.execPath,
    ['--expose-gc', '--input-type=module', '-e', script],
    { encoding: 'utf8' },
  );
  expect(JSON.parse(output)).toEqual([50, 1, 'd'.charCodeAt(0), 0]);
});

test('works in a worker, beside a map of the same file here', async () => {
  const file = written('worker', 'worker');
  const here = mapFile(file);
  const module = path.resolve(import.meta.dirname, 'file-map.ts');
  const worker = new Worker(
    `import(${JSON.stringify(module)}).then(({ mapFile }) => {
      const map = mapFile(${JSON.stringify(file)});
      const text = new TextDecoder().decode(map.bytes);
      map.close();
      require('node:worker_threads').parentPort.postMessage([map.isMapped, text]);
    });`,
    { eval: true },
  );
  const answer = await new Promise((resolve, reject) => {
    worker.once('message', resolve).once('error', reject);
  });
  await worker.terminate();
  expect(answer).toEqual([true, 'worker']);
  expect(new TextDecoder().decode(here.bytes)).toBe('worker');
  here.close();
});

describe('says what is wrong with', () => {
  const failure = (file: string) => {
    try {
      mapFile(file).close();
    } catch (thrown) {
      return thrown as Error & { code: string };
    }
    throw new Error(`${file} was mapped`);
  };

  test('a path that leads nowhere', () => {
    expect(failure(path.join(folder, 'none')).code).toBe('file_not_found');
    expect(failure(path.join(written('flat', 'x'), 'below')).code).toBe('file_not_found');
  });

  test('a folder', () => {
    mkdirSync(path.join(folder, 'sub'));
    const thrown = failure(path.join(folder, 'sub'));
    expect(thrown.code).toBe('file_unreadable');
    expect(thrown.message).toContain('it is a folder');
  });

  test('an empty file', () => {
    const thrown = failure(written('empty', ''));
    expect(thrown.code).toBe('file_damaged');
    expect(thrown.message).toContain('found 0 bytes');
  });

  test('a named pipe, without waiting for a writer', () => {
    const pipe = path.join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(failure(pipe).message).toContain('it is not a regular file');
  });

  test('a file one may not read', () => {
    const file = written('secret', 'x');
    chmodSync(file, 0);
    if (process.getuid?.() !== 0) {
      expect(failure(file).message).toContain('permission denied');
      return;
    }
    // The superuser may read anything: ask as somebody else, in a process of its own.
    const script = `
      import { mapFile } from ${JSON.stringify(path.resolve(import.meta.dirname, 'file-map.ts'))};
      process.setuid(65534);
      try { mapFile(${JSON.stringify(file)}); } catch (e) { console.log(e.code + ': ' + e.message); }`;
    chmodSync(folder, 0o755);
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(output).toContain('file_unreadable');
    expect(output).toContain('permission denied');
  });
});
