import { expect, test } from 'vitest';
import { casesOf } from './cases.ts';
import { expected } from './expected.ts';
import { caseError, type FitCase, fitKnobs, type Knob } from './fit.ts';
import { publishedResults } from './published.ts';
import { factorsOfCase } from './replay.ts';

/** Real deployments, with measures that an engine of known factors would have had. */
const truth = { memory: 0.55, layerMicros: 35 };
const cases: FitCase[] = casesOf(publishedResults)
  .filter(({ result }) => result.model === 'llama-3.1-70b' && result.chip === 'h200')
  .map((one) => {
    const answer = expected(one.result, one.deployment, { ...factorsOfCase(one), ...truth });
    const { ttftMs = 0, tpotMs = 0 } = answer;
    return { ...one, result: { ...one.result, measured: { ttftMs, tpotMs } } };
  });

test('factors that the results were made with are found again', () => {
  const found: Record<string, number> = { memory: 0.8, layerMicros: 10 };
  const knobs = ['memory', 'layerMicros'].map(
    (key): Knob => ({
      ...{ at: found, key, begin: found[key] as number },
      ...{ most: 1e9, stiffness: 1e-6, cases },
    }),
  );
  const { before, after } = fitKnobs(knobs, cases, (one) => ({ ...factorsOfCase(one), ...found }));
  expect(cases.length).toBeGreaterThan(20);
  expect(found.memory).toBeCloseTo(truth.memory, 1);
  expect(found.layerMicros).toBeGreaterThan(truth.layerMicros * 0.8);
  expect(found.layerMicros).toBeLessThan(truth.layerMicros * 1.2);
  expect(after).toBeLessThan(before / 10);
});

test('a factor that no result depends on stays where it is', () => {
  const found: Record<string, number> = { imbalance: 1.7 };
  const knob = { at: found, key: 'imbalance', begin: 1.7, most: 9, stiffness: 0.1, cases };
  fitKnobs([knob], cases, (one) => ({ ...factorsOfCase(one), ...found }));
  expect(found.imbalance).toBe(1.7);
});

test('half and double weigh the same, and what is far off does not rule', () => {
  const one = cases[0] as FitCase;
  const factors = { ...factorsOfCase(one), ...truth };
  const off = (times: number) => {
    const measured = { tpotMs: (one.result.measured.tpotMs as number) * times };
    return caseError({ ...one, result: { ...one.result, measured } }, factors);
  };
  expect(off(1)).toBeCloseTo(0, 9);
  expect(off(2)).toBeCloseTo(off(0.5), 9);
  expect(off(1000)).toBeLessThan(3 * off(Math.E));
});
