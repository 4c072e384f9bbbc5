import { expect, test } from 'vitest';
import { fakePrediction, fakeRow } from '../../../test/fakes/fake-plan.ts';
import { rangesText, rowNotes } from './row-notes.ts';

const row = (...notes: string[]) => ({
  ...fakeRow,
  prediction: { ...fakePrediction, notes: [], basis: 'of ten results' },
  notes,
});

test('what several rows share is told once with their ranks, the rest beside its row', () => {
  const { own, shared } = rowNotes([row('a', 'b'), row('a'), row('c', 'c'), row('a')]);
  expect(own).toEqual([['b'], [], ['c'], []]);
  expect(shared).toEqual(['1, 2, 4: a', 'error: of ten results']);
  expect(rowNotes([])).toEqual({ own: [], shared: [] });
});

test('ranks in a row are a range', () => {
  expect(rangesText([1, 2, 3, 5, 7, 8])).toBe('1-3, 5, 7, 8');
});
