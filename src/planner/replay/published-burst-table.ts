/**
 * GPUStack's performance lab: all prompts are sent at once and the tokens of the whole run are
 * counted. With long prompts and short replies prefill is the limit from start to end, so the rates
 * hold; the latencies of such a burst are no steady state and are not carried over, save where all
 * requests run side by side (1,000/2,000) or by fours. ShareGPT: 219 tokens in, 201 out on average.
 */
import type { PublishedResult } from './published-result.ts';
import { series } from './published-series.ts';

type Run = Omit<
  PublishedResult,
  'id' | 'curve' | 'concurrency' | 'measured' | 'inTokens' | 'outTokens' | 'phase' | 'source'
>;
/** Prompts sent, tokens per second in and out. */
type Burst = readonly [
  prompts: number,
  inTokens: number,
  outTokens: number,
  into: number,
  out: number,
];

const bursts = (name: string, run: Run, rows: readonly Burst[]) =>
  rows.flatMap(([prompts, inTokens, outTokens, into, out]) =>
    series(
      `lab-${name}-${inTokens}-${outTokens}`,
      { ...run, phase: 'serve', source: 'GPUSTACK-LAB', inTokens, outTokens },
      [
        {
          concurrency: prompts,
          measured: { inputTokensPerSecond: into, outputTokensPerSecond: out },
        },
      ],
    ),
  );

const unsteady = 'one burst of short requests: start and end weigh as much as what is between';

const h200 = { chip: 'h200', chips: 8, precision: 'fp8', grade: 'A' } as const;
const r1 = { ...h200, model: 'deepseek-r1', date: '2025-11' } as const;
const v32 = { ...h200, model: 'deepseek-v3.2', date: '2026' } as const;
const r1Sglang = {
  ...r1,
  engine: 'sglang',
  engineVersion: '0.5.3',
  layout: 'tp8',
  note: '--enable-dp-attention with one rank, which leaves it tp8',
} as const;
const v32Sglang = {
  ...v32,
  engine: 'sglang',
  engineVersion: '0.5.6.post2',
  layout: 'dp8',
} as const;
const v32Vllm = { ...v32, engine: 'vllm', engineVersion: '0.13.0', layout: 'tp8' } as const;
const qwen8b = {
  model: 'qwen3-8b',
  chip: 'ascend-910b3',
  chips: 1,
  engine: 'vllm-ascend',
  engineVersion: '0.9.1',
  precision: 'bf16',
  layout: 'tp1',
  grade: 'A',
  date: '2025-11',
  note: 'the bin of the 910B is not stated',
} as const;
const qwen8bMindie = {
  ...qwen8b,
  engine: 'mindie',
  engineVersion: '2.1RC1',
  precision: 'int8',
  grade: 'B',
  note: "the bin of the 910B is not stated; the page's summary: the logs below it are of another model",
} as const;
const qwen30b = {
  ...qwen8b,
  model: 'qwen3-30b-a3b',
  chips: 2,
  layout: 'tp2',
} as const;
const qwen30bMindie = {
  ...qwen30b,
  engine: 'mindie',
  engineVersion: '2.1RC1',
  unusable:
    'the number of NPUs is not stated: 61 GB of weights hardly fit one, the baseline has two',
} as const;
const a100 = {
  model: 'qwen3-32b',
  chip: 'a100',
  chips: 1,
  engine: 'trtllm',
  precision: 'bf16',
  layout: 'tp1',
  grade: 'A',
  date: '2025-11',
} as const;
const h100 = { ...a100, chip: 'h100', precision: 'fp8' } as const;

const lab = { phase: 'serve', source: 'GPUSTACK-LAB' } as const;

