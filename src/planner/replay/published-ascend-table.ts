/**
 * DeepSeek on Huawei Ascend: SGLang's logs and vLLM-Ascend's nightly baselines. The sources count
 * dies; a 910C is a package of two, so layouts are given here in packages: attention over 8 dies is
 * tp4, and data parallelism of one die each becomes one per package. 0: not published.
 */
import type { PublishedResult } from './published-result.ts';
import { acceptanceOf, series } from './published-series.ts';

const sglang = {
  chip: 'ascend-910c',
  engine: 'sglang',
  grade: 'A',
  source: 'SGL-ASC-LOG',
  date: '2026',
} as const;
const r1Int8 = { ...sglang, model: 'deepseek-r1', precision: 'int8' } as const;
const r1W4a8 = { ...sglang, model: 'deepseek-r1', precision: 'w4a8' } as const;

const nightly = {
  chip: 'ascend-910c',
  engine: 'vllm-ascend',
  phase: 'serve',
  grade: 'A',
  source: 'VLLM-ASC-N',
  date: '2026',
} as const;
const oneDraft = 'one draft token, its acceptance not recorded: 0.70 as measured by [CM384]';
const twoDrafts =
  'two draft tokens, their acceptance not recorded: as in the logs of [SGL-ASC-LOG] for this model';
const threeDrafts =
  'three draft tokens, their acceptance not recorded: as in the logs of [SGL-ASC-LOG] for this model';

const ramps = (perSecond: string, mean: number) =>
  `the source prints ${perSecond} output tokens/s over the whole run, ramps included (mean concurrency ${mean})`;

/** One wave of 32 prompts, prefill apart: only the replies are in a steady state. */
const oneWave = (inTokens: number, outTokens: number, tpotMs: number, acceptLength: number) =>
  series(
    `sgl-asc-r1-decode-${inTokens}-${outTokens}`,
    {
      ...r1Int8,
      chips: 16,
      layout: 'dp16ep16',
      phase: 'decode',
      inTokens: inTokens + outTokens / 2,
      outTokens,
      mtpAcceptance: acceptanceOf(acceptLength, 3),
      note: `prompts of ${inTokens} tokens in one wave, prefilled by 16 other chips; a step yields ${acceptLength} tokens`,
    },
    [{ concurrency: 32, measured: { tpotMs } }],
  );

