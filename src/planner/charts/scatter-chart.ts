/**
 * Predicted against published, a mark for each result, both logarithmic: on the diagonal they are
 * equal, within the band they differ by at most a quarter. A colour for each family of chips.
 */
import type { ChipFamily } from '../facts/chip.ts';
import { chartAxes, text } from './chart-axes.ts';
import { familyHue } from './chart-colours-table.ts';
import { type ChartSize, chartFrame } from './chart-frame.ts';
import { chartNumber } from './chart-number.ts';
import type { LogAxis } from './log-axis.ts';
import { element, type SvgElement } from './svg-element.ts';

export interface ScatterPoint {
  readonly published: number;
  readonly predicted: number;
  readonly family: ChipFamily;
  /** What it is, for whoever points at it. */
  readonly name: string;
}

export interface ScatterOptions extends Partial<ChartSize> {
  /** What is compared, with its unit: `TPOT, ms`. */
  readonly quantity: string;
}

const tolerance = 0.25;

export function scatterChart(
  points: readonly ScatterPoint[],
  { quantity, width = 620, height = 520 }: ScatterOptions,
): SvgElement {
  const legendWidth = 190;
  const plot = { left: 52, top: 26, right: width - legendWidth, bottom: height - 46 };
  const values = points.flatMap(({ published, predicted }) => [published, predicted]);
  const { x, y, drawn } = chartAxes(
    plot,
    { values, name: `published ${quantity}` },
    { values, name: `predicted ${quantity}` },
  );
  const families = [...new Set(points.map(({ family }) => family))].sort();
  const within = points.filter(
    ({ published, predicted }) => errorOf(published, predicted) <= tolerance,
  );
  const title = `${quantity}: predicted against published`;
  const description = `${points.length} published results; ${within.length} are predicted within 25 %. Median error ${medianPercent(points)}.`;
  return chartFrame({ width, height }, { title, description }, [
    drawn,
    band(x, y),
    element('line', {
      ...{ class: 'front', x1: x.at(x.low), y1: y.at(y.low), x2: x.at(x.high), y2: y.at(y.high) },
    }),
    ...points.map(({ published, predicted, family, name }) =>
      element('g', { class: familyHue(family), 'data-family': family }, [
        element('title', {}, [
          `${name}: ${chartNumber(predicted)} predicted, ${chartNumber(published)} published`,
        ]),
        element('circle', { class: 'mark', cx: x.at(published), cy: y.at(predicted), r: 3.5 }),
      ]),
    ),
    ...families.map((family, i) => {
      const own = points.filter((point) => point.family === family);
      const [left, top] = [plot.right + 18, plot.top + 8 + 34 * i];
      return element('g', { class: familyHue(family) }, [
        element('circle', { class: 'mark', cx: left, cy: top, r: 5 }),
        text('start', left + 12, top + 4, family),
        text(
          'quiet small start',
          left + 12,
          top + 18,
          `n ${own.length}, median ${medianPercent(own)}`,
        ),
      ]);
    }),
  ]);
}

const errorOf = (published: number, predicted: number) => Math.abs(predicted / published - 1);

function medianPercent(points: readonly ScatterPoint[]): string {
  const errors = points.map((point) => errorOf(point.published, point.predicted));
  const sorted = errors.sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [a, b] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return a === undefined || b === undefined ? '–' : `${(50 * (a + b)).toFixed(1)} %`;
}

function band(x: LogAxis, y: LogAxis): SvgElement {
  const corner = (value: number, factor: number) =>
    `${Math.round(x.at(value))},${Math.round(y.clamped(value * factor))}`;
  // Steps along it, since its ends are cut off by the plot's edge.
  const values = Array.from({ length: 61 }, (_, i) => x.low * (x.high / x.low) ** (i / 60));
  const upper = values.map((value) => corner(value, 1 + tolerance));
  const lower = values.toReversed().map((value) => corner(value, 1 - tolerance));
  return element('polygon', { class: 'band', points: [...upper, ...lower].join(' ') });
}
