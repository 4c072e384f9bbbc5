import { expect, test } from 'vitest';
import { fakeAnswerer } from '../../test/fakes/fake-answerer.ts';
import { fakeLoadedModel } from '../../test/fakes/fake-loaded-model.ts';
import type { FakeModelOptions } from '../../test/fakes/fake-model.ts';
import { special } from '../../test/fakes/fake-tokenizer.ts';
import type { ChatReply } from './chat-reply.ts';
import type { ChatOptions } from './loaded-model.ts';
import { chatVoted, sampleSeed, type VoteProgress } from './vote.ts';

const messages = [{ role: 'user', content: '9.9 or 9.11?' }] as const;

/** Thinks a few random letters, then answers A, B or C: B twice as likely as the others. */
const guesses: FakeModelOptions = {
  onLogits(row, context) {
    row.fill(-20);
    const closed = context.lastIndexOf(special.thinkEnd);
    if (closed < 0) row.set([1, 1, 1], 97);
    if (closed < 0) row[special.thinkEnd] = 0;
    else if (context.length > closed + 1) row[special.end] = 10;
    else row.set([1, 1 + Math.log(2), 1], 65);
  },
};

async function read<R extends ChatReply>(reply: R) {
  let [reasoning, text] = ['', ''];
  for await (const piece of reply) {
    if (piece.type === 'text') text += piece.text;
    else if (piece.type === 'reasoning') reasoning += piece.text;
  }
  return { reasoning, text, summary: await (reply.summary as R['summary']) };
}

/** What each seed answers. */
function scripted(answers: readonly string[], asked: ChatOptions[] = []) {
  return fakeAnswerer(async function* (_, options) {
    asked.push(options);
    const text = answers[asked.length - 1]!;
    yield { type: 'reasoning', text: `thought ${asked.length}` } as const;
    if (text === 'fail') throw new Error('no memory');
    yield { type: 'text', text } as const;
  });
}

test('the commonest answer comes as an ordinary reply, with the tokens of all', async () => {
  const asked: ChatOptions[] = [];
  const progress: VoteProgress[] = [];
  const model = scripted(['It is 7.', 'The answer: 8', '8', '9'], asked);
  const onProgress = (event: VoteProgress) => progress.push(event);
  const { reasoning, text, summary } = await read(
    chatVoted(model, messages, { samples: 4, seed: 5, maxTokens: 99, onProgress }),
  );
  expect([reasoning, text]).toEqual(['thought 2', 'The answer: 8']);
  expect(summary).toMatchObject({
    ...{ finishReason: 'stop', promptTokens: 48, completionTokens: 160, reasoningTokens: 120 },
    ...{ seed: 5, vote: { samples: 4, winner: 1 } },
  });
  expect(summary.vote.answers.map(({ answer, votes }) => [answer, votes])).toEqual([
    ...[['8', 2] as const, ['7', 1] as const, ['9', 1] as const],
  ]);
  expect(asked.map(({ seed }) => seed)).toEqual([0, 1, 2, 3].map((i) => sampleSeed(5, i)));
  expect(asked.map(({ maxTokens }) => maxTokens)).toEqual([99, 99, 99, 99]);
  expect(progress.map(({ finished }) => finished)).toEqual([1, 2, 3, 4]);
  expect(progress.at(-1)).toEqual({
    ...{ samples: 4, finished: 4, completionTokens: 160, leading: '8' },
  });
});

test('seeds differ, stay whole numbers, and the first is the one that was given', () => {
  for (const seed of [0, 1, 2 ** 32, Number.MAX_SAFE_INTEGER - 1]) {
    const seeds = Array.from({ length: 64 }, (_, i) => sampleSeed(seed, i));
    expect(new Set(seeds).size).toBe(64);
    expect(seeds.every(Number.isSafeInteger)).toBe(true);
    expect(seeds[0]).toBe(seed);
  }
});

