/** The catalogue: names are unique, figures are sourced and dated, no row is left out. */
import { describe, expect, test } from 'vitest';
import { chipsTable } from './chips-table.ts';
import { engineSupportTable } from './engine-support-table.ts';
import { exchangeTable } from './exchange-table.ts';
import { exportsTable } from './exports-table.ts';
import type { Figure } from './figure.ts';
import { findChip, missingFigures, nameKey, unpublishedFigures } from './find-chip.ts';
import { findPrecision } from './find-precision.ts';
import { pricesTable } from './prices-table.ts';
import { sourcesTable } from './sources-table.ts';

const tables = [chipsTable, pricesTable, exchangeTable];
const figures = tables.flatMap((table) => figuresOf(table));
function figuresOf(value: unknown): Figure[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('grade' in value && 'value' in value) return [value as Figure];
  return Object.values(value).flatMap(figuresOf);
}

describe('figures', () => {
  test('every figure and row has a date that is one', () => {
    const dates = [
      ...figures.map((figure) => figure.date),
      ...[...sourcesTable, ...engineSupportTable].map((row) => row.date),
      ...exportsTable.map((row) => row.asOf),
    ];
    expect(figures.length).toBeGreaterThan(250);
    expect(dates.filter((date) => !/^20\d\d(-[01]\d(-[0-3]\d)?)?$/.test(date))).toEqual([]);
  });

  test('notes of unknown origin never count for more than grade C', () => {
    const unverified = sourcesTable.filter((row) => row.address === 'public notes, unverified');
    const tags = unverified.map((row) => row.tag);
    expect(tags.length).toBeGreaterThan(2);
    const graded = [...figures, ...exportsTable, ...engineSupportTable];
    const tooSure = graded.filter(({ source, grade }) => tags.includes(source) && grade !== 'C');
    expect(tooSure).toEqual([]);
  });
});

describe('chips', () => {
  test('no name means two chips', () => {
    const names = chipsTable.flatMap((chip) => {
      const own = new Set([chip.id, chip.name, ...chip.aliases].map(nameKey));
      return [...own].map((name) => ({ name, id: chip.id }));
    });
    const twice = names.filter(({ name, id }) =>
      names.some((other) => other.name === name && other.id !== id),
    );
    expect(twice).toEqual([]);
    expect(chipsTable.flatMap((chip) => chip.aliases).filter((name) => /[A-Z]/.test(name))).toEqual(
      [],
    );
  });

  test.each([
    ...['910B1', '910B2', '910B3', '910B4', '910B4-1', '910C', '950PR', '950DT', 'Atlas 350'],
    ...['Z100L', 'K100_AI', 'BW1000', 'BW1100', 'S60', 'L600', 'T20', 'TX81', 'REX1032'],
    ...['S4000', 'S5000', 'S80', 'H20', 'H20-141G', 'H800', 'H100', 'H100 PCIe', 'H200'],
    ...['h200_sxm', 'b200_sxm', 'ascend910b3', 'A100', 'A800', 'L20', 'L40S', 'L4', 'RTX 4090'],
    ...['4090', 'RTX PRO 6000', 'B200', 'B300', 'GB200', 'GB300', 'MI300X', 'MI325X', 'MI355X'],
    ...['MLU370-X8', 'MLU590', 'P800', 'C500', 'C550', 'BI-V150', 'MR-V100', 'PPU'],
  ])('%s is known', (name) => {
    expect(chipsTable).toContain(findChip(name));
  });

  test('a chip that is not known gets the nearest names', () => {
    expect(() => findChip('ascend-910b')).toThrow(
      expect.objectContaining({
        code: 'plan_chip_unknown',
        message: expect.stringContaining('ascend-910b3'),
      }),
    );
    expect(() => findChip('h2O0')).toThrow(/h200/);
    expect(() => findChip('')).toThrow(/No chip is called/);
  });

  test('a rate that is there is positive, and FP8 is never slower than BF16', () => {
    for (const { id, rates } of chipsTable) {
      const { bf16, fp8 } = rates;
      if (typeof bf16 === 'object' && typeof fp8 === 'object') {
        expect(fp8.value, id).toBeGreaterThanOrEqual(bf16.value);
      }
    }
    expect(figures.filter((figure) => !(figure.value > 0))).toEqual([]);
  });

  test('what is not published is missing, and is said', () => {
    expect(unpublishedFigures(findChip('tx81'))).toEqual([
      ...['bf16 rate', 'fp8 rate', 'int8 rate', 'fp4 rate'],
      ...['memory', 'memory bandwidth', 'link bandwidth', 'network bandwidth', 'power'],
    ]);
    expect(unpublishedFigures(findChip('h200'))).toEqual([]);
    expect(missingFigures(findChip('tx81'))).toEqual(['bf16 rate', 'memory', 'memory bandwidth']);
    expect(missingFigures(findChip('s60'))).toEqual(['bf16 rate']);
    expect(missingFigures(findChip('bw1000'))).toEqual([]);
    expect(missingFigures(findChip('bw1000'), findPrecision('int8'))).toEqual(['int8 rate']);
    expect(missingFigures(findChip('910b3'), findPrecision('fp8'))).toEqual([]);
  });

  test('memory is in 10^9 bytes, whatever the makers print', () => {
    expect(findChip('h100').memoryGb?.value).toBeCloseTo(85.9, 1);
    expect(findChip('910b3').memoryGb?.value).toBeCloseTo(68.7, 1);
    expect(findChip('s60').memoryGb?.value).toBeCloseTo(51.5, 1);
  });
});

test('prices and export rows are of chips that are known; events are in order', () => {
  const ids = chipsTable.map((chip) => chip.id);
  const rows = [...pricesTable, ...exportsTable];
  expect(rows.filter((row) => !ids.includes(row.chip))).toEqual([]);
  for (const chip of new Set(exportsTable.map((row) => row.chip))) {
    const dates = exportsTable.filter((row) => row.chip === chip).map((row) => row.asOf);
    expect(dates).toEqual([...dates].sort());
  }
});
