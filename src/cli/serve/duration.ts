/** `5m`, `90s`, `2h`, 0, or `forever`, as milliseconds; below 0 = for ever, as the engine's pool has it. */
import { InvalidArgumentError } from 'commander';

const unitMs = { s: 1000, m: 60_000, h: 3_600_000 } as const;

/** A time that passes: neither 0 nor forever. */
export function timeLimit(text: string): number {
  const ms = text === 'forever' ? 0 : duration(text);
  if (ms === 0) throw new InvalidArgumentError('It must be as in 90s, 5m or 2h.');
  return ms;
}

export function duration(text: string): number {
  if (text === 'forever') return -1;
  const [, value, unit] = /^(\d{1,6})(s|m|h)?$/.exec(text) ?? [];
  if (value === undefined)
    throw new InvalidArgumentError('It must be as in 90s, 5m, 2h or forever.');
  return Number(value) * unitMs[(unit ?? 's') as keyof typeof unitMs];
}
