import { expect, test } from 'vitest';
import { fakeChips, fakePlan } from '../../../test/fakes/fake-planner.ts';
import { elementsNamed, readXml, textOf, type XmlElement } from '../../../test/fakes/read-xml.ts';
import type { Chip } from '../facts/chip.ts';
import { rooflineChart } from './roofline-chart.ts';
import { printSvg } from './svg-element.ts';

const [row] = fakePlan({ model: 'deepseek-r1', inTokens: 2000, outTokens: 800 }).rows;
const work = row?.prediction.work;
const chip = fakeChips[0] as Chip;
const drawn = (of: Chip, options = {}) => readXml(printSvg(rooflineChart(of, options)));
const lines = (root: XmlElement) =>
  elementsNamed(root, 'line').filter(({ attributes }) => attributes.class === 'line');
const number = (line: XmlElement | undefined, name: string) => Number(line?.attributes[name]);

test('formats that are as fast share a roof, and the slope ends at the highest', () => {
  const root = drawn(chip);
  const [slope, ...roofs] = lines(root);
  expect(roofs).toHaveLength(2); // fp8 with int8, and bf16 at half of them
  expect(textOf(root)).toContain('FP8, INT8 1k');
  expect(textOf(root)).toContain('BF16 500');
  expect(number(slope, 'x2')).toBe(number(roofs[0], 'x1'));
  expect(number(slope, 'y2')).toBe(number(roofs[0], 'y1'));
  expect(number(roofs[1], 'y1')).toBeGreaterThan(number(roofs[0], 'y1')); // lower
});

test('each phase stands at its operations per byte and per second', () => {
  const root = drawn(chip, { work });
  const marks = elementsNamed(root, 'g').filter((g) => g.attributes['data-phase'] !== undefined);
  expect(marks.map((mark) => mark.attributes['data-phase'])).toEqual(['prefill', 'decode']);
  const [prefill, decode] = marks.map((mark) => elementsNamed(mark, 'circle')[0]);
  // 400 operations a byte against 17; 400 tera-operations a second against 33.
  expect(number(prefill, 'cx')).toBeGreaterThan(number(decode, 'cx'));
  expect(number(prefill, 'cy')).toBeLessThan(number(decode, 'cy'));
  expect(textOf(root)).toContain('prefill 400');
  expect(textOf(root)).toContain('decode 33.3');
});

test('a figure that nobody published is not drawn, and that is said', () => {
  const { bandwidthGbs: _, ...rest } = chip;
  const flat = drawn(rest as Chip);
  expect(lines(flat)).toHaveLength(2);
  expect(textOf(flat)).toContain('bandwidth is not published');
  const empty = drawn(fakeChips.at(-1) as Chip);
  expect(lines(empty)).toEqual([]);
  expect(textOf(empty)).toContain('No rate of this chip is published.');
});

test('the name of a chip is text', () => {
  const [title] = elementsNamed(drawn(fakeChips.at(-1) as Chip), 'title');
  expect(textOf(title as XmlElement)).toBe('Roofline of Ivy <b>1</b>');
});
