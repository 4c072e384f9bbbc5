/** The inner product every reference of a matrix product uses, summed in f64: the truth, not the fast way. */

/** Σ a[aStart + i] · b[bStart + i] over n elements. */
export function dot(
  a: Float32Array,
  aStart: number,
  b: Float32Array,
  bStart: number,
  n: number,
): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 3 < n; i += 4) {
    s0 += a[aStart + i] * b[bStart + i];
    s1 += a[aStart + i + 1] * b[bStart + i + 1];
    s2 += a[aStart + i + 2] * b[bStart + i + 2];
    s3 += a[aStart + i + 3] * b[bStart + i + 3];
  }
  for (; i < n; i++) s0 += a[aStart + i] * b[bStart + i];
  return s0 + s1 + (s2 + s3);
}

let scratch = new Float32Array(0);

/** A row buffer that references decode weights into; one per thread, overwritten by the next use. */
export function scratchRow(width: number): Float32Array {
  if (scratch.length < width) scratch = new Float32Array(width);
  return scratch;
}
