/**
 * All deployments of a plan by latency and cost, both logarithmic, with error bars and the Pareto
 * front: what is left of which nothing is cheaper, and below which nothing is faster. Deployments
 * without a price stand in a strip of their own: they are never given one.
 */
import type { PlanRow } from '../plan-answer.ts';
import { type ChartAxes, chartAxes, text } from './chart-axes.ts';
import { vendorHue } from './chart-colours-table.ts';
import { type ChartSize, chartFrame } from './chart-frame.ts';
import { gradeMark } from './chart-mark.ts';
import { chartNumber } from './chart-number.ts';
import { type ChartWords, englishChartWords } from './chart-words.ts';
import { chipLabels } from './chip-label.ts';
import type { LogAxis } from './log-axis.ts';
import {
  type CostAxis,
  type LatencyAxis,
  type ParetoPoint,
  paretoFront,
  paretoPoints,
  type Range,
} from './pareto-points.ts';
import { ParetoStrip } from './pareto-strip.ts';
import { type Box, type PlacedLabel, placeLabels, textWidth } from './place-labels.ts';
import { element, type SvgElement, type SvgNode } from './svg-element.ts';

export interface ParetoOptions extends Partial<ChartSize> {
  readonly outTokens: number;
  /** tpot unless asked otherwise. */
  readonly x?: LatencyAxis;
  /** cost, or chips where no deployment has a price. */
  readonly y?: CostAxis;
  /** Of the latency that x shows, in its unit. */
  readonly limit?: number;
  /** Of a chip that stands out. */
  readonly chosen?: string;
  readonly words?: ChartWords;
}

/** Room for names at the edges. */
const padding = 0.09;
const narrow = 520;

export function paretoChart(rows: readonly PlanRow[], options: ParetoOptions): SvgElement {
  const { width = 760, height = 460, outTokens, words = englishChartWords } = options;
  const { x: latency = 'tpot', chosen } = options;
  const currency = rows.find(({ cost }) => cost !== undefined)?.cost?.currency;
  const money = options.y ?? (currency === undefined ? 'chips' : 'cost');
  const points = paretoPoints(rows, { x: latency, y: money }, outTokens);
  if (points.length === 0) return emptyChart({ width, height }, words);
  const frame = { left: 52, top: 26, right: width - 14, bottom: height - 46 };
  const strip = new ParetoStrip(points, frame, words.pareto.unpriced);
  const axes = chartAxes(
    { ...frame, top: frame.top + strip.height },
    { values: points.map((point) => point.x.value), name: words.pareto.x[latency], padding },
    {
      values: points.flatMap((point) => (point.y === undefined ? [] : [point.y.value])),
      name: money === 'chips' ? words.pareto.chips : words.pareto.cost(currency ?? ''),
      padding,
    },
  );
  const limit = limitOf(options.limit, axes.x, frame, words);
  const front = paretoFront(points);
  const names = chipLabels(rows);
  const places = points.map((point, i) => ({
    ...{ point, x: axes.x.at(point.x.value), text: names[i] as string },
    y: point.y === undefined ? strip.yOf(point) : axes.y.at(point.y.value),
    isFirst: front.includes(point),
  }));
  const labels = placeLabels(places, {
    ...{ bounds: frame, taken: [...strip.taken, ...(limit ? [limit.box] : [])] },
    // On a phone lines to names far away would hide what they lead to; the table has the names.
    farthest: width < narrow ? 44 : Infinity,
  });
  const frontNames = front.map(({ row }) => row.chipName).join(', ');
  const description = words.pareto.description(rows.length, frontNames);
  return chartFrame({ width, height }, { title: words.pareto.title, description }, [
    axes.drawn,
    strip.draw(),
    limit?.drawn,
    // Under all marks and names.
    ...places.map(({ point, ...at }) => whiskers(point, axes, at)),
    frontLine(front, axes),
    ...places.map(({ point, text: name, isFirst: isFront, ...at }, i) => {
      const isChosen = point.row.prediction.chip === chosen;
      return pointGroup(point, { at, label: labels[i], text: name, isFront, isChosen });
    }),
  ]);
}

