/** For tests of passes: builds a routine, runs a pass on it, and gives the lines of its body. */
import { type Builder, buildRoutine, type RoutineInputs } from '../../src/compiler/ir/builder.ts';
import { print } from '../../src/compiler/ir/printer.ts';
import type { Routine } from '../../src/compiler/ir/types.ts';
import { verify } from '../../src/compiler/ir/verifier.ts';
import { traits16 } from './try-op.ts';

export function bodyAfter(
  pass: (routine: Routine) => Routine,
  body: (k: Builder, inputs: RoutineInputs) => void,
): string[] {
  const routine = buildRoutine('tried', traits16, body);
  verify(routine);
  const after = pass(routine);
  verify(after);
  return print(after)
    .split('\n')
    .slice(1, -2)
    .map((line) => line.slice(2));
}
