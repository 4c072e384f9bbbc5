import { expect, test } from 'vitest';
import { type Column, lineWidth, textTable, wrapped } from './text-table.ts';

const columns: Column<string>[] = [
  { head: 'name', align: 'left', cell: (row) => row },
  { head: 'size', align: 'right', cell: (row) => String(row.length), sheds: 1 },
  { head: 'again', align: 'left', cell: (row) => row, sheds: 2 },
];

test('columns are as wide as their widest cell, and end with no space', () => {
  const { head, lines } = textTable(columns, ['a', 'abcdef'], 100);
  expect([head, ...lines]).toEqual([
    'name    size  again',
    'a          1  a',
    'abcdef     6  abcdef',
  ]);
});

test('where it is too wide, what matters least goes first', () => {
  const at = (width: number) => textTable(columns, ['abcdef'], width).head;
  expect(at(20)).toBe('name    size  again');
  expect(at(19)).toBe('name    size');
  expect(at(11)).toBe('name');
  expect(at(1)).toBe('name');
});

test('text is wrapped at words, which stay whole', () => {
  expect(wrapped('one two three', 7, '  ')).toEqual(['one two', '  three']);
  expect(wrapped('incomprehensibilities are', 5)).toEqual(['incomprehensibilities', 'are']);
  expect(wrapped('  kept indent', 10, '  ')).toEqual(['  kept', '  indent']);
  expect(wrapped('a b\u00a0c', 4, '  ')).toEqual(['a', '  b c']);
  expect(wrapped('', 5)).toEqual(['']);
});

test('lines are as wide as the terminal, from 40 to 100; 100 where there is none', () => {
  expect(
    [{}, { columns: 0 }, { columns: 20 }, { columns: 80 }, { columns: 300 }].map(lineWidth),
  ).toEqual([100, 100, 40, 80, 100]);
});
