/**
 * A hub and its content network on 127.0.0.1, two ports, so two origins: Hugging Face's and
 * ModelScope's dialects and plain files. It behaves unless a test hands it a misdeed.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Patience } from '../../src/hub/request.ts';
import { type HubSettings, hubSettings } from '../../src/hub/settings.ts';

export interface Seen {
  readonly host: 'hub' | 'cdn';
  readonly path: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly authorization: string | undefined;
}

/** Called before a file's bytes are served; true: the misdeed has answered. */
export type Misdeed = (
  request: IncomingMessage,
  response: ServerResponse,
  file: { bytes: Buffer; start: number; end: number; etag: string },
  count: number,
) => boolean;

export const token = 'hf_secret';
export const commit = 'c0ffee00'.repeat(5);
/** Quick to retry: a test of eight failures is over in a tenth of a second. */
export const impatient: Patience = { maxFailures: 6, backoffMs: 2, idleMs: 2_000 };
export const partBytes = 64 << 10;

/** Kept: a hub knows its files' digests and does not work them out for every request. */
const digests = new WeakMap<Buffer, string>();

export function sha256(bytes: Buffer): string {
  const hex = digests.get(bytes) ?? createHash('sha256').update(bytes).digest('hex');
  digests.set(bytes, hex);
  return hex;
}

export const gitSha1 = (bytes: Buffer) =>
  createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');

/** Bytes that differ everywhere, so that a misplaced range shows. */
export function noise(length: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(length);
  let x = (seed * 2654435761) >>> 0 || 1;
  for (let i = 0; i < length; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    bytes[i] = x;
  }
  return bytes;
}

export class MisbehavingServer implements AsyncDisposable {
  readonly repos = new Map<string, Map<string, Buffer>>();
  /** Plain files under /files/, with the ETag they are served with. */
  readonly plain = new Map<string, { bytes: Buffer; etag: string | undefined }>();
  readonly seen: Seen[] = [];
  readonly folder = mkdtempSync(path.join(tmpdir(), 'sampan-hub-'));
  misdeed: Misdeed | undefined;
  ignoresIfRange = false;
  /** Replaces the answer to a listing. */
  listing: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  /** File bytes that went out. */
  bytesServed = 0;
  #count = 0;
  #hub: Server;
  #cdn: Server;

