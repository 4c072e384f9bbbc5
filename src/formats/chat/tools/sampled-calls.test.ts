import { expect, test } from 'vitest';
import { SampledCalls, sampledCallsLimits } from './sampled-calls.ts';

const call = (id: string, args = '{"a": 1}') => ({ id, name: 'f', arguments: args, body: args });

test('only the same call with an equal value is found', () => {
  const calls = new SampledCalls();
  calls.add(call('x', '{"a": [1, {"b": null}], "c": "d"}'));
  const found = (id: string | undefined, name: string, json: string) =>
    calls.bodyOf(id, name, json);
  const same = '{"c":"d","a":[1,{"b":null}]}';
  expect(found('x', 'f', same)).toBe('{"a": [1, {"b": null}], "c": "d"}');
  for (const other of [
    '{}',
    '[]',
    'null',
    'no json',
    same.replace('1', '2'),
    same.replace('[1,', '['),
  ]) {
    expect(found('x', 'f', other)).toBeUndefined();
  }
  expect(found('x', 'g', same)).toBeUndefined();
  expect(found('y', 'f', same)).toBeUndefined();
  expect(found(undefined, 'f', same)).toBeUndefined();
});

test('the longest unused go first, by number and by size', () => {
  const calls = new SampledCalls();
  const { calls: most, chars } = sampledCallsLimits;
  for (let i = 0; i < most; i++) calls.add(call(`id ${i}`));
  expect(calls.bodyOf('id 0', 'f', '{"a":1}')).toBeDefined(); // used: now the youngest
  calls.add(call('new'));
  expect(calls.size).toBe(most);
  expect(calls.bodyOf('id 0', 'f', '{"a":1}')).toBeDefined();
  expect(calls.bodyOf('id 1', 'f', '{"a":1}')).toBeUndefined();
  calls.add(call('large', `{"a": "${'x'.repeat(chars / 2 - 100)}"}`));
  expect(calls.size).toBeLessThan(50);
  calls.add(call('too large', `{"a": "${'x'.repeat(chars)}"}`));
  expect(calls.size).toBe(0);
});
