/**
 * Output tokens per second of a published result, over all its chips: as the source prints it, or
 * derived for a closed loop of clients. A client's request takes TTFT + (out − 1) · TPOT and its next
 * follows at once. Undefined where neither is there.
 */
import type { PublishedResult } from './published-result.ts';

export function throughput(result: PublishedResult): number | undefined {
  return result.measured.outputTokensPerSecond ?? derivedThroughput(result);
}

/** From the latencies alone, whatever the source prints. */
export function derivedThroughput(result: PublishedResult): number | undefined {
  const { ttftMs, tpotMs } = result.measured;
  const { concurrency, outTokens } = result;
  if (tpotMs === undefined) return undefined;
  if (result.phase === 'decode') return (concurrency * 1000) / tpotMs;
  if (result.phase !== 'serve' || ttftMs === undefined || result.rate !== undefined)
    return undefined;
  return (concurrency * outTokens * 1000) / (ttftMs + (outTokens - 1) * tpotMs);
}
