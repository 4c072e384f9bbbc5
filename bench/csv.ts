/**
 * Results in a file that outlives the run: bench/results/<date>-<cpu>.csv, a line per row, each
 * with its machine and commit. A second run of the day is added to the first.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { theirs } from './contenders.ts';
import type { Frame } from './frame.ts';
import type { Result } from './result.ts';

const columns = [
  ...['row', 'unit', 'device', 'ours', 'wasm', 'theirs', 'ratio', 'must', 'aim'],
  ...[
    'gb_s',
    'gmac_s',
    'percent_of_limit',
    'spread',
    'others_share',
    'rounds',
    'engines',
    'failures',
  ],
  ...['date', 'cpu', 'cores', 'memory_gb', 'commit', 'node', 'load_average'],
] as const;

export type CsvRow = Record<(typeof columns)[number], string>;

export function appendResults(
  results: readonly Result[],
  frame: Frame,
  [device = '']: readonly string[],
): string {
  const folder = path.join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  const cpu = frame.cpu.toLowerCase().replace(/\((r|tm)\)/g, '');
  const slug = cpu.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
  const file = path.join(folder, `${frame.date}-${slug}.csv`);
  const lines = results.map((result) => cells(result, frame, device));
  const before = existsSync(file) ? readFileSync(file, 'utf8') : `${columns.join()}\n`;
  writeFileSync(file, before + lines.map((line) => `${line.map(quote).join()}\n`).join(''));
  return file;
}

function cells(result: Result, frame: Frame, device: string): string[] {
  const number = (value: number | undefined) =>
    value === undefined ? '' : String(Number(value.toPrecision(4)));
  const values: CsvRow = {
    row: result.row,
    unit: result.unit,
    device,
    ours: number(result.medians.get(device)),
    wasm: number(result.medians.get('wasm')),
    theirs: number(result.medians.get(theirs)),
    ratio: number(result.ratio),
    must: number(result.must),
    aim: number(result.aim),
    gb_s: number(result.readGBs),
    gmac_s: number(result.gmacS),
    percent_of_limit: number(result.percentOfLimit),
    spread: number(result.spread),
    others_share: number(result.othersShare),
    rounds: String(result.rounds),
    engines: result.engines.join('; '),
    failures: result.failures.join('; '),
    date: frame.date,
    cpu: frame.cpu,
    cores: String(frame.cores),
    memory_gb: String(frame.memoryGB),
    commit: frame.commit,
    node: frame.node,
    load_average: number(frame.loadAverage),
  };
  return columns.map((column) => values[column]);
}

const quote = (cell: string) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

export function readResults(file: string): CsvRow[] {
  const [head = [], ...lines] = parse(readFileSync(file, 'utf8'));
  return lines.map((line) => Object.fromEntries(line.map((cell, i) => [head[i]!, cell])) as CsvRow);
}

/** What `quote` wrote. */
function parse(text: string): string[][] {
  const lines: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\n]*))(,|\n|$)/g)) {
    lines.at(-1)!.push(quoted === undefined ? plain! : quoted.replaceAll('""', '"'));
    if (end === '\n') lines.push([]);
    if (end === '') break;
  }
  return lines.filter((line) => line.some((cell) => cell !== ''));
}
