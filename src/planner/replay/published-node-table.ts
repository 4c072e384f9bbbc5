/**
 * One node, or a few, serving V3, R1, V3.1 or V3.2: chips of Nvidia and AMD. TTFT and TPOT in ms.
 * 0 stands for a number that was not published.
 */
import type { PublishedResult } from './published-result.ts';
import { series } from './published-series.ts';

const inferenceX = { phase: 'serve', grade: 'A', source: 'AIC-CSV', date: '2026' } as const;
const h200R1 = {
  ...inferenceX,
  model: 'deepseek-r1',
  chip: 'h200',
  chips: 8,
  engine: 'sglang',
  engineVersion: '0.5.9',
  precision: 'fp8',
  layout: 'tp8',
} as const;
const h200Apart = {
  ...inferenceX,
  model: 'deepseek-v3',
  chip: 'h200',
  engine: 'trtllm',
  precision: 'fp8',
} as const;
const trtBlog = {
  model: 'deepseek-r1',
  chip: 'h200',
  chips: 8,
  engine: 'trtllm',
  precision: 'fp8',
  phase: 'serve',
  inTokens: 1024,
  outTokens: 2048,
  grade: 'A',
  source: 'TRT',
  date: '2025',
} as const;
const dzh = {
  model: 'deepseek-r1',
  chip: 'h100',
  chips: 8,
  engine: 'vllm',
  engineVersion: '0.7.3',
  precision: 'int4',
  layout: 'tp8',
  phase: 'serve',
  inTokens: 1024,
  outTokens: 256,
  grade: 'B',
  source: 'DZH',
  date: '2025',
} as const;
const lmsysAmd = {
  model: 'deepseek-v3',
  chip: 'mi300x',
  chips: 8,
  engine: 'sglang',
  precision: 'fp8',
  layout: 'tp8',
  phase: 'serve',
  inTokens: 1024,
  outTokens: 1024,
  grade: 'A',
  source: 'LMSYS-AMD',
  date: '2025-09-02',
} as const;
const tenstorrent = {
  model: 'deepseek-r1',
  chip: 'h100',
  chips: 16,
  engine: 'sglang',
  precision: 'fp8',
  layout: 'tp16',
  phase: 'serve',
  grade: 'B',
  source: 'TT-356',
  date: '2025-07-09',
  note: 'two nodes over InfiniBand; the layout is not stated, TP16 is what SGLang does without more',
} as const;

/** Total latency of a request, as tokens per second of so many clients. */
const perSecond = (concurrency: number, outTokens: number, latencyMs: number) =>
  Math.round((concurrency * outTokens * 10_000) / latencyMs) / 10;

const endToEnd = (latencies: readonly [concurrency: number, ms: number][]) =>
  latencies.map(([concurrency, ms]) => ({
    concurrency,
    measured: { outputTokensPerSecond: perSecond(concurrency, 1024, ms) },
    note: `the source gives the whole latency, ${ms} ms; tokens/s follow from it`,
  }));

