/**
 * The strip above the Pareto chart for deployments without a price: they are given none, so how high
 * they stand means nothing. They take turns in a few rows, which gives their names room.
 */
import { text } from './chart-axes.ts';
import type { ParetoPoint } from './pareto-points.ts';
import { type Box, textWidth } from './place-labels.ts';
import { element, type SvgElement } from './svg-element.ts';

const [head, rowHeight, gap] = [16, 21, 10];
const [perRow, mostRows] = [4, 6];

export class ParetoStrip {
  /** With its distance from the plot; 0 where every deployment has a price. */
  readonly height: number;
  readonly #place: Box;
  readonly #words: string;
  /** From left to right, so that neighbours are in different rows. */
  readonly #points: readonly ParetoPoint[];
  readonly #numRows: number;

  constructor(points: readonly ParetoPoint[], { left, top, right }: Box, words: string) {
    this.#words = words;
    this.#points = points.filter(({ y }) => y === undefined).sort((a, b) => a.x.value - b.x.value);
    this.#numRows = Math.min(mostRows, Math.ceil(this.#points.length / perRow));
    const height = this.#numRows === 0 ? 0 : head + rowHeight * this.#numRows;
    this.height = height === 0 ? 0 : height + gap;
    this.#place = { left, top, right, bottom: top + height };
  }

  yOf(point: ParetoPoint): number {
    const row = this.#points.indexOf(point) % this.#numRows;
    return this.#place.top + head + rowHeight * (row + 0.6);
  }

  /** What names must keep clear of. */
  get taken(): Box[] {
    if (this.height === 0) return [];
    const { left, top } = this.#place;
    return [{ left, top, right: left + 8 + textWidth(this.#words, 11), bottom: top + 14 }];
  }

  draw(): SvgElement | undefined {
    if (this.height === 0) return undefined;
    const { left, top, right, bottom } = this.#place;
    const size = { width: right - left, height: bottom - top };
    return element('g', {}, [
      element('rect', { class: 'strip', x: left, y: top, ...size }),
      text('quiet small start', left + 4, top + 11, this.#words),
    ]);
  }
}
