/** Downloads against a server that misbehaves in every way it can. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  commit,
  dropAfter,
  impatient,
  MisbehavingServer,
  noise,
  partBytes,
  sha256,
  token,
} from '../../test/hub/misbehaving-server.ts';
import { findLocal } from './find-local.ts';
import { parseModelName } from './model-names.ts';
import { type PullOptions, pullModel } from './pull.ts';

const repo = 'unsloth/Tiny-GGUF';
const file = 'Tiny-Q4_K_M.gguf';
const bytes = noise(1_000_003);
let server: MisbehavingServer;

beforeEach(async () => {
  server = await MisbehavingServer.start();
  server.add(repo, { [file]: bytes, 'README.md': Buffer.from('# Tiny') });
});
afterEach(() => server[Symbol.asyncDispose]());

const quick = { patience: impatient, partBytes };
const pull = (options: PullOptions = {}, name = repo) =>
  pullModel(
    parseModelName(name, () => false),
    server.settings(),
    { ...quick, ...options },
  );
const blobs = () => path.join(server.folder, 'hf/hub/models--unsloth--Tiny-GGUF/blobs');
const fileBytesAsked = () =>
  server.seen
    .filter(({ host }) => host === 'cdn')
    .map(({ range }) => /^bytes=(\d+)-(\d+)$/.exec(range ?? ''))
    .reduce((sum, asked) => sum + (asked ? Number(asked[2]) + 1 - Number(asked[1]) : 0), 0);

/** true for the first `tries` of each part: deterministic, whatever the order of the parts. */
function firstTries(tries: number): (part: { end: number }) => boolean {
  const counts = new Map<number, number>();
  return ({ end }) => {
    const count = (counts.get(end) ?? 0) + 1;
    counts.set(end, count);
    return count <= tries;
  };
}

/** Whole, in its place, and nothing else left over. */
function expectWhole(found: { path: string }, expected = bytes) {
  expect(readFileSync(found.path).equals(expected)).toBe(true);
  expect(readdirSync(blobs())).toEqual([sha256(expected)]);
}

describe('a server that behaves', () => {
  test('gives a file whole, in parts side by side, each byte once', async () => {
    const phases = new Set<string>();
    let last = 0;
    const found = await pull({
      onProgress: ({ phase, doneBytes, totalBytes }) => {
        phases.add(phase);
        last = doneBytes / totalBytes;
      },
    });
    expectWhole(found);
    expect(found.path.endsWith(`snapshots/${commit}/${file}`)).toBe(true);
    expect(server.bytesServed).toBe(bytes.length);
    expect([...phases]).toEqual(['fetching', 'verifying']);
    expect(last).toBe(1);
  });

  test('is asked for nothing a second time', async () => {
    await pull();
    const before = server.bytesServed;
    expectWhole(await pull());
    expect(server.bytesServed).toBe(before);
  });

  test('sees the token, and the host it redirects to does not', async () => {
    await pull();
    const hub = server.seen.filter(({ host }) => host === 'hub');
    const cdn = server.seen.filter(({ host }) => host === 'cdn');
    expect(new Set(hub.map(({ authorization }) => authorization))).toEqual(
      new Set([`Bearer ${token}`]),
    );
    expect(cdn.length).toBeGreaterThan(4);
    expect(cdn.every(({ authorization }) => authorization === undefined)).toBe(true);
  });

  test('a small file comes in one request', async () => {
    server.add(repo, { [file]: noise(1000) });
    expectWhole(await pull(), noise(1000));
    expect(server.seen.every(({ range }) => range === undefined)).toBe(true);
  });
});

