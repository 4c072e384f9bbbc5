/**
 * Small models and small machines: V2-Lite, the distilled models, dense models of the same shape, and
 * hybrids that keep experts in host memory. 0 stands for a number that was not published.
 */
import type { PublishedResult } from './published-result.ts';
import { series } from './published-series.ts';

const unknownChip = 'the planner has no figures for this chip';
const hybrid = 'experts lie in host memory and are multiplied there: not what the planner models';

/** llama.cpp and a fork of it on one card, one user, by depth of context. */
const ik354 = (fork: string, note: string, rows: readonly (readonly [number, number, number])[]) =>
  rows.flatMap(([context, decode, prefill]) => {
    const run = {
      model: 'deepseek-v2-lite',
      chip: 'rtx-4080',
      chips: 1,
      engine: 'llama.cpp',
      precision: 'q4_k_m',
      layout: 'tp1',
      inTokens: context,
      outTokens: 0,
      grade: 'A',
      source: 'IK354',
      date: '2025',
      note: `quantised as Q4_0; ${note}`,
      unusable: unknownChip,
    } as const;
    return [
      ...series(`ik354-${fork}-decode-${context}`, { ...run, phase: 'decode' }, [
        { concurrency: 1, measured: { outputTokensPerSecond: decode } },
      ]),
      ...series(`ik354-${fork}-prefill-${context}`, { ...run, phase: 'prefill' }, [
        { concurrency: 1, measured: { inputTokensPerSecond: prefill } },
      ]),
    ];
  });

const dbmart = (model: string, outputTokensPerSecond: number) =>
  series(
    `dbmart-4090-${model}`,
    {
      model,
      chip: 'rtx-4090',
      chips: 1,
      engine: 'vllm',
      precision: 'bf16',
      layout: 'tp1',
      phase: 'serve',
      inTokens: 100,
      outTokens: 600,
      slots: 256,
      grade: 'B',
      source: 'DBMART',
      date: '2025',
      note: 'offline, 300 requests at once; 16-bit weights; 256 slots are the default of the engine',
    },
    [{ concurrency: 300, measured: { outputTokensPerSecond } }],
  );

const iluvatar = (model: string, chips: number, outputTokensPerSecond: number) =>
  series(
    `deepspark-mr-v100-${model}`,
    {
      model,
      chip: 'iluvatar-mr-v100',
      chips,
      engine: 'vllm-iluvatar',
      engineVersion: '0.8.3',
      precision: 'bf16',
      layout: `tp${chips}`,
      phase: 'serve',
      inTokens: 0,
      outTokens: 150,
      grade: 'A',
      source: 'DEEPSPARK',
      date: '2025',
      note: "ten prompts of the sonnet set; layout as the page serves the model, not stated with the result; replies' length from tokens/s over requests/s",
      unusable: "prompts' length and layout are not stated with the result",
    },
    [{ concurrency: 10, measured: { outputTokensPerSecond } }],
  );

const llama = {
  model: 'llama-3.1-70b',
  precision: 'fp8',
  phase: 'serve',
  inTokens: 1024,
  outTokens: 1024,
  grade: 'A',
  source: 'AIC-CSV',
  date: '2025-10-29',
} as const;

const kt = {
  model: 'deepseek-r1',
  chips: 1,
  engine: 'llama.cpp',
  precision: 'q4_k_m',
  layout: 'tp1',
  inTokens: 0,
  outTokens: 0,
  grade: 'A',
  date: '2025',
  unusable: hybrid,
} as const;

