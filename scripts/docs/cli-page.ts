/** docs/cli.md from the commands' own --help. */
import type { Command } from 'commander';
import { createProgram } from '../../src/cli/program.ts';

/** As wide as the pages of the repository are. */
const helpWidth = 100;

export function cliPage(): string {
  const program = createProgram();
  const commands = program.commands.map((command) =>
    [`## sampan ${command.name()}`, '', ...helpBlock(command)].join('\n'),
  );
  return [
    '# Command line',
    '',
    "Made from the commands' own `--help` by `npm run docs`.",
    '',
    ...helpBlock(program),
    ...commands,
  ].join('\n');
}

function helpBlock(command: Command): string[] {
  let text = '';
  command.configureOutput({
    getOutHelpWidth: () => helpWidth,
    getOutHasColors: () => false,
    writeOut: (chunk) => {
      text += chunk;
    },
  });
  command.outputHelp();
  return ['```', text.trim(), '```', ''];
}
