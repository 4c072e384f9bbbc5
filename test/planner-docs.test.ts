/** What docs/planner.md and its pictures say is what the committed planner does. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { replayScatters } from '../scripts/docs/replay-scatters.ts';
import { withReplay } from '../scripts/docs/replay-section.ts';
import { casesOf } from '../src/planner/replay/cases.ts';
import { publishedResults } from '../src/planner/replay/published.ts';
import { factorsWithoutRelease, replay } from '../src/planner/replay/replay.ts';

const docs = path.resolve(import.meta.dirname, '..', 'docs');
const read = (file: string) => readFileSync(path.join(docs, file), 'utf8');
const rows = replay(casesOf(publishedResults));

test('the table of errors is the one that npm run replay prints', () => {
  const page = read('planner.md');
  const unnamed = replay(casesOf(publishedResults), (one) => factorsWithoutRelease(one));
  expect(page).toBe(withReplay(page, rows, unnamed));
});

test.each(replayScatters(rows))('docs/%s is drawn from the same results', (file, svg) => {
  expect(read(file)).toBe(svg);
});
