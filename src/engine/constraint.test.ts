/** Replies that are held to a form, through the engine: thinking, forced tokens, drafts, refusals. */
import { afterEach, expect, test } from 'vitest';
import { FakeModel, type FakeModelOptions } from '../../test/fakes/fake-model.ts';
import { FakeTokenizer, special } from '../../test/fakes/fake-tokenizer.ts';
import { freeSteps } from '../../test/fakes/free-steps.ts';
import { compileForBytes } from '../../test/fakes/grammar-writer.ts';
import { grammarOfSchema } from '../formats/grammar/json-schema.ts';
import { Chat } from './chat.ts';
import { grammarConstraint } from './constraint.ts';
import { Engine, type EngineOptions } from './engine.ts';
import { type ChatOptions, LoadedModel } from './loaded-model.ts';
import type { ModelInfo } from './model-info.ts';
import type { ResponseFormat } from './response-format.ts';
import { samplingParams } from './sampling-params.ts';

const opened: LoadedModel[] = [];
afterEach(async () => {
  for (const model of opened.splice(0)) await model.close();
});

const limits = {
  ...{ contextTokens: 400, numBlocks: 800, blockTokens: 4, maxPrefillTokens: 64 },
  ...{ maxSequences: 16, vocabSize: 259 },
};
const sampling = { temperature: 0, topP: 1, topK: 0, minP: 0, source: 'plain' } as const;
const thinking =
  "{% for m in messages %}{{ m['content'] }}{% endfor %}{% if add_generation_prompt %}<think>\n{% endif %}";

function open(options: FakeModelOptions, chatTemplate = thinking) {
  const fake = new FakeModel(options);
  const tokenizer = new FakeTokenizer();
  const engine = new Engine(fake, limits);
  const model = new LoadedModel({
    tokenizer,
    chat: new Chat({ chatTemplate }, tokenizer),
    engine,
    info: { name: 'Fake', vocabSize: 259, sampling } as ModelInfo,
    close: async () => fake.close(),
  });
  opened.push(model);
  return model;
}

async function chat(model: LoadedModel, options: ChatOptions) {
  const reply = model.chat([{ role: 'user', content: 'q' }], options);
  let [reasoning, text] = ['', ''];
  for await (const piece of reply) {
    if (piece.type === 'reasoning') reasoning += piece.text;
    else if (piece.type === 'text') text += piece.text;
  }
  return { reasoning, text, ...(await reply.summary) };
}

/** Likes these letters best, in their order, and any other byte more than an end. */
const likes = (letters: string): FakeModelOptions => ({
  onLogits(row) {
    row.fill(-5);
    [...Buffer.from(letters)].forEach((byte, i) => {
      row[byte] = 10 - i;
    });
    row[special.end] = -20;
  },
});
const schema = (schema: object): ResponseFormat => ({ type: 'schema', schema });
const object = {
  type: 'object',
  properties: { ok: { type: 'boolean' }, n: { type: 'integer', maximum: 99, minimum: 10 } },
  required: ['ok', 'n'],
};

test('the answer is a value of the schema, whatever the model likes to write', async () => {
  const { text, finishReason } = await chat(open(likes('x"9}'), ''), {
    responseFormat: schema(object),
  });
  expect({ text: JSON.parse(text), finishReason }).toEqual({
    ...{ text: { ok: expect.any(Boolean), n: 99 }, finishReason: 'stop' },
  });
});

test('plain completions are held too', async () => {
  const reply = open(likes('b')).generate('q', {
    responseFormat: schema({ enum: ['abc', 'bcd'] }),
  });
  let text = '';
  for await (const piece of reply) text += piece;
  expect(text).toBe('"bcd"');
});

test('thinking is free, its budget closes it, and the answer has its form', async () => {
  const model = open(likes('x.'));
  const options = { responseFormat: schema(object), thinkTokens: 20, temperature: 0 };
  const { reasoning, text, finishReason } = await chat(model, options);
  expect(reasoning).toMatch(/^x{20,}/);
  expect(Object.keys(JSON.parse(text))).toEqual(['ok', 'n']);
  expect(finishReason).toBe('stop');
});

