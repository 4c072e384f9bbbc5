/**
 * A chip's roofline: what it can compute at most for each byte it reads, by number format, and where
 * a deployment's phases stand under it. Roofs of figures that are not published are not drawn.
 */
import type { Chip, RateType } from '../facts/chip.ts';
import type { Figure } from '../facts/figure.ts';
import type { PhaseWork } from '../prediction.ts';
import { type ChartAxes, chartAxes, text } from './chart-axes.ts';
import { type ChartSize, chartFrame } from './chart-frame.ts';
import { chartNumber } from './chart-number.ts';
import { type ChartWords, englishChartWords } from './chart-words.ts';
import { type Box, placeLabels, textWidth } from './place-labels.ts';
import { element, type SvgElement } from './svg-element.ts';

export interface RooflineOptions extends Partial<ChartSize> {
  /** What a chip does in a step of either phase. */
  readonly work?: { readonly prefill: PhaseWork; readonly decode: PhaseWork } | undefined;
  readonly words?: ChartWords;
}

interface Roof {
  /** `FP8, INT8` where both are as high. */
  readonly name: string;
  readonly teraOps: number;
  /** Operations per byte from which on it is reached; absent without a bandwidth. */
  readonly ridge: number | undefined;
}

interface Point {
  readonly phase: 'prefill' | 'decode';
  readonly intensity: number;
  readonly teraOps: number;
}

const tera = 1e12;

export function rooflineChart(chip: Chip, options: RooflineOptions = {}): SvgElement {
  const { width = 620, height = 340, words = englishChartWords } = options;
  const roofs = roofsOf(chip);
  const points = pointsOf(options.work);
  const title = words.roofline.title(chip.name);
  const description = words.roofline.description(
    roofs.map(roofText).join(', ') || '–',
    points.map((p) => `${words[p.phase]} ${chartNumber(p.teraOps)}`).join(', ') || '–',
  );
  if (roofs.length === 0) {
    const nothing = text('quiet middle', width / 2, height / 2, words.roofline.noRates);
    return chartFrame({ width, height }, { title, description }, [nothing]);
  }
  const plot = { left: 52, top: 26, right: width - 14, bottom: height - 46 };
  const ridges = roofs.flatMap(({ ridge }) => (ridge === undefined ? [] : [ridge]));
  const intensities = points.map(({ intensity }) => intensity);
  const lowest = Math.min(...intensities, ...ridges, 100) / 4;
  const axes = chartAxes(
    plot,
    {
      values: [...intensities, ...ridges.map((ridge) => 6 * ridge), lowest],
      name: words.roofline.x,
    },
    {
      values: [
        ...roofs.map(({ teraOps }) => 1.3 * teraOps),
        ...points.flatMap(({ teraOps }) => [teraOps / 1.5, teraOps]),
        ...(chip.bandwidthGbs ? [(lowest * chip.bandwidthGbs.value) / 1000] : [1]),
      ],
      name: words.roofline.y,
    },
  );
  return chartFrame({ width, height }, { title, description }, [
    axes.drawn,
    slope(chip.bandwidthGbs, roofs, axes),
    ...roofs.map((roof, i) => roofLine(roof, i, axes, plot)),
    chip.bandwidthGbs
      ? undefined
      : text('quiet start', plot.left + 8, plot.bottom - 10, words.roofline.noBandwidth),
    ...pointMarks(points, axes, plot, roofs, words),
  ]);
}

function roofsOf({ rates, bandwidthGbs }: Chip): Roof[] {
  const byHeight = new Map<number, string[]>();
  for (const type of Object.keys(rates) as RateType[]) {
    const rate = rates[type];
    if (rate === undefined || rate === 'none') continue;
    byHeight.set(rate.value, [...(byHeight.get(rate.value) ?? []), type.toUpperCase()]);
  }
  const roofs = [...byHeight].sort(([a], [b]) => b - a);
  return roofs.map(([teraOps, names]) => ({
    ...{ teraOps, name: names.join(', ') },
    ridge: bandwidthGbs && (teraOps * 1000) / bandwidthGbs.value,
  }));
}

function pointsOf(work: RooflineOptions['work']): Point[] {
  if (work === undefined) return [];
  return (['prefill', 'decode'] as const).flatMap((phase) => {
    const { operations, bytes, seconds } = work[phase];
    const isThere = operations > 0 && bytes > 0 && seconds > 0;
    return isThere
      ? [{ phase, intensity: operations / bytes, teraOps: operations / seconds / tera }]
      : [];
  });
}

/** What memory lets through, up to the highest roof. */
function slope(
  bandwidth: Figure | undefined,
  roofs: readonly Roof[],
  { x, y }: ChartAxes,
): SvgElement | undefined {
  const top = roofs[0]?.ridge;
  if (bandwidth === undefined || top === undefined) return undefined;
  const start = Math.max(x.low, (y.low * 1000) / bandwidth.value);
  const height = (intensity: number) => y.at((intensity * bandwidth.value) / 1000);
  const middle = Math.sqrt(start * (roofs.at(-1)?.ridge as number));
  const label = `${chartNumber(bandwidth.value)} GB/s`;
  return element('g', { class: 'hue3' }, [
    element('line', {
      ...{ class: 'line', x1: x.at(start), y1: height(start), x2: x.at(top), y2: height(top) },
    }),
    text('quiet halo end', x.at(middle) - 10, height(middle) - 2, label),
  ]);
}

const roofText = ({ name, teraOps }: Roof) => `${name} ${chartNumber(teraOps)}`;

function roofLine(roof: Roof, index: number, { x, y }: ChartAxes, plot: Box): SvgElement {
  const at = y.at(roof.teraOps);
  const from = roof.ridge === undefined ? plot.left : x.clamped(roof.ridge);
  return element('g', { class: ['hue1', 'hue5', 'hue4', 'hue6'][index % 4] as string }, [
    element('line', { class: 'line', x1: from, x2: plot.right, y1: at, y2: at }),
    text('end halo', plot.right, at - 5, roofText(roof)),
  ]);
}

/** Their names keep clear of those of the roofs and of each other. */
function pointMarks(
  points: readonly Point[],
  { x, y }: ChartAxes,
  plot: Box,
  roofs: readonly Roof[],
  words: ChartWords,
): SvgElement[] {
  const places = points.map(({ phase, intensity, teraOps }) => ({
    ...{ x: x.at(intensity), y: y.at(teraOps) },
    ...{ phase, text: `${words[phase]} ${chartNumber(teraOps)}` },
  }));
  const taken = roofs.map((roof) => {
    const bottom = y.at(roof.teraOps);
    const left = plot.right - textWidth(roofText(roof));
    return { left, right: plot.right, top: bottom - 18, bottom: bottom + 2 };
  });
  const labels = placeLabels(places, { bounds: plot, taken });
  return places.map((place, i) => {
    const label = labels[i];
    return element('g', { class: 'hue2', 'data-phase': place.phase }, [
      element('circle', { class: 'mark', cx: place.x, cy: place.y, r: 6 }),
      label && text('label halo strong', label.x, label.y, place.text),
    ]);
  });
}
