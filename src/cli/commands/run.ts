/** `sampan run <model> [words…]`: answers the words or stdin, or chats in a terminal. */
import type { Command } from 'commander';
import { type AnswerOptions, addAnswerOptions } from '../answer-options.ts';
import { converse, questionsOf } from '../converse.ts';
import { examples } from '../examples.ts';
import { processTerminal, type Terminal } from '../terminal.ts';

export function registerRun(program: Command, terminal: Terminal = processTerminal): void {
  const command = program
    .command('run')
    .summary('chat with a model, or have one question answered')
    .description(
      'Answers the words. Without words it is a chat in a terminal; elsewhere it reads the ' +
        'question from stdin, or answers three built-in ones where stdin is empty. The answer ' +
        'goes to stdout; thinking, progress and figures go to stderr.',
    )
    .argument('<model>', 'short name, owner/repo[:quant], file, folder or URL; nano is built in')
    .argument('[words...]', 'the question');
  addAnswerOptions(command)
    .addHelpText(
      'after',
      examples({
        'sampan run nano': 'a chat with the built-in model',
        'sampan run nano "What is 37 * 48?"': 'one answer',
        'sampan run deepseek-r1:1.5b < question.txt': 'the question from a file',
        'sampan run ./model.gguf hello --json': 'events, one JSON object a line',
      }),
    )
    .action(async (model: string, words: string[], options: AnswerOptions) => {
      const json = options.json ?? false;
      const questions = await questionsOf(words, terminal, { readsStdin: true, json });
      await converse({ model, questions, options, terminal });
    });
}
