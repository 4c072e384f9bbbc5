/**
 * The command line as a whole: every verb registers itself here, and `runCli` turns what happens
 * into text on stderr and an exit code. docs/cli.md is made from this program's own help.
 */
import { Command } from 'commander';
import { registerBench } from './commands/bench.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerList } from './commands/list.ts';
import { registerPlan } from './commands/plan.ts';
import { registerPredict } from './commands/predict.ts';
import { registerPull } from './commands/pull.ts';
import { registerRm } from './commands/rm.ts';
import { registerRun } from './commands/run.ts';
import { registerScale } from './commands/scale.ts';
import { registerServe } from './commands/serve.ts';
import { registerShow } from './commands/show.ts';
import { registerStart } from './commands/start.ts';
import { exitCodeOf, exitCodes, explain } from './failure.ts';
import { packageVersion } from './package-version.ts';
import { processTerminal, type Terminal } from './terminal.ts';

export function createProgram(terminal: Terminal = processTerminal): Command {
  const program = new Command('sampan')
    .description('Runs open DeepSeek models on any chip.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .showSuggestionAfterError()
    .showHelpAfterError('  sampan --help lists the commands; each has its own --help.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    })
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 a mistake in what was asked for, 130 interrupted.',
    );
  registerStart(program, terminal);
  registerRun(program, terminal);
  registerServe(program, terminal);
  registerPull(program, terminal);
  registerList(program, terminal);
  registerShow(program, terminal);
  registerRm(program, terminal);
  registerBench(program, terminal);
  registerScale(program, terminal);
  registerPlan(program, terminal);
  registerPredict(program, terminal);
  registerDoctor(program, terminal);
  return program;
}

/** Runs the words of a command line; resolves to the exit code and never rejects. */
export async function runCli(
  words: readonly string[],
  terminal: Terminal = processTerminal,
): Promise<number> {
  const program = createProgram(terminal);
  try {
    if (words.length === 0) {
      program.outputHelp();
      return exitCodes.misused;
    }
    await program.parseAsync(words, { from: 'user' });
    return exitCodes.done;
  } catch (cause) {
    terminal.stderr.write(explain(cause));
    return exitCodeOf(cause);
  }
}
