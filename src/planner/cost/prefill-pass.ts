/** What it costs an instance to read a prompt: one in each attention group at the same time. */
import { addExperts, addProduct, exchangeSeconds } from './decode-step.ts';
import type { Instance } from './instance.ts';
import { allReduceSeconds, sendSeconds } from './links.ts';
import { type StepCost, StepTally } from './step-cost.ts';

/** Engines cut prompts into passes of so many tokens. */
const passTokens = 8192;

/** Of a prompt of `tokens`, the first `cached` of which are in the cache already. */
export function prefillPass(instance: Instance, tokens: number, cached: number): StepCost {
  const { parallelism, factors, model } = instance;
  const { tp, dp, pp } = parallelism;
  const fresh = Math.max(1, tokens - cached);
  const tally = new StepTally(instance.bytesPerSecond);
  const speed = factors.prefillCompute;
  for (const layer of instance.layers) {
    const { count, attention, experts } = layer;
    const own = Math.min(fresh, layer.prefillTokens ?? fresh);
    for (const product of layer.common) addProduct(tally, product, own, count, speed);
    const macs = attention.prefillMacs(tokens, tokens - own);
    tally.roofline('attention', (2 * macs) / tp, instance.attentionOpsPerSecond, 0, count);
    const activationBytes = own * model.hiddenSize * 2;
    let collectives = allReduceSeconds(instance, tp, activationBytes);
    if (experts) {
      addExperts(tally, instance, experts, own * dp, count, speed);
      collectives += exchangeSeconds(instance, experts.perToken, own);
    } else {
      collectives += allReduceSeconds(instance, tp, activationBytes);
    }
    tally.collectives += collectives * count;
  }
  addProduct(tally, instance.head, 1, 1);
  const passes = Math.ceil(fresh / passTokens);
  if (pp > 1) tally.collectives += pp * sendSeconds(instance, fresh * model.hiddenSize * 2);
  tally.overhead += factors.prefillLayerMicros * 1e-6 * instance.layerCount * passes;
  return tally.cost(1 / factors.prefillSpeed);
}

/** Pipelines read several prompts at once: time between two prompts, of the whole instance. */
export function prefillInterval(instance: Instance, pass: StepCost): number {
  return pass.seconds / instance.parallelism.pp / instance.parallelism.dp;
}
