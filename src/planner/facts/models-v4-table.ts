/**
 * V4-Flash, V4-Pro and V4.1-Flash: compressed attention. Layers of different kinds alternate; they
 * are grouped here by kind. The mixers of hyper-connections, the vision tower and the maps around
 * the Engram tables are not part of the shape (each under 0.5 % of the parameters).
 */
import type { Figure } from './figure.ts';
import type { CompressedAttention, FeedForward, Indexer, ServedModel } from './served-model.ts';

const flash = {
  kind: 'compressed',
  heads: 64,
  headDim: 512,
  qLoraRank: 1024,
  outputGroups: 8,
  outputLoraRank: 1024,
  windowTokens: 128,
} as const;
const pro = { ...flash, heads: 128, qLoraRank: 1536, outputGroups: 16 } as const;
const v41 = { ...flash, qLoraRank: 1280 } as const;

const flashIndexer: Indexer = { heads: 64, headDim: 128, topK: 512 };
const proIndexer: Indexer = { heads: 64, headDim: 128, topK: 1024 };
const v41Indexer: Indexer = { heads: 32, headDim: 128, topK: 512, keysFromLatent: true };
/** After layer 20, indexers score only the 2,048 blocks of 8 that it chose. */
const v41Reindexer: Indexer = { ...v41Indexer, candidates: 2048 * 8 };

const flashExperts: FeedForward = {
  kind: 'experts',
  routed: 256,
  perToken: 6,
  shared: 1,
  intermediateSize: 2048,
};
const proExperts: FeedForward = { ...flashExperts, routed: 384, intermediateSize: 3072 };
const v41Experts: FeedForward = { ...flashExperts, routed: 384, intermediateSize: 2304 };
/** The three stages of its drafting module route over fewer experts. */
const v41DraftExperts: FeedForward = { ...v41Experts, routed: 128, perToken: 3 };

/** An entry keeps 448 values in FP8 with scales and 64 in BF16, 584 bytes; its index key in FP4, 68. */
const v4KvBytes = (584 + 68) / (512 + 128);
/** Entries in FP4 with a byte of scale per 16, index keys in FP4 with one per 32. */
const v41KvBytes = (512 * (4 + 8 / 16) + 128 * (4 + 8 / 32)) / 8 / (512 + 128);

const common = {
  contextTokens: 1_048_576,
  vocabSize: 129280,
  tiedEmbeddings: false,
  nativePrecision: 'mxfp4',
} as const satisfies Partial<ServedModel>;

