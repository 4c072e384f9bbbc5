import { expect, test } from 'vitest';
import { messagesAsk, promptAsk } from './messages-ask.ts';
import { countTokensSchema, messagesSchema } from './messages-request.ts';
import { signatureWithThinking, signThinking } from './thinking-signature.ts';

const base = { model: 'nano', max_tokens: 64, messages: [{ role: 'user', content: 'Hi' }] };
const ask = (fields: object) => messagesAsk(messagesSchema.parse({ ...base, ...fields }));
const messagesOf = (messages: unknown[], system?: unknown) => ask({ messages, system }).messages;
const user = (...content: object[]) => ({ role: 'user', content });
const assistant = (...content: object[]) => ({ role: 'assistant', content });
const text = (words: string) => ({ type: 'text', text: words });
const call = { type: 'tool_use', id: 'toolu_1', name: 'add', input: { a: 1, b: [2] } };

test('system as text and as blocks, content as text and as blocks', () => {
  const turns = [{ role: 'user', content: 'Hi' }];
  const expected = [
    { role: 'system', content: 'Be brief.\n\nBe kind.' },
    { role: 'user', content: 'Hi' },
  ];
  expect(messagesOf(turns, 'Be brief.\n\nBe kind.')).toEqual(expected);
  expect(messagesOf([user(text('Hi'))], [text('Be brief.'), text('Be kind.')])).toEqual(expected);
});

test("Claude Code's billing header does not reach the prompt (LM Studio #1229)", () => {
  const header = (hash: string) => `x-anthropic-billing-header: cc_version=2.1.177; cch=${hash};`;
  const asked = (hash: string) =>
    messagesOf(base.messages, [text(header(hash)), text('You code.')]);
  expect(asked('36ee5')).toEqual(asked('0aaa9'));
  expect(asked('36ee5')[0]).toEqual({ role: 'system', content: 'You code.' });
  expect(messagesOf(base.messages, `${header('1')}\nYou code.`)[0].content).toBe('You code.');
  // Further on, and in what the user says, the words are text like any other.
  const quoted = `What is "${header('1')}"?`;
  expect(messagesOf([{ role: 'user', content: header('1') }], quoted)).toEqual([
    { role: 'system', content: quoted },
    { role: 'user', content: header('1') },
  ]);
});

test('calls, results and thinking come back as the template reads them', () => {
  const messages = messagesOf([
    user(text('1 + 2?')),
    assistant(
      { type: 'thinking', thinking: 'Let me add.', signature: signThinking('Let me add.') },
      { type: 'redacted_thinking', data: 'opaque' },
      text('I add.'),
      call,
    ),
    user({ type: 'tool_result', tool_use_id: 'toolu_1', content: [text('3')] }, text('And?')),
  ]);
  expect(messages).toEqual([
    { role: 'user', content: '1 + 2?' },
    {
      role: 'assistant',
      content: 'I add.',
      reasoning_content: 'Let me add.',
      tool_calls: [
        {
          id: 'toolu_1',
          type: 'function',
          function: { name: 'add', arguments: '{"a":1,"b":[2]}' },
        },
      ],
    },
    { role: 'tool', content: '3', tool_call_id: 'toolu_1', name: 'add' },
    { role: 'user', content: 'And?' },
  ]);
});

test('thinking that was not shown comes back in its signature; foreign signatures are no fault', () => {
  const thinking = (shown: string, signature: string) =>
    messagesOf([
      user(text('?')),
      assistant({ type: 'thinking', thinking: shown, signature }, text('Yes.')),
      user(text('Sure?')),
    ])[1].reasoning_content;
  expect(thinking('', signatureWithThinking('Häm 想'))).toBe('Häm 想');
  expect(thinking('Hm', 'EqQBCgIYAhIM')).toBe('Hm');
  expect(thinking('', 'EqQBCgIYAhIM')).toBeUndefined();
});

test('a failed tool says so in its text, once', () => {
  const result = (content: unknown) =>
    messagesOf([
      user(text('?')),
      assistant(call),
      user({ type: 'tool_result', tool_use_id: 'toolu_1', content, is_error: true }),
    ])[2].content;
  expect(result('no such file')).toBe('Error: no such file');
  expect(result('[Error] no such file')).toBe('[Error] no such file');
  expect(result(undefined)).toBe('Error: ');
});

test('turns of one role in a row are one turn; a last turn of the assistant is continued', () => {
  const asked = ask({
    messages: [user(text('a')), user(text('b'), text('c')), assistant(text('The answer is'))],
  });
  expect(asked.messages).toEqual([
    { role: 'user', content: 'a\n\nb\n\nc' },
    { role: 'assistant', content: 'The answer is' },
  ]);
  expect(asked.options.prefix).toBe(true);
  expect(ask({}).options).not.toHaveProperty('prefix');
});

