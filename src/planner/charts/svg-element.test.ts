import { expect, test } from 'vitest';
import { readXml, textOf } from '../../../test/fakes/read-xml.ts';
import { element, printSvg } from './svg-element.ts';

const hostile = `</text><script>alert("1")</script>&amp; 'x' \u0000\ud800 ]]>`;

test('whatever a text or an attribute says, it stays one', () => {
  const printed = printSvg(element('text', { 'data-chip': hostile, x: 1.26 }, [hostile]));
  const read = readXml(printed);
  const clean = hostile.replace('\u0000', '\ufffd').replace('\ud800', '\ufffd');
  expect(read).toEqual({
    ...{ name: 'text', attributes: { 'data-chip': clean, x: '1.3' } },
    children: [clean],
  });
  expect(printed).not.toContain('<script');
  expect(textOf(read)).toBe(clean);
});

test('a place that is no number is a mistake of ours', () => {
  expect(() => element('line', { x1: Number.NaN })).toThrow('no place');
});

test('what is absent is left out', () => {
  expect(printSvg(element('g', { class: undefined }, [undefined]))).toBe('<g/>');
});