describe('a server that is busy or breaks off', () => {
  test('429 is waited out as long as Retry-After says', async () => {
    let refused = 0;
    server.misdeed = (_, response) => {
      if (refused > 0) return false;
      refused = Date.now();
      response.writeHead(429, { 'retry-after': '1' }).end();
      return true;
    };
    expectWhole(await pull());
    expect(Date.now() - refused).toBeGreaterThanOrEqual(1000);
  });

  test('a Retry-After of an hour is told, not waited for', async () => {
    server.misdeed = (_, response) => {
      response.writeHead(503, { 'retry-after': '3600' }).end();
      return true;
    };
    await expect(pull()).rejects.toMatchObject({
      code: 'hub_unreachable',
      message: expect.stringContaining('3600 s'),
    });
  });

  test('500 and 503 are tried again', async () => {
    const isEarly = firstTries(3);
    server.misdeed = (_, response, part, count) => {
      if (!isEarly(part)) return false;
      response.writeHead(count % 2 === 1 ? 500 : 503).end('busy');
      return true;
    };
    expectWhole(await pull());
  });

  test('a server that is always down ends in one clear error, and the pull can go on later', async () => {
    server.misdeed = (_, response, sent, count) =>
      count <= 8 ? false : dropAfter(response, sent, 0);
    await expect(pull()).rejects.toMatchObject({ code: 'hub_unreachable', status: 503 });
    const before = server.bytesServed;
    server.misdeed = undefined;
    expectWhole(await pull());
    expect(server.bytesServed).toBe(bytes.length);
    expect(before).toBeGreaterThan(0);
  });

  test('connections dropped at random bytes are taken up where they broke', async () => {
    let x = 7;
    let drops = 0;
    server.misdeed = (_, response, sent) => {
      x = (x * 1103515245 + 12345) % 2 ** 31;
      if (drops > 60 || x % 3 === 0) return false;
      drops++;
      return dropAfter(response, sent, x % 60_000);
    };
    expectWhole(await pull({ patience: { ...impatient, maxFailures: 20 } }));
    expect(drops).toBeGreaterThan(10);
    // Some bytes are lost in a socket that is torn down; most are not asked for twice.
    expect(fileBytesAsked()).toBeLessThan(bytes.length * 4);
  });

  test('a body that ends early with a right Content-Length is taken up', async () => {
    const isEarly = firstTries(2);
    server.misdeed = (_, response, sent) => isEarly(sent) && dropAfter(response, sent, 20_000);
    expectWhole(await pull());
  });

  test('a body cut short under a Content-Length that fits the cut is taken up', async () => {
    const isEarly = firstTries(2);
    server.misdeed = (_, response, part) => {
      const { bytes: all, start, end } = part;
      if (!isEarly(part)) return false;
      const cut = Math.min(end, start + 30_000);
      response.writeHead(206, {
        'content-length': cut - start,
        'content-range': `bytes ${start}-${end - 1}/${all.length}`,
      });
      response.end(all.subarray(start, cut));
      return true;
    };
    expectWhole(await pull());
  });

  test('a chunked body that ends early is taken up', async () => {
    const isEarly = firstTries(2);
    server.misdeed = (_, response, part) => {
      const { bytes: all, start, end } = part;
      if (!isEarly(part)) return false;
      response.writeHead(206, { 'content-range': `bytes ${start}-${end - 1}/${all.length}` });
      response.write(all.subarray(start, start + 10));
      response.end();
      return true;
    };
    expectWhole(await pull());
  });

  test('silence counts as a dropped connection', async () => {
    server.misdeed = (_, response, { bytes: all, start, end }, count) => {
      if (count !== 2) return false;
      response.writeHead(206, { 'content-range': `bytes ${start}-${end - 1}/${all.length}` });
      response.write(all.subarray(start, start + 100));
      return true; // and nothing more, ever
    };
    expectWhole(await pull({ patience: { ...impatient, idleMs: 150 } }));
  });
});

