/** Control of thinking on the real embedded model: votes, budgets, answering now, loops. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { heldOutProblemsPath, readProblems } from '../../src/cli/scale/problems.ts';
import { LoopDetector } from '../../src/engine/loop-detector.ts';
import { type ChatReply, chatVoted, type LoadedModel, load } from '../../src/index.ts';

let model: LoadedModel;
beforeAll(async () => {
  model = await load('nano', { maxSequences: 64 });
});
afterAll(() => model.close());

const ask = (content: string) => [{ role: 'user', content }] as const;

async function read<R extends ChatReply>(reply: R) {
  let [reasoning, text] = ['', ''];
  for await (const piece of reply) {
    if (piece.type === 'text') text += piece.text;
    else if (piece.type === 'reasoning') reasoning += piece.text;
  }
  return { reasoning, text, summary: await (reply.summary as R['summary']) };
}

test('a vote over hot samples is right where many of them are not, and can be repeated', async () => {
  const options = { samples: 7, temperature: 2, topP: 1, seed: 11 };
  const first = await read(chatVoted(model, ask('What is 37 * 48?'), options));
  const { answers, samples, winner } = first.summary.vote;
  expect(first.text).toContain('1776');
  expect(answers[0]?.answer).toBe('1776');
  expect(answers.length).toBeGreaterThan(1);
  expect(answers.reduce((sum, { votes }) => sum + votes, 0)).toBeLessThanOrEqual(samples);
  const again = await read(chatVoted(model, ask('What is 37 * 48?'), options));
  expect([again.text, again.reasoning]).toEqual([first.text, first.reasoning]);
  expect([again.summary.vote.winner, again.summary.completionTokens]).toEqual([
    ...[winner, first.summary.completionTokens],
  ]);
});

test('replies that end by themselves are left alone, also one after the other', async () => {
  const problems = readProblems(heldOutProblemsPath()).slice(0, 20);
  const replies = await Promise.all(
    problems.map(({ question }, i) => read(model.chat(ask(question), { seed: i }))),
  );
  expect(replies.filter(({ summary }) => summary.finishReason !== 'stop')).toEqual([]);
  const tokens = model.tokenize(
    replies.map(({ reasoning, text }) => `${reasoning}\n${text}\n`).join(''),
  );
  expect(tokens.length).toBeGreaterThan(600);
  const detector = new LoopDetector();
  expect(tokens.findIndex((token) => detector.push(token, true))).toBe(-1);
});

test('made to loop, it is led to its answer; made to loop there too, it is cut and says why', async () => {
  const [zero] = model.tokenize('0') as [number];
  const reply = model.chat(ask('What is 12 + 30?'), { logitBias: { [zero]: 100 } });
  const { reasoning, text, summary } = await read(reply);
  expect(reasoning).toMatch(/^0{1024,1400}$/);
  expect(text).toMatch(/^0{512,600}$/);
  expect(summary).toMatchObject({ finishReason: 'length', lengthCause: 'loop' });
});

test.each([
  ['a budget', { thinkTokens: 16 }, false],
  ['answering now', {}, true],
])('%s ends the thinking and an answer follows', async (_, options, isNow) => {
  const reply = model.chat(ask('What is 937 * 48?'), { temperature: 0, ...options });
  if (isNow) reply.answerNow();
  const { text, summary } = await read(reply);
  expect(text).toMatch(/\d/);
  expect(summary.finishReason).toBe('stop');
  expect(summary.reasoningTokens).toBeLessThan(30);
});
