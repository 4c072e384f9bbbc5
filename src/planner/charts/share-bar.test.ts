import { expect, test } from 'vitest';
import { elementsNamed, readXml, textOf, type XmlElement } from '../../../test/fakes/read-xml.ts';
import { shareBar } from './share-bar.ts';
import { printSvg } from './svg-element.ts';

const parts = {
  prefill: { products: 6, attention: 1, experts: 2, collectives: 1, overhead: 0 },
  decode: { products: 0, attention: 0, experts: 0, collectives: 0, overhead: 0 },
};
const drawn = (width = 620) => readXml(printSvg(shareBar(parts, { width })));

test('pieces are as long as their share and fill the bar', () => {
  const rects = elementsNamed(drawn(), 'rect').filter((r) => r.attributes['data-part']);
  const widths = rects.map((rect) => Number(rect.attributes.width));
  expect(rects.map((rect) => rect.attributes['data-part'])).toEqual([
    ...['products', 'attention', 'experts', 'collectives'],
  ]);
  expect(widths[0]).toBeCloseTo(6 * (widths[1] as number), 0);
  const last = rects.at(-1)?.attributes;
  expect(Number(last?.x) + Number(last?.width)).toBeCloseTo(620, 0);
});

test('the shares are said in words, and a phase without time has none', () => {
  const [description] = elementsNamed(drawn(), 'desc');
  expect(textOf(description as XmlElement)).toBe(
    'prefill: products 60 %, attention 10 %, experts 20 %, between chips 10 %. decode: .',
  );
});

test('the legend breaks where it is narrow', () => {
  const legendOf = (root: XmlElement) =>
    elementsNamed(root, 'rect').filter((rect) => !rect.attributes['data-part']);
  expect(new Set(legendOf(drawn(620)).map((r) => r.attributes.y)).size).toBe(1);
  const narrow = legendOf(drawn(300));
  expect(new Set(narrow.map((r) => r.attributes.y)).size).toBeGreaterThan(1);
  expect(narrow.every((r) => Number(r.attributes.x) < 290)).toBe(true);
});
