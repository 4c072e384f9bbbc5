/**
 * Tool calls of a real model that never learned them: nano, at a temperature at which it writes
 * nonsense. Whatever it writes, calls are whole and their arguments are what their schemas ask.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChatOptions, type LoadedModel, load, type Tool } from '../../src/index.ts';

const object = (properties: object, ...required: string[]) => ({
  ...{ type: 'object', properties, required, additionalProperties: false },
});
const digit = { type: 'integer', minimum: 0, maximum: 99 };
const tools: Tool[] = [
  { name: 'add', parameters: object({ n: { type: 'array', items: digit, maxItems: 2 } }, 'n') },
  {
    name: 'note',
    parameters: object(
      { text: { type: 'string', maxLength: 4 }, at: object({ kind: { enum: ['a', 'b'] } }) },
      'text',
    ),
  },
  { name: 'now', parameters: object({}) },
];
const ajv = new Ajv2020();
const validators = new Map(
  tools.map(({ name, parameters }) => [name, ajv.compile(parameters as object)]),
);
const messages = [{ role: 'user', content: 'What is 37 + 48?' }] as const;

let model: LoadedModel;
beforeAll(async () => {
  model = await load('nano', { threads: 1 }); // waits for no thread on a busy machine
});
afterAll(() => model.close());

async function ask(seed: number, options: ChatOptions) {
  const reply = model.chat(messages, {
    ...{ tools, temperature: 1.5, topP: 1, topK: 0, thinkTokens: 4, maxTokens: 400, seed },
    parallelToolCalls: false,
    ...options,
  });
  let text = '';
  const calls: { name: string; arguments: string; id: string }[] = [];
  for await (const piece of reply) {
    if (piece.type === 'text') text += piece.text;
    if (piece.type === 'toolCall') calls.push({ name: piece.name, id: piece.id, arguments: '' });
    if (piece.type === 'toolArguments') calls[piece.index]!.arguments += piece.text;
  }
  const { finishReason } = await reply.summary;
  // A reply that is cut may end within its last call.
  for (const call of finishReason === 'length' ? calls.slice(0, -1) : calls) {
    const isValid = validators.get(call.name)!;
    const args = JSON.parse(call.arguments);
    expect(isValid(args), `${call.arguments} ${JSON.stringify(isValid.errors)}`).toBe(true);
  }
  return { text, calls, finishReason };
}

const many = (count: number, options: (i: number) => ChatOptions) =>
  Promise.all(Array.from({ length: count }, (_, i) => ask(i, options(i))));

test('required: 50 replies of nonsense are 50 valid calls', { timeout: 180_000 }, async () => {
  const replies = await many(50, () => ({ toolChoice: 'required' }));
  for (const { text, calls, finishReason } of replies) {
    expect([text, calls.length, finishReason]).toEqual(['', 1, 'toolCalls']);
  }
  const names = new Set(replies.flatMap(({ calls }) => calls.map(({ name }) => name)));
  expect(names.size).toBeGreaterThan(1);
});

test('a tool that is named is the one that is called', async () => {
  const replies = await many(9, (i) => ({ toolChoice: { name: tools[i % 3]!.name } }));
  for (const [i, { text, calls, finishReason }] of replies.entries()) {
    expect([text, finishReason]).toEqual(['', 'toolCalls']);
    expect(calls.map(({ name }) => name)).toEqual([tools[i % 3]!.name]);
  }
});

test('several calls in one reply, each valid as far as the reply came', async () => {
  const replies = await many(3, () => ({
    ...{ toolChoice: 'required', parallelToolCalls: true, maxTokens: 200 },
  }));
  expect(Math.max(...replies.map(({ calls }) => calls.length))).toBeGreaterThan(1);
});

test('auto: free text, and valid calls if there are any', async () => {
  const replies = await many(8, () => ({ toolChoice: 'auto', maxTokens: 80 }));
  expect(replies.some(({ text }) => text !== '')).toBe(true);
  for (const { text } of replies) expect(text).not.toContain('<function=');
});
