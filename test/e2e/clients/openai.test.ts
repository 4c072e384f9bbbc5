/** OpenAI's own client against a real server with the embedded model. */
import { setTimeout } from 'node:timers/promises';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type NanoServer, openNanoServer } from './nano-server.ts';

let server: NanoServer;
let client: OpenAI;
beforeAll(async () => {
  server = await openNanoServer({ keepAliveMs: 20 }, ['tests:secret-key']);
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'secret-key', maxRetries: 0 });
});
afterAll(() => server.close());

const question = { role: 'user', content: 'What is 37 * 48?' } as const;
const ask = { model: 'nano', messages: [question], temperature: 0 };
/** Fields the client's types do not know pass through it. */
type Extended<T> = T & { reasoning_content?: string };
const schema = {
  type: 'object',
  properties: { answer: { type: 'integer' } },
  required: ['answer'],
  additionalProperties: false,
};
const tools = [
  {
    type: 'function' as const,
    function: {
      name: 'multiply',
      parameters: {
        type: 'object',
        properties: { a: { type: 'integer', minimum: 0, maximum: 99 }, b: { enum: [1, 48] } },
        required: ['a', 'b'],
        additionalProperties: false,
      },
    },
  },
];

describe('chat completions', () => {
  test('whole: the answer, its thinking apart, and what it took', async () => {
    const { choices, usage, model, id } = await client.chat.completions.create(ask);
    expect(model).toBe('nano');
    expect(id).toMatch(/^chatcmpl-/);
    const message = choices[0].message as Extended<(typeof choices)[0]['message']>;
    expect(message.content).toBe('The answer is 1776.');
    expect(message.reasoning_content).toMatch(/^37\*48\n/);
    expect(message.reasoning_content).not.toContain('think>');
    expect(choices[0].finish_reason).toBe('stop');
    const reasoning = usage?.completion_tokens_details?.reasoning_tokens as number;
    expect(reasoning).toBeGreaterThan(50);
    expect(usage?.completion_tokens).toBeGreaterThan(reasoning);
    expect(usage?.total_tokens).toBe(usage!.prompt_tokens + usage!.completion_tokens);
  });

  test('streamed: the same, piece by piece, with usage in one more chunk', async () => {
    const stream = await client.chat.completions.create({
      ...{ ...ask, stream: true, stream_options: { include_usage: true } },
    });
    let [text, reasoning, numUsages] = ['', '', 0];
    for await (const chunk of stream) {
      const delta = chunk.choices[0]?.delta as Extended<(typeof chunk.choices)[0]['delta']>;
      text += delta?.content ?? '';
      reasoning += delta?.reasoning_content ?? '';
      if (chunk.usage) {
        numUsages++;
        expect(chunk.choices).toEqual([]);
      }
    }
    expect(text).toBe('The answer is 1776.');
    expect(reasoning).toMatch(/^37\*48\n/);
    expect(numUsages).toBe(1);
  });

  test('n replies with indices, one prompt in usage', async () => {
    const { choices, usage } = await client.chat.completions.create({ ...ask, n: 3 });
    expect(choices.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(new Set(choices.map(({ message }) => message.content)).size).toBe(1);
    const one = await client.chat.completions.create(ask);
    expect(usage?.prompt_tokens).toBe(one.usage?.prompt_tokens);
    expect(usage?.completion_tokens).toBe(3 * one.usage!.completion_tokens);
    const texts = ['', ''];
    const stream = await client.chat.completions.create({ ...ask, n: 2, stream: true });
    for await (const { choices } of stream) {
      for (const { index, delta } of choices) texts[index] += delta.content ?? '';
    }
    expect(texts).toEqual(Array(2).fill('The answer is 1776.'));
  });

  test('the same seed gives the same reply', async () => {
    const warm = { ...ask, temperature: 1.5, seed: 11 };
    const [a, b] = await Promise.all([
      client.chat.completions.create(warm),
      client.chat.completions.create(warm),
    ]);
    expect(a.choices[0].message).toEqual(b.choices[0].message);
    expect(a.system_fingerprint).toBe(b.system_fingerprint);
  });

  test('log probabilities, of the answer and of the thinking, whole and streamed', async () => {
    const asked = { ...ask, logprobs: true, top_logprobs: 2 };
    const whole = await client.chat.completions.create(asked);
    const tokens = (whole.choices[0].logprobs?.content ?? []).map(({ token }) => token);
    expect(tokens.join('').trim()).toBe('The answer is 1776.');
    const [first] = whole.choices[0].logprobs?.content ?? [];
    expect(first.top_logprobs).toHaveLength(2);
    expect(first.logprob).toBeLessThanOrEqual(0);
    const apart = whole.choices[0].logprobs as { reasoning_content?: object[] };
    expect(apart.reasoning_content).toHaveLength(
      whole.usage!.completion_tokens_details!.reasoning_tokens!,
    );
    const streamed: string[] = [];
    for await (const chunk of await client.chat.completions.create({ ...asked, stream: true })) {
      for (const { token } of chunk.choices[0].logprobs?.content ?? []) streamed.push(token);
    }
    expect(streamed).toEqual(tokens);
  });

  test('stop, max_tokens and logit_bias hold', async () => {
    const stopped = await client.chat.completions.create({ ...ask, stop: [' is'] });
    expect(stopped.choices[0]).toMatchObject({
      ...{ message: { content: 'The answer' }, finish_reason: 'stop' },
    });
    const cut = await client.chat.completions.create({
      ...{ ...ask, max_tokens: 100, max_completion_tokens: 3 },
    });
    expect(cut.usage?.completion_tokens).toBe(3);
    expect(cut.choices[0]).toMatchObject({
      ...{ finish_reason: 'length', sampan: { length_cause: 'max_tokens' } },
    });
    const [{ message }] = cut.choices;
    expect((message as Extended<typeof message>).reasoning_content).toBe('37*');
  });

  test('thinking off leaves no trace of it (Ollama #12180, mod-ollama-chat #164)', async () => {
    for (const off of [
      { reasoning_effort: 'none' as const },
      { chat_template_kwargs: { enable_thinking: false } },
      { thinking: { type: 'disabled' } },
    ]) {
      const { choices, usage } = await client.chat.completions.create({ ...ask, ...off });
      expect(choices[0].message).not.toHaveProperty('reasoning_content');
      expect(choices[0].message.content).toMatch(/^The answer is/);
      expect(usage?.completion_tokens_details?.reasoning_tokens).toBe(0);
    }
  });

  test('a thinking budget is kept, and an answer follows (Vascura #1)', async () => {
    const budget = { thinking: { type: 'enabled', budget_tokens: 8 } };
    const { choices, usage } = await client.chat.completions.create({ ...ask, ...budget });
    expect(usage?.completion_tokens_details?.reasoning_tokens).toBeLessThan(40);
    expect(choices[0].message.content).toMatch(/^The answer is/);
  });

  test('a stream can be told to end its thinking and answer', async () => {
    const slow = { ...ask, messages: [{ ...question, content: 'What is 987 * 65?' }] };
    const stream = await client.chat.completions.create({ ...slow, stream: true });
    let [text, told] = ['', false];
    for await (const { id, choices } of stream) {
      text += choices[0].delta.content ?? '';
      if (told) continue;
      told = true;
      const said = await client.post<{ id: string }>('/chat/completions/control', {
        body: { id, action: 'reasoning_end' },
      });
      expect(said.id).toBe(id);
    }
    expect(text).toMatch(/^The answer is/);
    const late = client.post('/chat/completions/control', {
      body: { id: 'chatcmpl-0', action: 'reasoning_end' },
    });
    await expect(late).rejects.toThrow(OpenAI.NotFoundError);
  });

  test('samples vote, and usage counts all of them', async () => {
    const voting = { temperature: 0.6, seed: 3, sampan: { samples: 3, vote: true } };
    const { choices, usage } = await client.chat.completions.create({ ...ask, ...voting });
    expect(choices[0].message.content).toBe('The answer is 1776.');
    expect(choices[0]).toMatchObject({
      sampan: { vote: { samples: 3, answers: [{ answer: '1776', votes: 3 }] } },
    });
    expect(usage?.completion_tokens).toBeGreaterThan(200);
  });

  test('the cache’s share of the prompt is in usage, and not another user’s', async () => {
    const long = { ...question, content: `${'Hello! '.repeat(20)}What is 2 + 3?` };
    const hitsOf = async (user_id: string) => {
      const asked = { ...ask, messages: [long], max_tokens: 1, user_id };
      const { usage } = await client.chat.completions.create(asked);
      return usage as typeof usage & { prompt_cache_hit_tokens: number };
    };
    expect((await hitsOf('a')).prompt_cache_hit_tokens).toBe(0);
    // Now and then a request computes its prompt anew, to try drafts.
    const again = [await hitsOf('a'), await hitsOf('a')];
    const best = again.find((usage) => usage.prompt_cache_hit_tokens > 0) ?? again[0]!;
    const { prompt_tokens, prompt_cache_hit_tokens: hits, ...rest } = best;
    expect(hits).toBeGreaterThan(16);
    expect(rest).toMatchObject({
      ...{ prompt_cache_miss_tokens: prompt_tokens - hits },
      prompt_tokens_details: { cached_tokens: hits },
    });
    expect((await hitsOf('b')).prompt_cache_hit_tokens).toBe(0);
  });
});

describe('tools and schemas', () => {
  test('a call is well-formed after free thinking, whole and streamed', async () => {
    const one = { tool_choice: 'required' as const, parallel_tool_calls: false };
    const asked = { ...ask, ...one, tools, max_tokens: 200 };
    const { choices } = await client.chat.completions.create(asked);
    expect(choices[0].finish_reason).toBe('tool_calls');
    expect(choices[0].message.content).toBeNull();
    const [call] = choices[0].message.tool_calls ?? [];
    const stream = client.chat.completions.stream(asked);
    const streamed = (await stream.finalChatCompletion()).choices[0].message.tool_calls?.[0];
    for (const found of [call, streamed]) {
      if (found?.type !== 'function') throw new Error('no call of a function');
      expect(found.function.name).toBe('multiply');
      const args = JSON.parse(found.function.arguments);
      expect(Object.keys(args)).toEqual(['a', 'b']);
      expect(Number.isInteger(args.a) && [1, 48].includes(args.b)).toBe(true);
    }
  });

  test('the result of a call is taken back without its reasoning', async () => {
    const call = { name: 'multiply', arguments: '{"a":37,"b":48}' };
    const { choices } = await client.chat.completions.create({
      ...{ ...ask, tools, max_tokens: 20, tool_choice: 'none' },
      messages: [
        question,
        { role: 'assistant', tool_calls: [{ id: 'c', type: 'function', function: call }] },
        { role: 'tool', tool_call_id: 'c', content: '1776' },
      ],
    });
    expect(choices[0].message.tool_calls).toBeUndefined();
  });

  test('a JSON schema holds the answer, not the thinking (llama.cpp #12276, LM Studio #575)', async () => {
    const { choices } = await client.chat.completions.parse({
      ...ask,
      response_format: { type: 'json_schema', json_schema: { name: 'a', schema, strict: true } },
    });
    const { message } = choices[0];
    const parsed = JSON.parse(message.content as string);
    expect(Object.keys(parsed)).toEqual(['answer']);
    expect(Number.isInteger(parsed.answer)).toBe(true);
    expect((message as Extended<typeof message>).reasoning_content).toMatch(/^37\*48\n/);
  });
});

describe('what goes wrong', () => {
  const long = [{ ...question, content: 'word '.repeat(600) }];

  test('an unknown model is 404 model_not_found, a wrong key 401', async () => {
    const unknown = client.chat.completions.create({ ...ask, model: 'gpt-5' });
    await expect(unknown).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
    const stranger = client.withOptions({ apiKey: 'wrong' });
    await expect(stranger.models.list()).rejects.toThrow(OpenAI.AuthenticationError);
  });

  test('a prompt that is too long is 400 with both counts, never cut (Ollama #9452, llama.cpp #15780)', async () => {
    const cause = await client.chat.completions
      .create({ ...ask, messages: long, stream: true })
      .catch((cause) => cause);
    expect(cause).toBeInstanceOf(OpenAI.BadRequestError);
    expect(cause.code).toBe('context_length_exceeded');
    expect(cause.message).toMatch(/The prompt has 6\d\d tokens; the context holds 512/);
  });

  test('a wrong field is named', async () => {
    const wrong = client.chat.completions.create({ ...ask, temperature: 5 });
    await expect(wrong).rejects.toMatchObject({ status: 400, param: 'temperature' });
    const bias = client.chat.completions.create({ ...ask, logit_bias: { 99999: 1 } });
    await expect(bias).rejects.toMatchObject({ status: 400, param: 'logit_bias' });
  });

  test('who leaves frees what was held, streaming or not', async () => {
    const endless = { model: 'nano', prompt: '1', max_tokens: 400 };
    const leave = new AbortController();
    const whole = client.completions.create(endless, { signal: leave.signal });
    const stream = await client.chat.completions.create({ ...ask, stream: true });
    for await (const _ of stream) break;
    leave.abort();
    await expect(whole).rejects.toThrow(OpenAI.APIUserAbortError);
    const giveUpAt = performance.now() + 2000;
    while (server.load().running + server.load().waiting > 0 && performance.now() < giveUpAt) {
      await setTimeout(5);
    }
    expect(server.load()).toMatchObject({ running: 0, waiting: 0 });
    expect((await client.chat.completions.create(ask)).choices[0].finish_reason).toBe('stop');
  });
});

describe('completions', () => {
  test('text and tokens, echoed, several at once', async () => {
    const { choices, usage } = await client.completions.create({
      ...{ model: 'nano', prompt: ['1+1=', '2+2='], max_tokens: 4, echo: true, temperature: 0 },
    });
    expect(choices.map(({ index }) => index)).toEqual([0, 1]);
    expect(choices[0].text).toMatch(/^1\+1=./);
    expect(choices[1].text).toMatch(/^2\+2=./);
    expect(usage?.completion_tokens).toBe(8);
  });

  test('streamed with the legacy log probabilities', async () => {
    let text = '';
    const offsets: number[] = [];
    const stream = await client.completions.create({
      ...{
        model: 'nano',
        prompt: '1+1=',
        max_tokens: 5,
        logprobs: 1,
        temperature: 0,
        stream: true,
      },
    });
    for await (const { choices } of stream) {
      text += choices[0].text;
      offsets.push(...(choices[0].logprobs?.text_offset ?? []));
    }
    expect(text).toHaveLength(5);
    expect(offsets).toEqual([0, 1, 2, 3, 4]);
  });

  test('filling a gap is refused where the vocabulary has no tokens for it', async () => {
    const fim = client.completions.create({ model: 'nano', prompt: 'a', suffix: 'b' });
    await expect(fim).rejects.toMatchObject({ status: 400, code: 'fim_unsupported' });
  });
});

describe('responses', () => {
  test('whole, with items', async () => {
    const response = await client.responses.create({
      ...{ model: 'nano', input: 'What is 2+3?', temperature: 0 },
    });
    expect(response.output_text).toBe('The answer is 5.');
    expect(response.output.map(({ type }) => type)).toEqual(['reasoning', 'message']);
    expect(response.usage?.output_tokens_details.reasoning_tokens).toBeGreaterThan(0);
    expect(response).toMatchObject({ status: 'completed', store: false });
  });

  test('streamed: the client puts the same response together', async () => {
    const stream = client.responses.stream({
      ...{ model: 'nano', input: [{ role: 'user', content: 'What is 2+3?' }], temperature: 0 },
      reasoning: { effort: 'none' },
    });
    const numbers: number[] = [];
    for await (const event of stream) numbers.push(event.sequence_number);
    expect(numbers).toEqual([...numbers.keys()]);
    const response = await stream.finalResponse();
    expect(response.output.map(({ type }) => type)).toEqual(['message']);
    expect(response.output_text).toMatch(/^The answer is/);
  });

  test('state is refused', async () => {
    const later = client.responses.create({
      ...{ model: 'nano', input: 'Hi', previous_response_id: 'resp_1' },
    });
    await expect(later).rejects.toMatchObject({ status: 400, param: 'previous_response_id' });
  });
});

test('embeddings: the client’s base64 and floats are the same vectors, alone or together', async () => {
  const input = ['What is 37 * 48?', `${'Hello! '.repeat(40)}Bye.`, 'Xin chào'];
  const embed = async (input: string | string[], encoding_format?: 'float') => {
    const asked = { model: 'nano', input, ...(encoding_format && { encoding_format }) };
    const { data, usage } = await client.embeddings.create(asked);
    return { vectors: data.map(({ embedding }) => embedding), tokens: usage.total_tokens };
  };
  const [base64, floats, alone] = await Promise.all([
    embed(input),
    embed(input, 'float'),
    embed(input[1] as string),
  ]);
  expect(base64).toEqual(floats);
  const [a, b] = [alone.vectors[0] as number[], base64.vectors[1] as number[]];
  expect(Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number))))).toBeLessThan(1e-3);
  expect(base64.tokens).toBeGreaterThan(alone.tokens);
  const long = client.embeddings.create({ model: 'nano', input: 'word '.repeat(600) });
  await expect(long).rejects.toMatchObject({ status: 400, code: 'embedding_too_long' });
});

test('models', async () => {
  expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['nano']);
  expect(await client.models.retrieve('nano')).toMatchObject({ id: 'nano', object: 'model' });
  await expect(client.models.retrieve('deepseek/x:Q4')).rejects.toThrow(OpenAI.NotFoundError);
});
