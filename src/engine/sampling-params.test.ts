import { expect, test } from 'vitest';
import { type SamplingOptions, samplingParams } from './sampling-params.ts';

const defaults = { temperature: 0.6, topP: 0.95, topK: 0, minP: 0 };
const parse = (options: SamplingOptions) => samplingParams(options, defaults, 100, [7]);

test('what is left out comes from the defaults; off is off', () => {
  expect(parse({ seed: 3 })).toEqual({
    ...defaults,
    ...{ repetitionPenalty: 1, presencePenalty: 0, frequencyPenalty: 0, seed: 3 },
    ...{ logitBias: [], logprobs: undefined, stop: [], stopTokens: new Set([7]) },
    maxTokens: Number.POSITIVE_INFINITY,
  });
});

test('seeds that are left out differ', () => {
  expect(parse({}).seed).not.toBe(parse({}).seed);
});

test('own stop tokens are added to the model`s', () => {
  expect(parse({ stopTokens: [1, 2] }).stopTokens).toEqual(new Set([7, 1, 2]));
  expect(parse({ stop: 'x' }).stop).toEqual(['x']);
});

test('ignoreEos leaves the stop tokens that were asked for', () => {
  expect(parse({ ignoreEos: true, stopTokens: [1] }).stopTokens).toEqual(new Set([1]));
  expect(parse({ ignoreEos: false }).stopTokens).toEqual(new Set([7]));
});

const wrong: [keyof SamplingOptions, unknown, string][] = [
  ['temperature', -0.1, 'a number from 0 to 100'],
  ['temperature', Number.NaN, 'a number from 0 to 100'],
  ['temperature', '0.6', 'a number from 0 to 100'],
  ['topK', 1.5, 'a whole number 0 or more'],
  ['topP', 0, 'a number above 0, at most 1'],
  ['topP', 1.01, 'a number above 0, at most 1'],
  ['minP', 2, 'a number from 0 to 1'],
  ['repetitionPenalty', 0, 'a number above 0, at most 10'],
  ['presencePenalty', 3, 'a number from -2 to 2'],
  ['frequencyPenalty', -3, 'a number from -2 to 2'],
  ['seed', 2 ** 53, 'a whole number 0 or more'],
  ['seed', -1, 'a whole number 0 or more'],
  ['logitBias', { 100: 1 }, 'a whole number from 0 to 99'],
  ['logitBias', { x: 1 }, 'a whole number from 0 to 99'],
  ['logprobs', 21, 'a whole number from 0 to 20'],
  ['stop', [''], 'strings of 1 to 1000 characters'],
  ['stop', [5], 'strings of 1 to 1000 characters'],
  ['stop', new Array(17).fill('x'), 'a string or at most 16 strings'],
  ['stop', { length: 1 }, 'a string or at most 16 strings'],
  ['stopTokens', [-1], 'a whole number from 0 to 99'],
  ['stopTokens', 3, 'a list of token ids'],
  ['ignoreEos', 'yes', 'true or false'],
  ['maxTokens', 0, 'a whole number 1 or more'],
];

test.each(wrong)('%s: %j is refused by name, found and expected', (name, value, expected) => {
  expect(() => parse({ [name]: value })).toThrow(
    expect.objectContaining({
      code: 'invalid_option',
      fields: expect.objectContaining({ name, expected }),
    }),
  );
});

test('a bias out of range names its token', () => {
  expect(() => parse({ logitBias: { 5: 101 } })).toThrow(
    'Option logitBias[5]: found 101, expected a number from -100 to 100.',
  );
});
