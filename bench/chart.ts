/**
 * `node bench/chart.ts <results.csv> [out.svg]`: how many times the peer's speed each row has, as
 * bars (docs/performance.svg). Where a row was measured more than once, the last one counts. Plain
 * SVG that takes its colours from the reader's light or dark setting.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type CsvRow, readResults } from './csv.ts';
import { calmShare } from './disturbance.ts';

const barHeight = 18;
const rowHeight = 28;
const labelWidth = 290;
const plotWidth = 380;
const margin = 16;
const headHeight = 56;

const style = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .title { font-size: 15px; font-weight: 600 }
  .quiet { fill: #59636e }
  .better { fill: #0969da } .worse { fill: #9a6700 }
  .even { stroke: #59636e; stroke-dasharray: 3 3 } .must { stroke: #1f2328; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .quiet { fill: #9198a1 }
    .better { fill: #4493f8 } .worse { fill: #d29922 }
    .even { stroke: #9198a1 } .must { stroke: #f0f6fc }
  }`;

export function chart(measured: readonly CsvRow[]): string {
  const rows = [...new Map(measured.map((row) => [row.row, row])).values()];
  const shown = rows.filter(isComparison);
  const most = Math.max(
    2,
    ...shown.map(({ ratio, must }) => Math.max(Number(ratio), Number(must))),
  );
  const x = (ratio: number) => labelWidth + (plotWidth * ratio) / most;
  const bottom = headHeight + rowHeight * shown.length;
  const width = labelWidth + plotWidth + 60;
  const [first] = shown;
  const frame = first ? `${first.cpu}, ${first.cores} cores; ${first.date}, ${first.commit}` : '';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${bottom + margin}" viewBox="0 0 ${width} ${bottom + margin}" role="img">
<style>${style}
</style>
<text class="title" x="${margin}" y="22">Sampan beside llama.cpp (dashed: 1; mark: what we hold ourselves to)</text>
<text class="quiet" x="${margin}" y="40">${escapeText(frame)}</text>
${shown.map((row, i) => bar(row, headHeight + rowHeight * i, x)).join('\n')}
<line class="even" x1="${x(1)}" y1="${headHeight - 6}" x2="${x(1)}" y2="${bottom}"/>
</svg>
`;
}

/** With the peer, not with ourselves; and nobody came between. */
function isComparison({ ratio, engines, others_share }: CsvRow): boolean {
  return ratio !== '' && engines.includes('llama.cpp') && Number(others_share) <= calmShare;
}

function bar({ row, ratio, must }: CsvRow, top: number, x: (ratio: number) => number): string {
  const end = x(Number(ratio));
  const kind = Number(ratio) >= 1 ? 'better' : 'worse';
  const baseline = top + barHeight - 5;
  const parts = [
    `<text x="${margin}" y="${baseline}">${escapeText(row)}</text>`,
    `<rect class="${kind}" x="${labelWidth}" y="${top}" width="${round(end - labelWidth)}" height="${barHeight}"/>`,
    `<text x="${round(end + 6)}" y="${baseline}">${Number(ratio).toFixed(2)}</text>`,
  ];
  if (must !== '') {
    const at = round(x(Number(must)));
    const ends = `y1="${top - 2}" y2="${top + barHeight + 2}"`;
    parts.push(`<line class="must" x1="${at}" x2="${at}" ${ends}/>`);
  }
  return parts.join('\n');
}

const round = (value: number) => value.toFixed(1);
const escapeText = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

if (import.meta.main) {
  const [csv, out = path.join(import.meta.dirname, '../docs/performance.svg')] =
    process.argv.slice(2);
  if (csv === undefined) {
    console.error('Usage: node bench/chart.ts <results.csv> [out.svg]');
    process.exit(2);
  }
  writeFileSync(out, chart(readResults(csv)));
}
