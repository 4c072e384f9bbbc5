import { expect, test } from 'vitest';
import { fakePlan, fakePrediction } from '../../../test/fakes/fake-plan.ts';
import { FakeTerminal } from '../../../test/fakes/fake-terminal.ts';
import type { PlanQuestion } from '../../planner/plan-answer.ts';
import type { Terminal } from '../terminal.ts';
import { describeComparison } from './describe-comparison.ts';
import { describePlan } from './describe-plan.ts';
import { bar, describePrediction } from './describe-prediction.ts';
import { planCsv } from './plan-csv.ts';

const question: PlanQuestion = {
  ...{ model: 'deepseek-r1', rate: 20, inTokens: 2000, outTokens: 800, ttftMs: 2000, tpotMs: 50 },
  ...{ cacheHit: 0.5, region: 'cn', currency: 'CNY' },
};
const piped = new FakeTerminal({ isTTY: false });
function narrow(columns: number): Terminal {
  const terminal = new FakeTerminal({ isTTY: false });
  Object.defineProperty(terminal.stdout, 'columns', { value: columns });
  return terminal;
}

test('people read the load, the best of each chip, who cannot, what was assumed, and sources', () => {
  const text = describePlan(fakePlan(question), ['no limit on TPOT (--tpot)'], piped);
  expect(text).toBe(`\
deepseek-r1: 20 requests/s; 2000 tokens in (50 % cached), 800 out; TTFT within 2 s; TPOT within
  50 ms; region cn

    chip          chips    TTFT   TPOT  tok/s/chip  CNY/M in / out    kW  error  grade
 1  ascend-910b3     64  1.21 s  38 ms         412    0.352 / 4.42  38.2  ±25 %      B
    vllm-ascend, int8, dp4tp4ep16 × 4; limited by memory; carries 20.8 requests/s, 96 % used; export
    to us: barred (2026-01)
 2  h20              40  1.21 s  38 ms         412        no price     ?   ×3.3      C
    sglang, fp8, prefill:ep16x2,decode:ep8; limited by memory; carries 21 requests/s, 95 % used;
    links of "two, or more" kinds
    1 more in --json and --csv

Notes
  experts are chosen evenly
  error: 14 published results of ascend-910 chips

Cannot
  s60, t20: no engine is known to serve it there; nearest: r1-distill-qwen-32b

Assumed
  no limit on TPOT (--tpot)
  1,234 layouts tried, all there are

Sources
  [HAMI] Device map, https://example.org/hami`);
});

test('of chosen chips every deployment is shown', () => {
  const plan = fakePlan({ ...question, chips: [{ chip: 'ascend-910b3' }, { chip: 'h20' }] });
  const text = describePlan(plan, [], piped);
  expect(text).toContain('on ascend-910b3, h20');
  expect(text).toMatch(/^ 2 {2}ascend-910b3 {5}80/m);
  expect(text).toMatch(/^ 3 {2}h20 /m);
});

test.each([40, 60, 80, 100])('in a terminal of %i columns no line is longer', (columns) => {
  for (const describe of [describePlan, describeComparison]) {
    const text = describe(fakePlan(question), ['nothing'], narrow(columns));
    const lines = text.split('\n').filter((line) => !/https?:/.test(line));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(text).toContain('ascend-910b3');
    expect(text).toContain('38 ms');
  }
});

test('where no chip carries the load, that is said', () => {
  const text = describePlan({ ...fakePlan(question), rows: [] }, [], piped);
  expect(text).toContain('No chip carries this load within these limits.');
  expect(text).toContain('s60, t20: no engine');
});

test('chips are compared side by side, each by its best', () => {
  const text = describeComparison(fakePlan(question), [], piped);
  expect(text).toMatch(/^ {22}ascend-910b3 {14}h20$/m);
  expect(text).toMatch(/^chips {17}64 {24}40$/m);
  expect(text).toMatch(/^per million in \/ out {2}0\.352 \/ 4\.42 {14}\?$/m);
  expect(text).toMatch(/^layout {16}dp4tp4ep16 × 4 {12}prefill:ep16x2,decode:ep$/m);
  expect(text).toContain('Cannot: s60, t20: no engine');
});

