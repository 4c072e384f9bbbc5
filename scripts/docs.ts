/**
 * `npm run docs`: writes the pages that are made from the code. test/docs.test.ts holds the
 * committed pages equal to what this makes.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { casesOf } from '../src/planner/replay/cases.ts';
import { publishedResults } from '../src/planner/replay/published.ts';
import { factorsWithoutRelease, replay } from '../src/planner/replay/replay.ts';
import { cliPage } from './docs/cli-page.ts';
import { errorsPage } from './docs/errors-page.ts';
import { writeReplay } from './docs/write-replay.ts';

const root = path.resolve(import.meta.dirname, '..');
writeFileSync(path.join(root, 'docs', 'errors.md'), errorsPage());
writeFileSync(path.join(root, 'docs', 'cli.md'), cliPage());
const cases = casesOf(publishedResults);
const unnamed = replay(cases, (one) => factorsWithoutRelease(one));
writeReplay(path.join(root, 'docs'), replay(cases), unnamed);
