/** All kernels, which the conformance suite runs, and those that a compiled device checks at load. */
import type { Kernel } from '../compiler/kernel.ts';
import { attention } from './attention.ts';
import { combineExperts } from './combine-experts.ts';
import { copyHeads } from './copy-heads.ts';
import { embed } from './embed.ts';
import { expertGatedLinear } from './expert-gated-linear.ts';
import { expertLinear } from './expert-linear.ts';
import { gatedLinear } from './gated-linear.ts';
import { gatherCache } from './gather-cache.ts';
import { gatherRows } from './gather-rows.ts';
import { headLinear } from './head-linear.ts';
import { latentAttention } from './latent-attention.ts';
import { linear } from './linear.ts';
import { linearAdd } from './linear-add.ts';
import { linearBias } from './linear-bias.ts';
import { rmsNorm } from './rms-norm.ts';
import { rope } from './rope.ts';
import { routeExperts } from './route-experts.ts';
import { spreadHeads } from './spread-heads.ts';
import { storeKeys } from './store-keys.ts';
import { storeRows } from './store-rows.ts';
import { swiglu } from './swiglu.ts';

const everyModels = [
  ...[embed, rmsNorm, linear, linearBias, linearAdd, gatedLinear],
  ...[swiglu, rope, gatherRows],
  ...[storeRows, storeKeys, gatherCache, attention],
] as unknown as readonly Kernel[];
const ofLatentAttention = [
  ...[latentAttention, headLinear, spreadHeads, copyHeads],
] as unknown as readonly Kernel[];
const ofExperts = [
  ...[routeExperts, expertLinear, expertGatedLinear, combineExperts],
] as unknown as readonly Kernel[];

export const kernels: readonly Kernel[] = [...everyModels, ...ofLatentAttention, ...ofExperts];

/** Those that a model of this configuration is made of. */
export function kernelsOf(config: { readonly mla?: object; readonly moe?: object }): Kernel[] {
  return [
    ...everyModels,
    ...(config.mla ? ofLatentAttention : []),
    ...(config.moe ? ofExperts : []),
  ];
}
