/** CSV as RFC 4180 quotes it. */

export type CsvCell = string | number | undefined;

export function csvLine(cells: readonly CsvCell[]): string {
  return cells.map(cell).join();
}

function cell(value: CsvCell): string {
  const text = value === undefined ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
