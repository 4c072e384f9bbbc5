import { expect, test } from 'vitest';
import { fakePrediction } from '../../../test/fakes/fake-plan.ts';
import { FakeTerminal } from '../../../test/fakes/fake-terminal.ts';
import { error } from '../../base/errors.ts';
import type { ServedModel } from '../../planner/facts/served-model.ts';
import type { PredictQuestion } from '../../planner/predict-question.ts';
import type { MachineLimits } from '../machine-limits.ts';
import { describeHere } from './describe-here.ts';
import { machineChip, measuredHere } from './machine-chip.ts';
import { hereAnswer } from './plan-here.ts';

const limits: MachineLimits = {
  ...{ kind: 'native', level: 'AVX-512 VNNI', threads: 2 },
  ...{ readGBs: 21.5, int8GmacS: 420, f32GmacS: 105 },
};
const machine = machineChip(
  { cpu: 'A fast one', usableMemoryBytes: 8e9 },
  limits,
  new Date('2026-03-04T12:00:00Z'),
);

test('this machine is a chip of what was measured, today, and of nothing else', () => {
  const figure = (value: number) => ({
    value,
    grade: 'A',
    source: measuredHere,
    date: '2026-03-04',
  });
  expect(machine).toMatchObject({
    ...{ id: 'here', name: 'A fast one', family: 'cpu', chipsPerNode: 1 },
    rates: { int8: figure(0.84), bf16: figure(0.21) }, // a multiply-add is two operations
    memoryGb: figure(8),
    bandwidthGbs: figure(21.5),
  });
  expect(machine.watts).toBeUndefined();
  expect(machine.scaleUp).toBeUndefined();
});

/** Fits: small in all, medium in four bits alone. */
function predict(question: PredictQuestion) {
  const { model, precision } = question;
  if (model === 'unknown') {
    throw error('plan_cannot_run', { ...{ model, chip: 'here', reason: 'so' }, nearest: 'none' });
  }
  if (String(model).startsWith('large') || (model === 'medium' && precision !== 'q4_k_m')) {
    throw error('plan_no_room', {
      ...{ model: String(model), precision, layout: 'tp1', needed: 47, chip: 'here', weights: 43 },
      ...{ found: 8, fewest: 6 },
    });
  }
  const speed = precision === 'q4_k_m' ? 1 : 2;
  const at = (factor: number) => ({
    ...fakePrediction,
    ...{ ttftMs: 1000 * factor * speed, tpotMs: 50 * factor * speed },
  });
  const [own, low, high] = [at(1), at(0.5), at(2)];
  return {
    ...own,
    low,
    high,
    model: String(model),
    precision: String(precision),
    notes: ['a note'],
  };
}

const models = ['small', 'medium', 'large', 'larger', 'unknown'].map(
  (id) => ({ id }) as ServedModel,
);

test('each model in each precision that fits, and of those that do not the reason', () => {
  const answer = hereAnswer({ predict }, models, machine, {});
  expect(answer.rows.map(({ model, precision }) => `${model} ${precision}`)).toEqual([
    ...['small q4_k_m', 'small q8_0', 'small bf16'],
    'medium q4_k_m',
  ]);
  expect(answer.rows[0]).toMatchObject({
    prefillTokensPerSecond: { value: 512, low: 256, high: 1024 },
    decodeTokensPerSecond: { value: 20, low: 10, high: 40 },
  });
  expect(answer.refused).toEqual([
    {
      models: ['large', 'larger'],
      reason: 'q4_k_m takes 47 GB, 43 of them weights; 8 GB are here',
    },
    { models: ['unknown'], reason: 'the engine of Sampan does not run it' },
  ]);
});

test('lengths and a precision that are said are asked; what is a bug stays one', () => {
  const asked: PredictQuestion[] = [];
  const answer = hereAnswer(
    { predict: (question) => predict(asked[asked.push(question) - 1]!) },
    models.slice(0, 1),
    machine,
    { in: 100, out: 10, precision: 'q8_0' },
  );
  expect(asked).toEqual([
    {
      ...{ model: 'small', chips: 'here:1', machine, engine: 'sampan', precision: 'q8_0' },
      ...{ layout: 'tp1', inTokens: 100, outTokens: 10, concurrency: 1 },
    },
  ]);
  expect(answer.rows[0]!.prefillTokensPerSecond.value).toBe(50);
  const bug = () => {
    throw new TypeError('ours');
  };
  expect(() => hereAnswer({ predict: bug }, models, machine, {})).toThrow(TypeError);
});

test('people read a table', () => {
  const answer = { limits, ...hereAnswer({ predict }, models, machine, {}) };
  expect(describeHere(answer, new FakeTerminal({ isTTY: false }))).toBe(`\
A fast one
AVX-512 VNNI: reads 21.5 GB/s, multiplies 420 GMAC/s of int8, 105 of f32; 8 GB of memory
one request at a time, 512 tokens in, 128 out

model   precision  weights  prefill tok/s                decode tok/s
small   q4_k_m       43 GB            512  256 to 1,020            20  10 to 40
small   q8_0         43 GB            256  128 to 512              10  5 to 20
small   bf16         43 GB            256  128 to 512              10  5 to 20
medium  q4_k_m       43 GB            512  256 to 1,020            20  10 to 40

Cannot
  large, larger: q4_k_m takes 47 GB, 43 of them weights; 8 GB are here
  unknown: the engine of Sampan does not run it

Assumed
  a note
  14 published results of ascend-910 chips`);
});
