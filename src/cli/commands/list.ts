/** `sampan list`: the models on this machine, or the short names there are. */
import type { Command } from 'commander';
import { type CachedModel, listModels } from '../../hub/cached-models.ts';
import { modelTable } from '../../hub/model-names-table.ts';
import { hubSettings } from '../../hub/settings.ts';
import { examples } from '../examples.ts';
import { formatBytes } from '../machine.ts';
import { harmless } from '../print-reply.ts';
import { paint, processTerminal, type Terminal } from '../terminal.ts';

export function registerList(program: Command, terminal: Terminal = processTerminal): void {
  program
    .command('list')
    .alias('ls')
    .summary('list the models on this machine')
    .description(
      'Lists the models in the Hugging Face cache, those that other tools fetched included, those ' +
        'pulled from ModelScope or a URL, and pulls that are not finished. nano is built in.',
    )
    .option('--names', 'list the short names and where they point instead')
    .option('--json', 'print a JSON array')
    .addHelpText(
      'after',
      examples({
        'sampan list': 'newest first',
        'sampan list --names': 'what can be pulled by a short name',
        'sampan list --json': 'for programs',
      }),
    )
    .action(async ({ names, json }: { names?: boolean; json?: boolean }) => {
      const rows = names ? modelTable : await listModels(hubSettings());
      const text = json
        ? JSON.stringify(rows, null, 2)
        : names
          ? describeNames(terminal)
          : describe(rows as CachedModel[], terminal);
      terminal.stdout.write(`${text}\n`);
    });
}

function describe(models: readonly CachedModel[], terminal: Terminal): string {
  if (models.length === 0) return 'No models yet. Pull one: sampan pull deepseek-r1:1.5b';
  const rows = models.map(({ name, shortName, format, sizeBytes, modified, source }) => [
    harmless(name),
    shortName ?? '',
    format === 'partial' ? 'not finished' : format,
    formatBytes(sizeBytes),
    modified.toISOString().slice(0, 10),
    source,
  ]);
  return table(['name', 'short name', 'format', 'size', 'fetched', 'from'], rows, terminal);
}

function describeNames(terminal: Terminal): string {
  const rows = modelTable.map(({ name, parameters, gguf, about }) => [
    name,
    parameters,
    gguf,
    about,
  ]);
  return table(['name', 'parameters', 'repository', 'what it is'], rows, terminal);
}

/** Columns as wide as their widest cell. */
function table(head: string[], rows: string[][], { stdout }: Terminal): string {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]!.length)));
  const line = (row: string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd();
  return [paint(stdout, 'dim', line(head)), ...rows.map(line)].join('\n');
}
