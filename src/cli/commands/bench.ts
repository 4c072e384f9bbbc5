/** `sampan bench <model>`: how fast a model runs here, and how much of the machine that is. */
import { type Command, Option } from 'commander';
import { speculationKinds } from '../../engine/speculation.ts';
import { describeBench } from '../bench/describe-bench.ts';
import { type BenchOptions, runBench } from '../bench/run-bench.ts';
import { addDeviceOptions } from '../device-options.ts';
import { examples } from '../examples.ts';
import { count } from '../number-option.ts';
import { interruptible, paint, processTerminal, type Terminal } from '../terminal.ts';

export function registerBench(program: Command, terminal: Terminal = processTerminal): void {
  const command = program
    .command('bench')
    .summary('measure how fast a model runs on this machine')
    .description(
      'Measures prefill, decode, loading and peak memory with random tokens, and sets them ' +
        'against what this machine can read and multiply at most. A decode step is taken to read ' +
        'the weights of layers and head as the file stores them (of routed experts those chosen) ' +
        'and the keys and values; a prompt, to compute its matrix products. Medians of the ' +
        'rounds after a warm-up.',
    )
    .argument('<model>', 'short name, owner/repo[:quant], file, folder or URL; nano is built in')
    .option('--prompt <tokens>', 'prompts whose prefill is measured', count, 512)
    .option('--reply <tokens>', 'replies whose decode is measured, 2 or more', count, 64)
    .option('--context <tokens>', 'what stands before these replies', count, 1)
    .option('--concurrency <number>', 'streams at once', count, 1)
    .option('--rounds <number>', 'how often', count, 3);
  addDeviceOptions(command)
    .addOption(
      new Option('--speculation <kind>', 'drafting of tokens that the model only checks')
        .choices(speculationKinds)
        .default('off'),
    )
    .option('--check-plan', 'what the planner predicts for this machine, beside it')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      examples({
        'sampan bench nano': 'the built-in model',
        'sampan bench ./model.gguf --context 8192': 'replies behind a long prompt',
        'sampan bench ./model.gguf --concurrency 8': 'eight streams at once',
        'sampan bench ./model.gguf --check-plan': 'and how far off the planner is',
        'sampan bench ./model.gguf --device wasm --json': 'another device; for programs',
      }),
    )
    .action(async (model: string, options: BenchOptions & { json?: boolean }) => {
      const report = await interruptible(terminal, (signal) =>
        runBench(model, options, terminal, signal),
      );
      for (const warning of report.warnings) {
        terminal.stderr.write(`${paint(terminal.stderr, 'yellow', `warning: ${warning}`)}\n`);
      }
      const text = options.json ? JSON.stringify(report, null, 2) : describeBench(report, terminal);
      terminal.stdout.write(`${text}\n`);
    });
}
