/**
 * How a deployment splits a model over chips, as text and as values.
 *
 * An instance is `tp8`, `tp8ep8`, `dp8ep8`, `tp2dp4ep8`, `tp4pp2`: `tp` chips share every layer,
 * `dp` groups of them each attend to their own sequences, `pp` stages follow each other, and the
 * routed experts lie whole on `ep` parts of the tp·dp chips (1: each is cut over all of them).
 * `ep72` alone is short for `dp72ep72`. Copies: `tp8x2`. Prefill and decode apart:
 * `prefill:ep32x2,decode:ep72`. Refuses what does not divide.
 */
import { error } from '../base/errors.ts';

export interface Parallelism {
  readonly tp: number;
  readonly pp: number;
  readonly dp: number;
  readonly ep: number;
}

export interface InstanceGroup {
  readonly instance: Parallelism;
  readonly count: number;
}

export type Layout =
  | { readonly kind: 'together'; readonly serving: InstanceGroup }
  | { readonly kind: 'apart'; readonly prefill: InstanceGroup; readonly decode: InstanceGroup };

export const chipsOf = ({ tp, pp, dp }: Parallelism): number => tp * pp * dp;

export function chipsOfLayout(layout: Layout): number {
  const groups = layout.kind === 'apart' ? [layout.prefill, layout.decode] : [layout.serving];
  return groups.reduce((sum, { instance, count }) => sum + chipsOf(instance) * count, 0);
}

export function layoutText(layout: Layout): string {
  if (layout.kind === 'together') return groupText(layout.serving);
  return `prefill:${groupText(layout.prefill)},decode:${groupText(layout.decode)}`;
}

export function parallelismText({ tp, pp, dp, ep }: Parallelism): string {
  const parts = { tp, pp, dp, ep };
  const named = Object.entries(parts).filter(([, n]) => n > 1);
  return named.map(([name, n]) => `${name}${n}`).join('') || 'tp1';
}

const groupText = ({ instance, count }: InstanceGroup) =>
  parallelismText(instance) + (count > 1 ? `x${count}` : '');

/** Reads a layout; throws `plan_layout` where it is not one. */
export function parseLayout(text: string): Layout {
  const refuse = (expected: string) => error('plan_layout', { found: text, expected });
  const compact = text.toLowerCase().replace(/\s+/g, '');
  if (compact.length > 200) throw refuse('at most 200 characters');
  const apart = /^p(?:refill)?:(.+?)[,;+]d(?:ecode)?:(.+)$/.exec(compact);
  if (!apart) return { kind: 'together', serving: parseGroup(compact, refuse) };
  return {
    kind: 'apart',
    prefill: parseGroup(apart[1] as string, refuse),
    decode: parseGroup(apart[2] as string, refuse),
  };
}

const largest = 4096;

function parseGroup(text: string, refuse: (expected: string) => Error): InstanceGroup {
  const [, before, body, after] = /^(?:(\d+)x)?\(?([a-z0-9,]+?)\)?(?:x(\d+))?$/.exec(text) ?? [];
  if (body === undefined || (before && after))
    throw refuse('a layout such as tp8, dp8ep8 or tp8x2');
  const sizes: Record<string, number> = {};
  const rest = body.replaceAll(/(tp|pp|dp|etp|ep)(\d+),?/g, (_, name: string, digits: string) => {
    if (name in sizes) throw refuse(`${name} once`);
    sizes[name] = Number(digits);
    return '';
  });
  if (rest !== '' || Object.keys(sizes).length === 0) {
    throw refuse('tp, pp, dp and ep, each with a number: tp8, dp8ep8, tp4pp2');
  }
  const { tp = 1, pp = 1 } = sizes;
  const ep = Math.max(1, sizes.ep ?? 1);
  const dp = sizes.dp ?? (sizes.tp === undefined && sizes.pp === undefined ? ep : 1);
  const count = Number(before ?? after ?? 1);
  for (const size of [tp, pp, dp, ep, count]) {
    if (size < 1 || size > largest) throw refuse(`sizes from 1 to ${largest}`);
  }
  if ((tp * dp) % ep !== 0) throw refuse(`an ep that divides the ${tp * dp} chips of tp and dp`);
  return { instance: { tp, pp, dp, ep }, count };
}
