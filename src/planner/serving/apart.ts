/**
 * Prefill and decode on chips of their own, the cache handed over between them. A closed circle of
 * clients: so many requests pass per second that all clients are either at a prompt or at a reply.
 */
import { decodeStep, tokensPerStep } from '../cost/decode-step.ts';
import type { Instance } from '../cost/instance.ts';
import { sendSeconds } from '../cost/links.ts';
import { sequenceBytes, sequenceRoom } from '../cost/memory.ts';
import { prefillInterval, prefillPass } from '../cost/prefill-pass.ts';
import type { Load, Served } from './served.ts';

export interface Stage {
  readonly instance: Instance;
  readonly count: number;
}

export function serveApart(prefillers: Stage, decoders: Stage, load: Load): Served {
  const { inTokens, outTokens, concurrency } = load;
  const prefill = prefillPass(prefillers.instance, inTokens, inTokens * load.cacheHit);
  const interval = prefillInterval(prefillers.instance, prefill) / prefillers.count;
  const { factors } = prefillers.instance;
  const handOver = sendSeconds(prefillers.instance, sequenceBytes(prefillers.instance, inTokens));
  const fitting = sequenceRoom(decoders.instance, inTokens, outTokens) * decoders.count;
  const room = Math.min(load.maxRunning ?? Number.POSITIVE_INFINITY, fitting);
  const fixed = factors.firstTokenMs / 1e3 + prefill.seconds + handOver;

  /** With so many sequences at once at all decoders; how many requests a second pass them then. */
  const repliesOf = (sequences: number) => {
    const each = Math.max(1, sequences / decoders.count);
    const decode = decodeStep(decoders.instance, each, inTokens + outTokens / 2);
    const tpot = decode.seconds / tokensPerStep(decoders.instance);
    const seconds = Math.max(1, outTokens - 1) * tpot;
    return { decode, tpot, seconds, rate: sequences / seconds };
  };
  // Prompts queue for the prefillers as at one server with even service times (M/D/1).
  const ttftAt = (rate: number) => {
    const busy = Math.min(0.9999, rate * interval);
    const burst = factors.promptsFirst * concurrency * interval;
    return fixed + (busy / (2 * (1 - busy))) * interval + burst;
  };

  // So many sequences decode that clients at prompts and at replies are all there are: the more
  // decode, the more requests pass, and the longer both take, so halving the range finds it.
  let [low, high] = [0, Math.min(room, concurrency)];
  for (let i = 0; i < 40; i++) {
    const sequences = (low + high) / 2;
    const { rate, seconds } = repliesOf(sequences);
    const isTooMany = rate * interval >= 1 || rate * (ttftAt(rate) + seconds) > concurrency;
    if (isTooMany) high = sequences;
    else low = sequences;
  }
  const sequences = (low + high) / 2;
  const { decode, tpot, seconds, rate } = repliesOf(sequences);
  // Where prompts or room are short, the clients left over wait before their first token.
  const ttftSeconds = Math.max(ttftAt(rate), concurrency / rate - seconds);
  return {
    ttftSeconds,
    tpotSeconds: tpot,
    requestsPerSecond: rate,
    running: sequences,
    promptShare: promptShare(prefillers, decoders),
    prefill,
    decode,
    queues: rate * interval > 0.9 || sequences >= room * 0.999,
  };
}

/** Of the chips. */
function promptShare(prefillers: Stage, decoders: Stage): number {
  const chips = ({ instance, count }: Stage) => instance.chips * count;
  return chips(prefillers) / (chips(prefillers) + chips(decoders));
}
