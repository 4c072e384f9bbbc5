/** What this machine would reach, as people read it. */
import { describeLimits } from '../commands/doctor.ts';
import { harmless } from '../print-reply.ts';
import { paint, type Terminal } from '../terminal.ts';
import { amountText, gigabytesText } from './figures.ts';
import type { HereAnswer, HereRow, Range } from './plan-here.ts';
import { type Column, lineWidth, textTable, wrapped } from './text-table.ts';

const columns: readonly Column<HereRow>[] = [
  { head: 'model', align: 'left', cell: ({ model }) => model },
  { head: 'precision', align: 'left', cell: ({ precision }) => precision },
  {
    head: 'weights',
    align: 'right',
    cell: ({ prediction: { memory } }) => gigabytesText(memory.weightBytes),
    sheds: 1,
  },
  { head: 'prefill tok/s', align: 'right', cell: (row) => valueText(row.prefillTokensPerSecond) },
  { head: '', align: 'left', cell: (row) => rangeText(row.prefillTokensPerSecond), sheds: 3 },
  { head: 'decode tok/s', align: 'right', cell: (row) => valueText(row.decodeTokensPerSecond) },
  { head: '', align: 'left', cell: (row) => rangeText(row.decodeTokensPerSecond), sheds: 2 },
];

export function describeHere(answer: HereAnswer, { stdout }: Terminal): string {
  const { machine, limits, rows, refused, inTokens, outTokens } = answer;
  const width = lineWidth(stdout);
  const dim = (text: string) => paint(stdout, 'dim', text);
  const table = textTable(columns, rows, width);
  const lines = [
    harmless(machine.name),
    dim(`${describeLimits(limits)}; ${amountText(machine.memoryGb!.value)} GB of memory`),
    dim(`one request at a time, ${inTokens} tokens in, ${outTokens} out`),
    '',
    ...(rows.length > 0 ? [dim(table.head), ...table.lines] : ['No model of the family fits.']),
  ];
  if (refused.length > 0) {
    const reasons = refused.map(({ models, reason }) => `  ${models.join(', ')}: ${reason}`);
    lines.push('', dim('Cannot'), ...reasons.flatMap((line) => wrapped(line, width, '    ')));
  }
  const notes = rows.flatMap(({ prediction }) => [...prediction.notes, prediction.basis]);
  const assumed = [...new Set(notes.filter(Boolean))].map((note) => `  ${note}`);
  if (assumed.length > 0) {
    lines.push('', dim('Assumed'), ...assumed.flatMap((line) => wrapped(line, width, '    ')));
  }
  return lines.join('\n');
}

const valueText = ({ value }: Range) => amountText(value);
const rangeText = ({ low, high }: Range) => `${amountText(low)} to ${amountText(high)}`;