test('programs read CSV: quoted where it must be, empty where nothing is known', () => {
  const text = planCsv(fakePlan(question));
  expect(text.endsWith('\r\n')).toBe(true);
  const [head, first, , third, refused] = text.split('\r\n').map(cellsOf);
  expect(new Set([head, first, third, refused].map((line) => line!.length))).toEqual(
    new Set([head!.length]),
  );
  const cell = (line: string[] | undefined, name: string) => line![head!.indexOf(name)];
  expect(cell(first, 'rank')).toBe('1');
  expect(cell(first, 'cost_per_million_output')).toBe('4.42');
  expect(cell(first, 'output_low')).toBe('329.6');
  expect(cell(first, 'exports')).toBe('us: barred; us: open; cn: open');
  expect(cell(third, 'layout')).toBe('prefill:ep16x2,decode:ep8');
  expect(cell(third, 'cost_per_hour')).toBe('');
  expect(cell(third, 'kilowatts')).toBe('');
  expect(cell(refused, 'chip')).toBe('s60');
  expect(cell(refused, 'model')).toBe('deepseek-r1');
  expect(cell(refused, 'refused')).toBe('no engine is known to serve it there.');
});

/** A line of RFC 4180: commas between quotes are text. */
function cellsOf(line: string): string[] {
  const cells = line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/);
  return cells.map((cell) => cell.replace(/^"(.*)"$/, '$1').replaceAll('""', '"'));
}

test('a prediction has its ranges, its parts and its memory', () => {
  const asked = {
    ...{ model: 'deepseek-r1', chips: 'ascend-910b3:16', inTokens: 4096, outTokens: 1536 },
    ...{ concurrency: 192, cacheHit: 0.25, mtpAcceptance: [0.7, 0.4] },
  };
  const [title, address] = ['Device map', 'https://example.org/hami'];
  const sources = [{ tag: 'HAMI', title, address, date: '2026' }];
  expect(describePrediction(fakePrediction, asked, sources, piped)).toBe(`\
serving   deepseek-r1 on 16 × ascend-910b3: vllm-ascend, int8, dp4tp4ep16
load      192 at once, 4096 tokens in (25 % cached), 1536 out; drafts accepted: 0.7,0.4
TTFT      1.21 s                   968 ms to 1.51 s
TPOT      38 ms                    30 ms to 48 ms
in        1,030 tokens/s a chip    824 to 1,290
out       412 tokens/s a chip      330 to 515
range     14 published results of ascend-910 chips
carries   5.2 requests/s, 180 sequences at once
limit     replies: memory bandwidth; prompts: compute
decode    ████████████▓▓▓▓▓▓▓▓▓▓▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒░░░░░░░░·····
          40 ms a step: █ products 25 %, ▓ attention 20 %, ▒ experts 30 %, ░ collectives 15 %,
          · overhead 10 %
prefill   █████████████████████████▓▓▓▓▓▓▓▓▓▓▒▒▒▒▒▒▒▒▒▒░░░░░
          1.00 s a pass: █ products 50 %, ▓ attention 20 %, ▒ experts 20 %, ░ collectives 10 %
memory    64 GB a chip: 43 GB weights, 14 GB keys and values, 7 GB kept free
grade     B, of the worst figure it rests on
assumed   experts are chosen evenly
sources   [HAMI] Device map, https://example.org/hami
          [VLLM-ASC]`);
});

test('a bar is always as long, and empty where nothing is done', () => {
  const nothing = { products: 0, attention: 0, experts: 0, collectives: 0, overhead: 0 };
  expect(bar({ ...nothing, products: 1e-9, overhead: 2 })).toBe('·'.repeat(50));
  expect(bar({ products: 1, attention: 1, experts: 1, collectives: 1, overhead: 1 })).toHaveLength(
    50,
  );
  expect(bar(nothing)).toBe('');
});
