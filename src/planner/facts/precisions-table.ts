/**
 * Ways to keep and multiply weights, as checkpoints are published. Bytes include scales; norms and
 * routers are too small to tell apart and go with the part they belong to. The embedding and the
 * head stay in BF16 everywhere but in GGUF files.
 */
import type { Precision, WeightPart } from './precision.ts';

/** FP8 with a 4-byte scale per block of 128 × 128. */
const fp8Block = 1 + 4 / (128 * 128);
/** INT8 with a 4-byte scale per output row; a row of these models is about 4,096 wide. */
const int8Row = 1 + 4 / 4096;
/** 4 bits, in groups of 128 with a 2-byte scale and a 4-bit zero point. */
const int4Zero = (4 + (16 + 4) / 128) / 8;
/** 4 bits, in groups of 128 with a 2-byte scale. */
const int4Group = (4 + 16 / 128) / 8;
/** FP4 with an FP8 scale per 16. */
const nvfp4 = (4 + 8 / 16) / 8;
/** FP4 with a one-byte power of two per 32. */
const mxfp4 = (4 + 8 / 32) / 8;
/** GGUF blocks of 256 weights: 144 bytes and 210. */
const q4K = 144 / 256;
const q6K = 210 / 256;
/** Q4_K_M keeps half of the down projections in Q6_K, and half of the value projections. */
const q4KMFeedForward = (2 * q4K + (q4K + q6K) / 2) / 3;
const q4KMAttention = q4K + ((q6K - q4K) / 2) * 0.08;

export const precisionsTable: readonly Precision[] = [
  {
    id: 'bf16',
    name: 'BF16',
    aliases: ['fp16', 'f16', 'bfloat16', 'float16', '16-bit', '16bit'],
    weightBytes: same(2, 2),
    products: same('bf16', 'bf16'),
    kvBytes: 2,
    source: 'HF-V2-LITE',
  },
  {
    id: 'fp8',
    name: 'FP8, blocks of 128 × 128',
    aliases: ['float8', 'fp8_e4m3', 'e4m3', 'w8a8-fp8', 'f8'],
    weightBytes: same(fp8Block, 2),
    products: same('fp8', 'bf16'),
    kvBytes: 2,
    source: 'HF-V3',
  },
  {
    id: 'int8',
    name: 'INT8, weights and activations (W8A8)',
    aliases: ['w8a8', 'w8a8-int8', 'i8'],
    weightBytes: same(int8Row, 2),
    products: same('int8', 'bf16'),
    kvBytes: 2,
    source: 'SMOOTHQUANT',
  },
  {
    id: 'int4',
    name: 'INT4 weights in groups of 128 (W4A16, AWQ)',
    aliases: ['awq', 'gptq', 'w4a16', '4-bit', '4bit', 'i4'],
    weightBytes: same(int4Zero, 2),
    products: same('bf16', 'bf16'),
    kvBytes: 2,
    source: 'AWQ',
  },
  {
    id: 'w4a8',
    name: 'INT4 experts, INT8 rest (W4A8)',
    aliases: ['w4a8-int8', 'int4-int8'],
    weightBytes: { ...same(int8Row, 2), routedExperts: int4Group },
    products: same('int8', 'bf16'),
    kvBytes: 2,
    source: 'VLLM-ASC-QUANT',
  },
  {
    // Nvidia leaves latent attention in BF16 and quantises that of dense models.
    id: 'fp4',
    name: 'NVFP4, groups of 16',
    aliases: ['nvfp4', 'w4a4', 'f4'],
    weightBytes: { ...same(nvfp4, 2), attention: 2 },
    products: { ...same('fp4', 'bf16'), attention: 'bf16' },
    groupedAttention: { weightBytes: nvfp4, products: 'fp4' },
    kvBytes: 1,
    source: 'HF-NVFP4',
  },
  {
    // FP4 × FP8 runs at the rate of FP8 on today's chips (the V4 report, on its experts).
    id: 'mxfp4',
    name: 'FP4 experts in groups of 32, FP8 rest',
    aliases: ['fp4-fp8', 'fp4+fp8', 'w4a8-fp', 'mxfp4-fp8'],
    weightBytes: { ...same(fp8Block, 2), routedExperts: mxfp4 },
    products: same('fp8', 'bf16'),
    kvBytes: 1,
    source: 'HF-V4-PRO',
  },
  {
    id: 'q4_k_m',
    name: 'GGUF Q4_K_M',
    aliases: ['q4_k', 'q4km', 'q4'],
    weightBytes: {
      attention: q4KMAttention,
      dense: q4KMFeedForward,
      sharedExperts: q4KMFeedForward,
      routedExperts: q4KMFeedForward,
      head: (q4K + q6K) / 2,
    },
    products: same('int8', 'int8'),
    kvBytes: 2,
    source: 'GGUF',
  },
  {
    id: 'q8_0',
    name: 'GGUF Q8_0',
    aliases: ['q8'],
    weightBytes: same(34 / 32, 34 / 32),
    products: same('int8', 'int8'),
    kvBytes: 2,
    source: 'GGUF',
  },
];

function same<T>(body: T, head: T): Record<WeightPart, T> {
  return { attention: body, dense: body, sharedExperts: body, routedExperts: body, head };
}
