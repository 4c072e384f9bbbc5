import { expect, test } from 'vitest';
import { findChip } from '../facts/find-chip.ts';
import { findModel } from '../facts/find-model.ts';
import { chipsOf, parallelismText } from '../layout.ts';
import { mostInstanceChips, parallelisms } from './candidates.ts';

const texts = (model: string, chip: string) =>
  parallelisms(findModel(model), findChip(chip)).map(parallelismText);

test('a dense model has no groups and no experts to spread', () => {
  expect(texts('r1-distill-llama-70b', 'h20')).toEqual([
    'tp1',
    'tp2',
    'tp4',
    'tp8',
    'tp8pp2',
    'tp16',
    'tp8pp4',
    'tp16pp2',
    'tp16pp4',
  ]);
});

test('a model of experts has the layouts that are published', () => {
  const found = texts('deepseek-r1', 'h20');
  for (const layout of ['tp8', 'tp16', 'tp8pp2', 'dp8ep8', 'dp16ep16', 'dp32ep32', 'dp144ep144']) {
    expect(found).toContain(layout);
  }
  expect(new Set(found).size).toBe(found.length);
});

test('no layout has more parts of experts than there are, or is larger than it says', () => {
  for (const [model, most] of [
    ['deepseek-r1', 256],
    ['deepseek-v2-lite', 64],
  ] as const) {
    for (const one of parallelisms(findModel(model), findChip('h20'))) {
      expect(one.ep).toBeLessThanOrEqual(most);
      expect((one.tp * one.dp) % one.ep).toBe(0);
      if (chipsOf(one) > mostInstanceChips) expect([one.tp, one.pp]).toEqual([1, 1]);
    }
  }
});

test('stages are whole machines', () => {
  for (const one of parallelisms(findModel('deepseek-r1'), findChip('h20'))) {
    if (one.pp > 1) expect((one.tp * one.dp) % 8).toBe(0);
  }
});
