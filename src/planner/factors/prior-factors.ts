/**
 * What the factors are before any result is looked at, and stay where none is published. From
 * vendors' own simulators where they say so: Nvidia's aiconfigurator takes 0.8 of the bandwidth and
 * 10 µs from chip to chip [AIC]; Huawei's msmodeling takes 0.7 of the compute, 0.6 of the bandwidth and
 * 0.7 of the links of 910B and 910C, 0.9, 0.8 and 0.85 of those of 950, and 10 and 5 µs for a
 * collective [MSM]. The rest are round numbers; the fit moves all of them where it can.
 */
import type { ChipFamily } from '../facts/chip.ts';
import type { EngineId } from '../facts/engine.ts';
import type { ChipFactors, EngineFactors } from './factors.ts';

const gpu: ChipFactors = {
  bf16: 0.6,
  fp8: 0.45,
  int8: 0.45,
  fp4: 0.3,
  attention: 0.5,
  memory: 0.75,
  links: 0.6,
  collectiveMicros: 10,
  launches: 1,
};

const ascend910: ChipFactors = { ...gpu, bf16: 0.7, int8: 0.5, memory: 0.6, links: 0.7 };

/**
 * A processor under our own engine, from what our benchmarks say of the parts (docs/performance.md): a
 * product reads three fifths of the bandwidth, reaches a fifth of AMX's peak, and nothing is launched.
 */
const cpu: ChipFactors = {
  ...gpu,
  ...{ bf16: 0.5, int8: 0.2, attention: 0.3, memory: 0.62, launches: 1, collectiveMicros: 1 },
};

export function priorChip(family: ChipFamily): ChipFactors {
  if (family === 'cpu') return cpu;
  if (family === 'ascend-910') return ascend910;
  if (family === 'ascend-950') {
    return { ...ascend910, fp8: 0.6, int8: 0.6, memory: 0.8, links: 0.85, collectiveMicros: 5 };
  }
  return gpu;
}

const priorEngine: EngineFactors = {
  layerMicros: 20,
  expertLayerMicros: 20,
  stepMicros: 1000,
  sequenceMicros: 5,
  prefillLayerMicros: 100,
  firstTokenMs: 40,
  prefillCompute: 1.2,
  promptsFirst: 0.1,
  promptStall: 0.95,
  imbalance: 1.3,
  exposedExchange: 0.6,
  kernels: 1,
};

const sampan: EngineFactors = {
  layerMicros: 20,
  expertLayerMicros: 100,
  stepMicros: 500,
  sequenceMicros: 300,
  prefillLayerMicros: 20,
  firstTokenMs: 2,
  prefillCompute: 1,
  promptsFirst: 0.5,
  promptStall: 1,
  imbalance: 1,
  exposedExchange: 1,
  kernels: 1,
};

export const priorEngineOf = (engine: EngineId): EngineFactors =>
  engine === 'sampan' || engine === 'llama.cpp' ? sampan : priorEngine;

/** Engines that are another underneath: what is not known of them is as there. */
export const lineage: { readonly [engine in EngineId]?: EngineId } = {
  'vllm-ascend': 'vllm',
  'vllm-gcu': 'vllm',
  'vllm-musa': 'vllm',
  'vllm-hygon': 'vllm',
  'vllm-metax': 'vllm',
  'vllm-kunlun': 'vllm',
  'vllm-iluvatar': 'vllm',
  'vllm-mlu': 'vllm',
  'vllm-fl': 'vllm',
  moreh: 'vllm',
  mindie: 'trtllm',
  lmdeploy: 'vllm',
  deepseek: 'sglang',
};
