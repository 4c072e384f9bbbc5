/**
 * Replies that begin with what is cached are those that begin with nothing, on the real embedded
 * model: chats of several turns that branch, at once, in a cache that is too small for them, with
 * the model's own MTP module and with int8 keys and values.
 */
import { expect, test } from 'vitest';
import { mulberry32 } from '../../src/base/mulberry32.ts';
import { type LoadOptions, load } from '../../src/engine/load.ts';
import type { LoadedModel } from '../../src/engine/loaded-model.ts';
import { compiledKinds } from './compiled-kinds.ts';

const questions = [
  'What is 37 * 48?',
  'Sort these: 9, 4, 7, 1, 8.',
  'Tom has 12 apples and gives 5 away. How many are left?',
  'Is 91 prime?',
];

/** Ids of chats that share their beginnings: question, a reply of the model, the next question. */
function chats(model: LoadedModel, count: number, seed: number): number[][] {
  const random = mulberry32(seed);
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T;
  const prompts: number[][] = questions.map((question) =>
    model.tokenize(`<｜User｜>${question}<｜Assistant｜>`, { special: true }),
  );
  while (prompts.length < count) {
    const before = pick(prompts);
    const reply = model.tokenize(
      '<think>\n37 * 48 = 1776, so it is 1776.\n</think>\n\nIt is 1776.',
    );
    const cut = reply.slice(0, 4 + Math.floor(random() * reply.length));
    const next = model.tokenize(`<｜User｜>${pick(questions)}<｜Assistant｜>`, { special: true });
    if (before.length < 150) prompts.push([...before, ...cut, ...next]);
  }
  return prompts;
}

async function replyTo(model: LoadedModel, prompt: readonly number[], maxTokens: number) {
  const reply = model.generate(prompt, { temperature: 0, maxTokens, logprobs: 0 });
  const { logprobs, cachedTokens } = await reply.summary;
  return { ids: logprobs!.map(({ id }) => id), cachedTokens };
}

const [compiled] = compiledKinds;
const cases: [string, number, LoadOptions][] = [
  ['reference', 5, { device: 'reference', speculation: 'off' }],
  ['a compiled device, MTP', 20, { device: compiled, speculation: 'mtp' }],
  [
    'a compiled device, int8, guesses from the text',
    20,
    { device: compiled, kvCache: 'int8', speculation: 'ngram' },
  ],
];

test.each(cases)(
  '%s: greedy replies are those of a model that remembers nothing',
  async (_, count, options) => {
    const isSlow = options.device === 'reference';
    const maxTokens = isSlow ? 2 : 12;
    const plain = {
      ...options,
      contextTokens: 256,
      speculation: 'off',
      prefixCache: false,
    } as const;
    await using alone = await load('nano', { ...plain, maxSequences: 1 });
    const all = chats(alone, count, 7);
    const prompts = isSlow ? [all[4]!.slice(0, 40), all[4]!] : all;
    const expected: number[][] = [];
    for (const prompt of prompts) expected.push((await replyTo(alone, prompt, maxTokens)).ids);

    // Room for little more than the longest: blocks are evicted, sequences preempted.
    const { speculation } = options;
    await using measured = await load('nano', { ...options, contextTokens: 32, maxSequences: 1 });
    const kvBytes = measured.info.memory.kvBytesPerToken * 16 * 20;
    const size = { contextTokens: 256, kvBytes, maxSequences: 4 };
    await using model = await load('nano', { ...options, ...size });
    const [first, ...others] = prompts.map((prompt) => () => replyTo(model, prompt, maxTokens));
    const replies = [await first!(), ...(await Promise.all(others.map((ask) => ask())))];
    expect(replies.map(({ ids }) => ids)).toEqual(expected);
    const cached = replies.reduce((sum, { cachedTokens }) => sum + cachedTokens, 0);
    expect(cached).toBeGreaterThan(isSlow ? 15 : 10 * count);
    const { counters, kvBlocks } = model.stats();
    if (!isSlow) expect(kvBlocks.untouched).toBe(0);
    if (speculation === 'mtp') expect(counters.draftedTokens).toBeGreaterThan(0);
  },
);
