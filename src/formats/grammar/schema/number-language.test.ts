/** Texts of numbers between bounds, held to comparing the numbers themselves. */
import { expect, test } from 'vitest';
import { mulberry32 } from '../../../base/mulberry32.ts';
import { type Bound, decimalOf, numberLanguage } from './number-language.ts';

const random = mulberry32(11);
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
const edges = [0, 1, 9, 10, 99, 100, 0.1, 0.25, 2.5, 1e-7, 12.05, 999.999, 1234567, 1e9];

function someNumber(isInteger: boolean): number {
  const size = random() < 0.5 ? pick(edges) : random() * 10 ** Math.floor(random() * 6);
  const value = (random() < 0.5 ? -1 : 1) * size;
  return isInteger ? Math.round(value) : Number(value.toFixed(3));
}

function someBound(): Bound | undefined {
  if (random() < 0.3) return undefined;
  return { value: someNumber(random() < 0.5), isExclusive: random() < 0.5 };
}

test('what is between bounds is in, the rest is out', () => {
  for (let round = 0; round < 150; round++) {
    const isInteger = random() < 0.5;
    const [min, max] = [someBound(), someBound()];
    const language = numberLanguage({ isInteger, min, max, multiplesOf: [] });
    for (let i = 0; i < 30; i++) {
      const near = pick([min, max])?.value;
      const step = pick([-1, -0.001, 0, 0.001, 1]);
      const raw = near === undefined || random() < 0.5 ? someNumber(isInteger) : near + step;
      const value = Number(raw.toFixed(7)) + 0; // no -0
      const { whole, fraction } = decimalOf(Math.abs(value));
      const text = `${value < 0 ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
      const isIn =
        (!isInteger || Number.isInteger(value)) &&
        (min === undefined || (min.isExclusive ? value > min.value : value >= min.value)) &&
        (max === undefined || (max.isExclusive ? value < max.value : value <= max.value));
      expect([text, isInteger, min, max, language.accepts(text)]).toEqual([
        ...[text, isInteger, min, max, isIn],
      ]);
    }
  }
});

test('multiples', () => {
  const of = (multiplesOf: number[]) => numberLanguage({ ...all, multiplesOf });
  const all = { isInteger: false, min: undefined, max: undefined };
  const seven = of([7]);
  for (let n = -50; n <= 50; n++) expect(seven.accepts(String(n))).toBe(n % 7 === 0);
  const twelve = of([4, 6]);
  for (let n = -50; n <= 50; n++) expect(twelve.accepts(String(n))).toBe(n % 12 === 0);
  const cents = of([0.01]);
  expect(['1', '-1.5', '0.07', '0.070'].map((text) => cents.accepts(text))).toEqual([
    ...[true, true, true, false],
  ]);
});

test('texts are numbers as JSON has them', () => {
  const language = numberLanguage({
    ...{ isInteger: false, multiplesOf: [], max: undefined },
    min: { value: -10, isExclusive: false },
  });
  for (const text of ['-0', '00', '01', '1.', '.5', '+1', '1e5', '', '-', '-0.0']) {
    expect([text, language.accepts(text)]).toEqual([text, false]);
  }
});

test('an empty range', () => {
  const bounds = (min: number, max: number) => ({
    ...{ isInteger: true, multiplesOf: [] },
    ...{ min: { value: min, isExclusive: true }, max: { value: max, isExclusive: true } },
  });
  expect(numberLanguage(bounds(3, 4)).isEmpty).toBe(true);
  expect(numberLanguage(bounds(3, 5)).isEmpty).toBe(false);
});

test.each([
  [0, '0', ''],
  [1e21, '1000000000000000000000', ''],
  [1.5e-7, '0', '00000015'],
  [12.25, '12', '25'],
])('%d in digits', (value, whole, fraction) => {
  expect(decimalOf(value)).toEqual({ whole, fraction });
});
