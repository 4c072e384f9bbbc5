/**
 * One row: every contender in a process of its own, warmed up, and rounds in which all have their
 * turn, the first one last the next time. A round that others disturbed is measured again,
 * `patience` times in all; the calmest measurements count. A contender that fails has no number
 * but a reason; the others go on.
 */
import { statSync } from 'node:fs';
import { totalmem } from 'node:os';
import { ContenderRun, isMeasuredFresh, type Outcome, type RunOptions } from './contender-run.ts';
import type { Contender } from './contenders.ts';
import { waitForCalm } from './disturbance.ts';
import type { Row } from './rows.ts';

/** Times the rounds asked for. */
const patience = 3;
const waitMs = 20_000;

export async function runRow(
  row: Row,
  contenders: readonly Contender[],
  options: RunOptions,
): Promise<Outcome[]> {
  const isClosedEachTime = isMeasuredFresh(row) || !fitTogether(options.file);
  const runs = contenders.map((contender) => new ContenderRun(row, contender, options));
  const mostRounds = options.isHurried ? options.rounds : patience * options.rounds;
  try {
    // A round that is not kept brings the file into memory.
    const firstRound = isMeasuredFresh(row) ? -1 : 0;
    for (let round = firstRound; round < mostRounds; round++) {
      const isSwapped = round % 2 !== 0;
      for (const run of isSwapped ? runs.toReversed() : runs) {
        if (run.isDone) continue;
        if (!options.isHurried && round >= 0) await waitForCalm(waitMs);
        await run.round(round);
        if (isClosedEachTime) run.close();
      }
    }
  } finally {
    for (const run of runs) run.close();
  }
  return runs.map(({ outcome }) => outcome);
}

/** Two engines with their copies of the weights, and the file in memory besides. */
function fitTogether(file: string): boolean {
  return 3.2 * statSync(file).size < totalmem();
}
