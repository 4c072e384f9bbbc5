/**
 * The charts' style sheet, once with the reader's setting asked by a media query (files), once with
 * `light-dark()` (pages and reports, where a theme can be chosen).
 */
import { chartColours } from './chart-colours-table.ts';

const rules = `
.chart { color: var(--chart-ink); max-width: 100%; height: auto }
.chart text { font: 12px system-ui, -apple-system, Segoe UI, sans-serif; fill: var(--chart-ink) }
.chart .small { font-size: 11px } .chart .strong { font-weight: 600 }
.chart .quiet { fill: var(--chart-quiet) }
.chart .start { text-anchor: start } .chart .end { text-anchor: end } .chart .middle { text-anchor: middle }
.chart .grid { stroke: var(--chart-quiet); stroke-opacity: 0.22 } .chart .axis { stroke: var(--chart-quiet) }
.chart .halo { paint-order: stroke; stroke: var(--chart-paper); stroke-width: 3px; stroke-linejoin: round }
.chart .leader { stroke: var(--chart-quiet); stroke-opacity: 0.55; stroke-width: 1 }
.chart .front { fill: none; stroke: var(--chart-front); stroke-width: 2; stroke-linejoin: round }
.chart .limit { stroke: var(--chart-limit); stroke-dasharray: 4 4 } .chart .limit-text { fill: var(--chart-limit) }
.chart .strip { fill: var(--chart-quiet); fill-opacity: 0.09 } .chart .band { fill: var(--chart-front); fill-opacity: 0.12 }
.chart .line { fill: none; stroke: currentColor; stroke-width: 2 }
.chart .whisker { fill: none; stroke: currentColor; stroke-opacity: 0.4 } .chart .unpriced .whisker { stroke-opacity: 0.22 }
.chart .mark { fill: currentColor; stroke: var(--chart-paper); stroke-width: 1 } .chart .behind .mark { fill-opacity: 0.55 }
.chart .share { fill: currentColor; stroke: var(--chart-paper); stroke-width: 1 } .chart text.on-share { fill: var(--chart-paper) }
.chart .chosen .mark { stroke: var(--chart-ink); stroke-width: 2.5 }
`;

const hues = Object.keys(chartColours)
  .filter((name) => name.startsWith('hue'))
  .map((name) => `.chart .${name} { color: var(--chart-${name}) }`)
  .join('\n');

function variables(colour: (pair: readonly [string, string]) => string): string {
  const rows = Object.entries(chartColours).map(
    ([name, pair]) => `--chart-${name}: ${colour(pair)}`,
  );
  return `.chart { ${rows.join('; ')} }`;
}

export const fileStyle = `
${variables(([light]) => light)}
@media (prefers-color-scheme: dark) { ${variables(([, dark]) => dark)} }
${rules}${hues}
`;

export const pageStyle = `
${variables(([light, dark]) => `light-dark(${light}, ${dark})`)}
${rules}${hues}
`;
