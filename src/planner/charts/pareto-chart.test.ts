import { expect, test } from 'vitest';
import { fakePlan } from '../../../test/fakes/fake-planner.ts';
import { elementsNamed, readXml, textOf, type XmlElement } from '../../../test/fakes/read-xml.ts';
import { svgFile } from './chart-frame.ts';
import { paretoChart } from './pareto-chart.ts';
import { costRange, paretoFront, paretoPoints } from './pareto-points.ts';
import { overlaps, textWidth } from './place-labels.ts';
import { printSvg } from './svg-element.ts';

const question = { model: 'deepseek-r1', rate: 20, inTokens: 2000, outTokens: 800 };
const { rows } = fakePlan(question);
const options = { outTokens: 800 };
const drawn = (given: Parameters<typeof paretoChart>[1] = options) =>
  readXml(printSvg(paretoChart(rows, given)));
const withClass = (root: XmlElement, name: string) =>
  ['g', 'path', 'line', 'text', 'rect'].flatMap((kind) =>
    elementsNamed(root, kind).filter((found) =>
      (found.attributes.class ?? '').split(' ').includes(name),
    ),
  );

test('every deployment is a mark with its chip, its name and its error bar', () => {
  const points = withClass(drawn(), 'point');
  expect(points.map(({ attributes }) => attributes['data-chip'])).toEqual(
    rows.map(({ prediction }) => prediction.chip),
  );
  for (const [i, point] of points.entries()) {
    const [label] = withClass(point, 'label');
    expect(textOf(label as XmlElement)).toBe(rows[i]?.chipName);
  }
  const bars = drawn().children.filter(
    (child) => typeof child !== 'string' && child.attributes['data-error-bar'] !== undefined,
  );
  expect(bars).toHaveLength(rows.length);
});

test.each([760, 480, 330])('at a width of %d no name lies over another', (width) => {
  const labels = withClass(drawn({ ...options, width, height: 460 }), 'label');
  const boxes = labels.map((label) => {
    const [left, bottom] = [Number(label.attributes.x), Number(label.attributes.y)];
    return { left, bottom, right: left + textWidth(textOf(label)), top: bottom - 11 };
  });
  expect(boxes.length).toBeGreaterThanOrEqual(rows.length - (width < 400 ? 2 : 0));
  for (const [i, box] of boxes.entries()) {
    expect(boxes.slice(0, i).filter((other) => overlaps(box, other))).toEqual([]);
    expect(box.right).toBeLessThanOrEqual(width);
  }
});

test('the front is what nothing beats in both cost and time', () => {
  const points = paretoPoints(rows, { x: 'tpot', y: 'cost' }, 800);
  const front = paretoFront(points);
  const beats = (a: (typeof points)[number], b: (typeof points)[number]) =>
    a !== b &&
    a.x.value <= b.x.value &&
    (a.y?.value ?? Infinity) <= (b.y?.value ?? Infinity) &&
    a.y !== undefined;
  const unbeaten = points.filter((b) => b.y !== undefined && !points.some((a) => beats(a, b)));
  expect(new Set(front)).toEqual(new Set(unbeaten));
  expect(front.length).toBeGreaterThan(1);
  expect(withClass(drawn(), 'ahead')).toHaveLength(front.length);
  expect(withClass(drawn(), 'front')).toHaveLength(1);
});

test('dearer is further up, slower further right', () => {
  const centre = (chip: string) => {
    const root = drawn({ ...options, y: 'chips' });
    const point = withClass(root, 'point').find(
      ({ attributes }) => attributes['data-chip'] === chip,
    ) as XmlElement;
    const [mark] = elementsNamed(point, 'circle');
    return [Number(mark?.attributes.cx), Number(mark?.attributes.cy)] as [number, number];
  };
  const [fast, slow] = ['alder-2', 'cedar-910c'].map(
    (chip) => rows.find(({ prediction }) => prediction.chip === chip) as (typeof rows)[number],
  );
  expect(Number(slow?.prediction.tpotMs)).toBeGreaterThan(Number(fast?.prediction.tpotMs));
  expect(Number(slow?.chips)).toBeGreaterThan(Number(fast?.chips));
  const [fastAt, slowAt] = [centre('alder-2'), centre('cedar-910c')];
  expect(slowAt[0]).toBeGreaterThan(fastAt[0]);
  expect(slowAt[1]).toBeLessThan(fastAt[1]);
});

test('a deployment without a price stands in a strip of its own and is given none', () => {
  const unpriced = rows.filter(({ cost }) => cost === undefined);
  expect(unpriced.length).toBeGreaterThan(2);
  expect(textOf(drawn())).toContain('no price known');
  expect(costRange(unpriced[0] as (typeof rows)[number])).toBeUndefined();
  const alone = readXml(printSvg(paretoChart(unpriced, options)));
  expect(textOf(alone)).not.toContain('no price known'); // by chips then
  expect(withClass(alone, 'point')).toHaveLength(unpriced.length);
});

test('fewer tokens for the same money cost more', () => {
  const priced = rows.find(({ cost }) => cost !== undefined) as (typeof rows)[number];
  const range = costRange(priced);
  expect(range?.low).toBeLessThan(range?.value as number);
  expect(range?.high).toBeGreaterThan(range?.value as number);
});

test('a limit is drawn where it lies within the picture', () => {
  expect(withClass(drawn({ ...options, limit: 50 }), 'limit')).toHaveLength(1);
  expect(withClass(drawn({ ...options, limit: 5000 }), 'limit')).toHaveLength(0);
});

test('nothing to draw is said', () => {
  expect(textOf(readXml(printSvg(paretoChart([], options))))).toContain('No deployment to show.');
});

test('it is named and described, and a file of its own is whole', () => {
  const root = drawn();
  expect(root.attributes.role).toBe('img');
  expect(textOf(elementsNamed(root, 'title')[0] as XmlElement)).toBe('Cost against latency');
  expect(textOf(elementsNamed(root, 'desc')[0] as XmlElement)).toContain(`${rows.length} deploy`);
  const file = readXml(svgFile(paretoChart(rows, options)));
  expect(file.attributes.xmlns).toBe('http://www.w3.org/2000/svg');
  expect(textOf(elementsNamed(file, 'style')[0] as XmlElement)).toContain('prefers-color-scheme');
});
