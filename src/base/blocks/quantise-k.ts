/**
 * f32 → Q4_K and Q6_K. Each group's scale is searched for, not read off its extremes: candidates a
 * little around the obvious scale are rounded to codes, and for the codes the best scale (and min)
 * is the least-squares solution. The groups' scales are then quantised themselves, and each is
 * tried a step up and down with the real, rounded factors, since rounding it moves the optimum.
 * Measure is the plain squared error. Values must be finite, 256 to a block.
 */
import { putF16 } from './field.ts';

/** Around the obvious inverse scale, in codes. */
const candidates = Float64Array.from({ length: 21 }, (_, i) => -4 + 0.25 * i);

interface AffineFit {
  /** value ≈ scale·code − min, min >= 0. */
  scale: number;
  min: number;
}

/** Of the block at hand, and of one group while its scale is still being tried. */
const codes = new Uint8Array(256);
const trial = new Uint8Array(32);

export function encodeQ4_K(values: Float32Array, bytes: Uint8Array, at: number) {
  const fits: AffineFit[] = [];
  for (let i = 0; i < values.length; i += 256, at += 144) {
    let largestScale = 0;
    let largestMin = 0;
    for (let j = 0; j < 8; j++) {
      const fit = fitAffine(values, i + 32 * j);
      fits[j] = fit;
      largestScale = Math.max(largestScale, fit.scale);
      largestMin = Math.max(largestMin, fit.min);
    }
    const d = putF16(bytes, at, largestScale / 63);
    const dmin = putF16(bytes, at + 2, largestMin / 63);
    bytes.fill(0, at + 4, at + 16);
    for (let j = 0; j < 8; j++) {
      const { scale, min } = refineAffine(values, i + 32 * j, fits[j]!, d, dmin);
      putScaleAndMin(bytes, at + 4, j, scale, min);
      affineCodes(values, i + 32 * j, d * scale, dmin * min, codes, 32 * j);
    }
    for (let l = 0; l < 128; l++) {
      const low = (l >> 5) * 64 + (l & 31);
      bytes[at + 16 + l] = codes[low]! | (codes[low + 32]! << 4);
    }
  }
}

/** The least-squares scale and min over 32 values, for the best of the candidate roundings. */
function fitAffine(values: Float32Array, from: number): AffineFit {
  let low = 0; // a min is not negative: zero must be representable
  let high = values[from]!;
  for (let l = 0; l < 32; l++) {
    low = Math.min(low, values[from + l]!);
    high = Math.max(high, values[from + l]!);
  }
  let best: AffineFit = { scale: 0, min: -low };
  if (high <= low) return best; // all zero, or all the same negative value

  let bestError = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const fit = solveAffine(values, from, low, (15 + candidate) / (high - low));
    if (fit.error < bestError && fit.scale > 0) {
      bestError = fit.error;
      best = fit;
    }
  }
  return best;
}

/** Codes by one rounding, the least-squares scale and min for them, and the squared error. */
function solveAffine(values: Float32Array, from: number, low: number, inverse: number) {
  let [x1, x2, q1, q2, xq] = [0, 0, 0, 0, 0]; // sums of values, codes, squares and products
  for (let l = 0; l < 32; l++) {
    const x = values[from + l]!;
    const q = Math.min(15, Math.floor(inverse * (x - low) + 0.5));
    x1 += x;
    x2 += x * x;
    q1 += q;
    q2 += q * q;
    xq += x * q;
  }
  const determinant = 32 * q2 - q1 * q1;
  let scale = (32 * xq - x1 * q1) / determinant;
  let min = (q1 * xq - q2 * x1) / determinant;
  if (determinant <= 0 || min < 0) {
    // One code for all values, or a min the format cannot hold: a scale alone.
    min = 0;
    scale = q2 > 0 ? xq / q2 : 0;
  }
  const ofScale = scale * (scale * q2 - 2 * xq);
  const ofMin = min * (32 * min + 2 * x1 - 2 * scale * q1);
  return { scale, min, error: x2 + ofScale + ofMin };
}

/** 6-bit scale and min: the rounded ones, or a neighbour that fits better. */
function refineAffine(
  values: Float32Array,
  from: number,
  fit: AffineFit,
  d: number,
  dmin: number,
): AffineFit {
  const scale = d > 0 ? Math.round(fit.scale / d) : 0;
  const min = dmin > 0 ? Math.round(fit.min / dmin) : 0;
  let best = { scale: clamp(scale, 0, 63), min: clamp(min, 0, 63) };
  let bestError = Number.POSITIVE_INFINITY;
  for (let s = Math.max(0, scale - 1); s <= Math.min(63, scale + 1); s++) {
    for (let m = Math.max(0, min - 1); m <= Math.min(63, min + 1); m++) {
      const error = affineCodes(values, from, d * s, dmin * m, trial, 0);
      if (error < bestError) {
        bestError = error;
        best = { scale: s, min: m };
      }
    }
  }
  return best;
}

