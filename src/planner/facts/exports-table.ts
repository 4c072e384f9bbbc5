/**
 * Export control, as reported, event by event: the last row of a chip and region is the latest known.
 * It moves several times a year; it is shown and never used to rank. A chip without a row: nothing
 * was found, which does not mean open. Only what a newspaper is named for is grade B.
 */
import type { Grade } from './figure.ts';
import type { ExportStatus } from './market.ts';

function toChina(
  chips: readonly string[],
  status: ExportStatus['status'],
  asOf: string,
  source: string,
  note: string,
  grade: Grade = 'C',
): ExportStatus[] {
  return chips.map((chip) => ({ chip, region: 'cn', status, asOf, grade, source, note }));
}

const h20 = ['h20', 'h20-141g'];

export const exportsTable: readonly ExportStatus[] = [
  ...toChina(
    ['a100', 'h100', 'h100-pcie', 'h200'],
    'barred',
    '2022-10',
    '950WP',
    'The first American rules bar the A100 and what is faster from China.',
  ),
  ...toChina(['a800', 'h800'], 'barred', '2023-10', '950WP', 'The rules of October 2023.'),
  ...toChina(h20, 'licence', '2025-04-09', 'NBC', 'The H20 needs a licence from now on.', 'B'),
  ...toChina(
    h20,
    'licence',
    '2025-08',
    'TODAY',
    'Licences against 15 % of the revenue; not written into a rule.',
  ),
  ...toChina(
    h20,
    'licence',
    '2025-09',
    '950WP',
    'The Chinese regulator discourages buying it as well.',
  ),
  ...toChina(
    ['h200'],
    'licence',
    '2025-12-09',
    'XUQ',
    'Allowed against 25 % of the revenue; Beijing stalls.',
  ),
  ...toChina(['h200'], 'licence', '2026-05', '950WP', 'Cleared for ten Chinese firms.'),
  ...toChina(
    ['ascend-950dt'],
    'open',
    '2026-09',
    '950WP',
    'Made in China; DeepSeek is reported to order 160,000 of them.',
  ),
];
