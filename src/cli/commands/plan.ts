/** `sampan plan <model>`: which chips serve a model at a load for the least money. */
import { type Command, Option } from 'commander';
import { error } from '../../base/errors.ts';
import { examples } from '../examples.ts';
import { chipList, chipNames } from '../plan/chip-list.ts';
import { describeComparison } from '../plan/describe-comparison.ts';
import { describeHere } from '../plan/describe-here.ts';
import { describePlan } from '../plan/describe-plan.ts';
import { chipPrice, currencies, currency, exchangeRate, money } from '../plan/money.ts';
import { planCsv } from '../plan/plan-csv.ts';
import { planHere } from '../plan/plan-here.ts';
import { type PlanOptions, planQuestion } from '../plan/plan-question.ts';
import { loadPlanner, loadPredictor, type Planner, type Predictor } from '../plan/planner.ts';
import { acceptances, milliseconds, requestRate, share, tokens } from '../plan/quantities.ts';
import { writeReport } from '../plan/write-report.ts';
import { processTerminal, type Terminal } from '../terminal.ts';

interface Outputs {
  readonly here?: boolean;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly html?: string;
}

/** What `--here` has no use for: it asks of one machine, that is there and paid for. */
const notHere = [
  ...['rate', 'ttft', 'tpot', 'cacheHit', 'mtp', 'region', 'currency', 'price', 'exchange'],
  ...['chips', 'compare', 'budget', 'engine', 'csv', 'html'],
];

interface Loaders {
  readonly planner: () => Promise<Planner>;
  readonly predictor: () => Promise<Predictor>;
}

export function registerPlan(
  program: Command,
  terminal: Terminal = processTerminal,
  load: Loaders = { planner: loadPlanner, predictor: loadPredictor },
): void {
  program
    .command('plan')
    .summary('find the chips that serve a model at a load for the least money')
    .description(
      'Ranks deployments of a DeepSeek model by cost: chip, engine, precision, layout, latency, ' +
        'tokens per second, power, how far the answer may be off, and how good the figures are ' +
        'that it rests on (A made public by the maker or measured, B press, C unverified). Chips ' +
        'that cannot do it are named with the reason. Prices are dated list prices unless yours ' +
        'are given; export status is shown and never used to rank. With --here: how fast this ' +
        'machine would run each model of the family, from what it is measured to read and multiply.',
    )
    .argument('[model]', 'a model of the DeepSeek family, as in deepseek-r1')
    .option('--rate <rate>', 'requests a second: 20, 300/min (default: 1)', requestRate)
    .option('--in <tokens>', 'of a prompt: 2000, 2k (default: 2000; with --here 512)', tokens)
    .option('--out <tokens>', 'of a reply (default: 800; with --here 128)', tokens)
    .option('--ttft <time>', 'mean time to the first token, at most: 2s, 500ms', milliseconds)
    .option('--tpot <time>', 'mean time for each token after it, at most: 50ms', milliseconds)
    .option('--cache-hit <share>', 'of the prompt found in a prefix cache: 0.5 or 50%', share)
    .option('--mtp <shares>', 'that a first, second … drafted token is accepted', acceptances)
    .addOption(
      new Option('--region <region>', 'where: prices and export status').choices([
        ...['global', 'us', 'cn'],
      ]),
    )
    .option('--currency <code>', `of the answer: ${currencies.join(', ')}`, currency)
    .option('--price <chip=money>', 'yours: ascend-910b3=4/h; may be repeated', chipPrice)
    .option('--exchange <code=rate>', 'what a US dollar buys: CNY=7.1; repeatable', exchangeRate)
    .addOption(
      new Option('--chips <list>', 'these alone, at most so many: h20:16,ascend-910c').argParser(
        chipList,
      ),
    )
    .addOption(
      new Option('--compare <list>', 'these side by side: h20,ascend-910c')
        .argParser(chipNames)
        .conflicts('chips'),
    )
    .option('--budget <money>', 'at most: 100/h, 50000/month', money)
    .option('--engine <name>', 'this one alone: sglang, vllm-ascend, …')
    .option('--precision <name>', 'this one alone: fp8, int8, …')
    .addOption(
      new Option('--here', 'this machine, with the engine of Sampan').conflicts([...notHere]),
    )
    .option('--json', 'print one JSON object')
    .addOption(new Option('--csv', 'print CSV').conflicts(['json']))
    .option('--html <file>', 'write a page with charts too')
    .addHelpText(
      'after',
      examples({
        'sampan plan deepseek-r1 --rate 20 --ttft 2s --tpot 50ms': 'all chips, cheapest first',
        'sampan plan deepseek-r1 --in 8k --out 1k --cache-hit 50%': 'another load',
        'sampan plan deepseek-r1 --region cn --price ascend-910b3=4/h': 'a price of your own',
        'sampan plan deepseek-v3 --chips ascend-910b3:16': 'what these can carry',
        'sampan plan deepseek-v3 --compare h20,ascend-910c': 'side by side',
        'sampan plan deepseek-r1 --budget 50000/month --html plan.html': 'what money buys',
        'sampan plan --here': 'this machine',
      }),
    )
    .action(async (model: string | undefined, options: PlanOptions & Outputs) => {
      await (options.here
        ? answerHere(load, model, options, terminal)
        : answerPlan(load, model, options, terminal));
    });
}

async function answerPlan(
  load: Loaders,
  model: string | undefined,
  options: PlanOptions & Outputs,
  terminal: Terminal,
): Promise<void> {
  if (model === undefined) {
    const expected = 'a model of the DeepSeek family, as in deepseek-r1, or --here';
    throw error('invalid_option', { name: 'model', found: 'none', expected });
  }
  const { question, assumed } = planQuestion(model, options);
  const planner = await load.planner();
  const plan = planner.plan(question);
  terminal.stdout.write(planText()); // first: a file that cannot be written must not cost it
  if (options.html === undefined) return;
  writeReport(options.html, planner.htmlReport(plan));
  terminal.stderr.write(`The report is at ${options.html}\n`);

  function planText(): string {
    if (options.csv) return planCsv(plan);
    if (options.json) return `${JSON.stringify(plan, null, 2)}\n`;
    const describe = options.compare ? describeComparison : describePlan;
    return `${describe(plan, assumed, terminal)}\n`;
  }
}

async function answerHere(
  load: Loaders,
  model: string | undefined,
  options: PlanOptions & Outputs,
  terminal: Terminal,
): Promise<void> {
  const answer = await planHere(await load.predictor(), model, options, terminal);
  const text = options.json ? JSON.stringify(answer, null, 2) : describeHere(answer, terminal);
  terminal.stdout.write(`${text}\n`);
}
