/** `sampan predict`: what one deployment under one load gives, with its error range. */
import { type Command, Option } from 'commander';
import type { PredictQuestion } from '../../planner/predict-question.ts';
import { examples } from '../examples.ts';
import { count } from '../number-option.ts';
import { chipsOfOneKind } from '../plan/chip-list.ts';
import { describePrediction } from '../plan/describe-prediction.ts';
import { loadPredictor, type Predictor } from '../plan/planner.ts';
import { acceptances, kvBytes, share, tokens } from '../plan/quantities.ts';
import { processTerminal, type Terminal } from '../terminal.ts';

interface PredictOptions {
  readonly model: string;
  readonly chips: string;
  readonly precision?: string;
  readonly engine?: string;
  readonly layout?: string;
  readonly in: number;
  readonly out: number;
  readonly concurrency: number;
  readonly cacheHit?: number;
  readonly mtp?: readonly number[];
  readonly kv?: number;
  readonly json?: boolean;
}

export function registerPredict(
  program: Command,
  terminal: Terminal = processTerminal,
  load: () => Promise<Predictor> = loadPredictor,
): void {
  program
    .command('predict')
    .summary('predict how fast given chips serve a model')
    .description(
      'Predicts latency and tokens per second of one deployment, with the range in which 8 of 10 ' +
        'published results lie, what a step goes to and what limits it. TTFT: from the request to ' +
        'its first token. TPOT: (latency - TTFT) / (out - 1). Left out, precision, engine and ' +
        'layout are those that are usual there, and named in the answer. Nothing is measured and ' +
        'no network is used.',
    )
    .requiredOption('--model <model>', 'a model of the DeepSeek family, as in deepseek-r1')
    .requiredOption(
      '--chips <chip>',
      'a chip and how many, as in h20:16; h20: as many as it takes',
      chipsOfOneKind,
    )
    .option('--precision <name>', 'of the weights: bf16, fp8, int8, int4, w4a8, fp4, …')
    .option(
      '--engine <name>',
      'what serves, with a release if one is meant: sglang, vllm-ascend, sglang@0.5.9, …',
    )
    .option('--layout <layout>', 'tp8, dp8ep8, tp4pp2, tp8x2; "prefill:ep32x2,decode:ep72"')
    .option('--in <tokens>', 'of a prompt', tokens, 2000)
    .option('--out <tokens>', 'of a reply', tokens, 800)
    .option('--concurrency <number>', 'requests at once, on all chips', count, 1)
    .option('--cache-hit <share>', 'of the prompt found in a prefix cache: 0.5 or 50%', share)
    .option('--mtp <shares>', 'that a first, second … drafted token is accepted', acceptances)
    .addOption(
      new Option('--kv <format>', 'what keys and values are kept as: bf16, fp8, int8').argParser(
        kvBytes,
      ),
    )
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      examples({
        'sampan predict --model deepseek-r1 --chips h20:16': 'as is usual there',
        'sampan predict --model deepseek-r1 --chips h20:16 --layout tp16 --json': 'for programs',
        'sampan predict --model deepseek-v3 --chips h100:96 \\': 'prefill and decode apart',
        '  --layout "prefill:ep32,decode:ep64" --concurrency 4000': '',
      }),
    )
    .action(async (options: PredictOptions) => {
      const question = predictQuestion(options);
      const { predict, sources } = await load();
      const prediction = predict(question);
      const text = options.json
        ? JSON.stringify(prediction, null, 2)
        : describePrediction(prediction, question, sources, terminal);
      terminal.stdout.write(`${text}\n`);
    });
}

function predictQuestion(options: PredictOptions): PredictQuestion {
  const { model, chips, precision, engine, layout, concurrency, cacheHit, mtp, kv } = options;
  return {
    ...{ model, chips, concurrency, inTokens: options.in, outTokens: options.out },
    ...(precision !== undefined && { precision }),
    ...(engine !== undefined && { engine }),
    ...(layout !== undefined && { layout }),
    ...(cacheHit !== undefined && { cacheHit }),
    ...(mtp !== undefined && { mtpAcceptance: mtp }),
    ...(kv !== undefined && { kvBytes: kv }),
  };
}
