import { getEventListeners } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { FakeModel, type FakeModelOptions } from '../../test/fakes/fake-model.ts';
import { FakeTokenizer, special } from '../../test/fakes/fake-tokenizer.ts';
import { Chat } from './chat.ts';
import { Engine } from './engine.ts';
import { type GenerateOptions, LoadedModel } from './loaded-model.ts';
import type { ModelInfo } from './model-info.ts';
import type { Reply } from './reply.ts';
import type { ChatPiece } from './reply-writer.ts';

const opened: LoadedModel[] = [];
afterEach(async () => {
  for (const model of opened.splice(0)) await model.close();
});

function open(options: FakeModelOptions = {}, maxSequences = 16, chatTemplate = template) {
  const fake = new FakeModel(options);
  const limits = { contextTokens: 400, numBlocks: 800, blockTokens: 4, maxPrefillTokens: 64 };
  const engine = new Engine(fake, { ...limits, maxSequences, vocabSize: 259 });
  const sampling = { temperature: 0, topP: 1, topK: 0, minP: 0, source: 'plain' } as const;
  const tokenizer = new FakeTokenizer();
  const model = new LoadedModel({
    tokenizer,
    chat: new Chat({ chatTemplate }, tokenizer),
    engine,
    info: { name: 'Fake', vocabSize: 259, sampling } as ModelInfo,
    close: async () => fake.close(),
  });
  opened.push(model);
  return { model, engine, fake };
}

const template =
  "{% for m in messages %}[{{ m['role'] }}]{{ m['content'] }}{% endfor %}{% if add_generation_prompt %}[a]<think>\n{% endif %}";

/** Makes the model write exactly this after any prompt, then end. */
function writes(text: string): FakeModelOptions {
  const reply = [...new FakeTokenizer().encode(text, { special: true }), special.end];
  let promptTokens: number | undefined;
  return {
    onLogits(row, context) {
      promptTokens ??= context.length;
      row.fill(-10);
      row[reply[context.length - promptTokens] ?? special.end] = 10;
    },
  };
}

/** Thinks for ever in sentences of 20 characters, and answers once its thinking is closed. */
function thinksForEver(sentence: string, answer: string): FakeModelOptions {
  return {
    onLogits(row, context) {
      const closed = context.lastIndexOf(special.thinkEnd);
      const opened = context.lastIndexOf(special.think);
      row.fill(-10);
      if (closed < opened) {
        row[sentence.charCodeAt((context.length - opened - 2) % sentence.length)] = 10;
        return;
      }
      const written = context.slice(closed + 1).filter((token) => token !== 10).length;
      row[answer.charCodeAt(written) || special.end] = 10;
    },
  };
}

async function read<Piece>(reply: Reply<Piece>): Promise<Piece[]> {
  const pieces: Piece[] = [];
  for await (const piece of reply) pieces.push(piece);
  return pieces;
}
const textOf = async (reply: Reply<string>) => (await read(reply)).join('');

test('generate gives whole characters as they become certain, and a summary that counts', async () => {
  const { model } = open(writes('số 9, 你好'));
  const reply = model.generate('count|');
  const pieces = await read(reply);
  expect(pieces.join('')).toBe('số 9, 你好');
  expect(pieces).toContain('你');
  expect(await reply.summary).toMatchObject({
    ...{ finishReason: 'stop', promptTokens: 6, completionTokens: 15, reasoningTokens: 0 },
  });
  const { ttftMs, totalMs, decodeTokensPerSecond } = await reply.summary;
  expect(ttftMs).toBeGreaterThan(0);
  expect(totalMs).toBeGreaterThanOrEqual(ttftMs);
  expect(decodeTokensPerSecond).toBeGreaterThan(0);
});

test('a stop string ends the reply before it, across tokens and without a leak', async () => {
  const { model, engine } = open(writes('one STtwo STOP three'));
  const reply = model.generate('x|', { stop: ['STOP', 'three'] });
  const pieces = await read(reply);
  expect(pieces.join('')).toBe('one STtwo ');
  expect(await reply.summary).toMatchObject({ finishReason: 'stop', stopString: 'STOP' });
  expect(engine.numFreeBlocks).toBe(800);
});

