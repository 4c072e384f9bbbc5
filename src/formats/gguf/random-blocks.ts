/**
 * Random but sane tensor bytes of any number format: values about N(0, sigma), from a seed. For
 * tests and benches, which need weights in every quantisation without a quantiser for each: the
 * codes are random bits, and the scales are set so that what they decode to has that deviation.
 */

import { decodeRow } from '../../base/blocks/decode-row.ts';
import { type DType, dtypes, rowBytes } from '../../base/dtypes.ts';
import { f32ToBf16, f32ToF8e4m3, f32ToF16 } from '../../base/half.ts';
import { mulberry32 } from '../../base/mulberry32.ts';

/** Where a block keeps its f16 scale; iq1_m spreads it over four nibbles, mxfp4 has an exponent. */
const scaleOffset: Partial<Record<DType, number>> = {
  ...{ q4_0: 0, q4_1: 0, q5_0: 0, q5_1: 0, q8_0: 0, iq4_nl: 0, iq4_xs: 0 },
  ...{ q2_k: 80, q3_k: 108, q4_k: 0, q5_k: 0, q6_k: 208 },
  ...{ iq2_xxs: 0, iq2_xs: 0, iq2_s: 0, iq3_xxs: 0, iq3_s: 0, iq1_s: 0 },
};

/** The second f16, a min: what it is times d, so that the block's mean is near zero. */
const minOffset: Partial<Record<DType, { at: number; timesD: number }>> = {
  q4_1: { at: 2, timesD: -7.5 },
  q5_1: { at: 2, timesD: -15.5 },
  q2_k: { at: 82, timesD: 1.5 },
  q4_k: { at: 2, timesD: 7.5 },
  q5_k: { at: 2, timesD: 15.5 },
};

/** A whole tensor: `elements` is a whole number of blocks. */
export function randomBlocks(
  dtype: DType,
  elements: number,
  sigma: number,
  seed: number,
): Uint8Array {
  const random = mulberry32(seed);
  const { blockElements, blockBytes } = dtypes[dtype];
  const bytes = new Uint8Array(rowBytes(dtype, elements));
  if (blockElements === 1) {
    fillPlain(dtype, bytes, elements, sigma, random);
    return bytes;
  }

  for (let i = 0; i < bytes.length; i++) bytes[i] = random() * 256;
  const unit = unitScale(dtype);
  for (let at = 0; at < bytes.length; at += blockBytes) {
    // A spread of a factor two between blocks, so that a mixed-up scale shows.
    setScale(dtype, bytes, at, (sigma / unit) * (0.7 + 0.6 * random()));
  }
  return bytes;
}

function fillPlain(
  dtype: DType,
  bytes: Uint8Array,
  elements: number,
  sigma: number,
  random: () => number,
) {
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < elements; i++) {
    const value = gaussian(random) * sigma;
    if (dtype === 'f32') view.setFloat32(4 * i, value, true);
    else if (dtype === 'f16') view.setUint16(2 * i, f32ToF16(value), true);
    else if (dtype === 'bf16') view.setUint16(2 * i, f32ToBf16(value), true);
    else if (dtype === 'f8_e4m3') bytes[i] = f32ToF8e4m3(Math.max(-448, Math.min(448, value)));
    else if (dtype === 'i8') view.setInt8(i, Math.max(-128, Math.min(127, Math.round(value))));
    else if (dtype === 'u8') bytes[i] = Math.max(0, Math.min(255, Math.round(128 + value)));
    else if (dtype === 'i32') view.setInt32(4 * i, Math.round(value), true);
    else view.setBigInt64(8 * i, BigInt(Math.round(value)), true);
  }
}

const unitScales = new Map<DType, number>();

/** The deviation of a format's values when its scale is 1 and its codes are random: measured. */
function unitScale(dtype: DType): number {
  const known = unitScales.get(dtype);
  if (known !== undefined) return known;
  const elements = 64 * dtypes[dtype].blockElements;
  const bytes = new Uint8Array(rowBytes(dtype, elements));
  const random = mulberry32(1);
  for (let i = 0; i < bytes.length; i++) bytes[i] = random() * 256;
  for (let at = 0; at < bytes.length; at += dtypes[dtype].blockBytes) setScale(dtype, bytes, at, 1);
  const values = new Float32Array(elements);
  decodeRow(dtype, bytes, 0, values, elements);
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / elements);
  unitScales.set(dtype, deviation);
  return deviation;
}

function setScale(dtype: DType, bytes: Uint8Array, at: number, scale: number) {
  const view = new DataView(bytes.buffer);
  if (dtype === 'mxfp4') {
    bytes[at] = Math.max(0, Math.min(254, 127 + Math.round(Math.log2(scale))));
  } else if (dtype === 'iq1_m') {
    const bits = f32ToF16(scale);
    for (let i = 0; i < 4; i++) {
      const rest = view.getUint16(at + 48 + 2 * i, true) & 0x0fff;
      view.setUint16(at + 48 + 2 * i, rest | (((bits >> (4 * i)) & 15) << 12), true);
    }
  } else {
    view.setUint16(at + scaleOffset[dtype]!, f32ToF16(scale), true);
    const min = minOffset[dtype];
    if (min) view.setUint16(at + min.at, f32ToF16(scale * min.timesD), true);
  }
}

/** Marsaglia's polar method would waste draws; Box and Muller's is plain. */
function gaussian(random: () => number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}
