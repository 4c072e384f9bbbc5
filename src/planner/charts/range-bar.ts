/**
 * A value with its error bar on a scale that all rows of a table share, small enough for a cell. The
 * numbers are said beside it, so it is for the eye alone.
 */
import type { LogAxis } from './log-axis.ts';
import type { Range } from './pareto-points.ts';
import { element, type SvgElement } from './svg-element.ts';

const height = 16;

export function rangeBar(range: Range, axis: LogAxis, width: number, limit?: number): SvgElement {
  const attributes = {
    ...{ class: 'chart range-bar', 'aria-hidden': 'true', viewBox: `0 0 ${width} ${height}` },
    ...{ width: String(width), height: String(height) },
  };
  const middle = height / 2;
  const [low, high] = [axis.clamped(range.low), axis.clamped(range.high)];
  return element('svg', attributes, [
    limit !== undefined && limit >= axis.low && limit <= axis.high
      ? element('line', {
          class: 'limit',
          x1: axis.at(limit),
          x2: axis.at(limit),
          y1: 0,
          y2: height,
        })
      : undefined,
    element('g', { class: 'hue3' }, [
      element('line', { class: 'whisker', x1: low, x2: high, y1: middle, y2: middle }),
      ...[low, high].map((x) => element('line', { class: 'whisker', x1: x, x2: x, y1: 4, y2: 12 })),
      element('circle', { class: 'mark', cx: axis.clamped(range.value), cy: middle, r: 4 }),
    ]),
  ]);
}
