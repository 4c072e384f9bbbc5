/**
 * How long prompts wait at prefillers, as in serving/apart.ts, solved for what carries a rate within
 * a limit: the wait of even service times (M/D/1), and of the prompts of all clients the share that
 * is read first.
 */

export interface Prompts {
  /** From a request that waits for nobody to its first token. */
  readonly fixedSeconds: number;
  /** Between two prompts of one instance. */
  readonly intervalSeconds: number;
  readonly promptsFirst: number;
}

/** Busier than this the wait has no end. */
const busiest = 0.9999;

/** Mean; `busy`: the share of the time that the `copies` read prompts. */
export function promptTtftSeconds(
  { fixedSeconds, intervalSeconds, promptsFirst }: Prompts,
  copies: number,
  busy: number,
  replySeconds: number,
): number {
  const wait = ((busy / (2 * (1 - busy))) * intervalSeconds) / copies;
  // Clients number rate × (TTFT + reply), and rate × interval is what keeps them busy.
  const first = promptsFirst * busy;
  return (fixedSeconds + wait + first * replySeconds) / (1 - first);
}

/** The highest rate of so many copies within the limit. */
export function promptRate(
  prompts: Prompts,
  copies: number,
  replySeconds: number,
  limitSeconds: number,
): number {
  const isWithin = (busy: number) =>
    promptTtftSeconds(prompts, copies, busy, replySeconds) <= limitSeconds;
  const rateOf = (busy: number) => (busy * copies) / prompts.intervalSeconds;
  if (isWithin(busiest)) return rateOf(busiest);
  let [low, high] = [0, busiest];
  if (!isWithin(low)) return 0;
  for (let i = 0; i < 45; i++) {
    const middle = (low + high) / 2;
    if (isWithin(middle)) low = middle;
    else high = middle;
  }
  return rateOf(low);
}

/** Fewest copies that carry the rate within the limit; infinite: none do. */
export function promptCopies(
  prompts: Prompts,
  rate: number,
  replySeconds: number,
  limitSeconds: number,
): number {
  const { intervalSeconds } = prompts;
  const unqueued = mostBusyUnqueued(prompts, replySeconds, limitSeconds);
  const fewest = Math.ceil((rate * intervalSeconds) / unqueued - 1e-9);
  if (!(fewest < mostCopies)) return Number.POSITIVE_INFINITY;
  const carries = (copies: number) => {
    const busy = (rate * intervalSeconds) / copies;
    if (busy > busiest) return false;
    return promptTtftSeconds(prompts, copies, busy, replySeconds) <= limitSeconds;
  };
  let high = Math.max(1, fewest);
  if (carries(high)) return high;
  let low = high;
  do {
    low = high;
    high *= 2;
    if (high > mostCopies) return Number.POSITIVE_INFINITY;
  } while (!carries(high));
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (carries(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** More than any fleet has. */
const mostCopies = 2 ** 40;

/** As busy as the limit allows where prompts never wait for each other at one instance. */
function mostBusyUnqueued(
  { fixedSeconds, promptsFirst }: Prompts,
  replySeconds: number,
  limitSeconds: number,
): number {
  if (limitSeconds === Number.POSITIVE_INFINITY) return busiest;
  const spare = limitSeconds - fixedSeconds;
  if (spare <= 0) return 0;
  return Math.min(busiest, spare / (promptsFirst * (replySeconds + limitSeconds)));
}