export const nodeResults: readonly PublishedResult[] = [
  ...series('ix-r1-h200-sglang-0.5.9-1k1k', { ...h200R1, inTokens: 1024, outTokens: 1024 }, [
    { concurrency: 4, measured: { ttftMs: 260, tpotMs: 10.3, outputTokensPerSecond: 376 } },
    { concurrency: 16, measured: { ttftMs: 286, tpotMs: 16.6, outputTokensPerSecond: 944 } },
    { concurrency: 32, measured: { ttftMs: 338, tpotMs: 23.3, outputTokensPerSecond: 1_352 } },
    { concurrency: 64, measured: { ttftMs: 419, tpotMs: 33, outputTokensPerSecond: 1_920 } },
  ]),
  ...series('ix-r1-h200-sglang-0.5.9-8k1k', { ...h200R1, inTokens: 8192, outTokens: 1024 }, [
    { concurrency: 4, measured: { ttftMs: 447, tpotMs: 11.3, outputTokensPerSecond: 344 } },
    { concurrency: 16, measured: { ttftMs: 700, tpotMs: 20.4, outputTokensPerSecond: 760 } },
    { concurrency: 32, measured: { ttftMs: 994, tpotMs: 32, outputTokensPerSecond: 976 } },
    { concurrency: 64, measured: { ttftMs: 2_279, tpotMs: 50.2, outputTokensPerSecond: 1_224 } },
  ]),
  ...series(
    'ix-r1-h200-sglang-0.5.7-1k1k',
    {
      ...h200R1,
      engineVersion: '0.5.7',
      inTokens: 1024,
      outTokens: 1024,
      grade: 'B',
      source: 'IX-870',
      date: '2026-03-05',
      note: 'an experiment outside the nightly runs',
    },
    [
      { concurrency: 8, measured: { ttftMs: 330.6, tpotMs: 12.8, outputTokensPerSecond: 596.8 } },
      { concurrency: 16, measured: { ttftMs: 356, tpotMs: 17.2, outputTokensPerSecond: 895.2 } },
      { concurrency: 32, measured: { ttftMs: 426.5, tpotMs: 25.6, outputTokensPerSecond: 1208.8 } },
      { concurrency: 64, measured: { ttftMs: 423.1, tpotMs: 34.6, outputTokensPerSecond: 1788.8 } },
    ],
  ),
  ...series(
    'ix-r1-h200-trtllm-1.1-1k1k-dp8ep8',
    {
      ...h200R1,
      engine: 'trtllm',
      engineVersion: '1.1',
      layout: 'dp8ep8',
      inTokens: 1024,
      outTokens: 1024,
      unusable: 'served with multi-token prediction (IX-LOG), its acceptance not recorded',
    },
    [{ concurrency: 256, measured: { ttftMs: 2_998, tpotMs: 37.2, outputTokensPerSecond: 6_384 } }],
  ),
  ...series(
    'ix-v3-h200x72-trtllm-1k1k',
    {
      ...h200Apart,
      chips: 72,
      layout: 'prefill:dp8ep8x2,decode:dp8ep8x7',
      inTokens: 1024,
      outTokens: 1024,
    },
    [
      {
        concurrency: 3584,
        measured: { ttftMs: 4_742, tpotMs: 48.6, outputTokensPerSecond: 67_392 },
        note: '936 a chip',
      },
    ],
  ),
  ...series(
    'ix-v3-h200x32-trtllm-8k1k',
    {
      ...h200Apart,
      chips: 32,
      layout: 'prefill:dp8ep8x3,decode:dp8ep8',
      inTokens: 8192,
      outTokens: 1024,
    },
    [
      {
        concurrency: 512,
        measured: { ttftMs: 4_022, tpotMs: 58.3, outputTokensPerSecond: 8_224 },
        note: '257 a chip',
      },
    ],
  ),
  ...series(
    'ix-r1-b200x4-trtllm-1.2-8k1k-dp4ep4',
    {
      ...inferenceX,
      model: 'deepseek-r1',
      chip: 'b200',
      chips: 4,
      engine: 'trtllm',
      engineVersion: '1.2',
      precision: 'fp4',
      layout: 'dp4ep4',
      inTokens: 8192,
      outTokens: 1024,
      unusable:
        'of this version both plain and speculative runs exist; which it was is not recorded',
    },
    [{ concurrency: 256, measured: { ttftMs: 3_546, tpotMs: 57.4, outputTokensPerSecond: 4_213 } }],
  ),
  ...series(
    'ix-v3-gb200x56-trtllm-8k1k',
    {
      ...inferenceX,
      model: 'deepseek-v3',
      chip: 'gb200',
      chips: 56,
      engine: 'trtllm',
      precision: 'fp4',
      layout: 'prefill:dp4ep4x10,decode:dp16ep16',
      inTokens: 8192,
      outTokens: 1024,
      slots: 4096,
    },
    [
      {
        concurrency: 4096,
        measured: { ttftMs: 4_109, tpotMs: 41.2, outputTokensPerSecond: 90_664 },
        note: '1,619 a chip; layout from the configuration (IX-CFG)',
      },
    ],
  ),
  ...series(
    'ix-v3-gb200x48-sglang-1k1k',
    {
      ...inferenceX,
      model: 'deepseek-v3',
      chip: 'gb200',
      chips: 48,
      engine: 'sglang',
      precision: 'fp8',
      layout: 'prefill:dp8ep8x2,decode:dp32ep32',
      inTokens: 1024,
      outTokens: 1024,
      note: 'layout from the configuration (IX-CFG)',
    },
    [
      {
        concurrency: 2048,
        measured: { ttftMs: 1_598, tpotMs: 20.9, outputTokensPerSecond: 91_296 },
      },
      {
        concurrency: 4096,
        measured: { ttftMs: 2_730, tpotMs: 26.6, outputTokensPerSecond: 139_872 },
      },
      {
        concurrency: 6144,
        measured: { ttftMs: 5_009, tpotMs: 32.3, outputTokensPerSecond: 165_456 },
      },
    ],
  ),

  ...series(
    'trt-r1-h200-min-latency',
    {
      ...trtBlog,
      layout: 'tp8',
      note: '158.1 tokens/s per user with three drafts of multi-token prediction',
      unusable: 'the acceptance of the drafts is not published with the figure',
    },
    [{ concurrency: 1, measured: { tpotMs: 6.33 } }],
  ),
  ...series(
    'trt-r1-h200-max-throughput',
    { ...trtBlog, layout: 'dp8ep8', note: 'attention in data parallel, as the recipe has it' },
    [{ concurrency: 1024, measured: { outputTokensPerSecond: 11_489 } }],
  ),
  ...series(
    'ix-r1-h200-cost',
    {
      model: 'deepseek-r1',
      chip: 'h200',
      chips: 8,
      engine: 'trtllm',
      precision: 'fp8',
      layout: 'tp8',
      phase: 'serve',
      inTokens: 0,
      outTokens: 0,
      grade: 'A',
      source: 'IX2',
      date: '2026-02',
      note: 'at 36 tokens/s per user at most 0.226 dollars a million in and 2.955 out, with drafts and prefill apart; engine and layout are not said',
      unusable: 'a cost, of no run that is named',
    },
    [{ concurrency: 0, measured: {} }],
  ),
  ...series(
    'recipe-v3.2-h20-tp8',
    {
      model: 'deepseek-v3.2',
      chip: 'h20',
      chips: 8,
      engine: 'vllm',
      precision: 'fp8',
      layout: 'tp8',
      phase: 'serve',
      inTokens: 2048,
      outTokens: 1024,
      rate: 10,
      grade: 'A',
      source: 'VLLM-REC',
      date: '2026',
      note: '100 prompts at 10 a second: nearly all run at once, and the mean TTFT is of one burst; a single request gets 30 tokens/s [VLLM-30832]',
    },
    [
      {
        concurrency: 100,
        measured: { ttftMs: 21_100, tpotMs: 99.7, outputTokensPerSecond: 791.7 },
      },
    ],
  ),
  ...series(
    'recipe-v3-single',
    {
      model: 'deepseek-v3',
      chip: 'h200',
      chips: 8,
      engine: 'vllm',
      precision: 'fp8',
      layout: 'tp8',
      phase: 'serve',
      inTokens: 8000,
      outTokens: 1000,
      grade: 'B',
      source: 'VLLM-REC',
      date: '2026',
      note: "the log names no chip; 8×H200 is the recipe's machine for FP8",
    },
    [{ concurrency: 1, measured: { ttftMs: 560, tpotMs: 15.85, outputTokensPerSecond: 61 } }],
  ),
  ...series('dzh-h100-awq', dzh, [
    {
      concurrency: 1,
      measured: { outputTokensPerSecond: 33 },
      note: 'weights take 50 GB a chip; read off a chart',
    },
    {
      concurrency: 15,
      measured: { outputTokensPerSecond: 250 },
      note: 'median time between tokens 50 ms; TTFT above 1 s from 8 clients on; read off a chart',
    },
    {
      concurrency: 100,
      measured: { outputTokensPerSecond: 620 },
      note: 'the peak, from about 100 clients on; prompts share prefixes; read off a chart',
    },
  ]),
  ...series(
    'lmsys-amd-mi300x',
    lmsysAmd,
    endToEnd([
      [1, 17_348],
      [4, 17_948],
      [16, 23_709],
      [64, 43_848],
    ]),
  ),
  ...series(
    'lmsys-amd-mi300x-mtp',
    {
      ...lmsysAmd,
      unusable: 'multi-token prediction, its acceptance not published with the figures',
    },
    endToEnd([
      [1, 8_229],
      [4, 9_737],
      [16, 15_483],
      [64, 35_074],
    ]),
  ),
  ...series(
    'dstack-mi300x-vllm',
    {
      model: 'deepseek-r1',
      chip: 'mi300x',
      chips: 8,
      engine: 'vllm',
      precision: 'fp8',
      layout: 'tp8',
      phase: 'serve',
      inTokens: 3200,
      outTokens: 800,
      grade: 'B',
      source: 'DSTACK',
      date: '2025-03',
    },
    [{ concurrency: 128, measured: { outputTokensPerSecond: 4_574 } }],
  ),
  ...series(
    'dstack-h200-trtllm',
    {
      model: 'deepseek-r1',
      chip: 'h200',
      chips: 8,
      engine: 'trtllm',
      precision: 'fp8',
      layout: 'tp8',
      phase: 'serve',
      inTokens: 3200,
      outTokens: 800,
      grade: 'B',
      source: 'DSTACK',
      date: '2025-03',
    },
    [{ concurrency: 128, measured: { outputTokensPerSecond: 4_176 } }],
  ),
  ...series(
    'dstack-h200-sglang-offline',
    {
      model: 'deepseek-r1',
      chip: 'h200',
      chips: 8,
      engine: 'sglang',
      precision: 'fp8',
      layout: 'tp8',
      phase: 'serve',
      inTokens: 3200,
      outTokens: 800,
      grade: 'B',
      source: 'DSTACK',
      date: '2025-03',
      note: 'offline',
    },
    [{ concurrency: 128, measured: { outputTokensPerSecond: 6_311 } }],
  ),
  ...series(
    'rocm-mi300x',
    {
      model: 'deepseek-r1',
      chip: 'mi300x',
      chips: 8,
      engine: 'sglang',
      precision: 'fp8',
      layout: 'tp8',
      phase: 'serve',
      inTokens: 0,
      outTokens: 0,
      grade: 'C',
      source: 'ROCM',
      date: '2025-03-21',
      note: 'an upper bound by the vendor ("under 50 ms" for 128 users, against 16 on H200)',
      unusable: 'lengths are not published',
    },
    [{ concurrency: 128, measured: { tpotMs: 50 } }],
  ),
  ...series(
    'meituan-a100-int8',
    {
      model: 'deepseek-r1',
      chip: 'a100',
      chips: 16,
      engine: 'sglang',
      precision: 'int8',
      layout: 'tp16',
      phase: 'serve',
      inTokens: 0,
      outTokens: 0,
      grade: 'B',
      source: 'MEITUAN',
      date: '2025',
      note: 'INT8 serves 1.5 times as much as BF16; chips and layout are not in the summary',
      unusable: 'a ratio, not a rate',
    },
    [{ concurrency: 0, measured: {} }],
  ),
  ...series(
    'v2-h800-paper',
    {
      model: 'deepseek-v2',
      chip: 'h800',
      chips: 8,
      engine: 'deepseek',
      precision: 'fp8',
      layout: 'tp8',
      phase: 'decode',
      inTokens: 0,
      outTokens: 0,
      grade: 'B',
      source: 'DSV2-35',
      date: '2024',
      note: 'the paper claims more than 50,000 with FP8 weights and a 6-bit cache; users got 1,500 with the vLLM of the time; layout not published',
      unusable: 'neither lengths nor load is published',
    },
    [{ concurrency: 0, measured: { outputTokensPerSecond: 50_000 } }],
  ),

  ...(
    [
      [128, 128, 179.7, 23.1],
      [128, 1024, 184.1, 23.2],
      [1024, 128, 391.7, 23.2],
      [2048, 128, 190.5, 23.3],
      [3072, 128, 200.4, 23.6],
      [4096, 128, 199.7, 23.7],
    ] as const
  ).flatMap(([inTokens, outTokens, ttftMs, tpotMs]) =>
    series(`tt-r1-h100x16-${inTokens}-${outTokens}`, { ...tenstorrent, inTokens, outTokens }, [
      { concurrency: 1, measured: { ttftMs, tpotMs } },
    ]),
  ),
];
