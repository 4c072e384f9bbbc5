import { expect, test } from 'vitest';
import { fakeInfo } from '../../../test/fakes/fake-answerer.ts';
import { FakeTerminal } from '../../../test/fakes/fake-terminal.ts';
import type { Machine } from '../machine.ts';
import { describeBench } from './describe-bench.ts';
import { type BenchParts, benchReport } from './report.ts';

const round = {
  ...{ ttftMs: 100, tpotMs: 20 },
  ...{ prefillTokensPerSecond: 1000, decodeTokensPerSecond: 100 },
};
const parts: BenchParts = {
  version: '1.2.3',
  machine: {
    ...{ system: 'System', cpu: 'A processor', cpuFeatures: [], cores: 4, usableCores: 2 },
    ...{ memoryBytes: 2e9, usableMemoryBytes: 2 ** 31, freeMemoryBytes: 1e9, node: '24.0.0' },
  } satisfies Machine,
  loadAverage: 0.1,
  info: { ...fakeInfo, memory: { ...fakeInfo.memory, kvBytesPerToken: 1e6, kvCacheTokens: 8192 } },
  work: {
    ...{ commonBytes: 2e8, expertBytes: 1e8, expertShare: 0.5 },
    ...{ quantisedMacs: 3e8, floatMacs: 1e8 },
  },
  limits: {
    ...{ kind: 'native', level: 'AVX2', threads: 2 },
    ...{ readGBs: 50, int8GmacS: 600, f32GmacS: 500 },
  },
  settings: {
    ...{ promptTokens: 100, replyTokens: 20, concurrency: 2, contextTokens: 10 },
    ...{ rounds: 3, speculation: 'off' },
  },
  load: { readyMs: 500, firstTokenMs: 700 },
  peakMemoryBytes: 2 ** 30,
  rounds: [{ ...round, ttftMs: 900 }, round, { ...round, ttftMs: 90 }],
};

test('the medians of the rounds count', () => {
  const { prefill, decode } = benchReport(parts);
  expect(prefill).toMatchObject({ ttftMs: 100, tokensPerSecond: 1000 });
  expect(decode).toMatchObject({ tpotMs: 20, tokensPerSecond: 100, tokensPerSecondPerStream: 50 });
});

test('a step reads common weights, the experts that the streams choose, their keys and values', () => {
  const { decode } = benchReport(parts);
  expect(decode.weightBytesPerStep).toBe(2e8 + 1e8 * 0.75);
  expect(decode.kvBytesPerStep).toBe(2 * (10 + 20 / 2) * 1e6);
  // 50 steps a second for two streams.
  expect(decode.readGBs).toBeCloseTo(50 * (0.275 + 0.04));
  expect(decode.percentOfLimit).toBeCloseTo((100 * 50 * 0.315) / 50);
});

test('products are held against the limit of their kind of numbers', () => {
  const { prefill } = benchReport(parts);
  expect(prefill.gmacS).toBeCloseTo(400);
  expect(prefill.percentOfLimit).toBeCloseTo(100 * (300 / 600 + 100 / 500));
});

test('with speculation a token is no pass over the weights', () => {
  const settings = { ...parts.settings, speculation: 'ngram' };
  const { decode } = benchReport({ ...parts, settings });
  expect(decode).toMatchObject({ readGBs: undefined, percentOfLimit: undefined });
  expect(decode.tokensPerSecond).toBe(100);
});

test('without limits there are numbers, but no shares', () => {
  const { prefill, decode } = benchReport({ ...parts, limits: undefined });
  expect(prefill.percentOfLimit).toBeUndefined();
  expect(decode.percentOfLimit).toBeUndefined();
  expect(decode.readGBs).toBeGreaterThan(0);
});

test('a busy machine and a small cache are told', () => {
  expect(benchReport(parts).warnings).toEqual([]);
  const memory = { ...parts.info.memory, kvCacheTokens: 4096 };
  const info = { ...parts.info, memory };
  const { warnings } = benchReport({ ...parts, loadAverage: 1.5, info });
  expect(warnings).toEqual([
    'the machine is busy (load average 1.50): numbers will be off',
    'the KV cache has room for 4096 of 8192 tokens: streams may wait for each other',
  ]);
});

test('people read figures with their units, the machine and the version', () => {
  const lines = describeBench(benchReport(parts), new FakeTerminal({ isTTY: false }));
  for (const expected of [
    'A processor, 2 cores, 2.0 GB; System; Node 24.0.0; Sampan 1.2.3',
    'prompts of 100 tokens, replies of 20 behind 10, 2 streams, speculation off, medians of 3 rounds',
    'ready after 0.50 s, first token after 0.70 s',
    "1000 tokens/s, TTFT 0.10 s: 400 GMAC/s, 70 % of this machine's limit",
    "100 tokens/s (50.0 per stream), TPOT 20.0 ms: 16 GB/s, 32 % of this machine's limit",
    '1.0 GB at its peak',
  ]) {
    expect(lines).toContain(expected);
  }
});
