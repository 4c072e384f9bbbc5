/**
 * How long a model stays in memory after a request: seconds as a number, or a duration as Go
 * writes it (`5m`, `1h30m`, `-1s`). 0 = it goes at once, below 0 = it stays.
 */
import { z } from 'zod';

const unitMs: Readonly<Record<string, number>> = {
  ...{ ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 },
};
const duration = /^[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/;
const bare = /^[-+]?\d+$/;

export const keepAliveField = z
  .union([
    z.number(),
    z
      .string()
      .max(64)
      .refine(
        (text) => duration.test(text) || bare.test(text),
        'a duration such as 5m, or seconds',
      ),
  ])
  .nullish();

export function keepAliveMs(value: z.output<typeof keepAliveField>): number | undefined {
  if (value == null) return undefined;
  const ms = typeof value === 'number' ? value * 1000 : textMs(value);
  // Whole, and never rounded to "at once".
  return ms > 0 ? Math.max(1, Math.round(ms)) : Math.min(0, Math.sign(ms));
}

function textMs(text: string): number {
  if (bare.test(text)) return Number(text) * 1000;
  let ms = 0;
  for (const [, count, unit] of text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g)) {
    ms += Number(count) * unitMs[unit as string];
  }
  return text.startsWith('-') ? -ms : ms;
}
