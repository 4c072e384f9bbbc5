/** V2-Lite, V2, V3, R1, V3.1 and V3.2: latent attention and experts. And Qwen3's small experts. */
import type { Figure } from './figure.ts';
import type { FeedForward, LatentAttention, LayerGroup, ServedModel } from './served-model.ts';

const latent = {
  kind: 'latent',
  kvLoraRank: 512,
  qkNopeHeadDim: 128,
  qkRopeHeadDim: 64,
  vHeadDim: 128,
} as const;

const v3Attention: LatentAttention = { ...latent, heads: 128, qLoraRank: 1536 };
const v32Attention: LatentAttention = {
  ...v3Attention,
  indexer: { heads: 64, headDim: 128, topK: 2048 },
};

const v3Dense: FeedForward = { kind: 'dense', intermediateSize: 18432 };
const v3Experts: FeedForward = {
  kind: 'experts',
  routed: 256,
  perToken: 8,
  shared: 1,
  intermediateSize: 2048,
};

const v3Published = {
  parameters: figure(671e9, 'HF-V3', '2024-12-26', 'Without the 14 B of multi-token prediction.'),
  activeParameters: figure(37e9, 'HF-V3', '2024-12-26'),
  checkpointBytes: figure(
    688_574_839_360,
    'HF-V3',
    '2024-12-26',
    'With multi-token prediction, whose module repeats embedding and head.',
  ),
};

const v3Shape = {
  contextTokens: 163840,
  hiddenSize: 7168,
  vocabSize: 129280,
  tiedEmbeddings: false,
  layers: v3Layers(v3Attention),
  mtp: { modules: 1, layer: { count: 1, attention: v3Attention, feedForward: v3Experts } },
  nativePrecision: 'fp8',
  published: v3Published,
} as const satisfies Partial<ServedModel>;

