import { expect, test } from 'vitest';
import { MeasuredStepCost } from './step-cost.ts';

function measured(times: Record<number, number[]>, drafts: number[] = []): MeasuredStepCost {
  const cost = new MeasuredStepCost();
  for (const [rows, all] of Object.entries(times))
    for (const ms of all) cost.note(Number(rows), ms);
  for (const ms of drafts) cost.noteDraft(ms);
  return cost;
}

test('rows cost what steps of so many took: the median of the last fifteen', () => {
  const old = new Array(20).fill(500);
  const some = [900, 10, 14, 11, 12, 13, 8, 12, 99, 12, 12, 13, 2, 15, 12];
  const cost = measured({ 1: [...old, ...some], 4: [50, 30, 20, 25, 99] }, [400, 3, 2, 3, 3]);
  expect(cost.relative(1, 1, false)).toBe(1);
  expect(cost.relative(4, 1, false)).toBe(30 / 12);
  expect(cost.relative(4, 1, true)).toBe(33 / 12);
});

test('what was seen less than five times costs something between its neighbours, or no more than fewer rows do', () => {
  const five = (ms: number) => new Array(5).fill(ms);
  const cost = measured({ 1: five(10), 3: five(15), 8: [900, 40] }, [7, 7, 7, 7]);
  expect(cost.relative(2, 1, true)).toBe(1.25);
  expect(cost.relative(8, 1, true)).toBe(1.5); // and is tried
  expect(measured({ 2: five(10) }).relative(2, 1, false)).toBe(1);
});

test('a step without drafts is due until its time is known, and every 64 steps from then on', () => {
  const cost = new MeasuredStepCost();
  let plain = 0;
  for (let step = 0; step < 5 + 2 * 64; step++) {
    if (!cost.isPlainDue(1)) continue;
    plain++;
    cost.note(1, 5);
  }
  expect(plain).toBe(5 + 2);
});

test('drafts that were refused for their cost are measured again after a while', () => {
  const cost = measured({ 1: [1, 1, 1, 1, 1], 2: [5, 5, 5, 5, 5] });
  for (let i = 0; i < 511; i++) cost.noteRefusal();
  expect(cost.relative(2, 1, false)).toBe(5);
  cost.noteRefusal();
  expect(cost.relative(2, 1, false)).toBe(1);
});
