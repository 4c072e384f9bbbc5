/** Results as a table for the terminal. */
import { theirs } from './contenders.ts';
import type { Result } from './result.ts';

/** Columns of devices come first, as they were asked for. */
export function table(results: readonly Result[], devices: readonly string[]): string {
  const head = ['row', 'unit', ...devices, theirs, 'ratio', 'must', 'aim', 'GB/s', 'GMAC/s'];
  const lines = results.map((result) => [
    result.row,
    result.unit,
    ...[...devices, theirs].map((label) => show(result.medians.get(label))),
    result.ratio === undefined ? '-' : `${result.ratio.toFixed(2)}x`,
    show(result.must),
    show(result.aim),
    show(result.readGBs),
    show(result.gmacS),
    percent(result.percentOfLimit),
    percent(result.spread && 100 * result.spread),
    percent(result.othersShare && 100 * result.othersShare),
  ]);
  return align([[...head, 'of limit', 'spread', 'others'], ...lines]);
}

/** Three digits that mean something. */
function show(value: number | undefined): string {
  if (value === undefined) return '-';
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

const percent = (value: number | undefined) =>
  value === undefined ? '-' : `${Math.round(value)} %`;

/** Words to the left, numbers to the right. */
function align(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]!.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
        .join('  '),
    )
    .join('\n');
}
