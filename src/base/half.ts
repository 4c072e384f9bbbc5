/**
 * Small floats to f32 and back: f16, bf16, f8 e4m3fn, e8m0. Decoding is exact for every bit
 * pattern, subnormals, infinities and NaN included; encoding rounds to nearest, ties to even.
 * Scalars only: whole rows are decoded in blocks/plain.ts, over the same tables.
 */

const scratch = new DataView(new ArrayBuffer(4));

function bitsOf(value: number): number {
  scratch.setFloat32(0, value);
  return scratch.getUint32(0);
}

/** Every f16 by its bits: 256 KB, made on import in about a millisecond. */
export const f16Table: Float32Array = makeF16Table();

function makeF16Table(): Float32Array {
  const table = new Float32Array(0x10000);
  const bits = new Uint32Array(table.buffer);
  for (let i = 0; i < 0x8000; i++) {
    const exponent = i >> 10;
    // A subnormal is a whole number of 2^-24; otherwise the exponent is rebiased by 112.
    if (exponent === 0) table[i] = i * 2 ** -24;
    else if (exponent < 31) bits[i] = (i << 13) + (112 << 23);
    else bits[i] = (i << 13) | 0x7f800000; // infinity and NaN
    bits[i + 0x8000] = bits[i]! | 0x80000000;
  }
  return table;
}

/** Every f8 e4m3fn by its bits: no infinities, NaN is 0x7f and 0xff, largest 448. */
export const f8e4m3Table: Float32Array = Float32Array.from({ length: 256 }, (_, bits) => {
  const sign = bits & 0x80 ? -1 : 1;
  const exponent = (bits >> 3) & 15;
  const fraction = bits & 7;
  if (exponent === 15 && fraction === 7) return Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -9;
  return sign * (8 + fraction) * 2 ** (exponent - 10);
});

export function f16ToF32(bits: number): number {
  return f16Table[bits]!;
}

export function bf16ToF32(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}

export function f8e4m3ToF32(bits: number): number {
  return f8e4m3Table[bits]!;
}

/** A scale of the OCP microscaling formats: 2^(bits - 127), 255 is NaN. */
export function e8m0ToF32(bits: number): number {
  return bits === 255 ? Number.NaN : 2 ** (bits - 127);
}

/** The value is rounded to f32 first, as a f32 tensor would hold it. */
export function f32ToF16(value: number): number {
  const bits = bitsOf(value);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN, quiet
  if (magnitude >= 0x47800000) return sign | 0x7c00; // 2^16 and above
  if (magnitude >= 0x38800000) {
    // Normal: rebias by 112, drop 13 bits. A carry out of the fraction rightly bumps the exponent.
    return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  }
  if (magnitude < 0x33000000) return sign; // below half of the smallest subnormal
  const shift = 126 - (magnitude >>> 23); // 14 (just subnormal) to 24
  return sign | roundShift((magnitude & 0x7fffff) | 0x800000, shift);
}

export function f32ToBf16(value: number): number {
  const bits = bitsOf(value);
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/** What rounds past 448 is NaN, as in PyTorch: clamp first where saturation is wanted. */
export function f32ToF8e4m3(value: number): number {
  const bits = bitsOf(value);
  const sign = (bits >>> 24) & 0x80;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x43e80000) return sign | 0x7f; // over 464, or NaN
  if (magnitude >= 0x3c800000) {
    return sign | ((magnitude - 0x3c000000 + 0x7ffff + ((magnitude >>> 20) & 1)) >>> 20);
  }
  if (magnitude < 0x3a800000) return sign; // below 2^-10
  return sign | roundShift((magnitude & 0x7fffff) | 0x800000, 141 - (magnitude >>> 23));
}

/** To the nearest power of two (a tie goes to the even code); negatives and NaN give NaN, 0 gives 2^-127. */
export function f32ToE8m0(value: number): number {
  const bits = bitsOf(value);
  if (bits > 0x7f800000) return bits === 0x80000000 ? 0 : 255;
  const exponent = bits >>> 23;
  const fraction = bits & 0x7fffff;
  if (exponent === 255) return 255;
  // Subnormal f32: 2^-127 is fraction 0x400000, so everything up to 1.5 times that is code 0.
  if (exponent === 0) return fraction > 0x600000 ? 1 : 0;
  const isUp = fraction > 0x400000 || (fraction === 0x400000 && (exponent & 1) === 1);
  return Math.min(exponent + (isUp ? 1 : 0), 255);
}

/** `integer >> shift`, to nearest, ties to even. */
function roundShift(integer: number, shift: number): number {
  const half = 1 << (shift - 1);
  const odd = (integer >>> shift) & 1;
  return (integer + half - 1 + odd) >>> shift;
}
