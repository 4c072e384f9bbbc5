/** Chips on the command line of `plan` and `predict`. Whether there is such a chip the planner says. */
import { InvalidArgumentError } from 'commander';

export interface ChipWish {
  readonly chip: string;
  /** At most so many. */
  readonly count?: number;
}

const maxItems = 50;
const maxCount = 100_000;

/** `h20:16,ascend-910c`; each chip once. */
export function chipList(text: string): readonly ChipWish[] {
  const items = text.split(',').map(chipWish);
  if (items.length > maxItems) throw new InvalidArgumentError(`At most ${maxItems} of them.`);
  const names = items.map(({ chip }) => chip.toLowerCase());
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new InvalidArgumentError(`Each chip once; ${twice} is twice.`);
  return items;
}

/** Without numbers: `h20,ascend-910c`. */
export function chipNames(text: string): readonly ChipWish[] {
  const items = chipList(text);
  if (items.every(({ count }) => count === undefined)) return items;
  throw new InvalidArgumentError('It must be names alone, as in h20,ascend-910c.');
}

/** `h20:16`, or `h20` and as many as the layout takes; as the planner reads it. */
export function chipsOfOneKind(text: string): string {
  if (text.includes(',')) throw new InvalidArgumentError('It must be one chip, as in h20:16.');
  const { chip, count } = chipWish(text);
  return count === undefined ? chip : `${chip}:${count}`;
}

function chipWish(text: string): ChipWish {
  const [, chip, , digits] = /^([^:,=]+)(:(.*))?$/.exec(text.trim()) ?? [];
  if (chip === undefined || chip.trim() === '') {
    throw new InvalidArgumentError('It must be chips, as in h20 or h20:16.');
  }
  if (digits === undefined) return { chip: chip.trim() };
  const count = Number(digits);
  if (!/^\d{1,9}$/.test(digits) || count < 1 || count > maxCount) {
    throw new InvalidArgumentError(
      `The number of ${chip.trim()} must be a whole one from 1 to ${maxCount}, as in h20:16.`,
    );
  }
  return { chip: chip.trim(), count };
}
