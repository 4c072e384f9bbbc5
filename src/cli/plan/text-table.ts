/**
 * Tables and paragraphs that fit a terminal: columns that matter least are left out where it is
 * narrow, and text is wrapped at words.
 */

export interface Column<Row> {
  readonly head: string;
  readonly align: 'left' | 'right';
  cell(row: Row, index: number): string;
  /** Left out where the table is too wide, the highest first; absent: never. */
  readonly sheds?: number;
}

const gap = '  ';

/** The head, then a line per row. */
export function textTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): { readonly head: string; readonly lines: readonly string[] } {
  const cells = columns.map((column) => rows.map((row, i) => column.cell(row, i)));
  const widths = columns.map(({ head }, i) =>
    Math.max(head.length, ...cells[i]!.map((text) => text.length)),
  );
  const shown = fitting(columns, widths, width);
  const line = (textOf: (i: number) => string) =>
    shown
      .map((i) => {
        const text = textOf(i);
        return columns[i]!.align === 'left' ? text.padEnd(widths[i]!) : text.padStart(widths[i]!);
      })
      .join(gap)
      .trimEnd();
  return {
    head: line((i) => columns[i]!.head),
    lines: rows.map((_, row) => line((i) => cells[i]![row]!)),
  };
}

function fitting<Row>(
  columns: readonly Column<Row>[],
  widths: readonly number[],
  width: number,
): readonly number[] {
  let shown = columns.map((_, i) => i);
  const order = shown
    .filter((i) => columns[i]!.sheds !== undefined)
    .sort((a, b) => columns[b]!.sheds! - columns[a]!.sheds!);
  const total = () =>
    shown.reduce((sum, i) => sum + widths[i]!, 0) + gap.length * (shown.length - 1);
  for (const least of order) {
    if (total() <= width) break;
    shown = shown.filter((i) => i !== least);
  }
  return shown;
}

/**
 * Words in lines of at most `width`; a longer word stays whole. The first line keeps the spaces it
 * begins with, the others are indented. No-break spaces hold words together and become spaces.
 */
export function wrapped(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = /^ */.exec(text)?.[0] as string;
  for (const word of text.trimStart().split(' ')) {
    const longer = line.trim() === '' ? line + word : `${line} ${word}`;
    if (line.trim() !== '' && longer.length > width) {
      lines.push(line);
      line = `${indent}${word}`;
    } else {
      line = longer;
    }
  }
  return [...lines, line].map((line) => line.replaceAll('\u00a0', ' '));
}

const widest = 100;
const narrowest = 40;

/** Of a stream's lines: as wide as the terminal, never over 100. */
export function lineWidth({ columns }: { readonly columns?: number }): number {
  return Math.max(narrowest, Math.min(widest, columns || widest));
}
