/** docs/errors.md from the table of errors, in the table's order. */
import { type ErrorRow, errorTable } from '../../src/base/errors-table.ts';

export function errorsPage(): string {
  const rows: [string, ErrorRow][] = Object.entries(errorTable);
  const sections = rows.map(([code, { status, message, remedy }]) => {
    const lines = [`## ${code}`, '', `\`${message}\``, '', `HTTP status ${status}.`];
    return [...lines, ...(remedy === '' ? [] : ['', remedy]), ''].join('\n');
  });
  return [
    '# Errors',
    '',
    'Made from `src/base/errors-table.ts` by `npm run docs`. Every one is a `SampanError` with',
    '`code`, `fields` (the values in braces), `message`, `remedy` and `status`. On the command',
    'line 400 and 404 are exit code 2, a mistake in what was asked for; the rest is exit code 1.',
    'Anything that is no `SampanError` is a bug of ours: please report it.',
    '',
    ...sections,
  ].join('\n');
}
