import { expect, test } from 'vitest';
import { promptCopies, promptRate, promptTtftSeconds } from './prompt-queue.ts';

const prompts = { fixedSeconds: 0.5, intervalSeconds: 0.4, promptsFirst: 0 };
const first = { ...prompts, promptsFirst: 0.1 };

test('half busy, an even server makes wait half of what it takes (M/D/1)', () => {
  expect(promptTtftSeconds(prompts, 1, 0.5, 40)).toBeCloseTo(0.5 + 0.2, 12);
  expect(promptTtftSeconds(prompts, 4, 0.5, 40)).toBeCloseTo(0.5 + 0.05, 12);
});

test('what is read first of the prompts of all clients solves its own equation', () => {
  const ttft = promptTtftSeconds(first, 2, 0.6, 40);
  const rate = (0.6 * 2) / 0.4;
  const clients = rate * (ttft + 40);
  const wait = ((0.6 / (2 * 0.4)) * 0.4) / 2;
  expect(ttft).toBeCloseTo(0.5 + wait + 0.1 * clients * (0.4 / 2), 9);
});

test('the highest rate: the TTFT is the limit', () => {
  const rate = promptRate(prompts, 1, 40, 0.9);
  expect(promptTtftSeconds(prompts, 1, rate * 0.4, 40)).toBeCloseTo(0.9, 6);
  expect(rate).toBeCloseTo(2 / 3 / 0.4, 6);
});

test('a limit below what a prompt takes allows nothing, none allows nearly all', () => {
  expect(promptRate(prompts, 1, 40, 0.49)).toBe(0);
  expect(promptCopies(prompts, 1, 40, 0.49)).toBe(Number.POSITIVE_INFINITY);
  expect(promptRate(prompts, 1, 40, Number.POSITIVE_INFINITY) * 0.4).toBeGreaterThan(0.999);
  expect(promptCopies(prompts, 5, 40, Number.POSITIVE_INFINITY)).toBe(3);
});

test.each([prompts, first])(
  'the fewest copies carry the rate, and one fewer does not',
  (prompts) => {
    for (const rate of [0.01, 0.5, 1, 7, 100, 5000]) {
      for (const limit of [0.501, 0.6, 0.9, 3, 30]) {
        const copies = promptCopies(prompts, rate, 20, limit);
        expect(promptRate(prompts, copies, 20, limit)).toBeGreaterThanOrEqual(rate * (1 - 1e-6));
        if (copies === 1) continue;
        expect(promptRate(prompts, copies - 1, 20, limit)).toBeLessThan(rate);
      }
    }
  },
);
