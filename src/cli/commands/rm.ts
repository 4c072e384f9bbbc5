/** `sampan rm <model…>`: removes pulled models, and says what that freed. */
import type { Command } from 'commander';
import { removeModel } from '../../hub/cached-models.ts';
import { hubSettings } from '../../hub/settings.ts';
import { examples } from '../examples.ts';
import { addHubOption, type HubOption } from '../hub-option.ts';
import { formatBytes } from '../machine.ts';
import { harmless } from '../print-reply.ts';
import { processTerminal, type Terminal } from '../terminal.ts';

export function registerRm(program: Command, terminal: Terminal = processTerminal): void {
  const command = program
    .command('rm')
    .summary('remove pulled models')
    .description(
      'Removes models from the cache, also for other tools that share it. With a quantisation ' +
        'only that one goes; without, all that was pulled of the repository, unfinished pulls ' +
        'included. Files of your own are never touched.',
    )
    .argument('<models...>', 'names as sampan list shows them')
    .option('--json', 'print a JSON array');
  addHubOption(command, 'only what came from there (default: from anywhere)')
    .addHelpText(
      'after',
      examples({
        'sampan rm deepseek-r1:1.5b': 'every quantisation of it',
        'sampan rm deepseek-r1:1.5b-q8_0': 'one quantisation',
        'sampan rm owner/repo https://example.org/model.gguf': 'several',
      }),
    )
    .action(async (names: string[], { hub, json }: HubOption & { json?: boolean }) => {
      const settings = hubSettings();
      const results = [];
      for (const name of names) {
        const result = { name, ...(await removeModel(name, settings, hub)) };
        results.push(result);
        const freed = `${name} removed, ${formatBytes(result.freedBytes)} freed\n`;
        if (!json) terminal.stdout.write(harmless(freed));
      }
      if (json) terminal.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
    });
}
