/**
 * A model that draws at random, on real vocabularies: whatever the masks let it write are calls in
 * the vocabulary's syntax, with arguments as their schemas ask.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { FakeModel } from '../../test/fakes/fake-model.ts';
import { r1, r10528Qwen3, v31 } from '../formats/chat/fixtures/templates.ts';
import type { Tool } from '../formats/chat/tools/tool.ts';
import { tokenizerConfig, tokenizerJson } from '../formats/tokenizer/fixtures/fixture.ts';
import { tokenizerFromJson } from '../formats/tokenizer/tokenizer-json.ts';
import { Chat } from './chat.ts';
import { Engine } from './engine.ts';
import { type ChatOptions, LoadedModel } from './loaded-model.ts';
import type { ModelInfo } from './model-info.ts';

function tokenizerWith(kind: string, tokens: readonly string[] = [], special = false) {
  const json = tokenizerJson(kind);
  const first = Math.max(...json.added_tokens.map(({ id }) => id)) + 1;
  const added = tokens.map((content, i) => ({
    ...json.added_tokens[0],
    ...{ id: first + i, content, special },
  }));
  json.added_tokens.push(...added);
  return tokenizerFromJson(json, tokenizerConfig);
}

const tools: Tool[] = [
  {
    name: 'get',
    parameters: {
      type: 'object',
      properties: {
        unit: { type: 'string', enum: ['celsius', 'kelvin'] },
        days: { type: 'array', items: { type: 'integer', minimum: 0, maximum: 99 }, maxItems: 2 },
        code: { type: 'string', pattern: '^[A-Z]{2}-[0-9]$' },
      },
      required: ['unit', 'days'],
      additionalProperties: false,
    },
  },
  { name: 'now', parameters: { type: 'object', properties: {}, additionalProperties: false } },
];
const ajv = new Ajv2020();
const validators = new Map(
  tools.map(({ name, parameters }) => [name, ajv.compile(parameters as object)]),
);

async function ask(model: LoadedModel, options: ChatOptions) {
  const sampling = { temperature: 1, maxTokens: 2500, thinkTokens: 0 };
  const reply = model.chat([{ role: 'user', content: 'Go' }], { tools, ...sampling, ...options });
  let text = '';
  const calls: { name: string; arguments: string }[] = [];
  for await (const piece of reply) {
    if (piece.type === 'text') text += piece.text;
    if (piece.type === 'toolCall') calls.push({ name: piece.name, arguments: '' });
    if (piece.type === 'toolArguments') calls[piece.index]!.arguments += piece.text;
  }
  return { text, calls, finishReason: (await reply.summary).finishReason };
}

test.each([
  ['deepseek-r1', tokenizerWith('deepseek-v3'), r1],
  ['deepseek-v3.1', tokenizerWith('deepseek-v3'), v31],
  ['dsml', tokenizerWith('deepseek-v3', ['｜DSML｜']), undefined],
  ['dsml', tokenizerWith('deepseek-v3', ['｜DSML｜'], true), undefined],
  ['hermes', tokenizerWith('qwen2', ['<tool_call>', '</tool_call>']), r10528Qwen3],
  ['plain', tokenizerWith('llama-bpe'), r1],
] as const)('%s', async (name, tokenizer, chatTemplate) => {
  const { vocabSize } = tokenizer;
  const fake = new FakeModel({ vocabSize });
  const limits = { contextTokens: 4000, numBlocks: 1600, blockTokens: 16, maxPrefillTokens: 4000 };
  const engine = new Engine(fake, { ...limits, maxSequences: 8, vocabSize });
  const chat = new Chat({ chatTemplate }, tokenizer);
  const sampling = { temperature: 1, topP: 1, topK: 0, minP: 0, source: 'plain' } as const;
  const info = { name: 'Fake', vocabSize, sampling } as ModelInfo;
  const close = async () => fake.close();
  await using model = new LoadedModel({ tokenizer, chat, engine, info, close });
  expect(chat.toolSyntax.name).toBe(name);
  const replies = await Promise.all(
    Array.from({ length: 4 }, (_, seed) =>
      ask(model, { seed, toolChoice: 'required', parallelToolCalls: seed % 2 === 0 }),
    ),
  );
  for (const [i, { text, calls, finishReason }] of replies.entries()) {
    expect([text, finishReason]).toEqual(['', 'toolCalls']);
    if (i % 2 === 1) expect(calls).toHaveLength(1);
    for (const call of calls) {
      const isValid = validators.get(call.name)!;
      expect(isValid(JSON.parse(call.arguments)), call.arguments).toBe(true);
    }
  }
});
