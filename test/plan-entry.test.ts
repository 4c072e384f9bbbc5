/**
 * `sampan/plan`, as users import it: in a browser too, so that nothing it reaches is Node's; and its
 * answers are data, so that a page may keep them and pass them on.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { plan, predict } from '../src/planner/plan.ts';

const root = path.resolve(import.meta.dirname, '..');

/** All files that a file reaches through its imports, types left out. */
function reached(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(path.join(root, file), 'utf8');
  expect(text, file).not.toMatch(/from '(?!\.)/);
  expect(text, file).not.toMatch(/\bprocess\./);
  for (const [, target] of text.matchAll(/^(?:im|ex)port (?!type\b)[^;]*?from '(\.[^']+)'/gm)) {
    reached(path.posix.join(path.posix.dirname(file), target as string), seen);
  }
  return seen;
}

test('reaches the planner and base, nothing of Node and no package', () => {
  const files = [...reached('src/planner/plan.ts')];
  expect(files.length).toBeGreaterThan(40);
  for (const file of files) expect(file).toMatch(/^src\/(planner|base)\//);
});

test('answers with data that survives being written down', () => {
  const answer = plan({
    model: 'r1-distill-qwen-7b',
    rate: 5,
    inTokens: 1000,
    outTokens: 500,
    chips: [{ chip: 'h20' }, { chip: 'ascend-910b1' }],
  });
  expect(answer.rows.length).toBeGreaterThan(0);
  expect(answer.refused.length).toBe(1);
  expect(JSON.parse(JSON.stringify(answer))).toEqual(answer);
  const { model, engine, precision, layout, concurrency } = answer.rows[0]!.prediction;
  const point = { model, engine, precision, layout, concurrency, inTokens: 1000, outTokens: 500 };
  expect(predict({ ...point, chips: 'h20' })).toEqual(answer.rows[0]!.prediction);
});
