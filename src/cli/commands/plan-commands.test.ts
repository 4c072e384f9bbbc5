/** plan and predict as a user meets them, with a planner whose answers are known. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { fakePlan, fakePrediction } from '../../../test/fakes/fake-plan.ts';
import { FakeTerminal } from '../../../test/fakes/fake-terminal.ts';
import type { PlanQuestion } from '../../planner/plan-answer.ts';
import type { PredictQuestion } from '../../planner/predict-question.ts';
import { exitCodeOf, explain } from '../failure.ts';
import type { Planner, Predictor } from '../plan/planner.ts';
import { registerPlan } from './plan.ts';
import { registerPredict } from './predict.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'sampan-plan-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let asked: (PlanQuestion | PredictQuestion)[] = [];
beforeEach(() => {
  asked = [];
});
const remember = <T>(question: PlanQuestion | PredictQuestion, answer: T): T => {
  asked.push(question);
  return answer;
};
const predictor: Predictor = {
  predict: (question) => remember(question, fakePrediction),
  predictShape: () => fakePrediction,
  models: [],
  sources: [],
  findModel: (name) => {
    throw new Error(`${name} is not asked for`);
  },
};
const planner: Planner = {
  plan: (question) => remember(question, fakePlan(question)),
  htmlReport: (plan) => `<!doctype html>\n<html>${plan.question.model}</html>`,
};

async function sampan(...words: string[]) {
  const terminal = new FakeTerminal({ isTTY: false });
  const { stdout, stderr } = terminal;
  const program = new Command('sampan').exitOverride().configureOutput({
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
  });
  const load = { planner: async () => planner, predictor: async () => predictor };
  registerPlan(program, terminal, load);
  registerPredict(program, terminal, load.predictor);
  let exitCode = 0;
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (cause) {
    stderr.write(explain(cause));
    exitCode = exitCodeOf(cause);
  }
  return { exitCode, ...terminal.written };
}

const load = ['--rate', '20', '--in', '2k', '--out', '800', '--ttft', '2s', '--tpot', '50ms'];

test('plan asks what was said, and prints a table', async () => {
  const money = ['--price', 'ascend-910b3=4/h', '--price', 'h20=USD 1/h', '--exchange', 'CNY=7.1'];
  const words = ['--cache-hit', '0.5', '--mtp', '0.7', '--region', 'cn', '--currency', 'CNY'];
  const { exitCode, stdout, stderr } = await sampan(
    ...['plan', 'deepseek-r1', ...load, ...words, ...money],
  );
  expect(asked).toEqual([
    {
      ...{ model: 'deepseek-r1', rate: 20, inTokens: 2000, outTokens: 800 },
      ...{ ttftMs: 2000, tpotMs: 50, cacheHit: 0.5, mtpAcceptance: [0.7] },
      ...{ region: 'cn', currency: 'CNY', exchange: { CNY: 7.1 } },
      prices: {
        'ascend-910b3': { amount: 4, currency: 'CNY' },
        h20: { amount: 1, currency: 'USD' },
      },
    },
  ]);
  expect(stdout).toMatch(/^ 1 {2}ascend-910b3 .* 0\.352 \/ 4\.42 /m);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});

test('--json is the plan, --csv its rows, and nothing else is printed', async () => {
  const json = await sampan('plan', 'deepseek-r1', '--json');
  expect(JSON.parse(json.stdout)).toEqual(
    JSON.parse(JSON.stringify(fakePlan(asked[0] as PlanQuestion))),
  );
  const csv = await sampan('plan', 'deepseek-r1', '--csv');
  expect(csv.stdout.split('\r\n')).toHaveLength(1 + 3 + 2 + 1);
  expect(json.stderr + csv.stderr).toBe('');
});

test('--compare is side by side, --chips and --budget leave the rate open', async () => {
  const compared = await sampan('plan', 'm', '--compare', 'h20,ascend-910b3');
  expect(compared.stdout).toMatch(/^ +ascend-910b3 +h20$/m);
  await sampan('plan', 'm', '--chips', 'ascend-910b3:16');
  await sampan('plan', 'm', '--budget', '7300/month', '--chips', 'h20');
  expect(asked).toMatchObject([
    { rate: 1, chips: [{ chip: 'h20' }, { chip: 'ascend-910b3' }] },
    { chips: [{ chip: 'ascend-910b3', count: 16 }] },
    { chips: [{ chip: 'h20' }], budgetPerHour: 10 },
  ]);
  expect(asked.slice(1).map((question) => 'rate' in question)).toEqual([false, false]);
});

test('--html writes the report too, and says where', async () => {
  const file = path.join(folder, 'plan.html');
  const { exitCode, stdout, stderr } = await sampan('plan', 'deepseek-r1', '--html', file);
  expect(readFileSync(file, 'utf8')).toContain('deepseek-r1');
  expect(stdout).toContain('ascend-910b3');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: `The report is at ${file}\n` });
});

test('a report that cannot be written costs no answer', async () => {
  const file = path.join(folder, 'none', 'plan.html');
  const { exitCode, stdout, stderr } = await sampan('plan', 'deepseek-r1', '--html', file);
  expect(stdout).toContain('ascend-910b3');
  expect(stderr).toContain(`Cannot write ${file}: its folder does not exist`);
  expect(exitCode).toBe(1);
});

test('predict asks what was said', async () => {
  const words = ['--model', 'deepseek-r1', '--chips', 'h20:16', '--precision', 'fp8'];
  const more = ['--engine', 'sglang', '--layout', 'prefill:ep32x2,decode:ep72', '--in', '4096'];
  const rest = ['--out', '1536', '--concurrency', '256', '--mtp', '0.7,0.4', '--kv', 'fp8'];
  const { exitCode, stdout } = await sampan('predict', ...words, ...more, ...rest, '--json');
  expect(asked).toEqual([
    {
      ...{ model: 'deepseek-r1', chips: 'h20:16', precision: 'fp8', engine: 'sglang' },
      ...{ layout: 'prefill:ep32x2,decode:ep72', inTokens: 4096, outTokens: 1536 },
      ...{ concurrency: 256, mtpAcceptance: [0.7, 0.4], kvBytes: 1 },
    },
  ]);
  const keys = ['ttftMs', 'tpotMs', 'inputTokensPerSecondPerChip', 'outputTokensPerSecondPerChip'];
  const prediction = JSON.parse(stdout);
  for (const key of [...keys, 'low', 'high', 'limit', 'grade'])
    expect(prediction).toHaveProperty(key);
  expect(exitCode).toBe(0);
  const shown = await sampan('predict', ...words);
  expect(shown.stdout).toMatch(/^TPOT {6}38 ms +30 ms to 48 ms$/m);
});

test.each([
  ['plan m --tpot fast', "argument 'fast' is invalid. It must be a time above 0, as in 50ms or 2s"],
  ['plan m --ttft 0', 'It must be a time above 0'],
  ['plan m --chips h20:0', 'The number of h20 must be a whole one from 1'],
  ['plan m --rate much', 'as in 20 or 300/min'],
  ['plan m --region mars', 'Allowed choices are global, us, cn'],
  ['plan m --currency dollars', 'one of USD, CNY, EUR, VND'],
  ['plan m --price h20', 'as in ascend-910b3=4/h'],
  ['plan m --budget 100', 'as in 4/h'],
  ['plan m --chips h20 --compare l20', 'cannot be used with'],
  ['plan m --csv --json', 'cannot be used with'],
  ['plan --here --rate 3', 'cannot be used with'],
  ['plan', 'Option model: found none, expected a model of the DeepSeek family'],
  ['predict --chips h20:16', "required option '--model <model>' not specified"],
  ['predict --model m --chips h20:many', 'The number of h20 must be a whole one from 1'],
  ['predict --model m --chips h20,l20', 'It must be one chip'],
  ['predict --model m --chips h20:2 --kv fp7', 'one of bf16'],
  ['predict --model m --chips h20:2 --mtp 2', 'a share from 0 to 1'],
])('%s is the user’s mistake: exit code 2, nothing asked', async (words, said) => {
  const { exitCode, stdout, stderr } = await sampan(...words.split(' '));
  expect(stderr).toContain(said);
  expect({ exitCode, stdout, asked }).toEqual({ exitCode: 2, stdout: '', asked: [] });
});
