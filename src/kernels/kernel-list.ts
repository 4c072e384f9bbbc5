/** All kernels: what a compiled device checks at load and the conformance suite runs. */
import type { Kernel } from '../compiler/kernel.ts';
import { add } from './add.ts';
import { addBias } from './add-bias.ts';
import { attention } from './attention.ts';
import { combineExperts } from './combine-experts.ts';
import { copyHeads } from './copy-heads.ts';
import { embed } from './embed.ts';
import { expertLinear } from './expert-linear.ts';
import { gatherRows } from './gather-rows.ts';
import { headLinear } from './head-linear.ts';
import { headLinearTransposed } from './head-linear-transposed.ts';
import { linear } from './linear.ts';
import { rmsNorm } from './rms-norm.ts';
import { rope } from './rope.ts';
import { routeExperts } from './route-experts.ts';
import { spreadHeads } from './spread-heads.ts';
import { storeRows } from './store-rows.ts';
import { swiglu } from './swiglu.ts';

export const kernels: readonly Kernel[] = [
  ...[embed, rmsNorm, linear, addBias, add, swiglu, rope, storeRows, gatherRows, attention],
  ...[headLinear, headLinearTransposed, spreadHeads, copyHeads],
  ...[routeExperts, expertLinear, combineExperts],
] as unknown as readonly Kernel[];
