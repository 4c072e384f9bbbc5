/**
 * A chip by what people call it (case, dashes, underscores and blanks do not matter), and what it
 * lacks: a figure that nobody published is missed here, never filled in.
 */
import { error } from '../../base/errors.ts';
import { nearestNames } from '../../base/nearest-names.ts';
import type { Chip, RateType } from './chip.ts';
import { chipsTable } from './chips-table.ts';
import type { Precision } from './precision.ts';

const byKey = new Map<string, Chip>(
  chipsTable.flatMap((chip) =>
    [chip.id, chip.name, ...chip.aliases].map((name): [string, Chip] => [nameKey(name), chip]),
  ),
);

export function findChip(name: string): Chip {
  const chip = byKey.get(nameKey(name));
  if (chip !== undefined) return chip;
  throw error('plan_chip_unknown', { name, nearest: nearest(name).join(', ') });
}

/** Names that differ only in how they are written are one name. */
export function nameKey(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Ids of the chips that have a name close to it. */
function nearest(name: string): string[] {
  const names = nearestNames(nameKey(name), [...byKey.keys()], 8);
  return [...new Set(names.map((name) => byKey.get(name)?.id as string))].slice(0, 4);
}

/**
 * Figures without which nothing can be said of the chip: of attention, which is in 16 bits, of
 * memory, and with a precision of what it multiplies in.
 */
export function missingFigures(chip: Chip, precision?: Precision): string[] {
  const types = new Set<RateType>(['bf16', ...Object.values(precision?.products ?? {})]);
  return [
    ...[...types].filter((type) => chip.rates[type] === undefined).map((type) => `${type} rate`),
    ...(chip.memoryGb === undefined ? ['memory'] : []),
    ...(chip.bandwidthGbs === undefined ? ['memory bandwidth'] : []),
  ];
}

/** Everything that nobody published of the chip, for a page about it. */
export function unpublishedFigures(chip: Chip): string[] {
  const types: readonly RateType[] = ['bf16', 'fp8', 'int8', 'fp4'];
  return [
    ...types.filter((type) => chip.rates[type] === undefined).map((type) => `${type} rate`),
    ...(chip.memoryGb === undefined ? ['memory'] : []),
    ...(chip.bandwidthGbs === undefined ? ['memory bandwidth'] : []),
    ...(chip.scaleUp === undefined ? ['link bandwidth'] : []),
    ...(chip.scaleOut === undefined ? ['network bandwidth'] : []),
    ...(chip.watts === undefined && chip.allInWatts === undefined ? ['power'] : []),
  ];
}
