/**
 * Prefill and decode on the same chips: continuous batching with chunked prefill.
 *
 * Of the running sequences, each waits for the prompts of all others once in its life: that work is
 * the same for every order, the engine's order only decides how much of it comes before the first
 * token and how much between tokens. Clients without room in the cache wait for a place.
 */
import { decodeStep, tokensPerStep } from '../cost/decode-step.ts';
import type { Instance } from '../cost/instance.ts';
import { sequenceRoom } from '../cost/memory.ts';
import { prefillInterval, prefillPass } from '../cost/prefill-pass.ts';
import type { Load, Served } from './served.ts';

/** `prefill`: of a prompt alone, for who asks about many loads of the same prompts. */
export function serveTogether(
  instance: Instance,
  copies: number,
  load: Load,
  prefill = prefillPass(instance, load.inTokens, load.inTokens * load.cacheHit),
): Served {
  const { factors } = instance;
  const { inTokens, outTokens } = load;
  const clients = Math.max(1, load.concurrency / copies);
  const told = (load.maxRunning ?? Number.POSITIVE_INFINITY) / copies;
  const room = Math.max(1, Math.min(told, sequenceRoom(instance, inTokens, outTokens)));
  const running = Math.min(clients, room);
  const decode = decodeStep(instance, running, inTokens + outTokens / 2);
  const othersPrompts = (running - 1) * prefillInterval(instance, prefill);
  const later = othersPrompts * (1 - factors.promptsFirst);
  // A prompt's chunk that rides along with a step saves the step's reading of the weights, no more.
  const ridden = (decode.seconds * outTokens) / 2;
  const between = later - Math.min(ridden, later * (1 - factors.promptStall));
  const tpotSeconds = decode.seconds / tokensPerStep(instance) + between / outTokens;
  const atPlace =
    factors.firstTokenMs / 1e3 +
    prefill.seconds +
    decode.seconds / 2 +
    othersPrompts * factors.promptsFirst;
  const perCopy = running / (atPlace + (outTokens - 1) * tpotSeconds);
  const ttftSeconds = atPlace + (clients - running) / perCopy;
  const promptSeconds = perCopy * prefillInterval(instance, prefill);
  return {
    ttftSeconds,
    tpotSeconds,
    requestsPerSecond: perCopy * copies,
    running: running * copies,
    promptShare: Math.min(1, promptSeconds),
    prefill,
    decode,
    queues: clients > running,
  };
}
