import { expect, test } from 'vitest';
import { elementsNamed, readXml, textOf, type XmlElement } from '../../../test/fakes/read-xml.ts';
import { scatterChart } from './scatter-chart.ts';
import { printSvg } from './svg-element.ts';

const point = (published: number, predicted: number, family: 'hygon' | 'amd-cdna') => ({
  ...{ published, predicted, family, name: `result <${published}>` },
});
const points = [
  point(10, 10, 'hygon'),
  point(100, 110, 'hygon'),
  point(1000, 500, 'amd-cdna'),
  point(40, 60, 'amd-cdna'),
];
const root = readXml(printSvg(scatterChart(points, { quantity: 'TPOT, ms' })));

test('a mark for each result, in the colour of its family', () => {
  const marks = elementsNamed(root, 'g').filter((g) => g.attributes['data-family'] !== undefined);
  expect(marks).toHaveLength(4);
  expect(new Set(marks.map(({ attributes }) => attributes.class)).size).toBe(2);
  const [first] = marks as [XmlElement];
  expect(textOf(elementsNamed(first, 'title')[0] as XmlElement)).toBe(
    'result <10>: 10 predicted, 10 published',
  );
});

test('errors are counted by family and in all', () => {
  expect(textOf(root)).toContain('n 2, median 5.0 %'); // 0 and 10 %
  expect(textOf(root)).toContain('n 2, median 50.0 %');
  const [description] = elementsNamed(root, 'desc');
  expect(textOf(description as XmlElement)).toBe(
    '4 published results; 2 are predicted within 25 %. Median error 30.0 %.',
  );
});

test('an equal pair lies on the diagonal', () => {
  const [diagonal] = elementsNamed(root, 'line').filter((l) => l.attributes.class === 'front');
  const [mark] = elementsNamed(root, 'circle');
  const at = (name: string) => Number(diagonal?.attributes[name]);
  const share = (Number(mark?.attributes.cx) - at('x1')) / (at('x2') - at('x1'));
  expect(at('y1') + share * (at('y2') - at('y1'))).toBeCloseTo(Number(mark?.attributes.cy), 0);
});
