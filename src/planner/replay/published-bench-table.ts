/**
 * Our own engine, measured by `npm run bench` and `npm run bench:serve`: figures of
 * bench/results/2026-11-26-intel-xeon-processor.csv, on a virtual machine with two cores.
 */
import type { Chip } from '../facts/chip.ts';
import { figuresFrom } from '../facts/figure-from.ts';
import { series } from './published-series.ts';

const measured = figuresFrom('SAMPAN-BENCH', '2026-11-26', 'A');

/** The machine, as `sampan doctor` measures it: nothing of a data sheet. */
export const benchMachine: Chip = {
  id: 'xeon-emerald-rapids-2-cores',
  name: 'two cores of an Intel Xeon (Emerald Rapids, AMX)',
  vendor: 'Intel',
  family: 'cpu',
  aliases: [],
  rates: { int8: measured(5.5, 'with AMX, both cores'), bf16: measured(0.32, 'in 32 bits') },
  memoryGb: measured(25),
  bandwidthGbs: measured(29.5, 'both cores, 27 to 31'),
  chipsPerNode: 1,
  stacks: ['native, AVX-512 VNNI AMX, 2 threads'],
  notes: [],
};

const here = {
  chip: benchMachine.id,
  chips: 1,
  engine: 'sampan',
  layout: 'tp1',
  grade: 'A',
  source: 'SAMPAN-BENCH',
  date: '2026-11-26',
} as const;
const small = { ...here, model: 'r1-distill-qwen-1.5b', precision: 'q4_k_m' } as const;
const lite = { ...here, model: 'deepseek-v2-lite', precision: 'q4_k_m' } as const;
const prefill = { phase: 'prefill', inTokens: 512, outTokens: 0 } as const;
const decode = { phase: 'decode', inTokens: 32, outTokens: 64 } as const;
const served = { phase: 'serve', inTokens: 128, outTokens: 64 } as const;

const read = (perSecond: number) => [
  { concurrency: 0, measured: { inputTokensPerSecond: perSecond } },
];
const written = (perSecond: number, concurrency = 1) => [
  { concurrency, measured: { outputTokensPerSecond: perSecond } },
];

export const benchResults = [
  ...series('bench-1.5b-q4-prefill', { ...small, ...prefill }, read(403.3)),
  ...series('bench-1.5b-q8-prefill', { ...small, ...prefill, precision: 'q8_0' }, read(426.5)),
  ...series('bench-1.5b-q4-decode', { ...small, ...decode }, written(17.96)),
  ...series('bench-1.5b-q4-decode-8-streams', { ...small, ...decode }, written(89.44, 8)),
  ...series('bench-1.5b-q4-decode-8k', { ...small, ...decode, inTokens: 8192 }, written(13.92)),
  ...series('bench-v2-lite-q4-prefill', { ...lite, ...prefill }, read(141.3)),
  ...series('bench-v2-lite-q4-decode', { ...lite, ...decode }, written(10.32)),
  ...series('bench-1.5b-q4-served', { ...small, ...served }, [
    { concurrency: 1, measured: { ttftMs: 359.6, outputTokensPerSecond: 16.89 } },
    { concurrency: 8, measured: { ttftMs: 1496, outputTokensPerSecond: 64.53 } },
    { concurrency: 32, measured: { ttftMs: 5731, outputTokensPerSecond: 83.47 } },
  ]),
];
