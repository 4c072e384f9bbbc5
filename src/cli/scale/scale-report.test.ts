import { expect, test } from 'vitest';
import { FakeTerminal } from '../../../test/fakes/fake-terminal.ts';
import { describeScale } from './describe-scale.ts';
import type { Budget, ScalePoint } from './measure-scale.ts';
import type { ScaleReport } from './run-scale.ts';
import { scaleCsv } from './scale-csv.ts';
import { budgetList, sampleList } from './scale-lists.ts';
import { scaleSvg } from './scale-svg.ts';
import { wilson } from './wilson.ts';

const point = (budget: Budget, samples: number, right: number, tokens: number): ScalePoint => ({
  ...{ budget, samples, right, problems: 20, accuracy: right / 20, interval: wilson(right, 20) },
  ...{ tokensPerProblem: tokens, thinkingTokensPerProblem: tokens / 2 },
});

const report: ScaleReport = {
  ...{ version: '1.2.3', date: '2026-01-31', cpu: 'A "fast", one', device: 'native' },
  model: { name: 'nano <1>', file: 'x.gguf', quantisation: 'F16', parameterCount: 5 },
  problems: { file: 'p.jsonl', count: 20 },
  settings: {
    ...{ budgets: [0, 'unbounded'], samples: [1, 4], temperature: 0.6, topP: 0.95, seed: 1 },
  },
  seconds: 12.3,
  points: [
    ...[point(0, 1, 2, 10), point(0, 4, 5, 40)],
    ...[point('unbounded', 1, 10, 80), point('unbounded', 4, 20, 320)],
  ],
};

test('people read a table, and the curve in letters', () => {
  const lines = describeScale(report, new FakeTerminal({ isTTY: false })).split('\n');
  expect(lines.slice(4, 8)).toEqual([
    '              0        1              10.0    10.0 %  2.8 % to 30.1 %',
    '              0        4              40.0    25.0 %  11.2 % to 46.9 %',
    '      unbounded        1              80.0    50.0 %  29.9 % to 70.1 %',
    '      unbounded        4             320.0   100.0 %  83.9 % to 100.0 %',
  ]);
  expect(lines[9]).toMatch(/^100 % │ {59}b$/);
  const marks = lines.slice(9, 23).flatMap((line, y) => {
    const x = line.slice(7).search(/[ab]/);
    return x < 0 ? [] : [[x, y, line[7 + x]]];
  });
  expect(marks).toEqual([
    ...[[59, 0, 'b'] as const, [35, 7, 'a'] as const],
    ...[[24, 10, 'b'] as const, [0, 12, 'a'] as const],
  ]);
  expect(lines.at(-1)).toContain('a = 1 sample, b = 4 samples');
});

test('one point alone can be drawn', () => {
  const single = { ...report, points: [point(16, 1, 20, 30)] };
  expect(describeScale(single, new FakeTerminal())).toContain('100 % │a');
  expect(scaleSvg(single)).not.toContain('NaN');
});

test('programs read CSV: a line per point, each with its frame', () => {
  const [head, first, ...more] = scaleCsv(report).trimEnd().split('\n');
  expect(head).toMatch(/^model,quantisation,temperature,top_p,seed,problems,budget,samples,right/);
  expect(first).toBe(
    'nano <1>,F16,0.6,0.95,1,20,0,1,2,0.1000,0.0279,0.3010,10.0,5.0,2026-01-31,"A ""fast"", one",native,1.2.3',
  );
  expect(more).toHaveLength(3);
});

test('the picture has a line for each number of samples, with marks and whiskers', () => {
  const svg = scaleSvg(report);
  expect(svg.match(/<polyline/g)).toHaveLength(2);
  expect(svg.match(/class="whisker"/g)).toHaveLength(4);
  expect(svg).toContain('>nano &lt;1>: right answers against tokens spent<');
  expect(svg).toContain('<title>budget unbounded: 320.0 tokens, 100.0 %</title>');
  const tags = svg.match(/<\/?[a-z]+/g)!.filter((tag) => !/<(line|circle)/.test(tag));
  const opened = tags.filter((tag) => !tag.startsWith('</') && !/polyline|polygon/.test(tag));
  const closed = tags.filter((tag) => tag.startsWith('</'));
  expect(opened.length).toBe(closed.length);
});

test('lists: sorted, each once; unbounded is the largest', () => {
  expect(budgetList('64, unbounded,0,64')).toEqual([0, 64, 'unbounded']);
  expect(sampleList('8,1,2,1')).toEqual([1, 2, 8]);
  for (const wrong of ['', '1.5', '-1', 'x', '1,,2', new Array(21).fill(1).join()]) {
    expect(() => budgetList(wrong)).toThrow();
    expect(() => sampleList(wrong)).toThrow();
  }
  expect(() => sampleList('0')).toThrow('1 to 64');
  expect(() => sampleList('65')).toThrow('1 to 64');
});
