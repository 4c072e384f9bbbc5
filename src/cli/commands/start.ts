/**
 * `sampan start [words…]`: the built-in model, with a word on what it runs on. This is what
 * `npm start` runs, so it never waits for a stdin that somebody left open.
 */
import type { Command } from 'commander';
import type { LoadedModel } from '../../engine/loaded-model.ts';
import { type AnswerOptions, addAnswerOptions } from '../answer-options.ts';
import { converse, questionsOf } from '../converse.ts';
import { examples } from '../examples.ts';
import { formatBytes, inspectMachine } from '../machine.ts';
import { packageVersion } from '../package-version.ts';
import { count } from '../print-reply.ts';
import { paint, processTerminal, type Terminal } from '../terminal.ts';

const embeddedModel = 'nano';

export function registerStart(program: Command, terminal: Terminal = processTerminal): void {
  const command = program
    .command('start')
    .summary('run the built-in model, and say on what it runs')
    .description(
      'Answers the words. Without words it is a chat in a terminal, and elsewhere answers three ' +
        'built-in questions. Everything goes to stdout, in order.',
    )
    .argument('[words...]', 'the question');
  addAnswerOptions(command)
    .addHelpText(
      'after',
      examples({
        'sampan start': 'a chat',
        'sampan start "What is 37 * 48?"': 'one answer',
        'npm start -- "What is 37 * 48?"': 'the same from a clone of the repository',
      }),
    )
    .action(async (words: string[], options: AnswerOptions) => {
      const json = options.json ?? false;
      const questions = await questionsOf(words, terminal, { readsStdin: false, json });
      const shown = json ? terminal : { ...terminal, stderr: terminal.stdout };
      await converse({
        model: embeddedModel,
        questions,
        options,
        terminal: shown,
        onLoaded: (model) => json || shown.stdout.write(`${banner(model, shown)}\n`),
      });
    });
}

function banner({ info }: LoadedModel, { stdout }: Terminal): string {
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
