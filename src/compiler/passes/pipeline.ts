/**
 * What is done to every routine before a target sees it, in this order. Each pass takes a
 * well-formed routine and gives one that does the same; none knows a target.
 */
import { debug } from '../debug.ts';
import { print } from '../ir/printer.ts';
import type { Routine } from '../ir/types.ts';
import { verify } from '../ir/verifier.ts';
import { foldAddresses } from './fold-addresses.ts';
import { foldConstants } from './fold-constants.ts';
import { mergeConstants } from './merge-constants.ts';
import { mergeCopies } from './merge-copies.ts';
import { removeDead } from './remove-dead.ts';

export interface Pass {
  readonly name: string;
  run(routine: Routine): Routine;
}

export const passes: readonly Pass[] = [
  { name: 'merge copies', run: mergeCopies },
  { name: 'fold constants', run: foldConstants },
  { name: 'fold addresses', run: foldAddresses },
  { name: 'merge constants', run: mergeConstants },
  { name: 'remove dead', run: removeDead },
];

export function optimise(routine: Routine, { verifyEach = false } = {}): Routine {
  debug('passes', () => print(routine));
  if (verifyEach) verify(routine);
  let now = routine;
  for (const { name, run } of passes) {
    now = run(now);
    debug('passes', () => `after ${name}:\n${print(now)}`);
    if (verifyEach) verify(now);
  }
  debug('ir', () => print(now));
  return now;
}
