/**
 * Loops over the elements of a row, a vector at a time. What is left at the end goes through
 * scratch, filled up with zeros, so that a body is written once, for vectors.
 */
import { at, type Builder } from '../../compiler/ir/builder.ts';
import type { Value } from '../../compiler/ir/types.ts';

/** to[i] = body(from[0][i], from[1][i], …) for `count` f32s. `to` may be one of `from`. */
export function mapElements(
  k: Builder,
  scratch: Value,
  count: Value,
  from: readonly Value[],
  to: Value,
  body: (...vectors: Value[]) => Value,
): void {
  eachVector(k, scratch, count, from, (vectors, store) => store(to, body(...vectors)));
}

/** Calls `body` with vectors of all inputs; it may store vectors at the same place of outputs. */
export function eachVector(
  k: Builder,
  scratch: Value,
  count: Value,
  from: readonly Value[],
  body: (vectors: Value[], store: (to: Value, vector: Value) => void) => void,
): void {
  const { lanes } = k;
  const whole = k.and(count, -lanes);
  k.loop(0, whole, lanes, (i) => {
    body(
      from.map((base) => k.load('f32x', at(base, i, 4))),
      (to, vector) => k.store(at(to, i, 4), vector),
    );
  });
  k.if(whole, 'lt', count, () => {
    const area = k.reserve(k.traits.vectorBytes * (from.length + 1));
    const place = (index: number) => at(scratch, area + index * k.traits.vectorBytes);
    const rest = k.sub(count, whole);
    from.forEach((base, index) => {
      k.store(place(index), k.f32x(0));
      const tail = k.add(base, k.shl(whole, 2));
      k.loop(0, rest, 1, (i) => {
        k.store({ ...place(index), index: i, scale: 4 }, k.loadF32(at(tail, i, 4)));
      });
    });
    body(
      from.map((_, index) => k.load('f32x', place(index))),
      (to, vector) => {
        k.store(place(from.length), vector);
        const tail = k.add(to, k.shl(whole, 2));
        k.loop(0, rest, 1, (i) => {
          k.store(at(tail, i, 4), k.loadF32({ ...place(from.length), index: i, scale: 4 }));
        });
      },
    );
  });
}

/** Copies `count` f32s. */
export function copyElements(k: Builder, count: Value, from: Value, to: Value): void {
  const whole = k.and(count, -k.lanes);
  k.loop(0, whole, k.lanes, (i) => k.store(at(to, i, 4), k.load('f32x', at(from, i, 4))));
  k.loop(whole, count, 1, (i) => k.store(at(to, i, 4), k.loadF32(at(from, i, 4))));
}

/** base + index · strideBytes */
export function rowOf(k: Builder, base: Value, index: Value, strideBytes: Value): Value {
  return k.add(base, k.mul(index, strideBytes));
}