test('one seed, one result, whatever else runs; one sample is what chat gives', async () => {
  await using model = fakeLoadedModel(guesses);
  const vote = (seed: number, samples = 9) => read(chatVoted(model, messages, { samples, seed }));
  const alone = await vote(1);
  const company = [chatVoted(model, messages, { samples: 7, seed: 99 }), model.chat(messages)];
  const again = await vote(1);
  expect([again.text, again.reasoning]).toEqual([alone.text, alone.reasoning]);
  expect(again.summary.vote).toEqual(alone.summary.vote);
  expect(alone.summary.vote.answers.reduce((sum, { votes }) => sum + votes, 0)).toBe(9);
  await Promise.all(company.map((reply) => reply.summary));
  const [single, plain] = [await vote(4, 1), await read(model.chat(messages, { seed: 4 }))];
  expect([single.text, single.reasoning]).toEqual([plain.text, plain.reasoning]);
  expect(single.summary.completionTokens).toBe(plain.summary.completionTokens);
});

test('more votes find the likeliest answer more often', async () => {
  await using model = fakeLoadedModel(guesses);
  const share = async (samples: number) => {
    const seeds = Array.from({ length: 40 }, (_, i) => 1000 * i);
    const texts = await Promise.all(
      seeds.map(async (seed) => (await read(chatVoted(model, messages, { samples, seed }))).text),
    );
    return texts.filter((text) => text === 'B').length;
  };
  expect(await share(15)).toBeGreaterThan((await share(1)) + 5);
});

test('log probabilities are given only when asked for', async () => {
  await using model = fakeLoadedModel(guesses);
  const without = await read(chatVoted(model, messages, { samples: 3, seed: 1 }));
  const withThem = await read(chatVoted(model, messages, { samples: 3, seed: 1, logprobs: 2 }));
  expect(without.summary).not.toHaveProperty('logprobs');
  expect(withThem.summary.logprobs?.[0]?.top).toHaveLength(2);
  expect(withThem.text).toBe(without.text);
});

const endless: FakeModelOptions = {
  onLogits: (row) => row.fill(-10).fill(1, 97, 123),
};

test('answerNow reaches every sample', async () => {
  await using model = fakeLoadedModel(endless);
  const reply = chatVoted(model, messages, { samples: 3, maxTokens: 50 });
  reply.answerNow();
  const { summary } = await read(reply);
  expect(summary.reasoningTokens).toBeLessThan(3 * 5);
});

test('leaving the loop ends all samples; the summary says abort and counts what was', async () => {
  await using model = fakeLoadedModel(endless);
  const reply = chatVoted(model, messages, { samples: 3 });
  const reading = reply[Symbol.asyncIterator]();
  const first = reading.next();
  reply.leave();
  expect(await first).toEqual(expect.objectContaining({ value: undefined }));
  expect((await reply.summary).finishReason).toBe('abort');
});

test('a signal, and a sample that fails, fail the whole with that reason', async () => {
  await using model = fakeLoadedModel(endless);
  const controller = new AbortController();
  const { signal } = controller;
  const reply = chatVoted(model, messages, { samples: 3, signal });
  controller.abort('changed my mind');
  await expect(read(reply)).rejects.toBe('changed my mind');
  await expect(reply.summary).rejects.toBe('changed my mind');
  const failing = chatVoted(scripted(['1', 'fail', '1']), messages, { samples: 3 });
  await expect(read(failing)).rejects.toThrow('no memory');
});

test('what is wrong in itself is refused where it is asked, and nothing goes on', async () => {
  await using model = fakeLoadedModel(endless);
  const wrong = [
    { samples: 0 },
    { samples: 65 },
    { samples: 1.5 },
    { samples: 2, temperature: 0 },
    { samples: 2, topP: 7 },
  ];
  for (const options of wrong) {
    const call = () => chatVoted(model, messages, options);
    expect(call).toThrow(expect.objectContaining({ code: 'invalid_option' }));
  }
  await read(chatVoted(model, messages, { samples: 1, temperature: 0, maxTokens: 3 }));
});