describe('a server that gives the wrong bytes', () => {
  test('corrupted bytes are an error, are removed, and never become a snapshot', async () => {
    server.misdeed = (_, response, { bytes: all, start, end }) => {
      const bad = Buffer.from(all.subarray(start, end));
      bad[bad.length >> 1]! ^= 1;
      response.writeHead(206, {
        'content-length': bad.length,
        'content-range': `bytes ${start}-${end - 1}/${all.length}`,
      });
      response.end(bad);
      return true;
    };
    await expect(pull()).rejects.toMatchObject({
      code: 'download_damaged',
      fields: { expected: sha256(bytes) },
    });
    expect(readdirSync(blobs())).toEqual([]);
    expect(existsSync(path.join(blobs(), '../snapshots'))).toBe(false);
    server.misdeed = undefined;
    expectWhole(await pull());
  });

  test('small files are held to their git id', async () => {
    server.add('a/b', {
      'config.json': Buffer.from('{}'),
      'tokenizer.json': Buffer.from('{}'),
      'model.safetensors': bytes,
    });
    server.misdeed = (request, response) => {
      if (!request.url?.endsWith('/config.json')) return false;
      response.writeHead(200).end('[]');
      return true;
    };
    await expect(pull({}, 'a/b')).rejects.toMatchObject({
      code: 'download_damaged',
      fields: { file: 'config.json', algorithm: 'git-sha1' },
    });
  });

  test('a server that ignores Range is read from the start, in one piece', async () => {
    server.misdeed = (_, response, { bytes: all }, count) => {
      response.writeHead(200, { 'content-length': all.length });
      if (count === 6) response.write(all.subarray(0, 5000), () => response.destroy());
      else response.end(all);
      return true;
    };
    expectWhole(await pull());
  });

  test('a Content-Range of another place is not written', async () => {
    const isEarly = firstTries(2);
    server.misdeed = (_, response, sent) => {
      const { bytes: all, end } = sent;
      if (!isEarly(sent)) return false;
      const part = all.subarray(10, end);
      response.writeHead(206, {
        'content-length': part.length,
        'content-range': `bytes 10-${end - 1}/${all.length}`,
      });
      response.end(part);
      return true;
    };
    expectWhole(await pull());
  });

  test('a 206 without Content-Range, again and again, is one clear error', async () => {
    server.misdeed = (_, response) => {
      response.writeHead(206).end('??');
      return true;
    };
    await expect(pull()).rejects.toMatchObject({
      code: 'hub_unreachable',
      message: expect.stringContaining('content-range none'),
    });
  });

  test('more bytes than asked for are refused', async () => {
    server.misdeed = (_, response, { bytes: all, start, end }) => {
      response.writeHead(206, { 'content-range': `bytes ${start}-${end - 1}/${all.length}` });
      response.end(Buffer.concat([all.subarray(start, end), Buffer.alloc(100_000)]));
      return true;
    };
    await expect(pull()).rejects.toMatchObject({ code: 'hub_reply_wrong' });
    expect(existsSync(path.join(blobs(), sha256(bytes)))).toBe(false);
  });

  test('a file of another size than the listing said is an error', async () => {
    server.misdeed = (_, response, { start, end }) => {
      response.writeHead(206, { 'content-range': `bytes ${start}-${end - 1}/77777777` });
      response.end(Buffer.alloc(end - start));
      return true;
    };
    await expect(pull()).rejects.toMatchObject({ code: 'download_changed' });
  });

  test('compressed bodies that were not asked for are not taken for the file', async () => {
    server.misdeed = (_, response, { bytes: all, start, end }, count) => {
      if (count > 1) return false;
      response.writeHead(206, {
        'content-encoding': 'gzip',
        'content-range': `bytes ${start}-${end - 1}/${all.length}`,
      });
      response.end(all.subarray(start, end));
      return true;
    };
    expectWhole(await pull());
  });

  test('a redirect without end, and one to a file, are refused', async () => {
    server.misdeed = (_, response) => {
      response.writeHead(302, { location: '/again' }).end();
      return true;
    };
    await expect(pull()).rejects.toMatchObject({ code: 'hub_not_found' });
    server.misdeed = (request, response) => {
      response.writeHead(302, { location: request.url as string }).end();
      return true;
    };
    await expect(pull()).rejects.toMatchObject({ code: 'hub_reply_wrong' });
    server.misdeed = (_, response) => {
      response.writeHead(302, { location: 'file:///etc/passwd' }).end();
      return true;
    };
    await expect(pull()).rejects.toMatchObject({ code: 'hub_reply_wrong' });
  });
});

