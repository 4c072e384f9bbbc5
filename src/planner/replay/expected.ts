/** A published result, run through the planner. */
import { decodeStep, tokensPerStep } from '../cost/decode-step.ts';
import { prefillInterval, prefillPass } from '../cost/prefill-pass.ts';
import { type Deployment, instancesOf } from '../deployment.ts';
import type { Factors } from '../factors/factors.ts';
import { serveApart } from '../serving/apart.ts';
import { serveTogether } from '../serving/together.ts';
import type { PublishedResult } from './published-result.ts';

/** The measures that the planner expects; of one phase alone, only its own. Totals of all chips. */
export interface Expected {
  readonly ttftMs?: number;
  readonly tpotMs?: number;
  readonly inputTokensPerSecond?: number;
  readonly outputTokensPerSecond?: number;
}

export function expected(
  result: PublishedResult,
  deployment: Deployment,
  factors: Factors,
): Expected {
  const { inTokens, outTokens, concurrency, cacheHit = 0 } = result;
  const instances = instancesOf(deployment, factors);
  const together = instances.kind === 'together';
  if (result.phase === 'prefill') {
    const { instance, count } = together ? instances.serving : instances.prefill;
    const pass = prefillPass(instance, inTokens, inTokens * cacheHit);
    const perSecond = (inTokens / prefillInterval(instance, pass)) * count;
    return { inputTokensPerSecond: perSecond };
  }
  if (result.phase === 'decode') {
    const { instance, count } = together ? instances.serving : instances.decode;
    const step = decodeStep(instance, concurrency / count, inTokens);
    const tpot = step.seconds / tokensPerStep(instance);
    return { tpotMs: tpot * 1e3, outputTokensPerSecond: concurrency / tpot };
  }
  const { slots } = result;
  const load = {
    ...{ inTokens, outTokens, concurrency, cacheHit },
    ...(slots !== undefined && { maxRunning: slots }),
  };
  const served = together
    ? serveTogether(instances.serving.instance, instances.serving.count, load)
    : serveApart(instances.prefill, instances.decode, load);
  return {
    ttftMs: served.ttftSeconds * 1e3,
    tpotMs: served.tpotSeconds * 1e3,
    inputTokensPerSecond: served.requestsPerSecond * inTokens,
    outputTokensPerSecond: served.requestsPerSecond * outTokens,
  };
}
