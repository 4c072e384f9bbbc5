/** What every chart begins with: its size, its name and what it shows in words. */

import { fileStyle } from './chart-style.ts';
import { element, printSvg, type SvgElement, type SvgNode } from './svg-element.ts';

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

export function chartFrame(
  { width, height }: ChartSize,
  words: { readonly title: string; readonly description: string },
  children: readonly (SvgNode | undefined)[],
): SvgElement {
  const attributes = {
    ...{ class: 'chart', role: 'img', viewBox: `0 0 ${width} ${height}` },
    ...{ width: String(width), height: String(height) },
  };
  return element('svg', attributes, [
    element('title', {}, [words.title]),
    element('desc', {}, [words.description]),
    ...children,
  ]);
}

/** A chart as a file of its own, which takes light or dark from its reader's setting. */
export function svgFile(chart: SvgElement): string {
  const [title, description, ...rest] = chart.children;
  const attributes = { xmlns: 'http://www.w3.org/2000/svg', ...chart.attributes };
  const style = element('style', {}, [fileStyle]);
  return `${printSvg(element('svg', attributes, [title, description, style, ...rest]))}\n`;
}
