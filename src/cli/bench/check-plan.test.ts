import { expect, test } from 'vitest';
import { fakeInfo } from '../../../test/fakes/fake-answerer.ts';
import { fakePrediction } from '../../../test/fakes/fake-plan.ts';
import { FakeTerminal } from '../../../test/fakes/fake-terminal.ts';
import { error } from '../../base/errors.ts';
import type { ModelConfig } from '../../formats/model-config.ts';
import type { ShapeQuestion } from '../plan/predict-shape.ts';
import { checkPlan } from './check-plan.ts';
import { describeBench } from './describe-bench.ts';
import { type BenchReport, benchReport } from './report.ts';

const config = {
  ...{ name: 'Small', hiddenSize: 64, vocabSize: 100, intermediateSize: 128 },
  ...{ numHiddenLayers: 2, numAttentionHeads: 4, numKeyValueHeads: 2, headDim: 16 },
  ...{ maxPositionEmbeddings: 1000, tieWordEmbeddings: true, numNextnPredictLayers: 0 },
} as ModelConfig;

const measured: BenchReport = benchReport({
  version: '1.2.3',
  machine: {
    ...{ system: 'System', cpu: 'A processor', cpuFeatures: [], cores: 4, usableCores: 2 },
    ...{ memoryBytes: 2e9, usableMemoryBytes: 2e9, freeMemoryBytes: 1e9, node: '24.0.0' },
  },
  loadAverage: 0,
  info: {
    ...fakeInfo,
    quantisation: 'Q8_0',
    device: { kind: 'native', threads: 2, passedOver: [] },
    // 2 layers of 2 · 2 · 16 elements: 17 bytes for 16 of them.
    memory: { ...fakeInfo.memory, kvBytesPerToken: 136 },
  },
  work: { commonBytes: 2e8, expertBytes: 0, expertShare: 1, quantisedMacs: 3e8, floatMacs: 0 },
  limits: {
    ...{ kind: 'native', level: 'AVX2', threads: 2 },
    ...{ readGBs: 50, int8GmacS: 600, f32GmacS: 500 },
  },
  settings: {
    ...{ promptTokens: 100, replyTokens: 20, concurrency: 1, contextTokens: 10 },
    ...{ rounds: 1, speculation: 'off' },
  },
  load: { readyMs: 500, firstTokenMs: 700 },
  peakMemoryBytes: 2 ** 30,
  rounds: [{ ttftMs: 100, tpotMs: 20, prefillTokensPerSecond: 1000, decodeTokensPerSecond: 50 }],
});

/** Prompts take a millisecond a token, replies 25 milliseconds. */
function predictShape({ inTokens }: ShapeQuestion) {
  const at = (factor: number) => ({
    ...fakePrediction,
    ...{ ttftMs: inTokens * factor, tpotMs: 25 * factor },
  });
  return { ...at(1), low: at(0.5), high: at(2) };
}

test('the machine is asked about as it was measured, and the model as the file is', () => {
  const asked: ShapeQuestion[] = [];
  const ask = (question: ShapeQuestion) => predictShape(asked[asked.push(question) - 1]!);
  checkPlan(measured, config, { predictShape: ask });
  expect(asked).toMatchObject([{ inTokens: 100 }, { inTokens: 10 }]);
  for (const question of asked) {
    expect(question).toMatchObject({
      ...{ precision: 'q8_0', outTokens: 20, concurrency: 1 },
      kvBytes: 17 / 16,
      machine: { family: 'cpu', bandwidthGbs: { value: 50 }, rates: { int8: { value: 1.2 } } },
      model: { hiddenSize: 64, layers: [{ count: 2 }] },
    });
  }
});

test('predicted is beside measured, with the error', () => {
  const plan = checkPlan(measured, config, { predictShape });
  expect(plan).toEqual({
    compared: [
      {
        ...{ name: 'prefill', unit: 'tokens/s', predicted: 1000, low: 500, high: 2000 },
        ...{ measured: 1000, error: 0 },
      },
      {
        ...{ name: 'TTFT', unit: 'ms', predicted: 100, low: 50, high: 200 },
        ...{ measured: 100, error: 0 },
      },
      {
        ...{ name: 'decode', unit: 'tokens/s', predicted: 40, low: 20, high: 80 },
        ...{ measured: 50, error: expect.closeTo(-0.2) },
      },
    ],
  });
  const shown = describeBench({ ...measured, plan }, new FakeTerminal({ isTTY: false }));
  expect(shown).toMatch(
    /^plan {5}prefill 1000 tokens\/s predicted \(500 to 2000\), 1000 measured: \+0 %$/m,
  );
  expect(shown).toMatch(/^ {9}decode 40 tokens\/s predicted \(20 to 80\), 50 measured: -20 %$/m);
});

test('of several streams only decoding is compared', () => {
  const settings = { ...measured.settings, concurrency: 4 };
  const plan = checkPlan({ ...measured, settings }, config, { predictShape });
  expect(plan).toMatchObject({ compared: [{ name: 'decode', predicted: 160 }] });
});

test.each<[string, Partial<BenchReport>, string]>([
  ['a quantisation', { model: { ...measured.model, quantisation: 'Q6_K' } }, 'no weights in Q6_K'],
  ['speculation', { settings: { ...measured.settings, speculation: 'ngram' } }, 'with speculation'],
  [
    'another device',
    { device: { kind: 'reference', threads: 1, passedOver: [] } },
    'it ran on reference; the limits that are known are those of native',
  ],
  ['no limits', { limits: undefined }, 'the limits that are known are none'],
])('%s that the planner cannot speak of costs no report', (_, change, said) => {
  const plan = checkPlan({ ...measured, ...change }, config, { predictShape });
  expect(plan).toEqual({ refused: expect.stringContaining(said) });
  const shown = describeBench({ ...measured, plan }, new FakeTerminal({ isTTY: false }));
  expect(shown).toContain('plan     cannot be checked: ');
});

test('what the planner refuses is told; a bug stays one', () => {
  const refuse = () => {
    throw error('invalid_option', { name: 'chips', found: 'one', expected: 'two' });
  };
  expect(checkPlan(measured, config, { predictShape: refuse })).toEqual({
    refused: 'Option chips: found one, expected two.',
  });
  const bug = () => {
    throw new TypeError('ours');
  };
  expect(() => checkPlan(measured, config, { predictShape: bug })).toThrow(TypeError);
});