export const v4Table: readonly ServedModel[] = [
  {
    ...common,
    id: 'deepseek-v4-flash',
    name: 'DeepSeek-V4-Flash',
    aliases: ['v4-flash', 'deepseek-ai/deepseek-v4-flash-0731', 'deepseek-v4-flash-0731'],
    repository: 'deepseek-ai/DeepSeek-V4-Flash',
    released: '2026-04-24',
    source: 'HF-V4-FLASH',
    hiddenSize: 4096,
    layers: [
      { count: 2, attention: windowOnly(flash), feedForward: flashExperts },
      {
        count: 21,
        attention: { ...flash, ratio: 4, indexer: flashIndexer },
        feedForward: flashExperts,
      },
      { count: 20, attention: { ...flash, ratio: 128 }, feedForward: flashExperts },
    ],
    mtp: {
      modules: 1,
      layer: { count: 1, attention: windowOnly(flash), feedForward: flashExperts },
    },
    nativeKvBytes: v4KvBytes,
    published: {
      parameters: figure(284e9, 'HF-V4-FLASH', '2026-04-24'),
      activeParameters: figure(13e9, 'HF-V4-FLASH', '2026-04-24'),
      checkpointBytes: {
        ...figure(158e9, 'AIFOSS', '2026'),
        grade: 'C',
        note: 'As pages report it.',
      },
    },
    notes: ['The retrained 0731 brings a drafting module in place of multi-token prediction.'],
  },
  {
    ...common,
    id: 'deepseek-v4-pro',
    name: 'DeepSeek-V4-Pro',
    aliases: ['v4-pro', 'deepseek-v4', 'nvidia/deepseek-v4-pro-nvfp4'],
    repository: 'deepseek-ai/DeepSeek-V4-Pro',
    released: '2026-04-24',
    source: 'HF-V4-PRO',
    hiddenSize: 7168,
    layers: [
      { count: 31, attention: { ...pro, ratio: 128 }, feedForward: proExperts },
      { count: 30, attention: { ...pro, ratio: 4, indexer: proIndexer }, feedForward: proExperts },
    ],
    mtp: { modules: 1, layer: { count: 1, attention: windowOnly(pro), feedForward: proExperts } },
    nativeKvBytes: v4KvBytes,
    published: {
      parameters: figure(1.6e12, 'HF-V4-PRO', '2026-04-24'),
      activeParameters: figure(49e9, 'HF-V4-PRO', '2026-04-24'),
      checkpointBytes: {
        ...figure(862e9, 'AIFOSS', '2026'),
        grade: 'C',
        note: 'As pages report it.',
      },
    },
    notes: [],
  },
  {
    ...common,
    id: 'deepseek-v4.1-flash',
    name: 'DeepSeek-V4.1-Flash',
    aliases: ['v4.1-flash', 'deepseek-v4.1', 'deepseek-flash', 'deepseek-v4.1-flash-1017'],
    repository: 'deepseek-ai/DeepSeek-V4.1-Flash',
    released: '2026-09-10',
    source: 'HF-V4.1-FLASH',
    hiddenSize: 5120,
    layers: [
      { count: 2, attention: windowOnly(v41), feedForward: v41Experts },
      { count: 3, attention: { ...v41, ratio: 2, indexer: v41Indexer }, feedForward: v41Experts },
      {
        count: 15,
        attention: {
          ...v41,
          ratio: 2,
          indexer: v41Indexer,
          sharesCache: true,
          sharesIndex: true,
        },
        feedForward: v41Experts,
      },
      { count: 1, attention: { ...v41, ratio: 1, indexer: v41Indexer }, feedForward: v41Experts },
      {
        count: 4,
        attention: { ...v41, ratio: 1, indexer: v41Reindexer, sharesCache: true },
        feedForward: v41Experts,
        prefillTokens: 128,
      },
      {
        count: 15,
        attention: {
          ...v41,
          ratio: 1,
          indexer: v41Reindexer,
          sharesCache: true,
          sharesIndex: true,
        },
        feedForward: v41Experts,
        prefillTokens: 128,
      },
    ],
    mtp: {
      modules: 3,
      layer: { count: 1, attention: windowOnly(v41), feedForward: v41DraftExperts },
    },
    lookupTableBytes: 202_758_032_400,
    nativeKvBytes: v41KvBytes,
    published: {
      parameters: figure(552e9, 'HF-V4.1-FLASH', '2026-09-10', 'Without 196 B of Engram tables.'),
      activeParameters: figure(16e9, 'HF-V4.1-FLASH', '2026-09-10'),
      prefillActiveParameters: figure(8e9, 'HF-V4.1-FLASH', '2026-09-10'),
      checkpointBytes: {
        ...figure(510e9, 'COLIBRI-V4.1', '2026-09'),
        grade: 'B',
        note: 'With the Engram tables and the vision tower.',
      },
    },
    notes: [
      'Its Engram tables (203 GB) are looked up, about 13 KB per token, and may lie in host memory.',
      'Its cache is FP4 as its makers keep it, 890 bytes per token; engines may keep FP8.',
      'Approximated: the drafting module as three layers of its own 128 experts; the vision tower is left out.',
    ],
  },
];

function windowOnly(base: Omit<CompressedAttention, 'ratio'>): CompressedAttention {
  return { ...base, ratio: 0 };
}

function figure(value: number, source: string, date: string, note?: string): Figure {
  return { value, grade: 'A', source, date, ...(note === undefined ? {} : { note }) };
}
