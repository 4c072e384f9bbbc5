/**
 * `sampan start [words…]`: the built-in model. With words it answers them. Without, it answers one
 * question as a proof of life and serves, in a terminal or not. This is what `npm start` runs, so
 * it never waits for a stdin that somebody left open. Everything goes to stdout, in order.
 */
import type { Command } from 'commander';
import type { ModelInfo } from '../../engine/model-info.ts';
import { type AnswerOptions, addAnswerOptions } from '../answer-options.ts';
import { converse } from '../converse.ts';
import { examples } from '../examples.ts';
import { formatBytes, inspectMachine } from '../machine.ts';
import { packageVersion } from '../package-version.ts';
import { count } from '../print-reply.ts';
import { serveEmbedded } from '../serve/serve-embedded.ts';
import { paint, processTerminal, type Terminal } from '../terminal.ts';

const embeddedModel = 'nano';

export function registerStart(program: Command, terminal: Terminal = processTerminal): void {
  const command = program
    .command('start')
    .summary('the built-in model: answer, and serve with a page to chat')
    .description(
      'With words it answers them. Without words it answers one question of its own, then serves ' +
        'the model, with a page to chat, on http://127.0.0.1:8080 or the next free port, until ' +
        'Ctrl-C or SIGTERM. Everything goes to stdout, in order.',
    )
    .argument('[words...]', 'the question');
  addAnswerOptions(command)
    .addHelpText(
      'after',
      examples({
        'sampan start': 'a server with a page',
        'sampan start "What is 37 * 48?"': 'one answer',
        'npm start -- "What is 37 * 48?"': 'the same from a clone of the repository',
      }),
    )
    .action(async (words: string[], options: AnswerOptions) => {
      const shown = options.json ? terminal : { ...terminal, stderr: terminal.stdout };
      const onLoaded = ({ info }: { readonly info: ModelInfo }) => {
        if (!options.json) shown.stdout.write(`${banner(info, shown)}\n`);
      };
      const model = embeddedModel;
      if (words.length === 0) {
        return await serveEmbedded({ model, options, terminal: shown, onLoaded });
      }
      const questions = [words.join(' ')];
      await converse({ model, questions, options, terminal: shown, onLoaded });
    });
}

function banner(info: ModelInfo, { stdout }: Terminal): string {
  const machine = inspectMachine();
  const { kind, threads } = info.device;
  const parameters = `${(info.parameterCount / 1e6).toFixed(1)} M parameters`;
  const cores = `${count(machine.usableCores, 'core')}, ${formatBytes(machine.usableMemoryBytes)}`;
  return [
    `${paint(stdout, 'bold', `Sampan ${packageVersion()}`)} runs ${info.name}: ${info.architecture}, ` +
      `${parameters}, ${info.quantisation}, ${formatBytes(info.memory.weightBytes)}`,
    `on device ${kind} with ${count(threads, 'thread')} (${machine.cpu}, ${cores}, Node ${machine.node})`,
    '',
  ].join('\n');
}
