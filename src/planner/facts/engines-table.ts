/** Serving engines that run DeepSeek models somewhere. What each runs where: engine-support-table.ts. */
import type { Engine } from './engine.ts';

export const enginesTable: readonly Engine[] = [
  { id: 'vllm', name: 'vLLM', aliases: ['vllm-cuda', 'vllm-rocm'], source: 'VLLM-REC-R1' },
  { id: 'sglang', name: 'SGLang', aliases: ['sgl', 'dynamo-sglang'], source: 'LMSYS-EP' },
  {
    id: 'trtllm',
    name: 'TensorRT-LLM',
    aliases: ['trt-llm', 'tensorrt-llm', 'trt', 'dynamo-trt', 'dynamo-trtllm'],
    source: 'TRT',
  },
  { id: 'vllm-ascend', name: 'vLLM-Ascend', aliases: ['vllm-npu'], source: 'VLLM-ASC' },
  { id: 'mindie', name: 'MindIE', aliases: ['ascend-mindie'], source: 'GPUSTACK-MINDIE' },
  { id: 'vllm-gcu', name: 'vLLM-GCU', aliases: ['vllm-enflame'], source: 'GCU' },
  { id: 'vllm-musa', name: 'vLLM-MUSA', aliases: ['vllm-mthreads'], source: 'VLLM-MUSA' },
  { id: 'vllm-hygon', name: 'vLLM for DTK', aliases: ['vllm-dcu', 'vllm-dtk'], source: 'HYGON-CB' },
  { id: 'vllm-metax', name: 'vLLM-MetaX', aliases: ['vllm-maca'], source: 'VLLM-METAX' },
  { id: 'vllm-kunlun', name: 'vLLM-Kunlun', aliases: ['vllm-xpu-kunlun'], source: 'KUNLUN' },
  { id: 'vllm-iluvatar', name: 'vLLM for CoreX', aliases: ['vllm-corex'], source: 'DEEPSPARK' },
  { id: 'vllm-mlu', name: 'vLLM-MLU', aliases: ['vllm-cambricon'], source: 'FLAGREL' },
  {
    id: 'vllm-fl',
    name: 'vLLM with FlagOS',
    aliases: ['flagos', 'vllm-plugin-fl', 'vllm-flagos'],
    source: 'FLAGREL',
  },
  { id: 'lmdeploy', name: 'LMDeploy', aliases: ['turbomind'], source: 'LMD1621' },
  { id: 'deepseek', name: "DeepSeek's own", aliases: ['deepseek-inference'], source: 'DS' },
  { id: 'moreh', name: 'MoAI (Moreh)', aliases: ['moai'], source: 'MOREH' },
  { id: 'llama.cpp', name: 'llama.cpp', aliases: ['llamacpp', 'ggml'], source: 'IK354' },
  { id: 'sampan', name: 'Sampan', aliases: [], source: 'SAMPAN' },
];