export const v3Table: readonly ServedModel[] = [
  {
    id: 'deepseek-v2-lite',
    name: 'DeepSeek-V2-Lite',
    aliases: [
      'v2-lite',
      'deepseek-v2:16b',
      'deepseek-v2-lite:16b',
      'deepseek-ai/deepseek-v2-lite-chat',
      'deepseek-coder-v2-lite',
      'deepseek-coder-v2-lite:16b',
      'deepseek-coder-v2:16b',
      'deepseek-ai/deepseek-coder-v2-lite-base',
      'deepseek-ai/deepseek-coder-v2-lite-instruct',
    ],
    repository: 'deepseek-ai/DeepSeek-V2-Lite',
    released: '2024-05-15',
    source: 'HF-V2-LITE',
    contextTokens: 163840,
    hiddenSize: 2048,
    vocabSize: 102400,
    tiedEmbeddings: false,
    layers: [
      {
        count: 1,
        attention: { ...latent, heads: 16 },
        feedForward: { kind: 'dense', intermediateSize: 10944 },
      },
      {
        count: 26,
        attention: { ...latent, heads: 16 },
        feedForward: {
          kind: 'experts',
          routed: 64,
          perToken: 6,
          shared: 2,
          intermediateSize: 1408,
        },
      },
    ],
    nativePrecision: 'bf16',
    published: {
      parameters: figure(15_706_484_224, 'HF-V2-LITE', '2024-05-15'),
      activeParameters: figure(2.4e9, 'HF-V2-LITE', '2024-05-15'),
      checkpointBytes: figure(31.41e9, 'HF-CODER-V2-LITE', '2024-06-17'),
    },
    notes: ['Trained to 32K tokens; the configuration allows 160K.'],
  },
  {
    id: 'deepseek-v2',
    name: 'DeepSeek-V2',
    aliases: [
      'deepseek-v2:236b',
      'deepseek-v2.5',
      'deepseek-v2.5:236b',
      'deepseek-coder-v2:236b',
      'deepseek-ai/deepseek-v2-chat',
      'deepseek-ai/deepseek-v2-chat-0628',
      'deepseek-ai/deepseek-v2.5',
      'deepseek-ai/deepseek-v2.5-1210',
      'deepseek-ai/deepseek-coder-v2-base',
      'deepseek-ai/deepseek-coder-v2-instruct',
    ],
    repository: 'deepseek-ai/DeepSeek-V2',
    released: '2024-05-06',
    source: 'HF-V2',
    contextTokens: 163840,
    hiddenSize: 5120,
    vocabSize: 102400,
    tiedEmbeddings: false,
    layers: [
      {
        count: 1,
        attention: v3Attention,
        feedForward: { kind: 'dense', intermediateSize: 12288 },
      },
      {
        count: 59,
        attention: v3Attention,
        feedForward: {
          kind: 'experts',
          routed: 160,
          perToken: 6,
          shared: 2,
          intermediateSize: 1536,
        },
      },
    ],
    nativePrecision: 'bf16',
    published: {
      parameters: figure(235_741_434_880, 'HF-V2', '2024-05-06'),
      activeParameters: figure(21e9, 'HF-V2', '2024-05-06'),
    },
    notes: [],
  },
  {
    ...v3Shape,
    id: 'deepseek-v3',
    name: 'DeepSeek-V3',
    aliases: [
      'v3',
      'deepseek-v3:671b',
      'deepseek-v3-0324',
      'deepseek-v3-0324:671b',
      'deepseek-ai/deepseek-v3-0324',
      'deepseek-ai/deepseek-v3-base',
      'nvidia/deepseek-v3-fp4',
      'nvidia/deepseek-v3-nvfp4',
      'nvidia/deepseek-v3-0324-fp4',
      'nvidia/deepseek-v3-0324-nvfp4',
    ],
    repository: 'deepseek-ai/DeepSeek-V3',
    released: '2024-12-26',
    source: 'HF-V3',
    notes: [],
  },
  {
    ...v3Shape,
    id: 'deepseek-r1',
    name: 'DeepSeek-R1',
    aliases: [
      'r1',
      'deepseek-r1:671b',
      'deepseek-r1-671b',
      'deepseek-r1-0528',
      'deepseek-r1-0528:671b',
      'deepseek-ai/deepseek-r1-0528',
      'nvidia/deepseek-r1-fp4',
      'nvidia/deepseek-r1-fp4-v2',
      'nvidia/deepseek-r1-nvfp4',
      'nvidia/deepseek-r1-0528-fp4',
      'nvidia/deepseek-r1-0528-fp4-v2',
      'nvidia/deepseek-r1-0528-nvfp4',
    ],
    repository: 'deepseek-ai/DeepSeek-R1',
    released: '2025-01-20',
    source: 'HF-R1',
    notes: ['The 671B; its distills go by their own names, for example deepseek-r1:7b.'],
  },
  {
    ...v3Shape,
    id: 'deepseek-v3.1',
    name: 'DeepSeek-V3.1',
    aliases: [
      'v3.1',
      'deepseek-v3.1:671b',
      'deepseek-v3.1-terminus',
      'deepseek-v3.1-terminus:671b',
      'deepseek-ai/deepseek-v3.1-base',
      'deepseek-ai/deepseek-v3.1-terminus',
      'nvidia/deepseek-v3.1-nvfp4',
      'nvidia/deepseek-v3.1-fp4',
    ],
    repository: 'deepseek-ai/DeepSeek-V3.1',
    released: '2025-08-21',
    source: 'HF-V3.1',
    notes: [],
  },
  {
    ...v3Shape,
    id: 'deepseek-v3.2',
    name: 'DeepSeek-V3.2',
    aliases: [
      'v3.2',
      'deepseek-v3.2:671b',
      'deepseek-v3.2-exp',
      'deepseek-ai/deepseek-v3.2-exp',
      'deepseek-ai/deepseek-v3.2-speciale',
      'nvidia/deepseek-v3.2-nvfp4',
    ],
    repository: 'deepseek-ai/DeepSeek-V3.2',
    released: '2025-12-01',
    source: 'HF-V3.2',
    layers: v3Layers(v32Attention),
    mtp: { modules: 1, layer: { count: 1, attention: v32Attention, feedForward: v3Experts } },
    // FP8 latent with four 4-byte scales and a BF16 rope part, 656 bytes; FP8 index key, 132 bytes.
    nativeKvBytes: (656 + 132) / (512 + 64 + 128),
    published: {
      parameters: figure(671e9, 'HF-V3.2', '2025-12-01', 'The base is that of V3.1.'),
      activeParameters: figure(37e9, 'HF-V3.2', '2025-12-01'),
    },
    notes: ['Sparse attention: each token reads the 2,048 keys that its indexer chooses.'],
  },
  {
    id: 'qwen3-30b-a3b',
    name: 'Qwen3-30B-A3B',
    aliases: ['qwen/qwen3-30b-a3b-instruct-2507', 'qwen/qwen3-30b-a3b-fp8'],
    repository: 'Qwen/Qwen3-30B-A3B',
    released: '2025-04-29',
    source: 'HF-QWEN3-30B',
    contextTokens: 40960,
    hiddenSize: 2048,
    vocabSize: 151936,
    tiedEmbeddings: false,
    layers: [
      {
        count: 48,
        attention: { kind: 'grouped', heads: 32, kvHeads: 4, headDim: 128 },
        feedForward: {
          kind: 'experts',
          routed: 128,
          perToken: 8,
          shared: 0,
          intermediateSize: 768,
        },
      },
    ],
    nativePrecision: 'bf16',
    published: {
      parameters: figure(30_532_122_624, 'HF-QWEN3-30B', '2025-04-29'),
      activeParameters: figure(
        3.3e9,
        'HF-QWEN3-30B',
        '2025-04-29',
        'Counts the embedding, which is looked up, too.',
      ),
    },
    notes: ['No DeepSeek model: published results of its size are measured on it.'],
  },
];

function v3Layers(attention: LatentAttention): readonly LayerGroup[] {
  return [
    { count: 3, attention, feedForward: v3Dense },
    { count: 58, attention, feedForward: v3Experts },
  ];
}

function figure(value: number, source: string, date: string, note?: string): Figure {
  return { value, grade: 'A', source, date, ...(note === undefined ? {} : { note }) };
}
