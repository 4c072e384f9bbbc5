/**
 * Which engines are published to serve a model on a chip, and, where that is not so, why not and
 * what comes nearest. Whether the weights fit is another question: layouts answer it.
 */
import type { Chip, RateType } from './chip.ts';
import type { EngineId, EngineSupport } from './engine.ts';
import { engineSupportTable } from './engine-support-table.ts';
import { findEngine } from './find-engine.ts';
import { findPrecision } from './find-precision.ts';
import type { PrecisionId } from './precision.ts';
import type { ServedModel } from './served-model.ts';

export interface Refusal {
  /** A clause about the chip, as after "DeepSeek-R1 on Enflame S60: ". */
  readonly reason: string;
  /** A sentence: the nearest thing that works. */
  readonly nearest?: string;
}

/** Best graded first. */
export function supports(
  chip: Pick<Chip, 'id' | 'family'>,
  model: Pick<ServedModel, 'id'>,
): readonly EngineSupport[] {
  return rowsOf(chip)
    .filter((row) => row.models === undefined || row.models.includes(model.id))
    .sort((a, b) => a.grade.localeCompare(b.grade));
}

/** undefined: it is published to run. Without a precision or an engine: in any, with any. */
export function refusal(
  chip: Chip,
  model: Pick<ServedModel, 'id' | 'name'>,
  precision?: PrecisionId,
  engine?: EngineId,
): Refusal | undefined {
  const rows = supports(chip, model);
  const isAsked = (row: EngineSupport) => precision === undefined || has(row, precision);
  const withEngine = rows.filter((row) => engine === undefined || row.engine === engine);
  if (withEngine.some(isAsked)) return undefined;

  const nearest = nearestRow(rows, precision, engine);
  return {
    reason: reasonOf(chip, rows, withEngine, precision, engine),
    ...(nearest === undefined
      ? nearestModel(chip)
      : { nearest: `${model.name} runs there as ${nearest}.` }),
  };
}

function reasonOf(
  chip: Chip,
  rows: readonly EngineSupport[],
  withEngine: readonly EngineSupport[],
  precision: PrecisionId | undefined,
  engine: EngineId | undefined,
): string {
  const lacking = precision && lackingRate(chip, precision);
  if (lacking && !rows.some((row) => has(row, precision))) {
    return `the chip has no ${lacking.toUpperCase()}`;
  }
  if (rows.length === 0) return 'no engine is published to serve it there';
  if (engine === undefined) return `no engine is published to serve it there as ${precision}`;
  const { name } = findEngine(engine);
  if (withEngine.length === 0) return `${name} is not published to serve it there`;
  const served = [...new Set(withEngine.flatMap((row) => row.precisions))].join(' or ');
  return `${name} serves it there as ${served}, not as ${precision}`;
}

/** The number format that the precision multiplies in and the chip does not have. */
function lackingRate(chip: Chip, precision: PrecisionId): RateType | undefined {
  return Object.values(findPrecision(precision).products).find(
    (type) => chip.rates[type] === 'none',
  );
}

/** The same precision on another engine, else the same engine, else the best graded. */
function nearestRow(
  rows: readonly EngineSupport[],
  precision: PrecisionId | undefined,
  engine: EngineId | undefined,
): string | undefined {
  const row =
    rows.find((row) => precision !== undefined && has(row, precision)) ??
    rows.find((row) => row.engine === engine) ??
    rows[0];
  if (row === undefined) return undefined;
  const as = precision !== undefined && has(row, precision) ? precision : row.precisions[0];
  return `${as} with ${row.engine}`;
}

/** What else of DeepSeek's is published to run on the chip; a few, for a line of a table. */
function nearestModel(chip: Chip): { nearest?: string } {
  const models = [...new Set(rowsOf(chip).flatMap((row) => row.models ?? []))];
  const ours = models.filter((id) => /^(deepseek|r1)-/.test(id));
  if (ours.length === 0) return {};
  const more = ours.length > 4 ? ` and ${ours.length - 4} more` : '';
  const runs = ours.length === 1 ? 'runs' : 'run';
  return { nearest: `${ours.slice(0, 4).join(', ')}${more} ${runs} there.` };
}

const has = (row: EngineSupport, precision: PrecisionId) => row.precisions.includes(precision);

function rowsOf(chip: Pick<Chip, 'id' | 'family'>): EngineSupport[] {
  return engineSupportTable.filter(
    (row) => row.family === chip.family && (row.chips?.includes(chip.id) ?? true),
  );
}