export const smallResults: readonly PublishedResult[] = [
  ...ik354('llama.cpp', 'llama.cpp', [
    [0, 210, 3243],
    [4096, 115, 2877],
    [16_384, 53, 1383],
    [31_744, 32, 864],
  ]),
  ...ik354('flashmla', 'ik_llama.cpp; cache of 972 MiB at 32K', [
    [0, 181, 6757],
    [4096, 144, 5762],
    [16_384, 88, 3306],
    [31_744, 56, 2169],
  ]),
  ...series(
    'lmdeploy-a100-v2-lite',
    {
      model: 'deepseek-v2-lite',
      chip: 'a100',
      chips: 1,
      engine: 'lmdeploy',
      precision: 'bf16',
      layout: 'tp1',
      phase: 'serve',
      inTokens: 0,
      outTokens: 149,
      rate: 128,
      grade: 'B',
      source: 'LMD1621',
      date: '2024-06',
      note: '1,000 prompts of ShareGPT at 128 a second; 6.49 requests/s; how many run at once is not published',
      unusable: "the prompts' mean length is not published, nor how many run at once",
    },
    [{ concurrency: 1000, measured: { outputTokensPerSecond: 965 } }],
  ),
  ...series(
    'vllm-v2-lite-weights',
    {
      model: 'deepseek-v2-lite',
      chip: 'unnamed',
      chips: 1,
      engine: 'vllm',
      precision: 'bf16',
      layout: 'tp1',
      phase: 'serve',
      inTokens: 0,
      outTokens: 0,
      grade: 'A',
      source: 'VLLM4650',
      date: '2024',
      note: 'weights take 29.3 GB once loaded',
      unusable: 'a size, not a speed',
    },
    [{ concurrency: 0, measured: {} }],
  ),
  ...series(
    'coder-v2-lite-vllm',
    {
      model: 'deepseek-v2-lite',
      chip: 'unnamed',
      chips: 1,
      engine: 'vllm',
      precision: 'bf16',
      layout: 'tp1',
      phase: 'decode',
      inTokens: 0,
      outTokens: 0,
      grade: 'C',
      source: 'LCPP7118',
      date: '2024',
      note: 'FP16; a llama.cpp server with 4-bit weights gives 87.6',
      unusable: 'the chip is not named',
    },
    [{ concurrency: 1, measured: { outputTokensPerSecond: 110.9 } }],
  ),
  ...dbmart('r1-distill-qwen-7b', 3_576),
  ...dbmart('r1-distill-llama-8b', 2_376),
  ...dbmart('r1-distill-qwen-1.5b', 8_310),
  ...series(
    'poorpaul-5090-qwen-32b',
    {
      model: 'r1-distill-qwen-32b',
      chip: 'rtx-5090',
      chips: 1,
      engine: 'llama.cpp',
      precision: 'q4_k_m',
      layout: 'tp1',
      phase: 'decode',
      inTokens: 0,
      outTokens: 0,
      grade: 'C',
      source: 'POORPAUL',
      date: '2025',
      unusable: `${unknownChip}; lengths are not published`,
    },
    [
      { concurrency: 4, measured: { outputTokensPerSecond: 95 } },
      { concurrency: 16, measured: { outputTokensPerSecond: 469 }, note: 'quantised as Q2_K' },
    ],
  ),
  ...series(
    'lcpp-two-gpus-qwen-32b',
    {
      model: 'r1-distill-qwen-32b',
      chip: 'unnamed',
      chips: 2,
      engine: 'vllm',
      precision: 'bf16',
      layout: 'tp2',
      phase: 'decode',
      inTokens: 0,
      outTokens: 0,
      grade: 'C',
      source: 'LCPP11474',
      date: '2025',
      note: 'without CUDA graphs',
      unusable: 'the chips are not named',
    },
    [{ concurrency: 1, measured: { outputTokensPerSecond: 32 } }],
  ),
  ...iluvatar('r1-distill-qwen-1.5b', 2, 434),
  ...iluvatar('r1-distill-qwen-7b', 2, 410),
  ...iluvatar('r1-distill-llama-8b', 2, 401),
  ...iluvatar('r1-distill-qwen-14b', 2, 258),
  ...iluvatar('r1-distill-qwen-32b', 4, 163),
  ...series(
    'deepspark-mr-v100-v3.1',
    {
      model: 'deepseek-v3.1',
      chip: 'iluvatar-mr-v100',
      chips: 16,
      engine: 'vllm-iluvatar',
      precision: 'w4a8',
      layout: 'tp4pp4',
      phase: 'serve',
      inTokens: 128,
      outTokens: 128,
      grade: 'A',
      source: 'DEEPSPARK',
      date: '2025',
      unusable: 'a configuration: no speed is published',
    },
    [{ concurrency: 8, measured: {} }],
  ),
  ...series(
    'gcu-s60-r1',
    {
      model: 'deepseek-r1',
      chip: 'enflame-s60',
      chips: 32,
      engine: 'vllm-gcu',
      precision: 'int4',
      layout: 'tp4dp8ep32',
      phase: 'serve',
      inTokens: 0,
      outTokens: 0,
      grade: 'A',
      source: 'GCU',
      date: '2025',
      note: '4 × 8 cards, weights W4A16 (AWQ), activations BF16, at most 2,048 tokens',
      unusable: 'a configuration: no speed is published',
    },
    [{ concurrency: 0, measured: {} }],
  ),
  ...series(
    'kunlun-p800-r1',
    {
      model: 'deepseek-r1',
      chip: 'kunlun-p800',
      chips: 8,
      engine: 'vllm-kunlun',
      precision: 'int8',
      layout: 'tp8',
      phase: 'serve',
      inTokens: 0,
      outTokens: 0,
      grade: 'A',
      source: 'KUNLUN',
      date: '2025',
      note: 'R1, V3 and V3.2 in W8A8 are supported on eight cards',
      unusable: 'no speed is published',
    },
    [{ concurrency: 0, measured: {} }],
  ),
  ...series('kt-4090-decode', { ...kt, chip: 'rtx-4090', source: 'KT', phase: 'decode' }, [
    {
      concurrency: 1,
      measured: { outputTokensPerSecond: 13.7 },
      note: 'KTransformers on a 4090D and two Xeon 6454S with 1 TB; 8.7 to 16 by version; llama.cpp 4.5',
    },
  ]),
  ...series('kt-4090-prefill', { ...kt, chip: 'rtx-4090', source: 'KT', phase: 'prefill' }, [
    {
      concurrency: 1,
      measured: { inputTokensPerSecond: 286 },
      note: 'KTransformers on a 4090D and two Xeon 6454S with 1 TB; 54 to 286 by version; llama.cpp 10.3',
    },
  ]),
  ...(
    [
      [1024, 175, 16.1],
      [2048, 170, 16.1],
      [4096, 167, 16.5],
    ] as const
  ).flatMap(([inTokens, prefill, decode]) =>
    series(
      `kt-npu-${inTokens}`,
      {
        ...kt,
        chip: 'ascend-910b3',
        source: 'KT-NPU',
        phase: 'serve',
        inTokens,
        outTokens: 1024,
        note: 'KTransformers on one Atlas 300I A2, whose bin is not stated, and a Kunpeng 920 with 1 TB; Q4 and W8A8',
      },
      [
        {
          concurrency: 4,
          measured: { inputTokensPerSecond: prefill, outputTokensPerSecond: decode },
        },
      ],
    ),
  ),
  ...series(
    'fastllm-4090',
    { ...kt, chip: 'rtx-4090', source: 'FASTLLM', phase: 'decode', grade: 'B' },
    [
      {
        concurrency: 1,
        measured: { outputTokensPerSecond: 30 },
        note: 'INT4 experts on two EPYC 9004; over 20 with FP8; over 60 at the peak of concurrency',
      },
    ],
  ),
  ...series(
    'koza-s80',
    {
      model: 'unnamed',
      chip: 'mt-s80',
      chips: 1,
      engine: 'llama.cpp',
      precision: 'q4_k_m',
      layout: 'tp1',
      phase: 'decode',
      inTokens: 0,
      outTokens: 0,
      grade: 'B',
      source: 'KOZA',
      date: '2025',
      note: 'a model of 9 billion parameters in 4 bits through Direct3D 12; 15 to 17',
      unusable: 'the model is not named',
    },
    [{ concurrency: 1, measured: { outputTokensPerSecond: 16 } }],
  ),

  ...series(
    'ix-llama-70b-h100-vllm-1k1k-tp2',
    { ...llama, chip: 'h100', chips: 2, engine: 'vllm', layout: 'tp2' },
    [
      { concurrency: 4, measured: { tpotMs: 17.4, outputTokensPerSecond: 228 } },
      { concurrency: 16, measured: { tpotMs: 19.7, outputTokensPerSecond: 802 } },
      { concurrency: 64, measured: { tpotMs: 28.8, outputTokensPerSecond: 2_196 } },
    ],
  ),
  ...series(
    'ix-llama-70b-b200-trtllm-fp8-1k1k-tp1',
    { ...llama, chip: 'b200', chips: 1, engine: 'trtllm', layout: 'tp1' },
    [{ concurrency: 128, measured: { outputTokensPerSecond: 4_215 } }],
  ),
];
