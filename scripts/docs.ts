/**
 * `npm run docs`: writes the pages that are made from the code. test/docs.test.ts holds the
 * committed pages equal to what this makes.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { cliPage } from './docs/cli-page.ts';
import { errorsPage } from './docs/errors-page.ts';

const root = path.resolve(import.meta.dirname, '..');
writeFileSync(path.join(root, 'docs', 'errors.md'), errorsPage());
writeFileSync(path.join(root, 'docs', 'cli.md'), cliPage());
