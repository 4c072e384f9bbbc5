import { expect, test } from 'vitest';
import { findModel } from '../facts/find-model.ts';
import { findPrecision } from '../facts/find-precision.ts';
import { roundInstance } from '../fixtures/round-chip.ts';
import { memoryRoom, sequenceBytes, sequenceRoom } from './memory.ts';
import { weightBytes } from './model-weights.ts';

test.each([
  ['r1-distill-llama-8b', 'bf16', 'tp1'],
  ['deepseek-r1', 'fp8', 'tp1'],
  ['deepseek-v2-lite', 'bf16', 'tp1'],
])('%s on one chip weighs what the model weighs', (model, precision, layout) => {
  const { weightBytes: found } = memoryRoom(roundInstance(model, precision, layout));
  const whole = weightBytes(findModel(model), findPrecision(precision));
  expect(found / whole).toBeCloseTo(1, 2);
});

test('what is shared by all groups is kept by each, and experts by none twice', () => {
  const bytes = (layout: string) =>
    memoryRoom(roundInstance('deepseek-r1', 'fp8', layout)).weightBytes;
  expect(bytes('tp8')).toBeCloseTo(bytes('tp1') / 8, -3);
  const experts = (58 * 256 * 3 * 7168 * 2048 * (1 + 4 / 128 ** 2)) / 8;
  expect(bytes('dp8ep8')).toBeCloseTo(experts + (bytes('tp1') - 8 * experts), -3);
  expect(bytes('tp8pp2')).toBeGreaterThan(bytes('tp8') / 2);
  expect(bytes('tp8pp2')).toBeLessThan(bytes('tp8') * 0.52);
});

test('a sequence of R1 takes 70,272 bytes a token, on every chip of a group', () => {
  for (const [layout, stages] of [
    ['tp1', 1],
    ['tp8', 1],
    ['dp8ep8', 1],
    ['tp8pp2', 2],
  ] as const) {
    const bytes = sequenceBytes(roundInstance('deepseek-r1', 'fp8', layout), 1000);
    expect(bytes).toBeCloseTo(70_272_000 / stages, 3);
  }
});

test('the eight key/value heads of Llama 70B are shared out, and past eight repeated', () => {
  const bytes = (layout: string) =>
    sequenceBytes(roundInstance('llama-3.1-70b', 'bf16', layout), 1000);
  expect(bytes('tp1')).toBe(327_680_000);
  expect(bytes('tp8')).toBe(bytes('tp1') / 8);
  expect(bytes('tp16')).toBe(bytes('tp8'));
});

test('room is what weights and reserve leave, for a prompt and most of a reply', () => {
  const instance = roundInstance('deepseek-r1', 'fp8', 'tp4dp2ep8');
  const { kvRoomBytes, weightBytes, reservedBytes, totalBytes } = memoryRoom(instance);
  expect(totalBytes).toBe(100e9);
  expect(kvRoomBytes).toBeCloseTo(100e9 - weightBytes - reservedBytes, 0);
  expect(weightBytes).toBeLessThan(96e9);
  const each = Math.floor(kvRoomBytes / (70_272 * (2000 + 600)));
  expect(sequenceRoom(instance, 2000, 800)).toBe(2 * each);
});
