/**
 * The layouts of one instance that a search looks at, and of these the ones whose weights and one
 * request fit. Left out is what the cost model cannot find better: experts kept whole where all chips
 * share every token anyway (dp 1), and copies of a dense model that march in step.
 */
import { type Instance, instanceOf } from '../cost/instance.ts';
import { memoryRoom, sequenceBytes, sequenceRoom } from '../cost/memory.ts';
import { prefillInterval, prefillPass } from '../cost/prefill-pass.ts';
import type { StepCost } from '../cost/step-cost.ts';
import type { Deployment } from '../deployment.ts';
import type { Factors } from '../factors/factors.ts';
import type { Chip } from '../facts/chip.ts';
import type { ServedModel } from '../facts/served-model.ts';
import type { Parallelism } from '../layout.ts';
import { type Demand, plannedShare } from './demand.ts';

/** An instance that holds the model, and what does not depend on how many it serves at once. */
export interface Candidate {
  readonly instance: Instance;
  readonly chips: number;
  /** Sequences that fit at once. */
  readonly room: number;
  readonly prefill: StepCost;
  /** Seconds between two prompts. */
  readonly promptSeconds: number;
  /** true: only ever part of a deployment with decode apart. */
  readonly isDecodeOnly: boolean;
}

export interface Candidates {
  readonly fitting: readonly Candidate[];
  readonly tried: number;
  /** The layout that keeps the least on a chip; it says by how much all others do not fit. */
  readonly lightest: Instance | undefined;
}

/** Instances are this large at most; those that only decode may be as large as the last. */
export const mostInstanceChips = 64;
const wideDecodeChips = [72, 128, 144, 320] as const;
const widths = [1, 2, 4, 8, 16] as const;
const groups = [1, 2, 4, 8, 16, 32, 64] as const;
const stages = [1, 2, 4] as const;

const span = (sizes: readonly number[]) => `${sizes[0]} to ${sizes.at(-1)}`;
export const searchNote =
  `Powers of two: tp ${span(widths)}, dp ${span(groups)} where there are experts, pp ${span(stages)} ` +
  `of whole machines, up to ${mostInstanceChips} chips; decoders also ep ${wideDecodeChips.join(', ')}; ` +
  `together, and apart in every pair. ${plannedShare * 100} % of what they carry is planned with.`;

export function candidatesOf(
  partial: Omit<Deployment, 'layout'>,
  factors: Factors,
  { load, mostChips }: Demand,
): Candidates {
  const fitting: Candidate[] = [];
  let tried = 0;
  let lightest: Instance | undefined;
  for (const parallelism of parallelisms(partial.model, partial.chip)) {
    const instance = instanceOf({ ...partial, parallelism, factors });
    if (instance.chips > mostChips) continue;
    tried++;
    if (!lightest || instance.weightBytes < lightest.weightBytes) lightest = instance;
    const contextTokens = load.inTokens + load.outTokens;
    if (memoryRoom(instance).kvRoomBytes < sequenceBytes(instance, contextTokens)) continue;
    const room = sequenceRoom(instance, load.inTokens, load.outTokens);
    const prefill = prefillPass(instance, load.inTokens, load.inTokens * load.cacheHit);
    fitting.push({
      instance,
      chips: instance.chips,
      room,
      prefill,
      promptSeconds: prefillInterval(instance, prefill),
      isDecodeOnly: instance.chips > mostInstanceChips,
    });
  }
  return { fitting, tried, lightest };
}

/** Smallest first. */
export function parallelisms(model: ServedModel, chip: Chip): Parallelism[] {
  const experts = model.layers.flatMap(({ feedForward }) =>
    feedForward.kind === 'experts' ? [feedForward.routed] : [],
  );
  const mostExperts = Math.max(0, ...experts);
  const found: (Parallelism & { chips: number })[] = [];
  const add = (tp: number, pp: number, dp: number, ep: number) =>
    found.push({ tp, pp, dp, ep, chips: tp * pp * dp });
  for (const tp of widths) {
    for (const dp of mostExperts > 0 ? groups : ([1] as const)) {
      for (const pp of stages) {
        const stageChips = tp * dp;
        if (stageChips * pp > mostInstanceChips) continue;
        if (pp > 1 && stageChips % chip.chipsPerNode !== 0) continue;
        add(tp, pp, dp, 1);
        if (dp > 1 && stageChips <= mostExperts) add(tp, pp, dp, stageChips);
      }
    }
  }
  for (const chips of wideDecodeChips) if (chips <= mostExperts) add(1, 1, chips, chips);
  return found.sort((a, b) => a.chips - b.chips).map(({ chips: _, ...rest }) => rest);
}
