/** An effort on the command line: a word of reasoning-effort.ts, or a whole number on its scale. */
import { InvalidArgumentError } from 'commander';
import { type ReasoningEffort, reasoningEfforts } from '../engine/reasoning-effort.ts';

export function effort(text: string): ReasoningEffort | number {
  const word = reasoningEfforts.find((name) => name === text);
  if (word !== undefined) return word;
  if (/^\d{1,3}$/.test(text) && Number(text) <= 100) return Number(text);
  throw new InvalidArgumentError(`It must be ${reasoningEfforts.join(', ')}, or 0 to 100.`);
}
