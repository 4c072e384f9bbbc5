/** Two logarithmic axes with their grid, their numbers and their names. */
import { chartNumber } from './chart-number.ts';
import { type LogAxis, logAxis } from './log-axis.ts';
import type { Box } from './place-labels.ts';
import { element, type SvgElement } from './svg-element.ts';

export interface ChartAxes {
  readonly x: LogAxis;
  readonly y: LogAxis;
  readonly drawn: SvgElement;
}

interface AxisValues {
  readonly values: readonly number[];
  readonly name: string;
  readonly padding?: number;
}

export function chartAxes(plot: Box, xs: AxisValues, ys: AxisValues): ChartAxes {
  const { left, top, right, bottom } = plot;
  const x = logAxis(xs.values, {
    ...{ from: left, to: right, maxTicks: Math.max(2, Math.floor((right - left) / 62)) },
    ...(xs.padding !== undefined && { padding: xs.padding }),
  });
  const y = logAxis(ys.values, {
    ...{ from: bottom, to: top, maxTicks: Math.max(2, Math.floor((bottom - top) / 38)) },
    ...(ys.padding !== undefined && { padding: ys.padding }),
  });
  const name = { class: 'quiet small' };
  const drawn = element('g', { class: 'axes' }, [
    ...x.ticks.flatMap((tick) => [
      element('line', { class: 'grid', x1: x.at(tick), x2: x.at(tick), y1: top, y2: bottom }),
      text('quiet middle', x.at(tick), bottom + 17, chartNumber(tick)),
    ]),
    ...y.ticks.flatMap((tick) => [
      element('line', { class: 'grid', x1: left, x2: right, y1: y.at(tick), y2: y.at(tick) }),
      text('quiet end', left - 8, y.at(tick) + 4, chartNumber(tick)),
    ]),
    element('line', { class: 'axis', x1: left, x2: right, y1: bottom, y2: bottom }),
    element('text', { ...name, class: 'quiet end', x: right, y: bottom + 36 }, [xs.name]),
    element('text', { ...name, class: 'quiet start', x: 4, y: 14 }, [ys.name]),
  ]);
  return { x, y, drawn };
}

export function text(kind: string, x: number, y: number, words: string): SvgElement {
  return element('text', { class: kind, x, y }, [words]);
}
