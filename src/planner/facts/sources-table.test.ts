/** Where everything is from: every tag that is cited has one row, and every row is cited. */
import { expect, test } from 'vitest';
import { publishedResults } from '../replay/published.ts';
import { benchMachine } from '../replay/published-bench-table.ts';
import { refusedClaims } from '../replay/refused-claims-table.ts';
import { chipsTable } from './chips-table.ts';
import { engineSupportTable } from './engine-support-table.ts';
import { enginesTable } from './engines-table.ts';
import { exchangeTable } from './exchange-table.ts';
import { exportsTable } from './exports-table.ts';
import { modelsTable } from './models-table.ts';
import { precisionsTable } from './precisions-table.ts';
import { pricesTable } from './prices-table.ts';
import { sourcesTable } from './sources-table.ts';

const tags = sourcesTable.map(({ tag }) => tag);
const results = [publishedResults, refusedClaims, benchMachine];
const facts = [
  ...[chipsTable, enginesTable, engineSupportTable, exchangeTable],
  ...[exportsTable, modelsTable, precisionsTable, pricesTable],
];

/** Values of all fields `source`, however deep. */
function sourcesOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'source' in value && typeof value.source === 'string' ? [value.source] : [];
  return [...own, ...Object.values(value).flatMap(sourcesOf)];
}

/** Sources in brackets in notes: `[CM384]`, `(IX-CFG)`. */
const notedIn = (value: unknown): string[] =>
  [...JSON.stringify(value).matchAll(/[[(]([A-Z0-9][A-Z0-9.-]{2,})[\])]/g)]
    .map(([, tag]) => tag as string)
    .filter((tag) => tags.includes(tag));

test('no tag has two rows', () => {
  expect(tags.filter((tag, index) => tags.indexOf(tag) !== index)).toEqual([]);
});

test('every tag that is cited has a row', () => {
  const cited = sourcesOf([facts, results]);
  expect(cited.length).toBeGreaterThan(1000);
  expect(cited.filter((tag) => !tags.includes(tag))).toEqual([]);
});

test('every row is cited', () => {
  const cited = new Set([...sourcesOf([facts, results]), ...notedIn(results)]);
  expect(tags.filter((tag) => !cited.has(tag))).toEqual([]);
});

test('a source is a page, a file of this package, or says that it is none', () => {
  // Pages whose full addresses were not kept.
  const named = ['NBC', 'TODAY', 'XUQ'];
  const place = /^(https?:\/\/\S+|bench\/results\/\S+|README\.md|public notes, unverified)$/;
  const others = sourcesTable.filter(({ address }) => !place.test(address));
  expect(others.map(({ tag }) => tag)).toEqual(named);
});
