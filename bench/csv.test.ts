import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { theirs } from './contenders.ts';
import { appendResults, readResults } from './csv.ts';

const result = {
  row: 'decode, "8" streams',
  unit: 'tokens/s',
  medians: new Map([
    ['native', 12],
    [theirs, 6],
  ]),
  ratio: 2,
  must: 1.5,
  ...{ aim: undefined, readGBs: 7.654321, gmacS: undefined, percentOfLimit: undefined },
  ...{ spread: 0.1, othersShare: 0, rounds: 3, engines: ['a, b', 'c'], failures: [] },
};
const frame = {
  ...{ date: '1970-01-01', cpu: 'Test(R) CPU', cores: 2, memoryGB: 8 },
  ...{ commit: 'abc', node: '24', loadAverage: 0 },
};

test('what is written is read back, commas and quotes included, and a second run is added', () => {
  const file = appendResults([result], frame, ['native']);
  try {
    expect(file.endsWith('1970-01-01-test-cpu.csv')).toBe(true);
    appendResults([result], frame, ['native']);
    const rows = readResults(file);
    expect(rows.length).toBe(2);
    expect(rows[1]).toMatchObject({
      row: 'decode, "8" streams',
      ours: '12',
      theirs: '6',
      aim: '',
      engines: 'a, b; c',
      gb_s: '7.654',
      cpu: 'Test(R) CPU',
    });
  } finally {
    rmSync(file);
  }
});
