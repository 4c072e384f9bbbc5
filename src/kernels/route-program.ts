/**
 * DeepSeek's router on compiled devices: one token an item. The best of n is found with vectors,
 * its place by looking for that number; whoever was chosen is taken out and the search repeated.
 */
import { at, type Builder } from '../compiler/ir/builder.ts';
import type { Value } from '../compiler/ir/types.ts';
import { defineProgram, f32, int, programFamily } from './emit/define-program.ts';
import { exp } from './emit/exp.ts';
import { eachVector, mapElements, rowOf } from './emit/map.ts';

/** Parsers refuse more. */
export const mostExperts = 1024;
/** Taken out, or not there: less than any score. */
const none = -1e30;

const params = {
  ...{ logits: int, logitsStride: int, bias: int, numExperts: int, topk: int },
  ...{ nGroup: int, topkGroup: int, groupSize: int, norm: int, scale: f32 },
  ...{ chosen: int, chosenStride: int, weights: int, weightsStride: int },
} as const;

type Params = { readonly [K in keyof typeof params]: Value };

export interface Routing {
  readonly isSigmoid: boolean;
  readonly hasGroups: boolean;
  readonly isTop2: boolean;
}

export const routeProgram = programFamily(
  ({ isSigmoid, hasGroups, isTop2 }: Routing) =>
    `route ${isSigmoid ? 'sigmoid' : 'softmax'}${hasGroups ? (isTop2 ? ' top2' : ' top1') : ''}`,
  (key, { isSigmoid, hasGroups, isTop2 }) =>
    defineProgram(key, params, (k, p, { start, end, scratch }) => {
      // One more: see takeLargest.
      const area = (count: number) => k.add(scratch, k.reserve(4 * (count + 1)));
      const scores = area(mostExperts);
      const biased = area(mostExperts);
      const groups = area(mostExperts);
      const kept = area(mostExperts);
      k.loop(start, end, 1, (token) => {
        const logits = rowOf(k, p.logits, token, p.logitsStride);
        if (isSigmoid) sigmoids(k, scratch, p, logits, scores);
        else softmax(k, scratch, p, logits, scores);
        fill(k, biased, k.f32x(none));
        mapElements(k, scratch, p.numExperts, [scores, p.bias], biased, (a, b) => k.add(a, b));
        if (hasGroups) keepGroups(k, p, isTop2, biased, groups, kept);

        const chosen = rowOf(k, p.chosen, token, p.chosenStride);
        const weights = rowOf(k, p.weights, token, p.weightsStride);
        const sum = k.variable(k.f32(1e-20));
        k.loop(0, p.topk, 1, (choice) => {
          const best = takeLargest(k, biased, p.numExperts);
          const score = k.loadF32(at(scores, best, 4));
          k.store(at(chosen, choice, 4), best);
          k.store(at(weights, choice, 4), score);
          k.set(sum, k.add(sum, score));
        });
        const factor = k.variable(p.scale);
        k.if(p.norm, 'ne', 0, () => k.set(factor, k.div(p.scale, sum)));
        k.loop(0, p.topk, 1, (choice) => {
          const place = at(weights, choice, 4);
          k.store(place, k.mul(k.loadF32(place), factor));
        });
      });
    }),
);

function fill(k: Builder, to: Value, value: Value): void {
  k.loop(0, mostExperts, k.lanes, (i) => k.store(at(to, i, 4), value));
}

function sigmoids(k: Builder, scratch: Value, p: Params, logits: Value, to: Value): void {
  const one = k.f32x(1);
  mapElements(k, scratch, p.numExperts, [logits], to, (v) =>
    k.div(one, k.add(one, exp(k, k.sub(k.f32x(0), v)))),
  );
}

function softmax(k: Builder, scratch: Value, p: Params, logits: Value, to: Value): void {
  fill(k, to, k.f32x(none));
  mapElements(k, scratch, p.numExperts, [logits], to, (v) => v);
  const max = k.splat(largestOf(k, to));
  mapElements(k, scratch, p.numExperts, [logits], to, (v) => exp(k, k.sub(v, max)));
  const total = k.variable(k.f32(0));
  k.loop(0, p.numExperts, 1, (i) => k.set(total, k.add(total, k.loadF32(at(to, i, 4)))));
  const inverse = k.splat(k.div(k.f32(1), total));
  eachVector(k, scratch, p.numExperts, [to], ([v], store) => store(to, k.mul(v, inverse)));
}

/** Of a list filled up with `none`. */
function largestOf(k: Builder, list: Value): Value {
  const largest = k.variable(k.f32x(none));
  k.loop(0, mostExperts, k.lanes, (i) => {
    k.set(largest, k.max(largest, k.load('f32x', at(list, i, 4))));
  });
  return k.reduceMax(largest);
}

/** Index of the largest of `count`, the first of equals (the last where NaN is among them); it becomes `none`. */
function takeLargest(k: Builder, list: Value, count: Value): Value {
  const behind = at(list, 4 * mostExperts);
  k.store(behind, largestOf(k, list));
  const largest = k.loadI32(behind);
  const last = k.sub(count, 1);
  const found = k.variable(last);
  k.loop(0, count, 1, (i) => {
    k.if(k.loadI32(at(list, i, 4)), 'eq', largest, () => k.set(found, k.min(found, i)));
  });
  k.store(at(list, found, 4), k.f32(none));
  return found;
}

/** Experts outside the best groups become `none`. */
function keepGroups(
  k: Builder,
  p: Params,
  isTop2: boolean,
  biased: Value,
  groups: Value,
  kept: Value,
): void {
  fill(k, groups, k.f32x(none));
  fill(k, kept, k.f32x(0));
  k.loop(0, p.nGroup, 1, (group) => {
    const first = k.add(biased, k.shl(k.mul(group, p.groupSize), 2));
    const best = k.variable(k.f32(none));
    const second = k.variable(k.f32(isTop2 ? none : 0));
    k.loop(0, p.groupSize, 1, (i) => {
      const v = k.loadF32(at(first, i, 4));
      if (isTop2) k.set(second, k.max(second, k.min(best, v)));
      k.set(best, k.max(best, v));
    });
    // A group of one has no second.
    const value = k.variable(k.add(best, second));
    if (isTop2) k.if(p.groupSize, 'lt', 2, () => k.set(value, best));
    k.store(at(groups, group, 4), value);
  });
  k.loop(0, p.topkGroup, 1, () => {
    const group = takeLargest(k, groups, p.nGroup);
    k.store(at(kept, group, 4), k.int(1));
  });
  k.loop(0, p.nGroup, 1, (group) => {
    k.if(k.loadI32(at(kept, group, 4)), 'eq', 0, () => {
      const first = k.add(biased, k.shl(k.mul(group, p.groupSize), 2));
      k.loop(0, p.groupSize, 1, (i) => k.store(at(first, i, 4), k.f32(none)));
    });
  });
}