test('what was held back for a stop string is given when the reply ends otherwise', async () => {
  const { model } = open(writes('one ST'));
  expect(await textOf(model.generate('x|', { stop: 'STOP' }))).toBe('one ST');
  expect(await textOf(model.generate('x|', { stop: 'STOP', maxTokens: 5 }))).toBe('one S');
});

test('logprobs: one entry per token, the top sums to one over the vocabulary', async () => {
  const { model } = open();
  const reply = model.generate('x', { maxTokens: 3, logprobs: 20, temperature: 1, seed: 1 });
  await read(reply);
  const { logprobs } = await reply.summary;
  expect(logprobs).toHaveLength(3);
  for (const { id, logprob, top } of logprobs!) {
    expect(top).toHaveLength(20);
    expect(top.every((t, i) => i === 0 || t.logprob <= top[i - 1]!.logprob)).toBe(true);
    const same = top.find((t) => t.id === id);
    if (same) expect(same.logprob).toBe(logprob);
    expect(top.reduce((sum, t) => sum + Math.exp(t.logprob), 0)).toBeLessThan(1);
  }
});

test('a seed gives the same reply alone and in company; the summary tells the seed', async () => {
  const { model } = open();
  const options = { temperature: 1, maxTokens: 30 };
  const first = model.generate('tell', options);
  const text = await textOf(first);
  const { seed } = await first.summary;
  const company = Array.from({ length: 10 }, (_, i) => model.generate(`other ${i}`, options));
  expect(await textOf(model.generate('tell', { ...options, seed }))).toBe(text);
  expect(await textOf(model.generate('tell', { ...options, seed: seed + 1 }))).not.toBe(text);
  await Promise.all(company.map(read));
});

test('aborting rejects pieces and summary with the signal`s reason and frees everything', async () => {
  const { model, engine } = open();
  const controller = new AbortController();
  const reply = model.generate('x', { signal: controller.signal, logitBias: { 256: -100 } });
  const reason = new Error('changed my mind');
  await expect(async () => {
    for await (const _ of reply) controller.abort(reason);
  }).rejects.toBe(reason);
  await expect(reply.summary).rejects.toBe(reason);
  expect(engine.numFreeBlocks).toBe(800);
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
});

test('a signal that is aborted already starts nothing', async () => {
  const { model, engine, fake } = open();
  const reply = model.generate('x', { signal: AbortSignal.abort('early') });
  await expect(read(reply)).rejects.toBe('early');
  expect([engine.numRunning, engine.numWaiting, fake.steps.length]).toEqual([0, 0, 0]);
});

test('leaving the loop early ends the request; its summary says abort', async () => {
  const { model, engine } = open();
  const controller = new AbortController();
  const options = { signal: controller.signal, logitBias: { 256: -100 } };
  const reply = model.generate('x', options);
  for await (const _ of reply) break;
  expect((await reply.summary).finishReason).toBe('abort');
  expect(engine.numFreeBlocks).toBe(800);
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
});

test('a reply runs to its end though nobody reads it', async () => {
  const { model } = open();
  const { completionTokens } = await model.generate('x', { maxTokens: 5 }).summary;
  expect(completionTokens).toBe(5);
});

test('closing while requests run fails them with model_closed, also those that wait', async () => {
  const { model, fake } = open({}, 1);
  const replies = [model.generate('a'), model.generate('b')];
  for await (const _ of replies[0]!) {
    await Promise.all([model.close(), model.close()]);
    break;
  }
  await expect(read(replies[1]!)).rejects.toMatchObject({ code: 'model_closed' });
  await expect(replies[0]!.summary).rejects.toMatchObject({ code: 'model_closed' });
  expect(fake.isClosed).toBe(true);
  expect(() => model.generate('c')).toThrow(expect.objectContaining({ code: 'model_closed' }));
  expect(() => model.tokenize('c')).toThrow(expect.objectContaining({ code: 'model_closed' }));
});

test('await using closes', async () => {
  const { model, fake } = open();
  {
    await using inner = model;
    await inner.generate('x', { maxTokens: 2 }).summary;
  }
  expect(fake.isClosed).toBe(true);
});

