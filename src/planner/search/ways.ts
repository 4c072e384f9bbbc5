/**
 * The ways in which a model is published to run on a chip: engine and precision, best graded first.
 * What only its makers run is not offered unless it is asked for by name.
 */
import type { Chip } from '../facts/chip.ts';
import type { EngineId, EngineSupport } from '../facts/engine.ts';
import { missingFigures } from '../facts/find-chip.ts';
import { findPrecision } from '../facts/find-precision.ts';
import type { PrecisionId } from '../facts/precision.ts';
import { refusal, supports } from '../facts/supports.ts';
import type { Asked } from './asked.ts';

export interface Way {
  readonly engine: EngineId;
  readonly precision: PrecisionId;
  readonly support: EngineSupport;
}

/** A clause about the chip, and a sentence on what works instead. */
export interface NoWay {
  readonly reason: string;
  readonly nearest?: string;
}

const inHouse: readonly EngineId[] = ['deepseek'];

export interface Ways {
  readonly able: readonly Way[];
  /** Why there is none; of several, the first. */
  readonly refused: NoWay | undefined;
}

export function waysOf(chip: Chip, { model, engine, precision }: Asked): Ways {
  const rows = supports(chip, model).filter((row) =>
    engine ? row.engine === engine.id : !inHouse.includes(row.engine),
  );
  const able = new Map<string, Way>();
  let refused: NoWay | undefined;
  for (const support of rows) {
    for (const id of support.precisions) {
      if (precision !== undefined && id !== precision) continue;
      const lacking = lackingOf(chip, id);
      if (lacking) refused ??= lacking;
      const name = `${support.engine} ${id}`;
      if (!lacking && !able.has(name)) {
        able.set(name, { engine: support.engine, precision: id, support });
      }
    }
  }
  const none = refused ?? refusal(chip, model, precision, engine?.id) ?? onlyInHouse;
  return { able: [...able.values()], refused: able.size > 0 ? undefined : none };
}

const onlyInHouse: NoWay = {
  reason: 'it is only published to run there on an engine that is not',
  nearest: 'Name that engine to see what it would do.',
};

function lackingOf(chip: Chip, id: PrecisionId): NoWay | undefined {
  const precision = findPrecision(id);
  const absent = Object.values(precision.products).find((type) => chip.rates[type] === 'none');
  if (absent !== undefined) return { reason: `the chip has no ${absent.toUpperCase()}` };
  const missing = missingFigures(chip, precision);
  if (missing.length === 0) return undefined;
  return {
    reason: `no published figure for ${missing.join(', ')}; nothing is made up in its place`,
  };
}