describe('runs that end early', () => {
  test('an aborted pull throws the abort, and the next run asks for the rest only', async () => {
    const controller = new AbortController();
    const slow: NodeJS.Timeout[] = [];
    server.misdeed = (_, response, sent) => {
      slow.push(setTimeout(() => dropAfter(response, sent, partBytes), 5));
      return true;
    };
    const onProgress = ({ doneBytes }: { doneBytes: number }) => {
      if (doneBytes > bytes.length / 2) controller.abort();
    };
    await expect(pull({ signal: controller.signal, onProgress })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(await findLocal(parseModelName(repo), server.settings())).toBeUndefined();

    server.misdeed = undefined;
    server.seen.length = 0;
    server.bytesServed = 0;
    expectWhole(await pull());
    expect(server.bytesServed).toBeLessThan(bytes.length / 2);
    expect(fileBytesAsked()).toBe(server.bytesServed);
  });

  test('notes that are damaged, or of another content, count for nothing', async () => {
    const blob = path.join(blobs(), sha256(bytes));
    const notes = [
      'not json',
      JSON.stringify({ sizeBytes: 5, digest: { hex: sha256(bytes) }, done: [] }),
      JSON.stringify({
        sizeBytes: bytes.length,
        digest: { algorithm: 'sha256', hex: sha256(bytes) },
        done: [{ start: 0, end: 9e9 }],
      }),
      JSON.stringify({
        sizeBytes: bytes.length,
        digest: { algorithm: 'sha256', hex: sha256(bytes) },
        done: [{ start: 0, end: 5000 }], // the file beside it has seven bytes
      }),
    ];
    for (const note of notes) {
      await mkdir(blobs(), { recursive: true });
      await writeFile(`${blob}.sampan-ranges.json`, note);
      await writeFile(`${blob}.sampan-incomplete`, 'rubbish');
      expectWhole(await pull());
      await rm(path.join(blobs(), '..'), { recursive: true });
    }
  });

  test('notes that lie are found out by the digest', async () => {
    const blob = path.join(blobs(), sha256(bytes));
    await mkdir(blobs(), { recursive: true });
    await writeFile(`${blob}.sampan-incomplete`, noise(500_000, 9));
    await writeFile(
      `${blob}.sampan-ranges.json`,
      JSON.stringify({
        sizeBytes: bytes.length,
        digest: { algorithm: 'sha256', hex: sha256(bytes) },
        done: [{ start: 0, end: 500_000 }],
      }),
    );
    await expect(pull()).rejects.toMatchObject({ code: 'download_damaged' });
    expectWhole(await pull());
  });

  test('a blob of the wrong size is replaced', async () => {
    await mkdir(blobs(), { recursive: true });
    await writeFile(path.join(blobs(), sha256(bytes)), 'half');
    expectWhole(await pull());
  });

  test('two pulls of one file at once fetch it once', async () => {
    const phases: string[] = [];
    const onProgress = ({ phase }: { phase: string }) => void phases.push(phase);
    const [one, two] = await Promise.all([pull({ onProgress }), pull({ onProgress })]);
    expectWhole(one);
    expectWhole(two);
    expect(server.bytesServed).toBe(bytes.length);
    expect(phases).toContain('waiting');
  });
});

describe('limits', () => {
  const listed = (entry: object) => {
    server.listing = (request, response) => {
      if (!request.url?.includes('/tree/')) return false;
      response.end(JSON.stringify([{ type: 'file', oid: 'a'.repeat(40), ...entry }]));
      return true;
    };
  };

  test('a size beyond any model is refused before anything is fetched', async () => {
    listed({ path: file, size: 2 ** 50, lfs: { oid: 'b'.repeat(64) } });
    await expect(pull()).rejects.toMatchObject({ code: 'download_too_large' });
  });

  test('a file larger than the free disk is refused before anything is fetched', async () => {
    listed({ path: file, size: 2 ** 42, lfs: { oid: 'b'.repeat(64) } });
    await expect(pull()).rejects.toMatchObject({ code: 'disk_full', status: 507 });
    expect(server.seen.some(({ host }) => host === 'cdn')).toBe(false);
  });

  test('parts that fit one by one but not together are refused before the first', async () => {
    const { bavail, bsize } = await statfs(server.folder);
    const size = Math.floor(bavail * bsize * 0.7);
    server.listing = (request, response) => {
      if (!request.url?.includes('/tree/')) return false;
      const part = (n: number) => ({
        type: 'file',
        path: `m-Q4_0-0000${n}-of-00002.gguf`,
        size,
        lfs: { oid: `${n}`.repeat(64) },
      });
      response.end(JSON.stringify([part(1), part(2)]));
      return true;
    };
    await expect(pull()).rejects.toMatchObject({ code: 'disk_full' });
    expect(server.seen.some(({ path: url }) => url.includes('/resolve/'))).toBe(false);
  });
});
