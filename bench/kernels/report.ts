/**
 * A family of kernel benchmarks as a program: which devices, how long, a table or JSON. Refused:
 * options that it does not know.
 *   node bench/kernels/products.ts [--quick] [--json] [--device native|wasm] [--threads n]
 *     [--only text]
 */
import { parseArgs } from 'node:util';
import { Bench, type Kind, type Row, type Timing, type Work } from './measure.ts';

interface Result extends Timing {
  readonly row: string;
  readonly device: Kind;
  /** At the least time. */
  readonly gmacS: number | undefined;
  readonly gmacPercent: number | undefined;
  readonly gbS: number | undefined;
  readonly gbPercent: number | undefined;
}

/** How long a row is repeated. */
const goalMs = { quick: 150, full: 500 } as const;

export async function runFamily(family: string, rows: readonly Row[]): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      device: { type: 'string' },
      threads: { type: 'string' },
      only: { type: 'string', default: '' },
    },
  });
  const kinds = values.device === undefined ? (['native', 'wasm'] as const) : [values.device];
  const chosen = rows.filter(
    ({ name, isQuick }) => (isQuick || !values.quick) && name.includes(values.only),
  );
  const results: Result[] = [];
  for (const kind of kinds) {
    if (kind !== 'native' && kind !== 'wasm') throw new Error(`no device ${kind}`);
    const bench = await Bench.open(kind, values.threads ? Number(values.threads) : undefined);
    if ('refused' in bench) {
      console.error(`${kind}: ${bench.refused}`);
      continue;
    }
    const { readGBs, int8GmacS, f32GmacS } = bench.limits;
    if (!values.json) {
      console.log(
        `${family} on ${kind}, ${bench.threads} threads; at most ${round(readGBs)} GB/s, ` +
          `${round(int8GmacS)} GMAC/s of int8, ${round(f32GmacS)} of f32\n${line(head)}`,
      );
    }
    for (const row of chosen) {
      const goal = values.quick ? goalMs.quick : goalMs.full;
      const result = resultOf(row, bench, await bench.measure(row, goal));
      results.push(result);
      if (!values.json) console.log(line(cells(result)));
    }
    await bench.close();
  }
  if (values.json) console.log(JSON.stringify({ family, results }, null, 2));
}

function resultOf(row: Row, { kind, limits }: Bench, measured: Timing & Work): Result {
  const { leastMs, medianMs, macs, limit = 'f32GmacS', bytes } = measured;
  const gmacS = macs && macs / leastMs / 1e6;
  const gbS = bytes && bytes / leastMs / 1e6;
  return {
    ...{ row: row.name, device: kind, leastMs, medianMs },
    ...{ gmacS, gmacPercent: gmacS && (100 * gmacS) / limits[limit] },
    ...{ gbS, gbPercent: gbS && (100 * gbS) / limits.readGBs },
  };
}

const head = ['', 'ms', 'median', 'GMAC/s', 'of limit', 'GB/s', 'of limit'];

function cells(result: Result): string[] {
  const { row, leastMs, medianMs, gmacS, gmacPercent, gbS, gbPercent } = result;
  const numbers = [leastMs, medianMs, gmacS, gmacPercent, gbS, gbPercent].map(round);
  return [row, ...numbers.map((text, i) => (i === 3 || i === 5 ? percent(text) : text))];
}

const percent = (text: string) => (text === '-' ? text : `${text} %`);

/** Three digits that mean something. */
function round(value: number | undefined): string {
  if (value === undefined) return '-';
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function line([name, ...numbers]: readonly string[]): string {
  return [name!.padEnd(44), ...numbers.map((text) => text.padStart(9))].join(' ');
}
