/**
 * One HTTP request to a hub, with what every request needs: redirects followed here, so that the
 * token goes to the hub's own origin and nowhere else; time limits on silence, not on length; the
 * caller's AbortSignal. What may pass by itself (dropped connection, 429, 5xx) is thrown as a
 * TransferFault; the rest is an error of the user's situation.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { error } from '../base/errors.ts';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** How patient a transfer is. The defaults are for people; tests shorten them. */
export interface Patience {
  /** Failures in a row, without progress between, that end a transfer. */
  readonly maxFailures: number;
  /** First pause after a failure; doubles up to a minute. */
  readonly backoffMs: number;
  /** Silence after which a connection counts as dropped. */
  readonly idleMs: number;
}

export const defaultPatience: Patience = { maxFailures: 8, backoffMs: 500, idleMs: 45_000 };

/** Who asks: for errors, and for the token. */
export interface Origin {
  /** The hub's name as users know it. */
  readonly hub: string;
  /** The token is sent to URLs of this origin alone. */
  readonly origin: string;
  readonly token: string | undefined;
  /** The variable that holds the token. */
  readonly tokenVariable: string;
}

export interface Connection extends Origin {
  readonly fetch: Fetch;
  readonly patience: Patience;
  readonly signal: AbortSignal | undefined;
}

/** Something that may pass: worth another try. */
export class TransferFault extends Error {
  readonly retryAfterMs: number | undefined;

  constructor(message: string, retryAfterMs?: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/** A reply whose body has not been read yet. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** Headers of the redirects on the way that came from the hub itself: x-linked-etag and others. */
  readonly hubHeaders: Headers;
  /** The body, piece by piece; throws a TransferFault where it breaks off or falls silent. */
  body(): AsyncGenerator<Uint8Array>;
  /** Closes the connection of a body that is not wanted. */
  cancel(): void;
}

const maxRedirects = 8;
const redirects = new Set([301, 302, 303, 307, 308]);
/** Nobody waits longer without being told. */
const maxRetryAfterMs = 5 * 60_000;

export async function request(
  connection: Connection,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const hubHeaders = new Headers();
  let target = url;
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const watch = new Watch(connection);
    const response = await fetchOnce(connection, watch, target, headers);
    if (!redirects.has(response.status)) {
      try {
        checkStatus(connection, response, target);
      } catch (fault) {
        watch.stop();
        void response.body?.cancel().catch(() => undefined);
        throw fault;
      }
      return reply(response, hubHeaders, watch);
    }

    watch.stop();
    void response.body?.cancel().catch(() => undefined);
    if (new URL(target).origin === connection.origin) {
      for (const [name, value] of response.headers) hubHeaders.set(name, value);
    }
    target = redirectTarget(target, response.headers.get('location'));
  }
  throw replyError(target, 'redirects', `more than ${maxRedirects}`, 'a file');
}

export function replyError(url: string, field: string, found: string, expected: string) {
  return error('hub_reply_wrong', { host: new URL(url).host, field, found, expected });
}

/** Pauses before the next try, then returns; throws when there have been too many. */
export async function pause(
  connection: Connection,
  url: string,
  failures: number,
  fault: TransferFault,
): Promise<void> {
  const { maxFailures, backoffMs } = connection.patience;
  const asked = fault.retryAfterMs ?? 0;
  if (failures > maxFailures || asked > maxRetryAfterMs) {
    const found =
      asked > maxRetryAfterMs ? `asks to wait ${Math.ceil(asked / 1000)} s` : fault.message;
    throw error('hub_unreachable', { host: new URL(url).host, found, tries: failures }, fault);
  }
  const grown = Math.min(backoffMs * 2 ** (failures - 1), 60_000);
  // Spread: parts that failed together do not come back together.
  const wait = Math.max(asked, grown * (0.5 + Math.random() / 2));
  await sleep(wait, undefined, {
    ref: true,
    ...(connection.signal && { signal: connection.signal }),
  }).catch(() => undefined);
  connection.signal?.throwIfAborted();
}