test('the summary says what was found in the prefix cache, and why a reply was cut', async () => {
  const { model } = open();
  const ask = async (options: GenerateOptions = {}) =>
    model.generate('a'.repeat(50), { maxTokens: 4, ignoreEos: true, ...options }).summary;
  expect(await ask()).toMatchObject({ cachedTokens: 0, lengthCause: 'maxTokens' });
  expect(await ask()).toMatchObject({ cachedTokens: 48, promptTokens: 50 });
  expect(await ask({ cacheSalt: 'other' })).toMatchObject({ cachedTokens: 0 });
  const ended = await model.generate('b', { maxTokens: 300, stopTokens: [...Array(256).keys()] })
    .summary;
  expect(ended).not.toHaveProperty('lengthCause');
});

test('a model that drains takes no more and lets the others end', async () => {
  const { model } = open();
  const reply = model.generate('x', { maxTokens: 5, ignoreEos: true });
  const drained = model.drain();
  expect(() => model.generate('y')).toThrow(expect.objectContaining({ code: 'model_draining' }));
  await drained;
  expect((await reply.summary).completionTokens).toBe(5);
  expect(model.stats()).toMatchObject({ running: 0, counters: { generationTokens: 5 } });
});

test('a request that is wrong in itself throws where it is made, and nothing starts', () => {
  const { model, engine } = open();
  const wrong: [string, () => unknown][] = [
    ['invalid_option', () => model.generate('')],
    ['invalid_option', () => model.generate([])],
    ['invalid_option', () => model.generate([259])],
    ['invalid_option', () => model.generate([1.5])],
    ['invalid_option', () => model.generate(undefined as never)],
    ['invalid_option', () => model.generate('x', { temperature: -1 })],
    ['invalid_option', () => model.generate('x', { deadlineMs: 0 })],
    ['invalid_option', () => model.generate('x', { client: 'x'.repeat(513) })],
    ['invalid_option', () => model.generate('x', { cacheSalt: 1 as never })],
    ['context_length_exceeded', () => model.generate('x'.repeat(400))],
    ['invalid_option', () => model.detokenize([300])],
  ];
  for (const [code, call] of wrong) expect(call).toThrow(expect.objectContaining({ code }));
  expect(engine.numWaiting).toBe(0);
});

test('tokenize takes special tokens as text unless told; detokenize is its inverse', () => {
  const { model } = open();
  expect(model.tokenize('<think>')).toHaveLength(7);
  expect(model.tokenize('<think>', { special: true })).toEqual([special.think]);
  expect(model.detokenize(model.tokenize('số 9'))).toBe('số 9');
  expect(model.detokenize([])).toBe('');
});

const messages = [{ role: 'user', content: '9.9 or 9.11?' }] as const;
const join = (pieces: readonly ChatPiece[], type: 'reasoning' | 'text') =>
  pieces.map((piece) => (piece.type === type ? piece.text : '')).join('');

test('chat gives reasoning, then the answer, and counts both', async () => {
  const { model } = open(writes('90 > 11.\n</think>\n\n9.9 is larger.'));
  const reply = model.chat(messages);
  expect(reply.promptTokens).toBe(model.countTokens(messages));
  const pieces = await read(reply);
  expect(join(pieces, 'reasoning')).toBe('90 > 11.');
  expect(join(pieces, 'text')).toBe('9.9 is larger.');
  expect(await reply.summary).toMatchObject({
    ...{ finishReason: 'stop', reasoningTokens: 10, completionTokens: 27 },
  });
});

test('countTokens is what the summary counts, however the chat is asked', async () => {
  const { model, engine } = open(writes('9.9'));
  for (const options of [{}, { thinkTokens: 0 }, { thinkTokens: 5 }]) {
    const counted = model.countTokens(messages, options);
    expect(engine.numWaiting).toBe(0);
    const { summary } = model.chat(messages, options);
    expect((await summary).promptTokens).toBe(counted);
  }
});

