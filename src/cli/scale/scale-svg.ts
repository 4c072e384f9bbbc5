/**
 * The curve as a picture: accuracy over tokens spent on a problem (a logarithmic axis), a line for
 * each number of samples along the thinking budgets, whiskers for the 95 % intervals. Plain SVG
 * that takes its colours from the reader's light or dark setting, as docs/performance.svg does.
 */
import type { ScalePoint } from './measure-scale.ts';
import type { ScaleReport } from './run-scale.ts';

const plot = { left: 64, top: 62, width: 560, height: 300 } as const;
const width = plot.left + plot.width + 130;
const height = plot.top + plot.height + 52;
const margin = 16;

/** Lines differ in colour and in mark: colour alone is not seen by everybody. */
const series = ['circle', 'square', 'diamond', 'triangle'] as const;
const style = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .title { font-size: 15px; font-weight: 600 }
  .quiet { fill: #59636e } .end { text-anchor: end } .middle { text-anchor: middle }
  .grid { stroke: #59636e; stroke-opacity: 0.25 }
  .line { fill: none; stroke-width: 2 } .whisker { stroke-width: 1; stroke-opacity: 0.6 }
  .s0 { color: #0969da } .s1 { color: #1a7f37 } .s2 { color: #9a6700 } .s3 { color: #8250df }
  .line, .whisker { stroke: currentColor } .mark { fill: currentColor }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .quiet { fill: #9198a1 } .grid { stroke: #9198a1 }
    .s0 { color: #4493f8 } .s1 { color: #3fb950 } .s2 { color: #d29922 } .s3 { color: #ab7df8 }
  }`;

export function scaleSvg(report: ScaleReport): string {
  const { points, model, problems, settings } = report;
  const sizes = [...new Set(points.map(({ samples }) => samples))];
  const x = tokenAxis(points);
  const sampling = `temperature ${settings.temperature}, top-p ${settings.topP}`;
  const frame = `${problems.count} problems, ${sampling}, seed ${settings.seed}; whiskers: 95 % (Wilson); ${report.date}, Sampan ${report.version}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escapeText(`Accuracy of ${model.name} against tokens spent`)}</title>
<style>${style}
</style>
<text class="title" x="${margin}" y="22">${escapeText(`${model.name}: right answers against tokens spent`)}</text>
<text class="quiet" x="${margin}" y="40">${escapeText(frame)}</text>
${[0, 0.25, 0.5, 0.75, 1].map(accuracyLine).join('\n')}
${x.ticks.map((tokens) => tick(tokens, x.at(tokens))).join('\n')}
<text class="quiet end" x="${plot.left + plot.width}" y="${height - 12}">tokens a problem, all samples together</text>
${sizes.map((size, i) => line(i, size, points, x.at)).join('\n')}
</svg>
`;
}

interface Axis {
  at(tokens: number): number;
  /** Powers of two in its range. */
  readonly ticks: readonly number[];
}

function tokenAxis(points: readonly ScalePoint[]): Axis {
  const logs = points.map(({ tokensPerProblem }) => Math.log2(Math.max(1, tokensPerProblem)));
  const [first, last] = [Math.floor(Math.min(...logs)), Math.ceil(Math.max(...logs))];
  const span = Math.max(1, last - first);
  return {
    at: (tokens) => plot.left + (plot.width * (Math.log2(Math.max(1, tokens)) - first)) / span,
    ticks: Array.from({ length: span + 1 }, (_, i) => 2 ** (first + i)),
  };
}

const y = (accuracy: number) => plot.top + plot.height * (1 - accuracy);

function accuracyLine(accuracy: number): string {
  const at = round(y(accuracy));
  return `<line class="grid" x1="${plot.left}" x2="${plot.left + plot.width}" y1="${at}" y2="${at}"/>
<text class="quiet end" x="${plot.left - 8}" y="${round(y(accuracy) + 4)}">${100 * accuracy} %</text>`;
}

function tick(tokens: number, x: number): string {
  return `<text class="quiet middle" x="${round(x)}" y="${plot.top + plot.height + 18}">${tokens}</text>`;
}

function line(
  index: number,
  samples: number,
  all: readonly ScalePoint[],
  x: (tokens: number) => number,
): string {
  const points = all.filter((point) => point.samples === samples);
  const places = points.map(({ tokensPerProblem, accuracy, interval, budget }) => ({
    ...{ x: x(tokensPerProblem), y: y(accuracy), budget },
    ...{ low: y(interval[0]), high: y(interval[1]) },
  }));
  const end = places[places.length - 1];
  const path = places.map((place) => `${round(place.x)},${round(place.y)}`).join(' ');
  const legendTop = plot.top + 12 + 20 * index;
  const legendLeft = plot.left + plot.width + 24;
  return `<g class="s${index % series.length}">
<polyline class="line" points="${path}"/>
${places.map((p) => `<line class="whisker" x1="${round(p.x)}" x2="${round(p.x)}" y1="${round(p.high)}" y2="${round(p.low)}"/>`).join('\n')}
${places.map((p, i) => `<g><title>${title(points[i])}</title>${mark(index, p.x, p.y)}</g>`).join('\n')}
${end ? mark(index, legendLeft, legendTop - 4) : ''}
<text x="${legendLeft + 12}" y="${legendTop}">${samples} ${samples === 1 ? 'sample' : 'samples'}</text>
</g>`;
}

function title({ budget, tokensPerProblem, accuracy }: ScalePoint): string {
  return `budget ${budget}: ${tokensPerProblem.toFixed(1)} tokens, ${(100 * accuracy).toFixed(1)} %`;
}

function mark(index: number, x: number, y: number): string {
  const kind = series[index % series.length];
  const [cx, cy] = [round(x), round(y)];
  if (kind === 'circle') return `<circle class="mark" cx="${cx}" cy="${cy}" r="4"/>`;
  const corners = {
    square: [-3.5, -3.5, 3.5, -3.5, 3.5, 3.5, -3.5, 3.5],
    diamond: [0, -5, 5, 0, 0, 5, -5, 0],
    triangle: [0, -5, 5, 4, -5, 4],
  }[kind];
  const points = corners.map((offset, i) => round((i % 2 === 0 ? x : y) + offset)).join(' ');
  return `<polygon class="mark" points="${points}"/>`;
}

const round = (value: number) => value.toFixed(1);
const escapeText = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