export const burstResults: readonly PublishedResult[] = [
  ...bursts('r1-h200-sglang', r1Sglang, [
    [500, 2000, 100, 18_116, 907.31],
    [500, 4000, 200, 15_329, 767.42],
    [100, 32_000, 100, 16_042, 49.89],
  ]),
  ...bursts('r1-h200-sglang', { ...r1Sglang, unusable: unsteady }, [
    [1000, 219, 201, 3_728, 3414.99],
    [1000, 128, 4, 19_825, 624.94],
  ]),
  ...bursts('r1-h200-vllm', { ...r1, engine: 'vllm', engineVersion: '0.11.0', layout: 'tp8' }, [
    [500, 4000, 200, 15_055, 753.67],
    [100, 32_000, 100, 15_466, 48.33],
  ]),
  ...bursts('v3.2-h200-sglang', v32Sglang, [
    [500, 2000, 100, 26_393, 1319.64],
    [500, 4000, 200, 19_567, 978.37],
    [100, 32_000, 100, 19_983, 62.45],
  ]),
  ...bursts('v3.2-h200-vllm', v32Vllm, [
    [500, 4000, 200, 9_499, 474.96],
    [100, 32_000, 100, 9_679, 30.25],
  ]),
  ...series(
    'lab-v3.2-h200-sglang-1000-2000',
    { ...v32Sglang, ...lab, inTokens: 1000, outTokens: 2000 },
    [
      {
        concurrency: 100,
        measured: { ttftMs: 2_103.54, tpotMs: 39.45, outputTokensPerSecond: 2469.32 },
      },
    ],
  ),
  ...series(
    'lab-v3.2-h200-vllm-1000-2000',
    { ...v32Vllm, ...lab, inTokens: 1000, outTokens: 2000 },
    [
      {
        concurrency: 100,
        measured: { ttftMs: 4_789.2, tpotMs: 45.72, outputTokensPerSecond: 2075.01 },
      },
    ],
  ),

  ...bursts('qwen3-8b-910b-vllm', qwen8b, [
    [500, 2000, 100, 9_132, 457.47],
    [500, 4000, 200, 7_312, 365.38],
    [100, 32_000, 100, 2_882, 9.01],
  ]),
  ...series(
    'lab-qwen3-8b-910b-vllm-233-221',
    { ...qwen8b, ...lab, inTokens: 233, outTokens: 221 },
    [
      {
        concurrency: 4,
        measured: { ttftMs: 145.88, tpotMs: 47.28 },
        note: 'ShareGPT by fours, mean lengths of the run; 80 output tokens/s with the end of the run',
      },
    ],
  ),
  ...bursts('qwen3-8b-910b-mindie', qwen8bMindie, [
    [500, 2000, 100, 13_795, 690],
    [500, 4000, 200, 10_628, 531],
    [100, 32_000, 100, 7_811, 24.4],
  ]),
  ...bursts('qwen3-8b-910b-mindie', { ...qwen8bMindie, unusable: unsteady }, [
    [1000, 217, 202, 3_247, 3009.64],
  ]),
  ...bursts('qwen3-30b-a3b-910b-vllm', qwen30b, [
    [500, 2000, 100, 7_470, 373.52],
    [500, 4000, 200, 5_602, 279.64],
    [100, 32_000, 100, 3_693, 11.54],
  ]),
  ...series(
    'lab-qwen3-30b-a3b-910b-vllm-217-202',
    { ...qwen30b, ...lab, inTokens: 217, outTokens: 202 },
    [
      {
        concurrency: 4,
        measured: { ttftMs: 359.99, tpotMs: 122.71, outputTokensPerSecond: 32.18 },
        note: 'ShareGPT by fours, mean lengths of the run; the bin of the 910B is not stated',
      },
    ],
  ),
  ...bursts('qwen3-30b-a3b-910b-mindie', qwen30bMindie, [
    [1000, 217, 202, 2_444, 2268.46],
    [500, 2000, 100, 14_850, 742.11],
    [500, 4000, 200, 12_727, 636.07],
    [100, 32_000, 100, 10_798, 32.71],
  ]),
  ...bursts('qwen3-32b-a100-trtllm', a100, [
    [500, 2000, 100, 2_587, 129],
    [500, 4000, 200, 1_941, 97],
    [100, 32_000, 100, 1_575, 4.9],
  ]),
  ...bursts('qwen3-32b-a100-trtllm', { ...a100, unusable: unsteady }, [
    [1000, 219, 201, 1_071, 983],
  ]),
  ...bursts('qwen3-32b-h100-trtllm', h100, [
    [500, 2000, 100, 5_621, 281],
    [500, 4000, 200, 4_694, 235],
    [100, 32_000, 100, 4_055, 12.7],
  ]),
  ...bursts('qwen3-32b-h100-trtllm', { ...h100, unusable: unsteady }, [
    [1000, 219, 201, 2_234, 2_051],
  ]),
];