function emptyChart(size: ChartSize, { pareto }: ChartWords): SvgElement {
  const nothing = text('quiet middle', size.width / 2, size.height / 2, pareto.nothing);
  return chartFrame(size, { title: pareto.title, description: pareto.nothing }, [nothing]);
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** A limit's line, and where the words at its foot stand; nothing where it is out of the picture. */
function limitOf(limit: number | undefined, x: LogAxis, frame: Box, { pareto }: ChartWords) {
  if (limit === undefined || limit < x.low || limit > x.high) return undefined;
  const at = x.at(limit);
  const words = `${pareto.limit} ${chartNumber(limit)}`;
  const width = textWidth(words, 11);
  const left = at + width + 8 > frame.right ? at - 5 - width : at + 5;
  const box = { left, right: left + width, top: frame.bottom - 18, bottom: frame.bottom - 2 };
  const line = { class: 'limit', x1: at, x2: at, y1: frame.top, y2: frame.bottom };
  const drawn = element('g', {}, [
    element('line', line),
    text('limit-text small halo start', left, frame.bottom - 6, words),
  ]);
  return { box, drawn };
}

/** In steps: between two deployments there is none. */
function frontLine(front: readonly ParetoPoint[], { x, y }: ChartAxes): SvgElement | undefined {
  if (front.length < 2) return undefined;
  const path = front.map((point, i) => {
    const [px, py] = [digits(x.at(point.x.value)), digits(y.at((point.y as Range).value))];
    return i === 0 ? `M${px} ${py}` : `H${px}V${py}`;
  });
  return element('path', { class: 'front', d: path.join('') });
}

interface PointPlace {
  readonly at: Place;
  readonly label: PlacedLabel | undefined;
  readonly text: string;
  readonly isFront: boolean;
  readonly isChosen: boolean;
}

function pointGroup(point: ParetoPoint, place: PointPlace): SvgElement {
  const { row } = point;
  const { at, label, isFront, isChosen } = place;
  const kinds = ['point', vendorHue(row.vendor), isFront ? 'ahead' : 'behind'];
  const attributes = {
    class: [...kinds, ...(isChosen ? ['chosen'] : [])].join(' '),
    'data-chip': row.prediction.chip,
  };
  const nodes: (SvgNode | undefined)[] = [
    element('title', {}, [hint(point, place.text)]),
    label?.isFar ? leader(at, label) : undefined,
    gradeMark(row.prediction.grade, at.x, at.y),
    label === undefined
      ? undefined
      : text(`label halo${isFront || isChosen ? ' strong' : ''}`, label.x, label.y, place.text),
  ];
  return element('g', attributes, nodes);
}

function hint({ x, y, row }: ParetoPoint, name: string): string {
  const range = ({ low, value, high }: Range) =>
    low === high
      ? chartNumber(value)
      : `${chartNumber(value)} (${chartNumber(low)}–${chartNumber(high)})`;
  const { engine, precision, layout, grade } = row.prediction;
  const cost = y === undefined ? '' : `, ${range(y)}`;
  return `${name}: ${range(x)}${cost}; ${engine} ${precision} ${layout} × ${row.replicas}, ${grade}`;
}

function whiskers(
  { row, x: across, y: up }: ParetoPoint,
  { x, y }: ChartAxes,
  at: Place,
): SvgElement {
  const kind = up === undefined ? 'unpriced ' : '';
  const attributes = { class: kind + vendorHue(row.vendor), 'data-error-bar': row.prediction.chip };
  const [left, right] = [x.clamped(across.low), x.clamped(across.high)];
  return element('g', attributes, [
    element('line', { class: 'whisker', x1: left, x2: right, y1: at.y, y2: at.y }),
    up === undefined || up.low === up.high
      ? undefined
      : element('line', {
          ...{ class: 'whisker', x1: at.x, x2: at.x },
          ...{ y1: y.clamped(up.low), y2: y.clamped(up.high) },
        }),
  ]);
}

function leader(at: Place, label: PlacedLabel): SvgElement {
  const middle = (label.top + label.bottom) / 2;
  const end = Math.min(Math.max(at.x, label.left), label.right);
  return element('line', { class: 'leader', x1: at.x, y1: at.y, x2: end, y2: middle });
}

const digits = (value: number) => (Math.round(value * 10) / 10).toString();
