/** A row's outcomes as the numbers that are shown and kept. */
import type { Outcome } from './contender-run.ts';
import { theirs } from './contenders.ts';
import { workPerToken } from './files/work-per-token.ts';
import type { Limits } from './limits.ts';
import { type Row, rowTitle, units } from './rows.ts';
import { median, spreadOf } from './statistics.ts';

export interface Result {
  readonly row: string;
  readonly unit: string;
  /** Median by contender; undefined: it has none. */
  readonly medians: ReadonlyMap<string, number | undefined>;
  /** Of the first device to the peer; above 1 is better, whatever the unit. */
  readonly ratio: number | undefined;
  readonly must: number | undefined;
  readonly aim: number | undefined;
  /** Of the first device: weights read from memory, products computed. */
  readonly readGBs: number | undefined;
  readonly gmacS: number | undefined;
  readonly percentOfLimit: number | undefined;
  /** Of the widest contender: from the least to the most, as a share of the median. */
  readonly spread: number | undefined;
  /** Share of the processors that other programs had, in the worst measurement that counts. */
  readonly othersShare: number | undefined;
  readonly rounds: number;
  readonly engines: readonly string[];
  readonly failures: readonly string[];
}

export function resultOf(
  row: Row,
  outcomes: readonly Outcome[],
  limits: Limits | undefined,
): Result {
  const { unit, isMoreBetter } = units[row.kind];
  const medians = new Map(outcomes.map(({ label, values }) => [label, median(values)]));
  const [first] = outcomes;
  const ours = medians.get(first!.label);
  const peer = medians.get(theirs);
  const isPeer = first!.label === theirs; // alone
  const work = ours === undefined ? undefined : workOf(row, ours, limits);
  return {
    row: rowTitle(row),
    unit,
    medians,
    ratio: isPeer ? undefined : ours && peer && (isMoreBetter ? ours / peer : peer / ours),
    must: row.must,
    aim: row.aim,
    readGBs: work?.readGBs,
    gmacS: work?.gmacS,
    percentOfLimit: work?.percentOfLimit,
    spread: largest(outcomes.map(({ values }) => spreadOf(values))),
    othersShare: largest(outcomes.map(({ othersShare }) => othersShare)),
    rounds: Math.max(...outcomes.map(({ values }) => values.length)),
    engines: outcomes.map(({ engine }) => engine).filter((engine) => engine !== undefined),
    failures: outcomes
      .filter(({ failure }) => failure !== undefined)
      .map(({ label, failure }) => `${label}: ${failure}`),
  };
}

/** Streams share a pass over the weights, so a pass gives as many tokens as there are streams. */
function workOf(row: Row, rate: number, limits: Limits | undefined) {
  const { decodeBytes, prefillMacs } = workPerToken(row.shape, row.fileType);
  if (row.kind === 'prefill') {
    const gmacS = (rate * prefillMacs) / 1e9;
    return { gmacS, percentOfLimit: limits && (100 * gmacS) / limits.int8GmacS };
  }
  if (row.kind !== 'decode') return undefined;
  const readGBs = ((rate / row.streams) * decodeBytes) / 1e9;
  return { readGBs, percentOfLimit: limits && (100 * readGBs) / limits.readGBs };
}

function largest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}