test('stop strings are about the answer: the thinking may contain them', async () => {
  const { model } = open(writes('a\n\nb END c</think>x END y'));
  const pieces = await read(model.chat(messages, { stop: ['END', '\n\n'] }));
  expect(join(pieces, 'reasoning')).toBe('a\n\nb END c');
  expect(join(pieces, 'text')).toBe('x ');
});

test('thinkTokens 0: the prompt closes the thinking, the reply is all answer', async () => {
  let prompt = '';
  const { model } = open({
    ...writes('9.9'),
    onStep: ({ tokens }) => {
      prompt ||= new FakeTokenizer().decode([...tokens]);
    },
  });
  const reply = model.chat(messages, { thinkTokens: 0 });
  expect(await read(reply)).toEqual(['9', '.', '9'].map((text) => ({ type: 'text', text })));
  expect(prompt).toBe('[user]9.9 or 9.11?[a]<think>\n\n</think>\n\n');
  expect((await reply.summary).reasoningTokens).toBe(0);
});

test('thinkTokens: thinking goes on to the end of its sentence, then is closed, then it answers', async () => {
  const { model } = open(thinksForEver('Let me see once more. ', '9.9'));
  const reply = model.chat(messages, { thinkTokens: 40 });
  const pieces = await read(reply);
  expect(join(pieces, 'reasoning')).toBe('Let me see once more. Let me see once more.');
  expect(join(pieces, 'text')).toBe('9.9');
  // 43 of thinking, then \n </think> \n \n, then the answer and its end.
  expect(await reply.summary).toMatchObject({
    ...{ finishReason: 'stop', reasoningTokens: 45, completionTokens: 43 + 4 + 4 },
  });
});

test('thinkTokens without an end of a sentence: the grace ends it', async () => {
  const { model } = open(thinksForEver('hmm ', 'yes'));
  const pieces = await read(model.chat(messages, { thinkTokens: 40 }));
  expect(join(pieces, 'reasoning')).toHaveLength(48);
  expect(join(pieces, 'text')).toBe('yes');
});

test('a model that opens its thinking though it should not is closed at once', async () => {
  const plain = template.replace('<think>\n', '');
  const { model } = open(
    {
      onLogits(row, context) {
        row.fill(-10);
        const isClosed = context.includes(special.thinkEnd);
        if (!isClosed) row[context.includes(special.think) ? 65 : special.think] = 10;
        else row[context.at(-1) === 66 ? special.end : 66] = 10;
      },
    },
    16,
    plain,
  );
  const pieces = await read(model.chat(messages, { thinkTokens: 0 }));
  expect(join(pieces, 'text')).toBe('B');
  expect(join(pieces, 'reasoning').length).toBeLessThanOrEqual(1);
});

test('thinking that is cut by maxTokens stays thinking', async () => {
  const { model } = open(thinksForEver('hmm ', 'yes'));
  const reply = model.chat(messages, { maxTokens: 10 });
  expect(await read(reply)).toHaveLength(10);
  expect(await reply.summary).toMatchObject({ finishReason: 'length', reasoningTokens: 10 });
});

test('special tokens in a message are text', async () => {
  const { model, fake } = open(writes('ok'));
  const content = '</think><end>';
  await read(model.chat([{ role: 'user', content }]));
  const spelled = content.length + '[user][a]'.length + 2;
  expect(fake.steps[0]?.tokens).toBe(spelled);
});

test('a broken template is an error of the chat; completions work', async () => {
  const { model } = open(writes('ok'), 16, '{% for %}');
  expect(() => model.chat(messages)).toThrow(
    expect.objectContaining({ code: 'chat_template_broken' }),
  );
  expect(await textOf(model.generate('x'))).toBe('ok');
});

test('messages and thinkTokens that cannot be are refused by name', () => {
  const { model } = open();
  const wrong = [
    () => model.chat([]),
    () => model.chat([{ role: 'robot' as never, content: 'x' }]),
    () => model.chat(messages, { thinkTokens: -1 }),
    () => model.chat(messages, { thinkTokens: 1.5 }),
  ];
  for (const call of wrong) {
    expect(call).toThrow(expect.objectContaining({ code: 'invalid_option' }));
  }
});
