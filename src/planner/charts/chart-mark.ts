/** A point's mark. Its shape says how far to trust it, since colour alone is not seen by everybody. */
import type { Grade } from '../facts/figure.ts';
import { element, type SvgElement } from './svg-element.ts';

/** Corners of unit shapes: A is round, B a diamond, C a triangle. */
const corners: Readonly<Record<Exclude<Grade, 'A'>, readonly (readonly [number, number])[]>> = {
  B: [
    [0, -1.2],
    [1.2, 0],
    [0, 1.2],
    [-1.2, 0],
  ],
  C: [
    [0, -1.2],
    [1.15, 0.9],
    [-1.15, 0.9],
  ],
};

export function gradeMark(grade: Grade, x: number, y: number, radius = 5): SvgElement {
  if (grade === 'A') return element('circle', { class: 'mark', cx: x, cy: y, r: radius });
  const places = corners[grade].map(
    ([dx, dy]) => `${place(x + radius * dx)},${place(y + radius * dy)}`,
  );
  return element('polygon', { class: 'mark', points: places.join(' ') });
}

const place = (value: number) => (Math.round(value * 10) / 10).toString();
