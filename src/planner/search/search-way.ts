/** The best deployments of one way to run a model on a chip: together, and apart. */
import type { Instance } from '../cost/instance.ts';
import { type Deployment, fittedFactorsOf } from '../deployment.ts';
import type { Chip } from '../facts/chip.ts';
import { findPrecision } from '../facts/find-precision.ts';
import { precisionOf } from '../facts/precision-of.ts';
import { kvBytesOf } from '../resolve-deployment.ts';
import type { Asked } from './asked.ts';
import { bestApart } from './best-apart.ts';
import { bestTogether } from './best-together.ts';
import { candidatesOf } from './candidates.ts';
import type { Demand } from './demand.ts';
import type { Found } from './found.ts';
import { Reached } from './reached.ts';
import type { Way } from './ways.ts';

export type PartialDeployment = Omit<Deployment, 'layout'>;

export interface Searched {
  readonly way: Way;
  readonly partial: PartialDeployment;
  /** Together and apart, where there are such. */
  readonly found: readonly Found[];
  readonly layouts: number;
  readonly fits: boolean;
  /** Of those that do not fit, the one nearest to it. */
  readonly lightest: Instance | undefined;
  readonly reached: Reached;
}

/** With `known`: only what is better than that. */
export function searchWay(
  chip: Chip,
  way: Way,
  asked: Asked,
  demand: Demand,
  known?: Found,
): Searched {
  const precision = precisionOf(asked.model, findPrecision(way.precision));
  const partial: PartialDeployment = {
    model: asked.model,
    chip,
    precision,
    kvBytes: kvBytesOf(precision, way.engine),
    mtpAcceptance: asked.mtpAcceptance,
  };
  const factors = fittedFactorsOf(chip.family, way.engine, asked.model, asked.release);
  const { fitting, tried, lightest } = candidatesOf(partial, factors, demand);
  const reached = new Reached();
  const together = bestTogether(fitting, demand, reached, known);
  // Where one deployment is wanted, what is apart has to be better than what is together.
  const apart = bestApart(
    fitting,
    demand,
    reached,
    asked.isComparison ? undefined : (together ?? known),
  );
  const found = [together, apart];
  return {
    way,
    partial,
    found: found.filter((one) => one !== undefined),
    layouts: tried,
    fits: fitting.length > 0,
    lightest,
    reached,
  };
}
