import { expect, test } from 'vitest';
import { fakeChips, fakePlan, fakeSources } from '../../../test/fakes/fake-planner.ts';
import { elementsNamed, readXml, textOf, type XmlElement } from '../../../test/fakes/read-xml.ts';
import { reportPage } from './report-page.ts';
import { reportStyle } from './report-style.ts';

const question = { model: 'deepseek-r1', rate: 20, inTokens: 2000, outTokens: 800, tpotMs: 60 };
const plan = fakePlan(question);
const report = (of: typeof plan, sources: readonly (typeof fakeSources)[number][] = fakeSources) =>
  reportPage(of, fakeChips, (tag) => sources.find((row) => row.tag === tag));
const html = report(plan);
const read = (text: string) => readXml(text.replace(/^<!doctype html>/, ''));
const page = read(html);
/** Neighbours apart by a bar. */
const barred = (element: XmlElement) => textOf(element).replace(/\n+/g, '|');
const headings = (level: string) => elementsNamed(page, level).map(textOf);

test('one file without scripts that asks nothing of a network', () => {
  expect(html.startsWith('<!doctype html>\n<html')).toBe(true);
  for (const name of ['script', 'link', 'img', 'iframe', 'object', 'image', 'use']) {
    expect(elementsNamed(page, name), name).toEqual([]);
  }
  expect(html).not.toMatch(/url\(|@import|\son\w+=|src=/);
  const styles = elementsNamed(page, 'style').map(textOf);
  expect(styles).toEqual([reportStyle]);
  expect(reportStyle).not.toMatch(/[<>&"']/); // HTML does not read entities in a style sheet
});

test('question, chart, table, details, refusals, assumptions and sources are there', () => {
  expect(headings('h1')).toEqual(['Plan: deepseek-r1']);
  expect(headings('h2')).toEqual([
    ...['Cost against latency', 'Deployments, cheapest first', 'Chips that cannot do it'],
    ...['The first 6', 'Assumptions', 'Sources'],
  ]);
  expect(headings('h3')[0]).toBe(`${plan.rows[0]?.chipName}, sglang fp8`);
  expect(elementsNamed(page, 'svg').filter((svg) => svg.attributes.role === 'img')).toHaveLength(
    13,
  );
});

test('the table has every row in order, with its error bars', () => {
  const [ranked] = elementsNamed(page, 'tbody') as [XmlElement];
  const rows = elementsNamed(ranked, 'tr').map((row) => elementsNamed(row, 'td').map(textOf));
  expect(rows.map(([, chip]) => chip)).toEqual(
    plan.rows.map(({ chipName, vendor }) => chipName + vendor),
  );
  expect(elementsNamed(ranked, 'svg')).toHaveLength(plan.rows.length);
  expect(rows.filter((row) => row[3] === 'no price known')).toHaveLength(
    plan.rows.filter(({ cost }) => cost === undefined).length,
  );
});

test('figures name grade, source and date; what is not published is said to be so', () => {
  const text = barred(page);
  expect(text).toContain('8,000 GB/s|A|SHEET|2026-01-02|measured by "others" & us');
  expect(text).toContain('FP4|not published');
  const links = elementsNamed(page, 'a').map(({ attributes }) => attributes.href);
  expect(new Set(links)).toEqual(
    new Set(['https://example.com/sheets', 'https://example.com/press?a=1&b=2']),
  );
});

test('whatever a plan says stays text', () => {
  const attack = `<script>alert('1')</script>" onload="x`;
  const hostile = structuredClone(plan) as typeof plan;
  Object.assign(hostile.question, { model: attack, engine: attack });
  Object.assign(hostile.rows[0] as object, { chipName: attack, vendor: attack, notes: [attack] });
  Object.assign(hostile.refused[0] as object, { reason: attack, nearest: attack });
  Object.assign(hostile.sources[0] as object, { address: 'javascript:alert(1)', title: attack });
  const text = report(hostile, hostile.sources);
  expect(text).not.toMatch(/<script|href="javascript/);
  const found = read(text);
  expect(textOf(elementsNamed(found, 'h1')[0] as XmlElement)).toBe(`Plan: ${attack}`);
  expect(elementsNamed(found, 'svg')[0]?.attributes.onload).toBeUndefined();
});

test('a plan that no chip can carry says so', () => {
  const none = report(fakePlan({ ...question, tpotMs: 1 }));
  expect(none).toContain('None of 15 chips can do this.');
  expect(textOf(read(none))).toContain(' ms for a token.');
});
