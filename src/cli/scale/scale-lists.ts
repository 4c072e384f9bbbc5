/** Lists on the command line of `scale`: budgets and numbers of samples, least first, each once. */
import { InvalidArgumentError } from 'commander';
import { maxSamples } from '../../engine/vote.ts';
import type { Budget } from './measure-scale.ts';

const maxItems = 20;

export function budgetList(text: string): readonly Budget[] {
  const items = split(text).map((item): Budget => {
    if (item === 'unbounded' || isWhole(item)) return item === 'unbounded' ? item : Number(item);
    throw new InvalidArgumentError('Each must be a whole number of tokens, or unbounded.');
  });
  const size = (budget: Budget) => (budget === 'unbounded' ? Number.POSITIVE_INFINITY : budget);
  return [...new Set(items)].sort((a, b) => (size(a) === size(b) ? 0 : size(a) - size(b)));
}

export function sampleList(text: string): readonly number[] {
  const items = split(text).map((item) => {
    if (isWhole(item) && Number(item) >= 1 && Number(item) <= maxSamples) return Number(item);
    throw new InvalidArgumentError(`Each must be a whole number, 1 to ${maxSamples}.`);
  });
  return [...new Set(items)].sort((a, b) => a - b);
}

function split(text: string): string[] {
  const items = text.split(',').map((item) => item.trim());
  if (items.length <= maxItems) return items;
  throw new InvalidArgumentError(`At most ${maxItems} of them.`);
}

function isWhole(text: string): boolean {
  return /^\d{1,9}$/.test(text);
}
