import { expect, test } from 'vitest';
import { fakeLoadedModel } from '../../test/fakes/fake-loaded-model.ts';
import type { FakeModelOptions } from '../../test/fakes/fake-model.ts';
import { special } from '../../test/fakes/fake-tokenizer.ts';
import type { ChatReply } from './chat-reply.ts';
import type { ChatOptions } from './loaded-model.ts';

const messages = [{ role: 'user', content: '9.9 or 9.11?' }] as const;

/** Thinks these bytes over and over; once that is closed it answers with `answer` over and over, or once. */
function loops(thought: string, answer: string, isOnce = false): FakeModelOptions {
  const [thoughtBytes, answerBytes] = [Buffer.from(thought), Buffer.from(answer)];
  let begins: number | undefined;
  return {
    onLogits(row, context) {
      row.fill(-10);
      const closed = context.lastIndexOf(special.thinkEnd);
      begins ??= context.length;
      if (closed < 0) {
        row[thoughtBytes[(context.length - begins) % thoughtBytes.length]] = 10;
        return;
      }
      const written = context.length - closed - 3; // </think> and two line breaks
      const isOver = isOnce && written >= answerBytes.length;
      row[isOver ? special.end : answerBytes[written % answerBytes.length]] = 10;
    },
  };
}

async function read(reply: ChatReply, onPiece?: (thought: string) => void) {
  let [reasoning, text] = ['', ''];
  for await (const piece of reply) {
    if (piece.type === 'text') text += piece.text;
    else if (piece.type === 'reasoning') {
      reasoning += piece.text;
      onPiece?.(reasoning);
    }
  }
  return { reasoning, text, summary: await reply.summary };
}

test('thinking in a loop is closed and an answer follows', async () => {
  await using model = fakeLoadedModel(loops('Wait, once more. ', '9.9', true), {
    contextTokens: 4000,
  });
  const { reasoning, text, summary } = await read(model.chat(messages));
  expect(reasoning.length).toBeGreaterThan(1024);
  expect(reasoning.length).toBeLessThan(1400);
  expect(text).toBe('9.9');
  expect(summary.finishReason).toBe('stop');
  expect(summary).not.toHaveProperty('lengthCause');
});

test('an answer that loops after that is cut, and the summary says why', async () => {
  await using model = fakeLoadedModel(loops('Wait, once more. ', 'so '), { contextTokens: 4000 });
  const { text, summary } = await read(model.chat(messages));
  expect(text.length).toBeGreaterThan(512);
  expect(text.length).toBeLessThan(600);
  expect(summary).toMatchObject({ finishReason: 'length', lengthCause: 'loop' });
});

test('loopDetection false, or ignoreEos: it goes on until the context is full', async () => {
  for (const options of [{ loopDetection: false }, { ignoreEos: true }]) {
    await using model = fakeLoadedModel(loops('Hm. ', 'so '), { contextTokens: 1400 });
    const { text, summary } = await read(model.chat(messages, options));
    expect(text).toBe('');
    expect(summary).toMatchObject({ finishReason: 'length', lengthCause: 'context' });
  }
});

test('a completion that loops is cut', async () => {
  await using model = fakeLoadedModel(loops('ab', ''), { contextTokens: 4000 });
  const summary = await model.generate('x').summary;
  expect(summary).toMatchObject({ finishReason: 'length', lengthCause: 'loop' });
  const cut = await model.generate('x', { maxTokens: 9 }).summary;
  expect(cut).toMatchObject({ finishReason: 'length', lengthCause: 'maxTokens' });
});

test('answerNow closes the thinking at the next token, with any budget or none', async () => {
  for (const options of [{}, { thinkTokens: 300 }]) {
    await using model = fakeLoadedModel(loops('I think and think, ', '9.9', true));
    const reply = model.chat(messages, options);
    const { reasoning, text, summary } = await read(reply, (thought) => {
      if (thought.length === 20) reply.answerNow();
    });
    expect(reasoning.length).toBeLessThan(24);
    expect(text).toBe('9.9');
    expect(summary.finishReason).toBe('stop');
  }
});

test('answerNow before the first token, twice, and after the thinking', async () => {
  await using model = fakeLoadedModel(loops('Hm, ', '9.9', true));
  const reply = model.chat(messages);
  reply.answerNow();
  reply.answerNow();
  const { reasoning, text } = await read(reply);
  expect([reasoning, text]).toEqual(['H', '9.9']);
  reply.answerNow();
  expect((await reply.summary).finishReason).toBe('stop');
});

test('thinking is never cut inside a character, at a budget or now', async () => {
  for (const thinkTokens of [21, 22, 23, 24, 25, undefined]) {
    await using model = fakeLoadedModel(loops('思考🎉', '9.9', true));
    const reply = model.chat(messages, { ...(thinkTokens && { thinkTokens }) });
    if (thinkTokens === undefined) reply.answerNow();
    const { reasoning, text } = await read(reply);
    expect(reasoning).toMatch(/^(思考🎉)*(思|思考)?$/u);
    expect(text).toBe('9.9');
  }
});

test('bytes that never become a character are not waited for', async () => {
  await using model = fakeLoadedModel({
    onLogits(row, context) {
      row.fill(-10);
      const isClosed = context.includes(special.thinkEnd);
      row[isClosed ? special.end : 0xe4] = 10;
    },
  });
  const { summary } = await read(model.chat(messages, { thinkTokens: 5 }));
  expect(summary.finishReason).toBe('stop');
  expect(summary.reasoningTokens).toBeLessThan(25);
});

test('an effort bounds the thinking by a share of the context; thinkTokens goes before it', async () => {
  await using model = fakeLoadedModel(loops('Let me see. ', '9.9', true), { contextTokens: 1600 });
  const thought = async (options: ChatOptions) =>
    (await read(model.chat(messages, options))).reasoning.length;
  const bounds: [ChatOptions, number][] = [
    [{ effort: 'low' }, 100],
    [{ effort: 50 }, 400],
    [{ effort: 'low', thinkTokens: 20 }, 20],
  ];
  for (const [options, tokens] of bounds) {
    const length = await thought(options);
    expect(length).toBeGreaterThanOrEqual(tokens);
    expect(length).toBeLessThan(tokens + 13); // to the end of the sentence
  }
  expect(await thought({ effort: 'none' })).toBe(0);
  expect(() => model.chat(messages, { effort: 'hard' as never })).toThrow('found "hard"');
});

test('loopDetection that is neither true nor false is refused', async () => {
  await using model = fakeLoadedModel();
  expect(() => model.chat(messages, { loopDetection: 1 as never })).toThrow(
    expect.objectContaining({ code: 'invalid_option' }),
  );
});