export const ascendResults: readonly PublishedResult[] = [
  ...oneWave(6000, 1600, 19.81, 2.59),
  ...oneWave(3900, 1000, 19.77, 2.88),
  ...oneWave(3500, 1500, 19.92, 2.84),
  ...oneWave(3500, 1000, 19.52, 2.84),
  ...series(
    'sgl-asc-r1-2p1d-3500-1500',
    {
      ...r1Int8,
      chips: 32,
      layout: 'prefill:tp4dp2ep8x2,decode:dp16ep16',
      phase: 'serve',
      inTokens: 3500,
      outTokens: 1500,
      mtpAcceptance: acceptanceOf(2.547, 2),
      note: `a step yields 2.55 tokens (time between outputs over TPOT); ${ramps('12,697', 697)}`,
    },
    [{ concurrency: 832, slots: 832, measured: { ttftMs: 10_170, tpotMs: 48.1 } }],
  ),
  ...series(
    'sgl-asc-r1-w4a8-2048-2048',
    {
      ...r1W4a8,
      chips: 8,
      layout: 'dp8ep8',
      phase: 'serve',
      inTokens: 2048,
      outTokens: 2048,
      mtpAcceptance: acceptanceOf(2.82, 3),
      note: `a step yields 2.82 tokens; ${ramps('4,227', 231)}`,
    },
    [{ concurrency: 256, slots: 256, measured: { ttftMs: 10_274, tpotMs: 49.67 } }],
  ),
  ...series(
    'sgl-asc-r1-w4a8-1p1d-2048-2048',
    {
      ...r1W4a8,
      chips: 16,
      layout: 'prefill:tp4dp2ep8,decode:dp8ep8',
      phase: 'serve',
      inTokens: 2048,
      outTokens: 2048,
      mtpAcceptance: acceptanceOf(2.86, 3),
      note: `a step yields 2.86 tokens; ${ramps('7,236', 364)}`,
    },
    [{ concurrency: 400, slots: 384, measured: { ttftMs: 5_139, tpotMs: 47.76 } }],
  ),
  ...series(
    'sgl-asc-r1-w4a8-3500-1500',
    {
      ...r1W4a8,
      chips: 8,
      layout: 'tp2dp4ep8',
      phase: 'serve',
      inTokens: 3500,
      outTokens: 1500,
      mtpAcceptance: acceptanceOf(2.83, 3),
      note: `a step yields 2.83 tokens; ${ramps('2,497', 135)}`,
    },
    [{ concurrency: 144, slots: 144, measured: { ttftMs: 6_789, tpotMs: 49.77 } }],
  ),
  ...series(
    'sgl-asc-r1-w4a8-1p1d-3500-1500',
    {
      ...r1W4a8,
      chips: 16,
      layout: 'prefill:tp4dp2ep8,decode:dp8ep8',
      phase: 'serve',
      inTokens: 3500,
      outTokens: 1500,
      mtpAcceptance: acceptanceOf(2.87, 3),
      note: `a step yields 2.87 tokens; ${ramps('5,785', 323)}`,
    },
    [{ concurrency: 384, slots: 384, measured: { ttftMs: 9_784, tpotMs: 49.42 } }],
  ),
  ...series(
    'sgl-asc-v3.2-decode-64k',
    {
      ...sglang,
      model: 'deepseek-v3.2',
      precision: 'int8',
      chips: 16,
      layout: 'tp2dp8ep16',
      phase: 'decode',
      inTokens: 65_536,
      outTokens: 3072,
      mtpAcceptance: acceptanceOf(3.18, 3),
      note: "64,000 tokens in, 3,072 out by the tokens counted (the page's heading says 1K); a step yields 3.18; twelve replies at once by Little's law, prefill apart",
    },
    [{ concurrency: 12, measured: { tpotMs: 25.36, outputTokensPerSecond: 471.68 } }],
  ),
  ...series(
    'sgl-asc-r1-768',
    {
      ...r1Int8,
      chips: 32,
      layout: 'prefill:tp4dp2ep8x2,decode:dp16ep16',
      phase: 'serve',
      inTokens: 3500,
      outTokens: 1500,
      source: 'SGL-ASC',
      unusable: 'a target of the configuration, not a measurement',
    },
    [{ concurrency: 768, measured: { tpotMs: 50 } }],
  ),

  ...series(
    'vllm-asc-r1-3500-1500',
    {
      ...nightly,
      model: 'deepseek-r1',
      precision: 'int8',
      chips: 8,
      layout: 'tp4dp2ep8',
      inTokens: 3500,
      outTokens: 1500,
      mtpAcceptance: [0.7],
      note: `400 prompts, at most 32 at once; ${oneDraft}`,
    },
    [{ concurrency: 32, slots: 32, measured: { outputTokensPerSecond: 656.6 } }],
  ),
  ...series(
    'vllm-asc-r1-quarot-3500-1500',
    {
      ...nightly,
      model: 'deepseek-r1',
      precision: 'int8',
      chips: 8,
      layout: 'tp4dp2ep8',
      inTokens: 3500,
      outTokens: 1500,
      mtpAcceptance: [0.7],
      note: `64 prompts, weights rotated before quantisation; ${oneDraft}`,
    },
    [{ concurrency: 16, measured: { outputTokensPerSecond: 411 } }],
  ),
  ...series(
    'vllm-asc-v3.2-3500-1500',
    {
      ...nightly,
      model: 'deepseek-v3.2',
      precision: 'int8',
      chips: 8,
      layout: 'tp4dp2ep8',
      inTokens: 3500,
      outTokens: 1500,
      mtpAcceptance: acceptanceOf(3.18, 3),
      note: threeDrafts,
    },
    [{ concurrency: 4, measured: { outputTokensPerSecond: 192 } }],
  ),
  ...series(
    'vllm-asc-v3.1-bf16-3500-512',
    {
      ...nightly,
      model: 'deepseek-v3.1',
      precision: 'bf16',
      chips: 16,
      layout: 'tp4dp4ep16',
      inTokens: 3500,
      outTokens: 512,
      mtpAcceptance: [0.7],
      note: `11.2 requests a second offered by 512 prompts, 16 sequences on each of 4 groups; ${oneDraft}`,
    },
    [{ concurrency: 512, slots: 64, measured: { outputTokensPerSecond: 647.3 } }],
  ),
  ...series(
    'vllm-asc-v3.2-3500-3000',
    {
      ...nightly,
      model: 'deepseek-v3.2',
      precision: 'int8',
      chips: 16,
      layout: 'tp4dp4ep16',
      inTokens: 3500,
      outTokens: 3000,
      mtpAcceptance: acceptanceOf(3.18, 3),
      unusable:
        'steps of more than 48 tokens a group are not replayed from a recording, and these have 128 and more: a guard against regressions, not what the chips serve',
    },
    [
      { concurrency: 128, measured: { outputTokensPerSecond: 304.3 } },
      { concurrency: 256, measured: { outputTokensPerSecond: 862.6 } },
    ],
  ),
  ...series(
    'vllm-asc-v3.2-pd-3500-1500',
    {
      ...nightly,
      model: 'deepseek-v3.2',
      precision: 'int8',
      chips: 32,
      layout: 'prefill:tp8dp2ep16,decode:tp2dp8ep16',
      inTokens: 3500,
      outTokens: 1500,
      mtpAcceptance: acceptanceOf(3.18, 3).slice(0, 2),
      note: twoDrafts,
    },
    [{ concurrency: 32, slots: 112, measured: { outputTokensPerSecond: 983.3 } }],
  ),
  ...series(
    'vllm-asc-v3.2-pd-64k-1k',
    {
      ...nightly,
      model: 'deepseek-v3.2',
      precision: 'int8',
      chips: 32,
      layout: 'prefill:tp8dp2ep16,decode:tp2dp8ep16',
      inTokens: 64_000,
      outTokens: 1000,
      mtpAcceptance: acceptanceOf(3.18, 3).slice(0, 2),
      note: twoDrafts,
    },
    [{ concurrency: 4, measured: { outputTokensPerSecond: 53 } }],
  ),
  ...series(
    'vllm-asc-v4-flash-1p1d-3500-1500',
    {
      ...nightly,
      model: 'deepseek-v4-flash',
      precision: 'int8',
      chips: 16,
      layout: 'prefill:tp2dp4ep8,decode:dp8ep8',
      inTokens: 3500,
      outTokens: 1500,
      mtpAcceptance: acceptanceOf(3.18, 3),
      note: `12 requests a second offered, 1,024 at most at once, 60 sequences on each of 16 dies; ${threeDrafts}`,
    },
    [{ concurrency: 1024, slots: 960, measured: { outputTokensPerSecond: 15_569 } }],
  ),
  ...series(
    'vllm-asc-v4-pro-1p1d-128k-1k',
    {
      ...nightly,
      model: 'deepseek-v4-pro',
      precision: 'w4a8',
      chips: 32,
      layout: 'prefill:tp4dp4ep16,decode:dp16ep16',
      inTokens: 131_072,
      outTokens: 1024,
      cacheHit: 0.9,
      mtpAcceptance: acceptanceOf(3.18, 3),
      note: `one request a second offered, 48 at most at once; nine tenths of the prompt are cached; ${threeDrafts}`,
    },
    [{ concurrency: 48, measured: { outputTokensPerSecond: 737.1 } }],
  ),
  ...series(
    'vllm-asc-v3.1-2p1d-3500-1500',
    {
      ...nightly,
      model: 'deepseek-v3.1',
      precision: 'int8',
      chips: 32,
      layout: 'prefill:tp4dp2ep8x2,decode:dp16ep16',
      inTokens: 3500,
      outTokens: 1500,
      mtpAcceptance: [0.7],
      note: `weekly baseline, 2,400 prompts; ${oneDraft}`,
    },
    [{ concurrency: 700, measured: { outputTokensPerSecond: 9_800 } }],
  ),
  ...series(
    'vllm-asc-v3.1-2p1d-guide',
    {
      ...nightly,
      model: 'deepseek-v3.1',
      precision: 'int8',
      chips: 32,
      layout: 'prefill:tp4dp2ep8x2,decode:dp16ep16',
      inTokens: 3500,
      outTokens: 1500,
      source: 'VLLM-ASC',
      note: '478 tokens/s "per card": 15.3k if all 32 chips are meant, 7.6k if those that decode',
      unusable: 'the load is not published, nor what a card is',
    },
    [{ concurrency: 0, measured: { ttftMs: 6_160, tpotMs: 48.82 } }],
  ),
  ...series(
    'vllm-asc-v3.2-1p1d-guide',
    {
      ...nightly,
      model: 'deepseek-v3.2',
      precision: 'int8',
      chips: 32,
      layout: 'prefill:tp8dp2ep16,decode:tp2dp8ep16',
      inTokens: 64_000,
      outTokens: 3000,
      source: 'VLLM-ASC',
      unusable: 'the load is not published',
    },
    [{ concurrency: 0, measured: { tpotMs: 32, outputTokensPerSecond: 533 } }],
  ),

  ...series(
    'vllm-asc-qwen3-32b-a2',
    {
      ...nightly,
      model: 'qwen3-32b',
      chip: 'ascend-910b3',
      precision: 'int8',
      chips: 4,
      layout: 'tp4',
      inTokens: 3500,
      outTokens: 1500,
      note: 'the bin of the 910B is not stated',
    },
    [{ concurrency: 72, measured: { outputTokensPerSecond: 1_065 } }],
  ),
  ...series(
    'vllm-asc-qwen3-32b-a3',
    {
      ...nightly,
      model: 'qwen3-32b',
      precision: 'int8',
      chips: 2,
      layout: 'tp2',
      inTokens: 3500,
      outTokens: 1500,
      note: 'four dies of two packages',
    },
    [{ concurrency: 76, measured: { outputTokensPerSecond: 1_249 } }],
  ),
];