test('plain text documents are text', () => {
  const source = { type: 'text', media_type: 'text/plain', data: 'Body' };
  const [message] = messagesOf([user({ type: 'document', title: 'Title', source })]);
  expect(message.content).toBe('Title\n\nBody');
});

test.each([
  ['a picture', [user({ type: 'image', source: {} })], 'messages[0].content[0]: found a block'],
  [
    'a PDF',
    [user({ type: 'document', source: { type: 'base64', data: 'JVBERi0=' } })],
    'messages[0].content[0].source: found a document of type base64',
  ],
  [
    'a picture in a result',
    [
      user(text('?')),
      assistant(call),
      user({ type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'image' }] }),
    ],
    'messages[2].content[0].content[0]: found a block of type image',
  ],
  [
    'a result of no call',
    [user({ type: 'tool_result', tool_use_id: 'x', content: '' })],
    'messages[0].content[0].tool_use_id: found "x"',
  ],
  ['a call without result', [user(text('?')), assistant(call)], 'messages: found a tool_use'],
  ['a call by the user', [user(call)], 'messages[0].content[0]: found a block of type tool_use'],
])('%s is refused by name and place', (_, messages, expected) => {
  expect(() => ask({ messages })).toThrow(expected);
});

test('sampling, stop sequences and format', () => {
  const schema = { type: 'object', properties: { answer: { type: 'integer' } } };
  const asked = ask({
    ...{ temperature: 0, top_p: 0.9, top_k: 5, stop_sequences: ['END'] },
    output_config: { format: { type: 'json_schema', schema } },
    metadata: { user_id: 'u1' },
  });
  expect(asked.options).toEqual({
    ...{ maxTokens: 64, temperature: 0, topP: 0.9, topK: 5, stop: ['END'] },
    responseFormat: { type: 'schema', schema },
  });
  expect(asked).toMatchObject({ isStream: false, showsThinking: true, userId: 'u1' });
});

test('thinking and effort', () => {
  const reasoning = (fields: object) => ask(fields).reasoning;
  expect(reasoning({})).toEqual({});
  expect(reasoning({ thinking: { type: 'disabled' } })).toEqual({ isOn: false });
  expect(reasoning({ thinking: { type: 'adaptive' }, output_config: { effort: 'low' } })).toEqual({
    ...{ isOn: true, effort: 'low' },
  });
  const enabled = { type: 'enabled', budget_tokens: 40, display: 'omitted' };
  expect(reasoning({ thinking: enabled })).toEqual({ isOn: true, budgetTokens: 40 });
  expect(ask({ thinking: enabled }).showsThinking).toBe(false);
});

test('tools and who chooses', () => {
  const input_schema = { type: 'object', properties: {} };
  const tools = [{ name: 'add', description: 'Adds.', input_schema, cache_control: {} }];
  const options = (fields: object) => ask({ tools, ...fields }).options;
  expect(options({})).toMatchObject({
    tools: [{ name: 'add', description: 'Adds.', parameters: input_schema }],
  });
  expect(options({})).not.toHaveProperty('toolChoice');
  expect(options({ tool_choice: { type: 'any' } }).toolChoice).toBe('required');
  expect(options({ tool_choice: { type: 'none' } }).toolChoice).toBe('none');
  expect(options({ tool_choice: { type: 'tool', name: 'add' } }).toolChoice).toEqual({
    name: 'add',
  });
  const single = { type: 'auto', disable_parallel_tool_use: true };
  expect(options({ tool_choice: single })).toMatchObject({
    ...{ toolChoice: 'auto', parallelToolCalls: false },
  });
  expect(() => options({ tool_choice: { type: 'tool', name: 'sub' } })).toThrow('tool_choice');
  const search = { type: 'web_search_20250305', name: 'web_search' };
  expect(() => options({ tools: [search] })).toThrow('tools[0].type: found web_search_20250305');
});

test('what is counted is the prompt of the same request', () => {
  const { max_tokens: _, ...body } = base;
  const counted = promptAsk(countTokensSchema.parse({ ...body, system: 'Be brief.' }));
  expect(counted.messages).toEqual(ask({ system: 'Be brief.' }).messages);
});

test.each([
  ['max_tokens', { ...base, max_tokens: undefined }],
  ['messages', { ...base, messages: [] }],
  ['model', { ...base, model: '' }],
  ['thinking', { ...base, thinking: { type: 'enabled' } }],
  ['a block without text', { ...base, messages: [user({ type: 'text' })] }],
  ['stop_sequences', { ...base, stop_sequences: Array(17).fill('x') }],
])('%s: what is missing or too much is refused', (_, body) => {
  expect(messagesSchema.safeParse(body).success).toBe(false);
});
