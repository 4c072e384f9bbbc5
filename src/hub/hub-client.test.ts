/** Listings of both hubs, honest and not. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  commit,
  gitSha1,
  impatient,
  MisbehavingServer,
  noise,
  sendJson,
  sha256,
  token,
  treeEntry,
} from '../../test/hub/misbehaving-server.ts';
import { openHub } from './hub-client.ts';
import type { HubKind } from './settings.ts';

const weights = noise(1000);
const config = Buffer.from('{}');
let server: MisbehavingServer;

beforeEach(async () => {
  server = await MisbehavingServer.start();
  server.add('o/r', { 'sub/a b.gguf': weights, 'config.json': config });
});
afterEach(() => server[Symbol.asyncDispose]());

const open = (hub: HubKind = 'huggingface') =>
  openHub(server.settings(), { hub, patience: impatient });
const list = (hub?: HubKind) => open(hub).list('o/r');

function answerTree(value: unknown, headers: Record<string, string> = {}) {
  server.listing = (request, response) => {
    if (!request.url?.includes('/tree/') && !request.url?.includes('/repo/files')) return false;
    response.writeHead(200, headers).end(typeof value === 'string' ? value : JSON.stringify(value));
    return true;
  };
}

describe('Hugging Face', () => {
  test('large files bear their sha256, small ones their git id', async () => {
    expect(await list()).toEqual({
      revision: 'main',
      commit,
      files: [
        {
          path: 'sub/a b.gguf',
          sizeBytes: 1000,
          digest: { algorithm: 'sha256', hex: sha256(weights) },
        },
        {
          path: 'config.json',
          sizeBytes: 2,
          digest: { algorithm: 'git-sha1', hex: gitSha1(config) },
        },
      ],
    });
  });

  test('files are fetched at the commit, their names encoded', async () => {
    const hub = open();
    const url = hub.fileUrl('o/r', await hub.list('o/r'), 'sub/a b.gguf');
    expect(url).toBe(`${server.url}/o/r/resolve/${commit}/sub/a%20b.gguf`);
  });

  test('pages are followed on the same host, and on no other', async () => {
    const page = (host: string) => {
      server.listing = (request, response) => {
        if (!request.url?.includes('/tree/')) return false;
        const isNext = request.url.includes('cursor=2');
        if (!isNext)
          response.setHeader('link', `<${host}/api/models/o/r/tree/x?cursor=2>; rel="next"`);
        sendJson(response, [treeEntry({ name: isNext ? 'b.gguf' : 'a.gguf', bytes: weights })]);
        return true;
      };
    };
    page(server.url);
    expect((await list()).files.map((file) => file.path)).toEqual(['a.gguf', 'b.gguf']);
    page(server.cdnUrl);
    await expect(list()).rejects.toMatchObject({ code: 'hub_reply_wrong' });
    expect(server.seen.some(({ host }) => host === 'cdn')).toBe(false);
  });

  test('pages without end come to an end', async () => {
    answerTree([], { link: `<${server.url}/api/models/o/r/tree/x>; rel="next"` });
    // Each page costs a round trip, so the limit is on pages as well as on entries.
    await expect(list()).rejects.toMatchObject({ code: 'hub_reply_wrong' });
  });

  test.each([
    ['../../x'],
    ['/etc/passwd.gguf'],
    ['a/../../b.gguf'],
    ['a//b.gguf'],
    ['./a.gguf'],
    [''],
    [7],
  ])('the file name %j ends the listing', async (path) => {
    answerTree([{ type: 'file', path, size: 1, oid: 'a'.repeat(40) }]);
    await expect(list()).rejects.toMatchObject({
      code: 'hub_reply_wrong',
      message: expect.stringContaining('file name'),
    });
  });

  test.each([
    ['C:\\x.gguf'],
    ['..\\x.gguf'],
    ['nul.gguf'],
    ['a:b.gguf'],
    ['a\u0000.gguf'],
    ['a\n.gguf'],
    ['dir./a.gguf'],
    [`${'x'.repeat(300)}.gguf`],
  ])('the file name %j is no model file', async (path) => {
    answerTree([
      { type: 'file', path, size: 1, oid: 'a'.repeat(40) },
      treeEntry({ name: 'good.gguf', bytes: weights }),
    ]);
    expect((await list()).files.map((file) => file.path)).toEqual(['good.gguf']);
  });

  test.each([
    ['size', { size: -1 }],
    ['size', { size: 1.5 }],
    ['size', { size: 1e300 }],
    ['size', { size: '12' }],
    ['digest', { lfs: { oid: '../../x' } }],
    ['digest', { oid: 'short' }],
    ['digest', { oid: undefined }],
  ])('an impossible %s ends the listing: %j', async (field, wrong) => {
    answerTree([{ type: 'file', path: 'a.json', size: 1, oid: 'a'.repeat(40), ...wrong }]);
    await expect(list()).rejects.toMatchObject({
      code: 'hub_reply_wrong',
      message: expect.stringContaining(field),
    });
  });

  test('100,000 entries are refused, quickly', async () => {
    const entries = Array.from({ length: 100_000 }, (_, i) => ({
      type: 'file',
      path: `f${i}.gguf`,
      size: 1,
      oid: 'a'.repeat(40),
    }));
    answerTree(entries);
    await expect(list()).rejects.toMatchObject({
      code: 'hub_reply_wrong',
      message: expect.stringContaining('100000 entries'),
    });
  });

  test('a reply without end is cut', async () => {
    server.listing = (request, response) => {
      if (!request.url?.includes('/tree/')) return false;
      const piece = Buffer.alloc(1 << 20, 0x20);
      const more = () => {
        while (!response.destroyed && response.write(piece));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
      return true;
    };
    await expect(list()).rejects.toMatchObject({
      code: 'hub_reply_wrong',
      message: expect.stringContaining('over'),
    });
  });

  test.each([['<html>Sign in to the hotel Wi-Fi'], ['{"error":"x"}'], ['null'], ['[null,1,"x"]']])(
    'the reply %j is one clear error or an empty list',
    async (text) => {
      answerTree(text);
      const found = await list().catch((cause) => cause.code);
      expect(text.startsWith('[') ? found.files : found).toEqual(
        text.startsWith('[') ? [] : 'hub_reply_wrong',
      );
    },
  );

  test('an unknown repository and a refused one are told apart', async () => {
    await expect(open().list('o/none')).rejects.toMatchObject({
      code: 'hub_not_found',
      status: 404,
    });
    server.listing = (_, response) => {
      response.writeHead(401).end();
      return true;
    };
    await expect(list()).rejects.toMatchObject({
      code: 'hub_denied',
      remedy: expect.stringContaining('HF_TOKEN'),
    });
  });

  test('a 401 that means "no such repository" is told as that', async () => {
    server.listing = (_, response) => {
      response.writeHead(401, { 'x-error-code': 'RepoNotFound' }).end();
      return true;
    };
    await expect(list()).rejects.toMatchObject({ code: 'hub_not_found' });
  });

  test('a hub that nobody answers for is one clear error', async () => {
    const settings = server.settings({ HF_ENDPOINT: 'http://127.0.0.1:9' });
    await expect(openHub(settings, { patience: impatient }).list('o/r')).rejects.toMatchObject({
      code: 'hub_unreachable',
      fields: { host: '127.0.0.1:9' },
    });
  });

  test('a listing is tried again after 429 and 502', async () => {
    let tries = 0;
    server.listing = (_, response) => {
      tries++;
      if (tries > 2) return false;
      response.writeHead(tries === 1 ? 429 : 502).end();
      return true;
    };
    expect((await list()).files).toHaveLength(2);
  });

  test('a redirect from https to http is refused', async () => {
    const asked: string[] = [];
    const hub = openHub(server.settings({ HF_ENDPOINT: 'https://hub.test' }), {
      patience: impatient,
      fetch: async (url) => {
        asked.push(url);
        return new Response(null, { status: 302, headers: { location: 'http://hub.test/plain' } });
      },
    });
    await expect(hub.list('o/r')).rejects.toMatchObject({
      code: 'hub_reply_wrong',
      message: expect.stringContaining('http://hub.test/plain'),
    });
    expect(asked).toHaveLength(1);
  });

  test('the token is in no message', async () => {
    server.listing = (_, response) => {
      response.writeHead(403).end();
      return true;
    };
    const cause = await list().catch((caught: Error) => caught);
    expect(JSON.stringify(cause) + String(cause)).not.toContain(token);
    expect(server.seen[0]?.authorization).toContain(token);
  });
});

describe('ModelScope', () => {
  test('every file bears its sha256, and equal content has an equal commit', async () => {
    const one = await list('modelscope');
    expect(one.revision).toBe('master');
    expect(one.commit).toMatch(/^[0-9a-f]{40}$/);
    expect(one.files.map(({ digest }) => digest)).toEqual([
      { algorithm: 'sha256', hex: sha256(weights) },
      { algorithm: 'sha256', hex: sha256(config) },
    ]);
    expect((await list('modelscope')).commit).toBe(one.commit);
    server.add('o/r', { 'sub/a b.gguf': noise(1000, 2), 'config.json': config });
    expect((await list('modelscope')).commit).not.toBe(one.commit);
  });

  test('files are fetched from the branch', async () => {
    const hub = open('modelscope');
    const url = hub.fileUrl('o/r', await hub.list('o/r'), 'sub/a b.gguf');
    expect(url).toBe(`${server.url}/models/o/r/resolve/master/sub/a%20b.gguf`);
  });

  test("Hugging Face's token is not shown to it", async () => {
    await list('modelscope');
    expect(server.seen.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  test.each([
    [{ Code: 200 }],
    [{ Data: { Files: [{ Type: 'blob', Path: '../x', Size: 1, Sha256: 'a'.repeat(64) }] } }],
    [{ Data: { Files: [{ Type: 'blob', Path: 'x.gguf', Size: 1, Sha256: '' }] } }],
  ])('a wrong reply is one clear error: %j', async (reply) => {
    answerTree(reply);
    await expect(list('modelscope')).rejects.toMatchObject({ code: 'hub_reply_wrong' });
  });
});
