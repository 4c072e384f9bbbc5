/** Writes what docs/ says of the replay: the table in planner.md and the pictures beside it. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ReplayedResult } from '../../src/planner/replay/replay.ts';
import { replayScatters } from './replay-scatters.ts';
import { withReplay } from './replay-section.ts';

export function writeReplay(
  docs: string,
  rows: readonly ReplayedResult[],
  unnamed: readonly ReplayedResult[],
): void {
  for (const [file, svg] of replayScatters(rows)) writeFileSync(path.join(docs, file), svg);
  const page = path.join(docs, 'planner.md');
  writeFileSync(page, withReplay(readFileSync(page, 'utf8'), rows, unnamed));
}