  static async start(): Promise<MisbehavingServer> {
    const server = new MisbehavingServer();
    await Promise.all([listen(server.#hub), listen(server.#cdn)]);
    return server;
  }

  private constructor() {
    this.#hub = createServer((request, response) => this.#answerHub(request, response));
    this.#cdn = createServer((request, response) => this.#answerCdn(request, response));
  }

  get url(): string {
    return origin(this.#hub);
  }

  get cdnUrl(): string {
    return origin(this.#cdn);
  }

  settings(more: Record<string, string> = {}): HubSettings {
    return hubSettings({
      HOME: this.folder,
      HF_HOME: path.join(this.folder, 'hf'),
      HF_ENDPOINT: this.url,
      MODELSCOPE_ENDPOINT: this.url,
      HF_TOKEN: token,
      ...more,
    });
  }

  add(repo: string, files: Record<string, Buffer>): void {
    this.repos.set(repo, new Map(Object.entries(files)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of [this.#hub, this.#cdn]) {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  #note(host: Seen['host'], { url, headers }: IncomingMessage): URL {
    this.seen.push({
      host,
      path: url as string,
      range: headers.range,
      ifRange: headers['if-range'] as string | undefined,
      authorization: headers.authorization,
    });
    return new URL(url as string, 'http://x');
  }

  #answerHub(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = this.#note('hub', request);
    const api = /^\/api\/models\/([^/]+\/[^/]+)\/(revision|tree)\//.exec(pathname);
    const scope = /^\/api\/v1\/models\/([^/]+\/[^/]+)\/repo\/files$/.exec(pathname);
    const file = /^(?:\/models)?\/([^/]+\/[^/]+)\/resolve\/[^/]+\/(.+)$/.exec(pathname);
    const plain = this.plain.get(pathname);
    if (plain !== undefined) {
      this.#serve(request, response, plain.bytes, plain.etag);
      return;
    }
    const repo = this.repos.get((api ?? scope ?? file)?.[1] ?? '');
    if (repo === undefined) {
      notFound(response);
      return;
    }

    if (file) {
      const bytes = repo.get(decodeURIComponent(file[2] as string));
      if (bytes === undefined) notFound(response);
      else this.#resolve(request, response, bytes, file);
      return;
    }
    if (this.listing?.(request, response)) return;
    const files = [...repo].map(([name, bytes]) => ({ name, bytes }));
    if (scope) {
      const Files = files.map(({ name, bytes }) => ({
        Type: 'blob',
        Path: name,
        Size: bytes.length,
        Sha256: sha256(bytes),
      }));
      sendJson(response, { Code: 200, Data: { Files } });
    } else {
      sendJson(response, api?.[2] === 'revision' ? { sha: commit } : files.map(treeEntry));
    }
  }

  /** Large files are on the content network, behind a signed URL; small ones are here. */
  #resolve(
    request: IncomingMessage,
    response: ServerResponse,
    bytes: Buffer,
    [, repo, name]: RegExpExecArray,
  ): void {
    if (!isLarge(name as string)) {
      this.#serve(request, response, bytes, `"${gitSha1(bytes)}"`);
      return;
    }
    response.writeHead(302, {
      location: `${this.cdnUrl}/${repo}/${name}?signature=1`,
      'x-linked-etag': `"${sha256(bytes)}"`,
      'x-linked-size': bytes.length,
      'x-repo-commit': commit,
    });
    response.end();
  }

  #answerCdn(request: IncomingMessage, response: ServerResponse): void {
    const [, owner, repo, ...name] = this.#note('cdn', request).pathname.split('/');
    const bytes = this.repos.get(`${owner}/${repo}`)?.get(decodeURIComponent(name.join('/')));
    if (bytes === undefined) notFound(response);
    else this.#serve(request, response, bytes, '"cdn-etag"');
  }

  #serve(
    request: IncomingMessage,
    response: ServerResponse,
    bytes: Buffer,
    etag: string | undefined,
  ): void {
    const asked = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const condition = this.ignoresIfRange ? undefined : request.headers['if-range'];
    const isChanged = condition !== undefined && condition !== etag;
    const isRange = asked !== null && !isChanged;
    const start = isRange ? Number(asked[1]) : 0;
    const end = isRange ? Math.min(Number(asked[2]) + 1, bytes.length) : bytes.length;
    const file = { bytes, start, end, etag: etag ?? '' };
    if (this.misdeed?.(request, response, file, ++this.#count)) return;
    if (isRange && start >= bytes.length) {
      response.writeHead(416).end();
      return;
    }
    response.writeHead(isRange ? 206 : 200, {
      'content-length': end - start,
      'accept-ranges': 'bytes',
      ...(etag && { etag }),
      ...(isRange && { 'content-range': `bytes ${start}-${end - 1}/${bytes.length}` }),
    });
    this.bytesServed += end - start;
    response.end(bytes.subarray(start, end));
  }
}

const notFound = (response: ServerResponse) => response.writeHead(404).end();
const isLarge = (name: string) => /\.(gguf|safetensors)$/.test(name);

export function treeEntry({ name, bytes }: { name: string; bytes: Buffer }): object {
  const entry = { type: 'file', path: name, size: bytes.length, oid: gitSha1(bytes) };
  return isLarge(name) ? { ...entry, lfs: { oid: sha256(bytes), size: bytes.length } } : entry;
}

export function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** A 206 for what was asked, of which only the first `count` bytes come before the line drops. */
export function dropAfter(
  response: ServerResponse,
  { bytes, start, end, etag }: Parameters<Misdeed>[2],
  count: number,
): true {
  response.writeHead(206, {
    'content-length': end - start,
    'content-range': `bytes ${start}-${end - 1}/${bytes.length}`,
    ...(etag && { etag }),
  });
  response.write(bytes.subarray(start, Math.min(end, start + count)), () => response.destroy());
  return true;
}

function listen(server: Server): Promise<void> {
  return new Promise((done) => server.listen(0, '127.0.0.1', done));
}

const origin = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
