/**
 * Number formats: what a tensor's bytes mean. Block formats store `blockElements` values in
 * `blockBytes` bytes along the last (contiguous) dimension. Codecs: base/blocks/.
 * Layouts and ids: ggml-common.h and gguf.h of ggml (see docs/formats.md).
 */
export interface DTypeInfo {
  readonly blockElements: number;
  readonly blockBytes: number;
  /** ggml_type id in a GGUF file; undefined for formats only safetensors has. */
  readonly ggmlId?: number;
}

export const dtypes = {
  f32: { blockElements: 1, blockBytes: 4, ggmlId: 0 },
  f16: { blockElements: 1, blockBytes: 2, ggmlId: 1 },
  bf16: { blockElements: 1, blockBytes: 2, ggmlId: 30 },
  /** OCP e4m3fn; scales per 128x128 tile live in a tensor of their own. */
  f8_e4m3: { blockElements: 1, blockBytes: 1 },
  u8: { blockElements: 1, blockBytes: 1 },
  i8: { blockElements: 1, blockBytes: 1, ggmlId: 24 },
  i32: { blockElements: 1, blockBytes: 4, ggmlId: 26 },
  i64: { blockElements: 1, blockBytes: 8, ggmlId: 27 },
  q4_0: { blockElements: 32, blockBytes: 18, ggmlId: 2 },
  q4_1: { blockElements: 32, blockBytes: 20, ggmlId: 3 },
  q5_0: { blockElements: 32, blockBytes: 22, ggmlId: 6 },
  q5_1: { blockElements: 32, blockBytes: 24, ggmlId: 7 },
  q8_0: { blockElements: 32, blockBytes: 34, ggmlId: 8 },
  q2_k: { blockElements: 256, blockBytes: 84, ggmlId: 10 },
  q3_k: { blockElements: 256, blockBytes: 110, ggmlId: 11 },
  q4_k: { blockElements: 256, blockBytes: 144, ggmlId: 12 },
  q5_k: { blockElements: 256, blockBytes: 176, ggmlId: 13 },
  q6_k: { blockElements: 256, blockBytes: 210, ggmlId: 14 },
  iq2_xxs: { blockElements: 256, blockBytes: 66, ggmlId: 16 },
  iq2_xs: { blockElements: 256, blockBytes: 74, ggmlId: 17 },
  iq3_xxs: { blockElements: 256, blockBytes: 98, ggmlId: 18 },
  iq1_s: { blockElements: 256, blockBytes: 50, ggmlId: 19 },
  iq4_nl: { blockElements: 32, blockBytes: 18, ggmlId: 20 },
  iq3_s: { blockElements: 256, blockBytes: 110, ggmlId: 21 },
  iq2_s: { blockElements: 256, blockBytes: 82, ggmlId: 22 },
  iq4_xs: { blockElements: 256, blockBytes: 136, ggmlId: 23 },
  iq1_m: { blockElements: 256, blockBytes: 56, ggmlId: 29 },
  mxfp4: { blockElements: 32, blockBytes: 17, ggmlId: 39 },
} as const satisfies Record<string, DTypeInfo>;

export type DType = keyof typeof dtypes;

/** Bytes of `elements` values in a row. Precondition: a whole number of blocks. */
export function rowBytes(dtype: DType, elements: number): number {
  const { blockElements, blockBytes } = dtypes[dtype];
  return (elements / blockElements) * blockBytes;
}

export function isDType(name: string): name is DType {
  return Object.hasOwn(dtypes, name);
}
