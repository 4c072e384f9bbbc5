/** Distills of R1 into Qwen and Llama, and the dense models that published results stand on. */
import type { Figure } from './figure.ts';
import type { ServedModel } from './served-model.ts';

const qwenMath = 151936;
const qwen = 152064;
const llama = 128256;
const proxy = 'No DeepSeek model: published results of its size are measured on it.';

export const distillsTable: readonly ServedModel[] = [
  dense({
    id: 'r1-distill-qwen-1.5b',
    name: 'DeepSeek-R1-Distill-Qwen-1.5B',
    aliases: ['deepseek-r1:1.5b', 'deepseek-r1-distill-qwen-1.5b'],
    repository: 'deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B',
    source: 'HF-R1D-Q1.5B',
    vocabSize: qwenMath,
    shape: { layers: 28, hidden: 1536, heads: 12, kvHeads: 2, intermediate: 8960 },
    parameters: 1_777_088_000,
  }),
  dense({
    id: 'r1-distill-qwen-7b',
    name: 'DeepSeek-R1-Distill-Qwen-7B',
    aliases: ['deepseek-r1:7b', 'deepseek-r1-distill-qwen-7b'],
    repository: 'deepseek-ai/DeepSeek-R1-Distill-Qwen-7B',
    source: 'HF-R1D-Q7B',
    vocabSize: qwen,
    shape: { layers: 28, hidden: 3584, heads: 28, kvHeads: 4, intermediate: 18944 },
    parameters: 7_615_616_512,
  }),
  dense({
    id: 'r1-distill-llama-8b',
    name: 'DeepSeek-R1-Distill-Llama-8B',
    aliases: ['deepseek-r1:8b', 'deepseek-r1-distill-llama-8b'],
    repository: 'deepseek-ai/DeepSeek-R1-Distill-Llama-8B',
    source: 'HF-R1D-L8B',
    vocabSize: llama,
    shape: { layers: 32, hidden: 4096, heads: 32, kvHeads: 8, intermediate: 14336 },
    parameters: 8_030_261_248,
  }),
  dense({
    id: 'r1-distill-qwen-14b',
    name: 'DeepSeek-R1-Distill-Qwen-14B',
    aliases: ['deepseek-r1:14b', 'deepseek-r1-distill-qwen-14b'],
    repository: 'deepseek-ai/DeepSeek-R1-Distill-Qwen-14B',
    source: 'HF-R1D-Q14B',
    vocabSize: qwen,
    shape: { layers: 48, hidden: 5120, heads: 40, kvHeads: 8, intermediate: 13824 },
    parameters: 14_770_033_664,
  }),
  dense({
    id: 'r1-distill-qwen-32b',
    name: 'DeepSeek-R1-Distill-Qwen-32B',
    aliases: ['deepseek-r1:32b', 'deepseek-r1-distill-qwen-32b'],
    repository: 'deepseek-ai/DeepSeek-R1-Distill-Qwen-32B',
    source: 'HF-R1D-Q32B',
    vocabSize: qwen,
    shape: { layers: 64, hidden: 5120, heads: 40, kvHeads: 8, intermediate: 27648 },
    parameters: 32_763_876_352,
  }),
  dense({
    id: 'r1-distill-llama-70b',
    name: 'DeepSeek-R1-Distill-Llama-70B',
    aliases: ['deepseek-r1:70b', 'deepseek-r1-distill-llama-70b'],
    repository: 'deepseek-ai/DeepSeek-R1-Distill-Llama-70B',
    source: 'HF-R1D-L70B',
    vocabSize: llama,
    shape: { layers: 80, hidden: 8192, heads: 64, kvHeads: 8, intermediate: 28672 },
    parameters: 70_553_706_496,
  }),
  dense({
    id: 'r1-0528-qwen3-8b',
    name: 'DeepSeek-R1-0528-Qwen3-8B',
    aliases: ['deepseek-r1-0528:8b', 'deepseek-r1-0528-qwen3-8b'],
    repository: 'deepseek-ai/DeepSeek-R1-0528-Qwen3-8B',
    released: '2025-05-29',
    source: 'HF-R1-0528-Q8B',
    vocabSize: qwenMath,
    shape: { layers: 36, hidden: 4096, heads: 32, kvHeads: 8, intermediate: 12288 },
    parameters: 8_190_735_360,
  }),
  dense({
    id: 'llama-3.1-70b',
    name: 'Llama-3.1-70B',
    aliases: [
      'meta-llama/llama-3.1-70b-instruct',
      'meta-llama/llama-3.3-70b-instruct',
      'llama-3.3-70b',
      'llama-70b',
    ],
    repository: 'meta-llama/Llama-3.1-70B',
    released: '2024-07-23',
    source: 'HF-L3.1-70B',
    vocabSize: llama,
    shape: { layers: 80, hidden: 8192, heads: 64, kvHeads: 8, intermediate: 28672 },
    parameters: 70_553_706_496,
    notes: [proxy],
  }),
  dense({
    id: 'qwen3-32b',
    name: 'Qwen3-32B',
    aliases: ['nvidia/qwen3-32b-nvfp4', 'qwen/qwen3-32b-fp8'],
    repository: 'Qwen/Qwen3-32B',
    released: '2025-04-29',
    source: 'HF-QWEN3-32B',
    contextTokens: 40960,
    vocabSize: qwenMath,
    shape: { layers: 64, hidden: 5120, heads: 64, kvHeads: 8, intermediate: 25600 },
    parameters: 32_762_123_264,
    notes: [proxy],
  }),
  dense({
    id: 'qwen3-8b',
    name: 'Qwen3-8B',
    aliases: [],
    repository: 'Qwen/Qwen3-8B',
    released: '2025-04-29',
    source: 'HF-QWEN3-8B',
    contextTokens: 40960,
    vocabSize: qwenMath,
    shape: { layers: 36, hidden: 4096, heads: 32, kvHeads: 8, intermediate: 12288 },
    parameters: 8_190_735_360,
    notes: [proxy],
  }),
];

interface DenseRow {
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly repository: string;
  readonly released?: string;
  readonly source: string;
  readonly contextTokens?: number;
  readonly vocabSize: number;
  readonly shape: {
    readonly layers: number;
    readonly hidden: number;
    readonly heads: number;
    readonly kvHeads: number;
    readonly intermediate: number;
  };
  /** Of the tensors in the repository. */
  readonly parameters: number;
  readonly notes?: readonly string[];
}

/** What these have in common: heads 128 wide, untied embeddings, BF16. */
function dense(row: DenseRow): ServedModel {
  const { shape, parameters, released = '2025-01-20', contextTokens = 131072, ...names } = row;
  const total: Figure = { value: parameters, grade: 'A', source: row.source, date: released };
  return {
    ...names,
    released,
    contextTokens,
    hiddenSize: shape.hidden,
    tiedEmbeddings: false,
    layers: [
      {
        count: shape.layers,
        attention: { kind: 'grouped', heads: shape.heads, kvHeads: shape.kvHeads, headDim: 128 },
        feedForward: { kind: 'dense', intermediateSize: shape.intermediate },
      },
    ],
    nativePrecision: 'bf16',
    published: { parameters: total, activeParameters: total },
    notes: row.notes ?? [],
  };
}
