/** A plain URL: no digest to hold it to, so its validator is all there is. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
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

const [first, second] = [noise(700_001, 1), noise(700_001, 2)];
let server: MisbehavingServer;
let url: string;

beforeEach(async () => {
  server = await MisbehavingServer.start();
  url = `${server.url}/files/tiny.gguf`;
  server.plain.set('/files/tiny.gguf', { bytes: first, etag: '"one"' });
});
afterEach(() => server[Symbol.asyncDispose]());

const pull = (options: PullOptions = {}) =>
  pullModel(parseModelName(url), server.settings(), {
    patience: impatient,
    partBytes,
    ...options,
  });
const change = (etag = '"two"') => server.plain.set('/files/tiny.gguf', { bytes: second, etag });

test('a URL is pulled in parts, found again, and lies beside the hub cache', async () => {
  const found = await pull();
  expect(readFileSync(found.path).equals(first)).toBe(true);
  expect(path.basename(found.path)).toBe('tiny.gguf');
  expect(path.dirname(path.dirname(found.path))).toBe(path.join(server.folder, 'hf/sampan/urls'));
  expect(await findLocal(parseModelName(url), server.settings())).toEqual(found);
  expect(server.seen.filter(({ range }) => range !== undefined).length).toBeGreaterThan(10);
  // The size is asked for again, not the bytes.
  const before = server.bytesServed;
  await pull();
  expect(server.bytesServed).toBe(before + 1);
});

test('a file that changes half-way is begun anew and is never a mixture', async () => {
  server.misdeed = (_, __, ___, count) => {
    if (count === 5) change();
    return false;
  };
  const found = await pull();
  expect(readFileSync(found.path).equals(second)).toBe(true);
  expect(server.seen.some(({ ifRange }) => ifRange === '"one"')).toBe(true);
});

test('a changed file is noticed where the server ignores If-Range too', async () => {
  server.ignoresIfRange = true;
  server.misdeed = (_, __, ___, count) => {
    if (count === 6) change();
    return false;
  };
  const found = await pull();
  expect(readFileSync(found.path).equals(second)).toBe(true);
});

test('a file that changes without end is one clear error', async () => {
  let version = 0;
  server.misdeed = (_, __, ___, count) => {
    if (count % 4 === 0) change(`"v${version++}"`);
    return false;
  };
  await expect(pull()).rejects.toMatchObject({ code: 'download_changed', status: 409 });
});

test('an aborted pull goes on with what it has, unless the file has changed since', async () => {
  const half = async () => {
    const controller = new AbortController();
    const onProgress = ({ doneBytes }: { doneBytes: number }) => {
      if (doneBytes > first.length / 2) controller.abort();
    };
    server.misdeed = (_, response, sent, count) => {
      if (count === 1) return false;
      setTimeout(() => dropAfter(response, sent, partBytes), 10);
      return true;
    };
    await expect(pull({ signal: controller.signal, onProgress })).rejects.toThrow();
    server.misdeed = undefined;
    server.bytesServed = 0;
  };
  await half();
  expect(readFileSync((await pull()).path).equals(first)).toBe(true);
  expect(server.bytesServed).toBeLessThan(first.length / 2 + 1);

  url = `${url}?again`;
  server.plain.set('/files/tiny.gguf', { bytes: first, etag: '"one"' });
  await half();
  change();
  expect(readFileSync((await pull()).path).equals(second)).toBe(true);
});

test('pulling again replaces a file that has changed on the server', async () => {
  await pull();
  change();
  const found = await pull();
  expect(readFileSync(found.path).equals(second)).toBe(true);
  expect(readdirSync(path.dirname(found.path)).sort()).toEqual(['sampan-url.json', 'tiny.gguf']);
});

test('without a validator the file comes in one piece, begun anew after each break', async () => {
  for (const etag of [undefined, 'W/"weak"']) {
    server.plain.set('/files/tiny.gguf', { bytes: first, etag });
    server.seen.length = 0;
    let drops = 0;
    server.misdeed = (_, response, { bytes }, count) => {
      if (count === 1 || drops === 2) return false;
      drops++;
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 100_000), () => response.destroy());
      return true;
    };
    const found = await pull();
    expect(readFileSync(found.path).equals(first)).toBe(true);
    expect(server.seen.filter(({ range }) => range !== undefined)).toHaveLength(1); // the probe
    url = `${url}?next`;
  }
});

test('x-linked-etag of the hub is the digest the file is held to', async () => {
  server.add('o/r', { 'big.gguf': first });
  url = `${server.url}/o/r/blob/main/big.gguf`;
  const found = await pull();
  expect(found.path.endsWith('/big.gguf')).toBe(true);

  server.add('o/s', { 'big.gguf': first });
  url = `${server.url}/o/s/resolve/main/big.gguf`;
  server.misdeed = (_, response, { start, end }) => {
    response.writeHead(206, { 'content-range': `bytes ${start}-${end - 1}/${first.length}` });
    response.end(second.subarray(start, end));
    return true;
  };
  await expect(pull()).rejects.toMatchObject({
    code: 'download_damaged',
    fields: { expected: sha256(first) },
  });
});

test('the token goes to the hub and to no other server', async () => {
  await pull();
  expect(server.seen.every(({ authorization }) => authorization === `Bearer ${token}`)).toBe(true);
  server.add('o/r', { 'x.gguf': first });
  server.seen.length = 0;
  url = `${server.cdnUrl}/o/r/x.gguf`;
  await pull();
  expect(server.seen.every(({ authorization }) => authorization === undefined)).toBe(true);
});

test('a server that does not say how long the file is is refused', async () => {
  server.misdeed = (_, response) => {
    response.writeHead(200);
    response.end('chunked');
    return true;
  };
  await expect(pull()).rejects.toMatchObject({ code: 'hub_reply_wrong' });
});

test('a file larger than the free disk is refused before it is fetched', async () => {
  server.misdeed = (_, response) => {
    response.writeHead(206, { 'content-range': `bytes 0-0/${2 ** 42}`, etag: '"1"' }).end('G');
    return true;
  };
  await expect(pull()).rejects.toMatchObject({ code: 'disk_full' });
  expect(server.seen).toHaveLength(1);
});

test('a file name that would leave the folder stays in it', async () => {
  for (const name of ['..%2F..%2Fx.gguf', '%00.gguf', '...gguf', 'a%5Cb.gguf']) {
    server.plain.set(new URL(`${server.url}/files/${name}`).pathname, {
      bytes: first,
      etag: '"1"',
    });
    url = `${server.url}/files/${name}`;
    const found = await pull();
    const urls = path.join(server.folder, 'hf/sampan/urls');
    expect(path.dirname(path.dirname(found.path))).toBe(urls);
    expect(existsSync(found.path)).toBe(true);
  }
});
