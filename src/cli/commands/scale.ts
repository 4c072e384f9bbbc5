/** `sampan scale [model]`: what more thinking and more samples are worth, measured. */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { error } from '../../base/errors.ts';
import { addDeviceOptions } from '../device-options.ts';
import { examples } from '../examples.ts';
import { count, number } from '../number-option.ts';
import { describeScale } from '../scale/describe-scale.ts';
import { runScale, type ScaleOptions } from '../scale/run-scale.ts';
import { scaleCsv } from '../scale/scale-csv.ts';
import { budgetList, sampleList } from '../scale/scale-lists.ts';
import { scaleSvg } from '../scale/scale-svg.ts';
import { interruptible, processTerminal, type Terminal } from '../terminal.ts';

interface Outputs {
  readonly json?: boolean;
  readonly csv?: string;
  readonly svg?: string;
}

export function registerScale(program: Command, terminal: Terminal = processTerminal): void {
  const command = program
    .command('scale')
    .summary('measure what longer thinking and voting are worth')
    .description(
      'Answers problems with every thinking budget and number of samples, checks the answers by ' +
        'program, and shows accuracy against tokens spent. Several samples of a problem vote on ' +
        'its answer. nano has 500 problems held out from its training; another model needs a ' +
        'file of problems, a JSON object with question and answer on each line. Answers count as ' +
        'the same by their \\boxed{}, by the only number of their last line, or by their text.',
    )
    .argument('[model]', 'short name, owner/repo[:quant], file, folder or URL', 'nano')
    .option(
      '--budgets <list>',
      'most tokens of thinking; unbounded: as many as it likes',
      budgetList,
      budgetList('0,8,16,32,64,unbounded'),
    )
    .option('--samples <list>', 'how many vote', sampleList, sampleList('1,2,4,8'))
    .option('--problems <file>', 'other problems than those of nano')
    .option('--count <number>', 'how many problems, the first ones', count, 100)
    .option('--parallel <number>', 'replies at once', count, 64)
    .option('--temperature <number>', "randomness; left out: the model's own", number)
    .option('--top-p <number>', "only the likeliest tokens; left out: the model's own", number)
    .option('--seed <number>', 'the same seed gives the same result', number, 1);
  addDeviceOptions(command)
    .option('--json', 'print one JSON object')
    .option('--csv <file>', 'write the points as CSV too')
    .option('--svg <file>', 'write the curve as a picture too')
    .addHelpText(
      'after',
      examples({
        'sampan scale': 'nano, its own sampling',
        'sampan scale --temperature 2 --top-p 1': 'where single answers fail, and a vote helps',
        'sampan scale --count 500 --svg curve.svg': 'all of its problems, and a picture',
        'sampan scale deepseek-r1:1.5b --problems aime.jsonl': 'another model',
      }),
    )
    .action(async (model: string, options: ScaleOptions & Outputs) => {
      const report = await interruptible(terminal, (signal) =>
        runScale(model, options, terminal, signal),
      );
      const text = options.json ? JSON.stringify(report, null, 2) : describeScale(report, terminal);
      terminal.stdout.write(`${text}\n`); // first: a file that cannot be written must not cost it
      if (options.csv !== undefined) write(options.csv, scaleCsv(report));
      if (options.svg !== undefined) write(options.svg, scaleSvg(report));
    });
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw error('file_unwritable', { path: file, reason: code ?? 'unknown' }, cause);
  }
}
