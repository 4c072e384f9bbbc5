/**
 * What is deployed: facts instead of names, and its instances under a set of factors. Refuses what
 * cannot run: figures that nobody published, formats that the chip lacks, weights that do not fit.
 */
import { error } from '../base/errors.ts';
import { type Instance, instanceOf } from './cost/instance.ts';
import { memoryRoom, sequenceBytes } from './cost/memory.ts';
import { type Factors, type FactorTables, factorsOf, youngKind } from './factors/factors.ts';
import { fittedFactors } from './factors/fitted-factors-table.ts';
import { lineage, priorChip, priorEngineOf } from './factors/prior-factors.ts';
import type { Chip, ChipFamily } from './facts/chip.ts';
import type { EngineId } from './facts/engine.ts';
import type { Precision } from './facts/precision.ts';
import type { ServedModel } from './facts/served-model.ts';
import type { InstanceGroup, Layout, Parallelism } from './layout.ts';
import { parallelismText } from './layout.ts';
import type { Stage } from './serving/apart.ts';

export interface Deployment {
  readonly model: ServedModel;
  readonly chip: Chip;
  readonly precision: Precision;
  readonly layout: Layout;
  readonly kvBytes: number;
  readonly mtpAcceptance: readonly number[];
}

export type Instances =
  | { readonly kind: 'together'; readonly serving: Stage }
  | { readonly kind: 'apart'; readonly prefill: Stage; readonly decode: Stage };

export function instancesOf(deployment: Deployment, factors: Factors): Instances {
  const { layout, ...rest } = deployment;
  const stage = ({ instance, count }: InstanceGroup): Stage => ({
    instance: instanceFor(rest, instance, factors),
    count,
  });
  if (layout.kind === 'together') return { kind: 'together', serving: stage(layout.serving) };
  return { kind: 'apart', prefill: stage(layout.prefill), decode: stage(layout.decode) };
}

export function instanceFor(
  deployment: Omit<Deployment, 'layout'>,
  parallelism: Parallelism,
  factors: Factors,
): Instance {
  return instanceOf({ ...deployment, parallelism, factors });
}

/** The fitted factors; an engine without results has those of the engine that it is underneath. */
export function fittedFactorsOf(
  family: ChipFamily,
  engine: EngineId,
  model: Pick<ServedModel, 'layers'>,
  release?: string,
  tables: FactorTables = fittedFactors,
): Factors {
  const parent = lineage[engine];
  const kind = youngKind(model);
  const defaults = {
    chip: priorChip(family),
    engine: (parent && tables.engines[parent]) ?? priorEngineOf(engine),
  };
  return factorsOf(tables, defaults, {
    family,
    engine,
    ...(kind && { kind }),
    ...(release && { release }),
  });
}

/** Throws `plan_no_room` where the weights, or not even one request, fit the chips. */
export function checkRoom(instance: Instance, contextTokens: number): void {
  const room = memoryRoom(instance);
  const needed = room.weightBytes + room.reservedBytes + sequenceBytes(instance, contextTokens);
  if (needed <= room.totalBytes) return;
  throw error('plan_no_room', {
    model: instance.model.name,
    precision: instance.precision.name,
    layout: parallelismText(instance.parallelism),
    chip: instance.chip.name,
    needed: gigabytes(needed),
    weights: gigabytes(room.weightBytes),
    found: gigabytes(room.totalBytes),
    fewest: Math.ceil(
      (room.weightBytes * instance.chips) / Math.max(1, room.totalBytes - room.reservedBytes),
    ),
  });
}

const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(bytes < 10e9 ? 1 : 0);