/** The nearest codes for a given scale and min; returns the squared error. */
function affineCodes(
  values: Float32Array,
  from: number,
  scale: number,
  min: number,
  out: Uint8Array,
  to: number,
): number {
  const inverse = scale > 0 ? 1 / scale : 0;
  let error = 0;
  for (let l = 0; l < 32; l++) {
    const x = values[from + l]! + min;
    const q = clamp(Math.floor(x * inverse + 0.5), 0, 15);
    out[to + l] = q;
    error += (x - scale * q) ** 2;
  }
  return error;
}

/** The inverse of scaleOf and minOf in k-quants.ts; the 12 bytes were cleared. */
function putScaleAndMin(bytes: Uint8Array, at: number, j: number, scale: number, min: number) {
  if (j < 4) {
    bytes[at + j]! |= scale;
    bytes[at + j + 4]! |= min;
  } else {
    bytes[at + j + 4]! |= (scale & 15) | ((min & 15) << 4);
    bytes[at + j - 4]! |= (scale >> 4) << 6;
    bytes[at + j]! |= (min >> 4) << 6;
  }
}

export function encodeQ6_K(values: Float32Array, bytes: Uint8Array, at: number) {
  const scales = new Float64Array(16);
  for (let i = 0; i < values.length; i += 256, at += 210) {
    let largest = 0;
    for (let g = 0; g < 16; g++) {
      scales[g] = fitSymmetric(values, i + 16 * g);
      if (Math.abs(scales[g]!) > Math.abs(largest)) largest = scales[g]!;
    }
    const d = putF16(bytes, at + 208, largest / -128); // an i8 reaches further down than up
    for (let g = 0; g < 16; g++) {
      const scale = refineSymmetric(values, i + 16 * g, scales[g]!, d);
      bytes[at + 192 + g] = scale;
      symmetricCodes(values, i + 16 * g, d * scale, codes, 16 * g);
    }
    packQ6(bytes, at);
  }
}

/** The least-squares scale over 16 values with codes −32 … 31, for the best candidate rounding. */
function fitSymmetric(values: Float32Array, from: number): number {
  let extreme = 0;
  for (let l = 0; l < 16; l++) {
    if (Math.abs(values[from + l]!) > Math.abs(extreme)) extreme = values[from + l]!;
  }
  if (extreme === 0) return 0;

  let best = extreme / -32;
  let bestGain = -1; // of squared error, against all codes 0
  for (const candidate of candidates) {
    const inverse = -(32 + candidate) / extreme;
    let [q2, xq] = [0, 0];
    for (let l = 0; l < 16; l++) {
      const x = values[from + l]!;
      const q = clamp(Math.floor(x * inverse + 0.5), -32, 31);
      q2 += q * q;
      xq += x * q;
    }
    if (q2 > 0 && xq * xq > bestGain * q2) {
      bestGain = (xq * xq) / q2;
      best = xq / q2;
    }
  }
  return best;
}

function refineSymmetric(values: Float32Array, from: number, fit: number, d: number): number {
  const scale = d === 0 ? 0 : clamp(Math.round(fit / d), -128, 127);
  let best = scale;
  let bestError = Number.POSITIVE_INFINITY;
  for (let s = Math.max(-128, scale - 1); s <= Math.min(127, scale + 1); s++) {
    const error = symmetricCodes(values, from, d * s, trial, 0);
    if (error < bestError) {
      bestError = error;
      best = s;
    }
  }
  return best;
}

/** The nearest codes, 32 added, for a given scale; returns the squared error. */
function symmetricCodes(
  values: Float32Array,
  from: number,
  scale: number,
  out: Uint8Array,
  to: number,
): number {
  const inverse = scale === 0 ? 0 : 1 / scale;
  let error = 0;
  for (let l = 0; l < 16; l++) {
    const x = values[from + l]!;
    const q = clamp(Math.floor(x * inverse + 0.5), -32, 31);
    out[to + l] = q + 32;
    error += (x - scale * q) ** 2;
  }
  return error;
}

/** 256 six-bit codes into ql[128] and qh[64]: see decodeQ6_K. */
function packQ6(bytes: Uint8Array, at: number) {
  for (let half = 0; half < 2; half++) {
    for (let l = 0; l < 32; l++) {
      const q = 128 * half + l;
      const [a, b, c, e] = [codes[q]!, codes[q + 32]!, codes[q + 64]!, codes[q + 96]!];
      bytes[at + 64 * half + l] = (a & 15) | ((c & 15) << 4);
      bytes[at + 64 * half + l + 32] = (b & 15) | ((e & 15) << 4);
      bytes[at + 128 + 32 * half + l] =
        (a >> 4) | ((b >> 4) << 2) | ((c >> 4) << 4) | ((e >> 4) << 6);
    }
  }
}

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}
