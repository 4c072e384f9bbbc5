/** What a request may say about its place among others, checked like its sampling. */
import { integer, refuse } from './sampling-params.ts';
import type { SequenceOptions } from './sequence.ts';

export interface RequestOptions {
  /** Who asks: requests that wait are served fairly between clients. Left out: all are one. */
  client?: string;
  /** Only requests of the same salt find each other's prompts in the prefix cache. */
  cacheSalt?: string;
  /**
   * When it is over, so is the reply: cut (`lengthCause` deadline), or an error where nothing was
   * written yet. Left out: it takes as long as it takes.
   */
  deadlineMs?: number;
}

const mostChars = 512;

export function requestOptions({ client, cacheSalt, deadlineMs }: RequestOptions): SequenceOptions {
  return {
    client: name('client', client),
    cacheSalt: name('cacheSalt', cacheSalt),
    deadlineMs:
      deadlineMs === undefined
        ? undefined
        : integer('deadlineMs', deadlineMs, 1, Number.MAX_SAFE_INTEGER),
  };
}

function name(option: string, value: string | undefined): string | undefined {
  if (value === undefined || (typeof value === 'string' && value.length <= mostChars)) return value;
  throw refuse(option, value, `a string of up to ${mostChars} characters`);
}
