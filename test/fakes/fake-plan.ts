/** Answers of a planner with figures that nobody measured: for tests of how answers are shown. */
import type { Plan, PlanQuestion, PlanRow } from '../../src/planner/plan-answer.ts';
import type { Measures, Prediction } from '../../src/planner/prediction.ts';

const measures = (factor: number): Measures => ({
  ttftMs: 1210 * factor,
  tpotMs: 38 * factor,
  inputTokensPerSecondPerChip: 1030 * factor,
  outputTokensPerSecondPerChip: 412 * factor,
});

export const fakePrediction: Prediction = {
  ...{ model: 'deepseek-r1', chip: 'ascend-910b3', chips: 16, engine: 'vllm-ascend' },
  ...{ precision: 'int8', layout: 'dp4tp4ep16', concurrency: 192 },
  ...measures(1),
  low: measures(0.8),
  high: measures(1.25),
  limit: 'memory',
  prefillLimit: 'compute',
  grade: 'B',
  basis: '14 published results of ascend-910 chips',
  requestsPerSecond: 5.2,
  running: 180,
  memory: { weightBytes: 43e9, kvBytes: 14e9, reservedBytes: 7e9, totalBytes: 64e9 },
  parts: {
    prefill: { products: 0.5, attention: 0.2, experts: 0.2, collectives: 0.1, overhead: 0 },
    decode: {
      products: 0.01,
      attention: 0.008,
      experts: 0.012,
      collectives: 0.006,
      overhead: 0.004,
    },
  },
  promptShare: 0.4,
  work: {
    prefill: { operations: 4e13, bytes: 2e11, seconds: 0.5 },
    decode: { operations: 2e12, bytes: 1e11, seconds: 0.05 },
  },
  sources: ['HAMI', 'VLLM-ASC'],
  notes: ['experts are chosen evenly'],
};

export const fakeRow: PlanRow = {
  prediction: fakePrediction,
  ...{ chipName: 'Ascend 910B3', vendor: 'Huawei', chips: 64, replicas: 4 },
  ...{ capacity: 20.8, utilisation: 0.96, kilowatts: 38.2 },
  cost: {
    ...{ currency: 'CNY', perHour: 256, perMillionInput: 0.352, perMillionOutput: 4.42 },
    ...{ perMillionOutputAll: 5.31, chipHour: 4, priceSource: 'you', priceDate: '2026-03' },
    priceGrade: 'yours',
  },
  exports: [
    {
      chip: 'ascend-910b3',
      region: 'us',
      status: 'barred',
      asOf: '2026-01',
      grade: 'C',
      source: 'X',
      note: '',
    },
    {
      ...{ chip: 'ascend-910b3', region: 'us', status: 'open', asOf: '2024-01' },
      ...{ grade: 'C', source: 'X', note: '' },
    },
    {
      ...{ chip: 'ascend-910b3', region: 'cn', status: 'open', asOf: '2026-01' },
      ...{ grade: 'C', source: 'X', note: '' },
    },
  ],
  notes: [],
};

/** As the chip of another name, without a price or power that anyone published. */
const unpriced: PlanRow = {
  prediction: {
    ...fakePrediction,
    ...{ chip: 'h20', engine: 'sglang', precision: 'fp8', chips: 40, grade: 'C' },
    layout: 'prefill:ep16x2,decode:ep8',
    low: measures(0.3),
  },
  ...{ chipName: 'H20 96 GB', vendor: 'Nvidia', chips: 40, replicas: 1, capacity: 21 },
  ...{ utilisation: 0.95, exports: [], notes: ['links of "two, or more" kinds'] },
};

export function fakePlan(question: PlanQuestion): Plan {
  return {
    question,
    rows: [fakeRow, { ...fakeRow, replicas: 5, chips: 80 }, unpriced],
    refused: ['s60', 't20'].map((chip) => ({
      ...{ chip, chipName: `Enflame ${chip.toUpperCase()}`, vendor: 'Enflame' },
      ...{ reason: 'no engine is known to serve it there.', nearest: 'r1-distill-qwen-32b' },
    })),
    search: { layouts: 1234, exhaustive: true, note: '' },
    sources: [{ tag: 'HAMI', title: 'Device map', address: 'https://example.org/hami' }],
  };
}
