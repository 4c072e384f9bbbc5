/** A row's measurements as two lines of the table: tokens/s, and the median time to the first token. */
import { theirs } from '../contenders.ts';
import type { Result } from '../result.ts';
import { median, spreadOf } from '../statistics.ts';
import type { Measured } from './measure-clients.ts';
import { type ServeRow, serveTitle } from './rows.ts';

interface MeasuredContender {
  readonly label: string;
  readonly calm: readonly Measured[];
  readonly othersShare: number;
}

const engineOf = ({ label }: MeasuredContender) =>
  label === theirs ? 'llama.cpp (node-llama-cpp) behind a thin server' : `sampan serve ${label}`;

export function serveResults(row: ServeRow, contenders: readonly MeasuredContender[]): Result[] {
  const title = serveTitle(row);
  const failures = contenders
    .filter(({ calm }) => calm.length === 0)
    .map(({ label }) => `${label}: no calm round`);
  const result = (
    name: string,
    unit: string,
    isMoreBetter: boolean,
    valuesOf: (contender: MeasuredContender) => number[],
  ): Result => {
    const values = contenders.map((contender) => [contender.label, valuesOf(contender)] as const);
    const medians = new Map(values.map(([label, all]) => [label, median(all)]));
    const ours = medians.get(contenders[0]?.label ?? '');
    const peer = medians.get(theirs);
    return {
      ...{ row: `${title}${name}`, unit, medians },
      ratio: ours && peer && (isMoreBetter ? ours / peer : peer / ours),
      must: isMoreBetter ? row.must : undefined,
      ...{ aim: undefined, readGBs: undefined, gmacS: undefined, percentOfLimit: undefined },
      spread: Math.max(...values.map(([, all]) => spreadOf(all) ?? 0)),
      othersShare: Math.max(...contenders.map(({ othersShare }) => othersShare)),
      rounds: Math.max(...contenders.map(({ calm }) => calm.length)),
      ...{ engines: contenders.map(engineOf), failures },
    };
  };
  return [
    result('', 'tokens/s', true, ({ calm }) => calm.map((round) => round.tokensPerSecond)),
    result(', TTFT', 's', false, ({ calm }) =>
      calm.map(({ ttftMs }) => (median(ttftMs) as number) / 1000),
    ),
  ];
}
