import { expect, test } from 'vitest';
import { TokenClock } from './token-clock.ts';

test('first token, thinking time and speed', () => {
  const clock = new TokenClock(1000);
  for (let i = 0; i < 10; i++) clock.arrived('reasoning', 1200 + i * 10);
  for (let i = 0; i < 11; i++) clock.arrived('text', 1300 + i * 10);
  expect(clock.ttftMs).toBe(200);
  expect(clock.thinkingMs).toBe(100);
  expect(clock.reasoningTokens).toBe(10);
  expect(clock.tokensPerSecond()).toBe(100);
  expect(clock.tokensPerSecond(41)).toBe(200);
  expect(clock.totalMs(1500)).toBe(500);
});

test('nothing came: no figures, and no division by nothing', () => {
  const clock = new TokenClock(0);
  expect([clock.ttftMs, clock.thinkingMs, clock.tokensPerSecond()]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(clock.rates()).toEqual([]);
  clock.arrived('text', 5);
  clock.arrived('text', 5);
  expect(clock.tokensPerSecond()).toBeUndefined();
});

test('the plot is level where the speed is, and rises where it rises', () => {
  const clock = new TokenClock(0);
  for (let t = 0; t < 1000; t += 10) clock.arrived('text', t);
  for (let t = 1000; t < 2000; t += 5) clock.arrived('text', t);
  const rates = clock.rates();
  expect(rates.length).toBeGreaterThan(10);
  expect(rates[1]).toBeCloseTo(100, -1);
  expect(rates.at(-2)).toBeCloseTo(200, -1);
});

test('tokens that come in bursts are as level as those that come alone', () => {
  const clock = new TokenClock(0);
  for (let t = 0; t < 1000; t += 50) {
    for (let i = 0; i < 10; i++) clock.arrived('text', t + i / 10);
  }
  const rates = clock.rates();
  expect(rates.length).toBeGreaterThan(10);
  for (const rate of rates) {
    expect(rate).toBeGreaterThan(150);
    expect(rate).toBeLessThan(250);
  }
});

test('an hour of answer takes no more room than a second of it', () => {
  const clock = new TokenClock(0);
  for (let t = 0; t < 3_600_000; t += 100) clock.arrived('text', t);
  const rates = clock.rates();
  expect(rates.length).toBeLessThanOrEqual(33);
  for (const rate of rates) expect(rate).toBeCloseTo(10, -1);
});
