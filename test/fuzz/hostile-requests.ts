/**
 * Hostile requests to a running server: every route that takes a body gets values that its schema
 * almost describes, broken text, wrong heads, clients that leave, and bytes that are no HTTP. What
 * comes back must be a reply in the form of the API, never a failure of the server's own.
 */
import { connect } from 'node:net';
import { z } from 'zod';
import { mulberry32 } from '../../src/base/mulberry32.ts';
import { apiOfPath } from '../../src/protocol/api-kind.ts';
import type { RouteDeclaration } from '../../src/server/add-route.ts';
import {
  below,
  corrupt,
  hostile,
  type Json,
  mutate,
  pick,
  type Random,
  randomOf,
} from './random-json.ts';

/** Longer than any reply takes; a request that is not over then hangs. */
const patienceMs = 30_000;
const atOnce = 16;

export interface HostileTally {
  readonly statuses: Map<number, number>;
  /** Paths that have done what was asked. */
  readonly served: Set<string>;
  left: number;
  raw: number;
  /** What must not be: seed and number make it again. */
  readonly wrong: string[];
}

interface Target {
  readonly url: string;
  readonly port: number;
  readonly routes: readonly RouteDeclaration[];
}

/** Case numbers from `first` on, each made of the seed and its number alone. */
export async function hostileRequests(
  target: Target,
  { seed, first = 0, count }: { seed: number; first?: number; count: number },
): Promise<HostileTally> {
  const tally: HostileTally = {
    statuses: new Map(),
    served: new Set(),
    left: 0,
    raw: 0,
    wrong: [],
  };
  const routes = target.routes.filter((route) => route.body !== undefined);
  const schemas = routes.map(({ body }) =>
    z.toJSONSchema(body as z.ZodType, { io: 'input', unrepresentable: 'any' }),
  );
  let next = first;
  const worker = async () => {
    while (next < first + count) {
      const number = next++;
      const random = mulberry32(seed * 1_000_003 + number);
      const index = below(random, routes.length);
      const { method, path } = routes[index] as RouteDeclaration;
      const wrong = await oneCase(
        target,
        { method, path },
        schemas[index] as object,
        random,
        tally,
      );
      if (wrong !== undefined) tally.wrong.push(`case ${number}: ${method} ${path}: ${wrong}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return tally;
}

async function oneCase(
  target: Target,
  { method, path }: { method: string; path: string },
  schema: object,
  random: Random,
  tally: HostileTally,
): Promise<string | undefined> {
  const body = bodyOf(schema as never, random);
  const what = random();
  if (what < 0.05) {
    tally.raw++;
    return rawBytes(target.port, path, body, random);
  }
  const leavesAfterMs = what < 0.2 ? below(random, 40) : undefined;
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (what > 0.9) Object.assign(headers, hostileHeaders(random));
  const usedMethod = what > 0.87 && what < 0.9 ? pick(random, ['PUT', 'PATCH', 'DELETE']) : method;
  const url =
    target.url + path.replace(/:\w+(?:\{[^}]*\})?/g, () => encodeURIComponent('sha256:x'));
  const signal = AbortSignal.any([
    AbortSignal.timeout(patienceMs),
    ...(leavesAfterMs === undefined ? [] : [AbortSignal.timeout(leavesAfterMs)]),
  ]);
  const sentAt = performance.now();
  try {
    const reply = await fetch(url, { method: usedMethod, headers, body, signal });
    const text = await reply.text();
    tally.statuses.set(reply.status, (tally.statuses.get(reply.status) ?? 0) + 1);
    if (reply.ok) tally.served.add(path);
    return judge(path, reply, text);
  } catch (cause) {
    const waitedMs = performance.now() - sentAt;
    if (waitedMs >= patienceMs) return 'it hangs';
    if (leavesAfterMs === undefined)
      return `no reply: ${String(cause)} ${String((cause as Error).cause)}`;
    tally.left++;
    return undefined;
  }
}

function bodyOf(schema: never, random: Random): string {
  const what = random();
  if (what < 0.05) return JSON.stringify(hostile(random));
  let value: Json = randomOf(schema, random);
  const numChanges = Math.max(0, below(random, 7) - 3);
  for (let i = 0; i < numChanges; i++) value = mutate(value, random);
  const text = JSON.stringify(value);
  return what < 0.2 ? corrupt(text, random) : text;
}

function hostileHeaders(random: Random): Record<string, string> {
  return pick<Record<string, string>>(random, [
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/json; charset=utf-16' },
    { 'content-type': `application/${'x'.repeat(3000)}` },
    { origin: 'https://evil.example' },
    { 'x-request-id': 'x'.repeat(2000) },
    { traceparent: '00-zz-zz-01' },
    { authorization: `Bearer ${'k'.repeat(3000)}` },
    { 'accept-encoding': '*;q=0' },
    { 'x-forwarded-for': "'; drop table keys" },
  ]);
}

/** undefined: as it should be. */
function judge(path: string, reply: Response, text: string): string | undefined {
  const told = `status ${reply.status}: ${text.slice(0, 300)}`;
  // No model of a hub can be fetched here, and that is the hub's state, not a failure of the server.
  const isHub = path === '/api/pull' && reply.status === 503;
  if (reply.status >= 500 && !isHub) return told;
  if (text.includes('Internal error')) return told;
  const type = reply.headers.get('content-type') ?? '';
  try {
    if (reply.status >= 400)
      return isErrorBody(path, JSON.parse(text)) ? undefined : `form: ${told}`;
    if (type.startsWith('text/event-stream')) checkEvents(text);
    else if (type.startsWith('application/x-ndjson')) checkLines(text);
    else JSON.parse(text);
  } catch (cause) {
    return `${String(cause)}: ${told}`;
  }
  return undefined;
}

function isErrorBody(path: string, body: Json): boolean {
  const { error, type } = body as { error?: { message?: unknown } | string; type?: unknown };
  if (apiOfPath(path) === 'ollama') return typeof error === 'string';
  if (apiOfPath(path) === 'anthropic' && type !== 'error') return false;
  return typeof error === 'object' && typeof error.message === 'string';
}

function checkEvents(text: string): void {
  for (const frame of text.split('\n\n').filter((frame) => frame !== '')) {
    for (const line of frame.split('\n')) {
      if (!/^(data: |event: [\w.]+$|: )/.test(line)) throw new Error(`no event: ${line}`);
      if (line.startsWith('data: ') && line !== 'data: [DONE]') JSON.parse(line.slice(6));
    }
  }
}

function checkLines(text: string): void {
  for (const line of text.split('\n').filter((line) => line !== '')) JSON.parse(line);
}

/** Lies about lengths, halves of requests, several at once, garbage: the connection must end. */
function rawBytes(
  port: number,
  path: string,
  body: string,
  random: Random,
): Promise<string | undefined> {
  const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;
  const text = pick(random, [
    `${head}Content-Length: ${body.length + 10}\r\n\r\n${body}`,
    `${head}Content-Length: 2\r\n\r\n${body}`,
    `${head}Content-Length: -1\r\n\r\n`,
    `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    `${head}Transfer-Encoding: chunked\r\n\r\nffffffffff\r\n${body}`,
    `POST ${path} HTTP/9.9\r\n\r\n`,
    `POST ${path}\r\n`,
    `${'\u0000\u00ff'.repeat(below(random, 200))}\r\n\r\n`,
    `GET //evil.example/${path} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`,
  ]);
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    // Half a request is waited for as long as the server allows; here the client gives up first.
    const leave = setTimeout(() => socket.destroy(), 100);
    socket.setEncoding('latin1').on('data', (data) => {
      received += data;
    });
    socket
      .on('error', () => {})
      .on('close', () => {
        clearTimeout(leave);
        const status = /^HTTP\/1\.1 (\d+)/.exec(received)?.[1];
        resolve(Number(status) >= 500 ? `raw bytes: status ${status}` : undefined);
      });
  });
}
