import { expect, test } from 'vitest';
import type { PublishedResult } from './published-result.ts';
import { derivedThroughput, throughput } from './throughput.ts';

const run: PublishedResult = {
  id: 'x',
  curve: 'x',
  model: 'deepseek-r1',
  chip: 'h200',
  chips: 8,
  engine: 'sglang',
  precision: 'fp8',
  layout: 'tp8',
  phase: 'serve',
  inTokens: 1000,
  outTokens: 101,
  concurrency: 4,
  measured: { ttftMs: 1000, tpotMs: 10 },
  grade: 'A',
  source: 'x',
  date: '2026',
};

test('a closed loop: every client gets its reply once per latency', () => {
  expect(throughput(run)).toBe(202);
});

test('what the source prints comes first', () => {
  const printed = { ...run, measured: { ...run.measured, outputTokensPerSecond: 200 } };
  expect(throughput(printed)).toBe(200);
  expect(derivedThroughput(printed)).toBe(202);
});

test('replies alone follow from TPOT; nothing follows from a rate of arrivals or without TPOT', () => {
  expect(throughput({ ...run, phase: 'decode', measured: { tpotMs: 10 } })).toBe(400);
  expect(throughput({ ...run, rate: 3 })).toBeUndefined();
  expect(throughput({ ...run, measured: { ttftMs: 1000 } })).toBeUndefined();
});
