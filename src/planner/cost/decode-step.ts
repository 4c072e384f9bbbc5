/**
 * What one decode step costs an instance: every running sequence gets its next token. With drafted
 * tokens (MTP) the step checks them too, and yields more than one token for each sequence.
 */
import type { Instance, Product } from './instance.ts';
import { allReduceSeconds, allToAllSeconds, destinationsOf, sendSeconds } from './links.ts';
import { type StepCost, StepTally } from './step-cost.ts';

/** Of `sequences` in the whole instance, each with `context` tokens (mean). */
export function decodeStep(instance: Instance, sequences: number, context: number): StepCost {
  const { parallelism, factors, model, kvBytes } = instance;
  const { tp, dp, pp } = parallelism;
  const drafted = instance.mtpAcceptance.length;
  // Tokens that one stage of one attention group has at a time, and all groups together.
  const own = Math.max(1, sequences / dp / pp) * (1 + drafted);
  const all = own * dp;
  const tally = new StepTally(instance.bytesPerSecond);
  for (const layer of instance.layers) {
    const { count, attention, experts } = layer;
    for (const product of layer.common) addProduct(tally, product, own, count);
    const elements = attention.readElements(context) / Math.min(tp, attention.kvHeads);
    tally.roofline(
      'attention',
      (2 * attention.decodeMacs(context) * own) / tp,
      instance.attentionOpsPerSecond,
      (elements * kvBytes * own) / (1 + drafted),
      count,
    );
    const activationBytes = own * model.hiddenSize * 2;
    let collectives = allReduceSeconds(instance, tp, activationBytes);
    if (experts) {
      addExperts(tally, instance, experts, all, count);
      collectives += exchangeSeconds(instance, experts.perToken, own);
    } else {
      collectives += allReduceSeconds(instance, tp, activationBytes);
    }
    tally.collectives += collectives * count;
    const micros = factors.layerMicros + (experts ? factors.expertLayerMicros : 0);
    tally.overhead += micros * 1e-6 * count;
  }
  addProduct(tally, instance.head, own, pp);
  if (pp > 1) tally.collectives += pp * sendSeconds(instance, own * model.hiddenSize * 2);
  tally.overhead += (factors.stepMicros + factors.sequenceMicros * (sequences / dp)) * 1e-6;
  // Each module of multi-token prediction is a layer and a head more; stages take turns.
  const modules = 1 + (drafted * 2) / instance.layerCount;
  return tally.cost(modules / factors.decodeSpeed);
}

/** Tokens that a sequence gets from one step, on average: each draft counts if all before it did. */
export function tokensPerStep({ mtpAcceptance }: Pick<Instance, 'mtpAcceptance'>): number {
  let [sum, chain] = [1, 1];
  for (const acceptance of mtpAcceptance) {
    chain *= acceptance;
    sum += chain;
  }
  return sum;
}

/** `count` products of `tokens` columns; `speed`: of a prompt's products against those of a step. */
export function addProduct(
  tally: StepTally,
  product: Product,
  tokens: number,
  count: number,
  speed = 1,
): void {
  const operations = 2 * product.parameters * tokens;
  tally.roofline('products', operations, product.opsPerSecond * speed, product.bytes, count);
}

/** Routed experts: of those on a chip, the ones that `tokens` of the whole instance choose are read. */
export function addExperts(
  tally: StepTally,
  instance: Instance,
  experts: NonNullable<Instance['layers'][number]['experts']>,
  tokens: number,
  count: number,
  speed = 1,
): void {
  const { perToken, routed } = experts;
  const imbalance = instance.parallelism.ep > 1 ? instance.factors.imbalance : 1;
  const chosen = 1 - (1 - perToken / routed) ** tokens;
  const macs = experts.parameters * (perToken / routed) * tokens;
  tally.roofline(
    'experts',
    2 * macs * imbalance,
    experts.opsPerSecond * speed,
    experts.bytes * Math.min(1, chosen * imbalance),
    count,
  );
}

/**
 * Tokens to their experts and back, `own` tokens of each attention group. Where all chips of the
 * instance share the tokens anyway (dp 1), the experts' results are summed like any layer's.
 */
export function exchangeSeconds(instance: Instance, perToken: number, own: number): number {
  const { tp, dp, ep } = instance.parallelism;
  const width = instance.model.hiddenSize;
  if (dp === 1) return allReduceSeconds(instance, tp, own * width * 2);
  // Without expert parallelism every chip needs every token: gather all, sum all.
  if (ep === 1) return allReduceSeconds(instance, tp * dp, own * dp * width * 2);
  // Each token goes once to every chip that holds one of its experts, in 8 bits, and back in 16.
  const to = destinationsOf(instance, perToken);
  const bytes = (own / tp) * width;
  const seconds = allToAllSeconds(instance, to, bytes) + allToAllSeconds(instance, to, bytes * 2);
  return seconds * instance.factors.exposedExchange;
}