/** A small document: whole in memory, never more than `maxBytes` of it. */
export async function requestText(
  connection: Connection,
  url: string,
  maxBytes: number,
): Promise<{ text: string; headers: Headers }> {
  for (let failures = 0; ; ) {
    try {
      const answer = await request(connection, url, { accept: 'application/json' });
      const pieces: Uint8Array[] = [];
      let size = 0;
      for await (const piece of answer.body()) {
        size += piece.length;
        if (size > maxBytes) throw replyError(url, 'reply', `over ${maxBytes} bytes`, 'less');
        pieces.push(piece);
      }
      return { text: Buffer.concat(pieces).toString('utf8'), headers: answer.headers };
    } catch (fault) {
      if (!(fault instanceof TransferFault)) throw fault;
      await pause(connection, url, ++failures, fault);
    }
  }
}

async function fetchOnce(
  connection: Connection,
  watch: Watch,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const isHub = new URL(url).origin === connection.origin;
  const authorization =
    isHub && connection.token !== undefined ? { authorization: `Bearer ${connection.token}` } : {};
  try {
    return await connection.fetch(url, {
      // Lengths and ranges are of the file's own bytes, so no compression on the way.
      headers: {
        'user-agent': 'sampan',
        'accept-encoding': 'identity',
        ...headers,
        ...authorization,
      },
      redirect: 'manual',
      signal: watch.signal,
    });
  } catch (cause) {
    watch.stop();
    throw watch.fault(cause);
  }
}

function checkStatus(connection: Connection, response: Response, url: string): void {
  const { status } = response;
  if (status === 200 || status === 206 || status === 416) return;
  const fields = { hub: connection.hub, url: withoutQuery(url), found: status };
  // Without a token Hugging Face answers 401 for what does not exist, and says so in a header.
  const isMissing = /NotFound$/.test(response.headers.get('x-error-code') ?? '');
  if (status === 404 || status === 410 || isMissing) throw error('hub_not_found', fields);
  if (status === 401 || status === 403) {
    throw error('hub_denied', { ...fields, variable: connection.tokenVariable });
  }
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    throw new TransferFault(`status ${status}`, retryAfterMs(response.headers));
  }
  throw replyError(url, 'status', String(status), '200 or 206');
}

function redirectTarget(from: string, location: string | null): string {
  const to = location === null ? null : URL.parse(location, from);
  const isDowngrade = to?.protocol === 'http:' && from.startsWith('https:');
  if (to === null || !/^https?:$/.test(to.protocol) || isDowngrade || to.username) {
    throw replyError(from, 'redirect', location ?? 'no location', 'an https URL');
  }
  return to.href;
}

function reply(response: Response, hubHeaders: Headers, watch: Watch): Reply {
  return {
    status: response.status,
    headers: response.headers,
    hubHeaders,
    async *body() {
      const encoding = response.headers.get('content-encoding');
      try {
        if (encoding !== null && encoding !== 'identity') {
          throw new TransferFault(`content encoding ${encoding} that was not asked for`);
        }
        for await (const piece of response.body ?? []) {
          watch.touch();
          yield piece;
          watch.touch(); // the reader's own time does not count as the server's silence
        }
      } catch (cause) {
        throw watch.fault(cause);
      } finally {
        watch.stop();
      }
    },
    cancel: () => watch.stop(),
  };
}

/** Ends a request at the caller's signal, or when nothing has come for a while. */
class Watch {
  readonly signal: AbortSignal;
  readonly #caller: AbortSignal | undefined;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #isSilent = false;

  constructor({ signal, patience }: Connection) {
    this.#caller = signal;
    this.#timer = setTimeout(() => {
      this.#isSilent = true;
      this.#controller.abort();
    }, patience.idleMs);
    this.signal = signal
      ? AbortSignal.any([signal, this.#controller.signal])
      : this.#controller.signal;
  }

  touch(): void {
    this.#timer.refresh();
  }

  /** Closes the connection too, where the body has not come to its end. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#controller.abort();
  }

  /** What a failed read means: the caller's abort, an error of ours, or a fault of the line. */
  fault(cause: unknown): unknown {
    if (this.#caller?.aborted) return this.#caller.reason;
    if (this.#isSilent) return new TransferFault('no data for too long');
    // fetch reports every failure of the network as a TypeError with the reason as its cause.
    if (!(cause instanceof TypeError) && !(cause instanceof DOMException)) return cause;
    const reason = cause.cause;
    return new TransferFault(
      reason instanceof Error ? reason.message || reason.name : cause.message,
    );
  }
}

/** Seconds, or a date. */
function retryAfterMs(headers: Headers): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (!value) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** A signed URL is a key to the file: it has no place in a message. */
const withoutQuery = (url: string) => url.replace(/\?.*/s, '');
