/** What a step's time goes to, prefill's and decode's: a bar for each, as long as the whole. */
import type { StepParts } from '../prediction.ts';
import { text } from './chart-axes.ts';
import { type ChartSize, chartFrame } from './chart-frame.ts';
import { percent } from './chart-number.ts';
import { type ChartWords, englishChartWords } from './chart-words.ts';
import { textWidth } from './place-labels.ts';
import { element, type SvgElement } from './svg-element.ts';

export interface ShareBarOptions extends Partial<Pick<ChartSize, 'width'>> {
  readonly words?: ChartWords;
}

const hues: Readonly<Record<keyof StepParts, string>> = {
  products: 'hue3',
  attention: 'hue4',
  experts: 'hue1',
  collectives: 'hue5',
  overhead: 'hue0',
};
const order = Object.keys(hues) as (keyof StepParts)[];
const [barHeight, rowHeight, labelWidth, legendRow, swatch] = [24, 34, 76, 18, 10];

export function shareBar(
  parts: { readonly prefill: StepParts; readonly decode: StepParts },
  { width = 620, words = englishChartWords }: ShareBarOptions = {},
): SvgElement {
  const phases = (['prefill', 'decode'] as const).map((name) => ({ name, parts: parts[name] }));
  const legend = legendPlaces(width, words);
  const legendTop = 2 * rowHeight + 8;
  const height = legendTop + legendRow * ((legend.at(-1)?.row ?? 0) + 1);
  const described = phases.map(({ name, parts }) => {
    const shares = sharesOf(parts).map(
      ({ part, share }) => `${words.share.parts[part]} ${percent(share)}`,
    );
    return `${words[name]}: ${shares.join(', ')}.`;
  });
  const title = words.share.title;
  return chartFrame({ width, height }, { title, description: described.join(' ') }, [
    ...phases.map(({ name, parts }, i) => bar(words[name], sharesOf(parts), rowHeight * i, width)),
    ...legend.map(({ part, x, row }) => {
      const y = legendTop + legendRow * row;
      return element('g', { class: hues[part] }, [
        element('rect', { class: 'share', x, y, width: swatch, height: swatch }),
        text('quiet start', x + swatch + 5, y + 10, words.share.parts[part]),
      ]);
    }),
  ]);
}

interface Share {
  readonly part: keyof StepParts;
  readonly share: number;
}

function sharesOf(parts: StepParts): Share[] {
  const whole = order.reduce((sum, part) => sum + parts[part], 0);
  const shares = order.map((part) => ({ part, share: whole > 0 ? parts[part] / whole : 0 }));
  return shares.filter(({ share }) => share > 0);
}

function bar(name: string, shares: readonly Share[], top: number, width: number): SvgElement {
  const room = width - labelWidth;
  let left = labelWidth;
  const pieces = shares.flatMap(({ part, share }) => {
    const [x, wide] = [left, room * share];
    left += wide;
    const words = percent(share);
    const rect = { class: `share ${hues[part]}`, 'data-part': part };
    return [
      element('rect', { ...rect, x, y: top, width: wide, height: barHeight }),
      textWidth(words) + 8 < wide
        ? text('on-share middle', x + wide / 2, top + 16, words)
        : undefined,
    ];
  });
  return element('g', {}, [text('start', 0, top + 16, name), ...pieces]);
}

/** One after the other, in as many rows as are needed. */
function legendPlaces(width: number, words: ChartWords) {
  let [x, row] = [labelWidth, 0];
  return order.map((part) => {
    const wide = swatch + 5 + textWidth(words.share.parts[part]) + 14;
    if (x + wide > width && x > labelWidth) [x, row] = [labelWidth, row + 1];
    const place = { part, x, row };
    x += wide;
    return place;
  });
}
