import { expect, test } from 'vitest';
import { fakeSummary } from '../../test/fakes/fake-answerer.ts';
import { ChatReply } from './chat-reply.ts';
import { normalAnswer } from './normal-answer.ts';
import type { ChatPiece } from './reply-writer.ts';
import { type Ballot, readSample, tally } from './tally.ts';

function sample(text: string, meanLogprob = 0, finishReason: 'stop' | 'length' = 'stop'): Ballot {
  return {
    ...{ answer: normalAnswer(text), meanLogprob },
    summary: { ...fakeSummary, finishReason },
  };
}

test('the commonest answer wins, spoken by its likeliest sample', () => {
  const samples = [sample('7', -0.1), sample('It is 8.', -0.9), sample('8', -0.5), sample('9')];
  expect(tally(samples)).toEqual({
    winner: 2,
    answers: [
      { answer: '8', votes: 2, meanLogprob: -0.5 },
      { answer: '9', votes: 1, meanLogprob: 0 },
      { answer: '7', votes: 1, meanLogprob: -0.1 },
    ],
  });
});

test('a draw goes to the likelier answer, then to the earlier', () => {
  expect(tally([sample('1', -0.5), sample('2', -0.4)]).winner).toBe(1);
  expect(tally([sample('1', -0.5), sample('2', -0.5)]).winner).toBe(0);
});

test('a cut reply and one without an answer have no vote', () => {
  const cut = [sample('12', -0.1, 'length'), sample('12', -0.1, 'length'), sample('', -0.1)];
  expect(tally([...cut, sample('123', -2)]).winner).toBe(3);
  const votes = tally([...cut, sample('123', -2)]).answers.map(({ answer, votes }) => [
    ...[answer, votes],
  ]);
  expect(votes).toEqual([
    ['123', 1],
    ['12', 0],
    ['', 0],
  ]);
});

test('where the same answer was also given whole, the whole reply speaks for it', () => {
  expect(tally([sample('12', -0.1, 'length'), sample('12', -3)]).winner).toBe(1);
});

test('where none has a vote one is taken all the same', () => {
  expect(tally([sample('', -2), sample('5', -1, 'length')]).winner).toBe(1);
});

test('calls of the same with the same arguments are the same answer, however they are written', async () => {
  const answers = await Promise.all(
    ['{"a": 1, "b": 2}', '{ "b":2,"a":1 }', '{"a": 2, "b": 1}'].map(async (json) => {
      const reply = new ChatReply({ onLeave() {}, onAnswerNow() {} });
      const pieces = [
        { type: 'reasoning', text: 'hm' },
        { type: 'toolCall', index: 0, id: json, name: 'add' },
        ...[...json].map((text) => ({ type: 'toolArguments', index: 0, text })),
      ];
      for (const piece of pieces) reply.push(piece as ChatPiece);
      reply.finish(fakeSummary);
      return (await readSample(reply)).answer;
    }),
  );
  expect(answers).toEqual([...['add {"a":1,"b":2}', 'add {"a":1,"b":2}', 'add {"a":2,"b":1}']]);
});
