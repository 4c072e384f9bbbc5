/** The rule that picks a price, and the money it is told in. */
import { expect, test } from 'vitest';
import { convertMoney } from './convert-money.ts';
import { defaultPrice } from './default-price.ts';
import { findChip } from './find-chip.ts';

test('the better grade first, then a rental: the H100 of the world', () => {
  const chosen = defaultPrice(findChip('h100'), 'global', 'USD');
  expect(chosen).toMatchObject({ perHour: 1.3, grade: 'A', sources: ['IXC'] });
  expect(chosen?.price.kind).toBe('rental');
});

test('hourly before spot: the RTX 4090', () => {
  expect(defaultPrice(findChip('4090'), 'us', 'USD')).toMatchObject({ perHour: 0.6, grade: 'C' });
});

test('a price of the region before one of the world', () => {
  const chosen = defaultPrice(findChip('h800'), 'cn', 'USD');
  expect(chosen).toMatchObject({ perHour: 2, sources: ['DS'] });
  expect(defaultPrice(findChip('h800'), 'us', 'USD')).toBeUndefined();
});

test('Chinese prices are not offered elsewhere', () => {
  expect(defaultPrice(findChip('s60'), 'cn', 'CNY')?.perHour).toBe(2);
  expect(defaultPrice(findChip('s60'), 'global', 'CNY')).toBeUndefined();
});

test('where no price was found, none is made up', () => {
  for (const name of ['h20', '910c', '950dt', 'k100_ai', 'tx81']) {
    expect(defaultPrice(findChip(name), 'cn', 'CNY'), name).toBeUndefined();
  }
});

test('conversion cites its rates and takes the worst grade; own rates come first', () => {
  const inDollars = defaultPrice(findChip('s60'), 'cn', 'USD');
  expect(inDollars?.perHour).toBeCloseTo(2 / 7.0064, 6);
  expect(inDollars?.sources).toEqual(['CMIS', 'FX-CNY']);
  expect(defaultPrice(findChip('h200'), 'global', 'VND')?.grade).toBe('C');
  const own = defaultPrice(findChip('s60'), 'cn', 'USD', { CNY: 8 });
  expect(own).toMatchObject({ perHour: 0.25, sources: ['CMIS'] });
});

test('there and back is the same money', () => {
  const there = convertMoney(100, 'EUR', 'VND');
  expect(there.rates).toHaveLength(2);
  expect(convertMoney(there.amount, 'VND', 'EUR').amount).toBeCloseTo(100, 9);
  expect(convertMoney(5, 'CNY', 'CNY')).toEqual({ amount: 5, rates: [] });
});
