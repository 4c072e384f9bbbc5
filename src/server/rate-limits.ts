/**
 * What each key has used of its limits. Requests and tokens are buckets that fill evenly over a
 * minute; tokens are paid when a reply has ended, so a bucket may be in debt, which later requests
 * wait for.
 */
import { error } from '../base/errors.ts';
import type { ApiKey } from './api-keys.ts';

const minuteMs = 60_000;

export class RateLimits {
  readonly #used = new Map<ApiKey, Usage>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Throws rate_limited; else call `end` with the tokens when the request is over. */
  begin(key: ApiKey): { end(tokens: number): void } {
    const now = this.#now();
    const usage = this.#used.get(key) ?? newUsage(key, now);
    this.#used.set(key, usage);
    const { name, limits } = key;
    const refuse = (limit: string, waitMs: number) =>
      error('rate_limited', {
        name,
        limit,
        retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
      });
    if (usage.running >= (limits.concurrent ?? Number.POSITIVE_INFINITY)) {
      throw refuse(`${limits.concurrent} at once`, 1000);
    }
    const tokensMs = usage.tokens?.waitMs(now, 1) ?? 0;
    if (tokensMs > 0) throw refuse(`${limits.tokens} tokens a minute`, tokensMs);
    const requestsMs = usage.requests?.waitMs(now, 1) ?? 0;
    if (requestsMs > 0) throw refuse(`${limits.requests} requests a minute`, requestsMs);
    usage.requests?.take(1);
    usage.running++;
    return {
      end: (tokens) => {
        usage.running--;
        usage.tokens?.fill(this.#now());
        usage.tokens?.take(tokens);
      },
    };
  }
}

interface Usage {
  running: number;
  readonly requests: Bucket | undefined;
  readonly tokens: Bucket | undefined;
}

function newUsage({ limits }: ApiKey, now: number): Usage {
  const bucket = (size: number | undefined) =>
    size === undefined ? undefined : new Bucket(size, now);
  return { running: 0, requests: bucket(limits.requests), tokens: bucket(limits.tokens) };
}

class Bucket {
  readonly #size: number;
  #level: number;
  #filledMs: number;

  constructor(size: number, now: number) {
    this.#size = size;
    this.#level = size;
    this.#filledMs = now;
  }

  fill(now: number): void {
    const gained = ((now - this.#filledMs) / minuteMs) * this.#size;
    this.#level = Math.min(this.#size, this.#level + gained);
    this.#filledMs = now;
  }

  take(count: number): void {
    this.#level -= count;
  }

  /** 0: there is that much now. */
  waitMs(now: number, count: number): number {
    this.fill(now);
    return this.#level >= count ? 0 : ((count - this.#level) / this.#size) * minuteMs;
  }
}
