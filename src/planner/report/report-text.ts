/** Numbers, ranges and links as the report writes them. */

import { element, type SvgElement, type SvgNode } from '../charts/svg-element.ts';
import type { Figure } from '../facts/figure.ts';

export type SourceAddress = (tag: string) => string | undefined;

const digits = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export const number = (value: number) => (value >= 1000 ? whole : digits).format(value);

export function milliseconds(ms: number): string {
  return ms >= 10_000 ? `${number(ms / 1000)} s` : `${number(ms)} ms`;
}

export function range(low: number, high: number): string {
  return `${number(Math.min(low, high))}–${number(Math.max(low, high))}`;
}

/** The name of a source, with its address where that can be followed; nothing but the web is. */
export function sourceLink(tag: string, address: SourceAddress): SvgElement {
  const href = address(tag);
  if (href === undefined || !/^https?:\/\//i.test(href)) return element('span', {}, [tag]);
  return element('a', { href, rel: 'noreferrer' }, [tag]);
}

/** A figure: value, unit, grade, source, date, note. */
export function figureCells(figure: Figure, unit: string, address: SourceAddress): SvgElement[] {
  return [
    cell(`${number(figure.value)} ${unit}`, 'number'),
    element('td', {}, [badge(figure.grade)]),
    element('td', {}, [sourceLink(figure.source, address)]),
    cell(figure.date),
    cell(figure.note ?? ''),
  ];
}

export function badge(grade: string): SvgElement {
  return element('span', { class: `badge grade-${grade}` }, [grade]);
}

export function cell(content: SvgNode, kind?: string): SvgElement {
  return element('td', { class: kind }, [content]);
}

export function table(heads: readonly string[], rows: readonly SvgElement[]): SvgElement {
  return element('div', { class: 'frame' }, [
    element('table', {}, [
      element('thead', {}, [
        element(
          'tr',
          {},
          heads.map((head) => element('th', { scope: 'col' }, [head])),
        ),
      ]),
      element('tbody', {}, rows),
    ]),
  ]);
}

/** A list of facts: terms with what they are. */
export function facts(pairs: readonly (readonly [string, SvgNode])[]): SvgElement {
  const nodes = pairs.flatMap(([term, value]) => [
    element('dt', {}, [term]),
    element('dd', {}, [value]),
  ]);
  return element('dl', {}, nodes);
}