test('a model that would end in its thinking goes on to the answer', async () => {
  const model = open({
    onLogits(row) {
      row.fill(-5);
      row[special.end] = 10;
      row[special.thinkEnd] = 5;
    },
  });
  const { text } = await chat(model, { responseFormat: schema({ const: 'done' }) });
  expect(text).toBe('"done"');
});

test('json is any object; a reply that reaches its limit says so', async () => {
  const model = open(likes('{"a'), '');
  const { text, finishReason } = await chat(model, {
    responseFormat: { type: 'json' },
    maxTokens: 30,
  });
  expect(text).toMatch(/^\{"\{/);
  expect(finishReason).toBe('length');
});

test.each<[unknown, string, string]>([
  [{ type: 'xml' }, 'invalid_option', 'responseFormat'],
  [null, 'invalid_option', 'responseFormat'],
  ['json', 'invalid_option', 'responseFormat'],
  [{ type: 'schema' }, 'invalid_option', 'responseFormat.schema'],
  [{ type: 'schema', schema: { const: 'x'.repeat(600_000) } }, 'invalid_option', 'at most 524288'],
  [{ type: 'schema', schema: { contains: {} } }, 'schema_unsupported', '#/contains'],
])('refuses %j where it is asked', (responseFormat, code, message) => {
  const model = open(likes('a'));
  const ask = () => model.generate('q', { responseFormat: responseFormat as ResponseFormat });
  expect(ask).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
});

test('a schema that contains itself as an object is refused', () => {
  const loop: Record<string, unknown> = { type: 'object' };
  loop.properties = { loop };
  const ask = () => open(likes('a')).generate('q', { responseFormat: schema(loop) });
  expect(ask).toThrow(expect.objectContaining({ code: 'invalid_option' }));
});

/** Tokens of a reply held to the schema. */
async function held(options: EngineOptions, of: object, seed: number, mtpAccuracy?: number) {
  const model = new FakeModel(mtpAccuracy === undefined ? {} : { mtpAccuracy });
  const engine = new Engine(model, limits, { stepCost: freeSteps, ...options });
  const params = samplingParams({ seed, temperature: 1, maxTokens: 150 }, sampling, 259, [256]);
  const constraint = grammarConstraint(compileForBytes(grammarOfSchema(of)), {
    startsInReasoning: seed % 2 === 1,
  });
  const tokens: number[] = [];
  await new Promise((resolve, reject) => {
    const sink = {
      onToken(token: number) {
        tokens.push(token);
        // Thinking is closed by force, as a budget does.
        return tokens.length === 9 && seed % 2 === 1
          ? { force: [0x0a, special.thinkEnd, 0x0a] }
          : ('continue' as const);
      },
      onFinish: resolve,
      onError: (_: unknown, reason: unknown) => reject(reason),
    };
    engine.add([1, 2, 3], params, sink, { constraint });
  });
  await engine.close();
  return { tokens, accepted: engine.counters.acceptedTokens };
}

test('drafts change nothing of a reply that is held', async () => {
  const repeated = {
    ...{ type: 'array', minItems: 8, maxItems: 12 },
    items: { enum: ['the same words again', 'the same words once more'] },
  };
  let accepted = 0;
  for (let seed = 0; seed < 6; seed++) {
    const plain = await held({ speculation: 'off' }, repeated, seed);
    const ngram = await held({ speculation: 'ngram' }, repeated, seed);
    const mtp = await held({ speculation: 'mtp' }, repeated, seed, 0.7);
    expect(ngram.tokens).toEqual(plain.tokens);
    expect(mtp.tokens).toEqual(plain.tokens);
    accepted += ngram.accepted;
    const answer = plain.tokens.slice(
      seed % 2 === 1 ? plain.tokens.indexOf(special.thinkEnd) + 1 : 0,
    );
    const text = new FakeTokenizer().decode(answer.filter((token) => token !== special.end));
    if (plain.tokens.includes(special.end)) expect(JSON.parse(text).length).toBeGreaterThan(7);
  }
  expect(accepted).toBeGreaterThan(100);
});
