/** The examples at the end of a command's --help: a line each, what it does after it. */
export function examples(lines: Readonly<Record<string, string>>): string {
  const width = Math.max(...Object.keys(lines).map((line) => line.length));
  const rows = Object.entries(lines).map(([line, what]) =>
    `  ${line.padEnd(width)}  ${what}`.trimEnd(),
  );
  return `\nExamples:\n${rows.join('\n')}`;
}
