/**
 * Quantities on the command line of `plan` and `predict`: times, numbers of tokens, rates, shares,
 * formats of keys and values. What is none of the kind is refused with how it is written.
 */
import { InvalidArgumentError } from 'commander';

const unitMs = { ms: 1, s: 1000, m: 60_000 } as const;

/** `50ms`, `2s`, `1.5m`; a plain number is milliseconds. */
export function milliseconds(text: string): number {
  const [, value, unit] = /^(\d{1,9}(?:\.\d{1,6})?)\s*(ms|s|m)?$/i.exec(text.trim()) ?? [];
  const ms = Number(value) * unitMs[(unit?.toLowerCase() ?? 'ms') as keyof typeof unitMs];
  if (ms > 0) return ms;
  throw new InvalidArgumentError('It must be a time above 0, as in 50ms or 2s.');
}

const thousands = { '': 1, k: 1e3, m: 1e6 } as const;
const maxTokens = 1e8;

/** `2000`, `2k`, `1.5k`: k is 1000. */
export function tokens(text: string): number {
  const [, value, unit] = /^(\d{1,9}(?:\.\d{1,6})?)(k|m)?$/i.exec(text.trim()) ?? [];
  const factor = thousands[(unit?.toLowerCase() ?? '') as keyof typeof thousands];
  const count = Math.round(Number(value) * factor * 1e6) / 1e6;
  if (Number.isInteger(count) && count >= 1 && count <= maxTokens) return count;
  throw new InvalidArgumentError('It must be a whole number of tokens, as in 2000 or 2k.');
}

const perSecond = { s: 1, min: 60, m: 60, h: 3600 } as const;

/** Requests per second: `20`, `20/s`, `300/min`, `5000/h`. */
export function requestRate(text: string): number {
  const [, value, unit] = /^(\d{1,9}(?:\.\d{1,9})?)(?:\/(s|min|m|h))?$/i.exec(text.trim()) ?? [];
  const rate = Number(value) / perSecond[(unit?.toLowerCase() ?? 's') as keyof typeof perSecond];
  if (rate > 0) return rate;
  throw new InvalidArgumentError('It must be requests per second above 0, as in 20 or 300/min.');
}

/** `0.5` or `50%`. */
export function share(text: string): number {
  const [, value, percent] = /^(\d{1,3}(?:\.\d{1,9})?|\.\d{1,9})\s*(%)?$/.exec(text.trim()) ?? [];
  const part = Number(value) / (percent ? 100 : 1);
  if (part >= 0 && part <= 1) return part;
  throw new InvalidArgumentError('It must be a share from 0 to 1, as in 0.5 or 50%.');
}

const maxDrafts = 8;

/** Of the first, second … token of multi-token prediction: `0.7` or `0.7,0.4`. */
export function acceptances(text: string): readonly number[] {
  const items = text.split(',').map(share);
  if (items.length <= maxDrafts) return items;
  throw new InvalidArgumentError(`At most ${maxDrafts} of them.`);
}

const kvBytesOf = { bf16: 2, f16: 2, fp8: 1, int8: 1, fp4: 0.5 } as const;
export const kvFormats = Object.keys(kvBytesOf);

/** Bytes per element of a format of keys and values. */
export function kvBytes(format: string): number {
  const name = format.toLowerCase();
  if (Object.hasOwn(kvBytesOf, name)) return kvBytesOf[name as keyof typeof kvBytesOf];
  throw new InvalidArgumentError(`It must be one of ${kvFormats.join(', ')}.`);
}
