/**
 * Input items of a response → messages. What belongs to one turn of the assistant (reasoning,
 * text, calls) comes as items of its own and becomes one message, as templates expect it.
 */
import { z } from 'zod';
import { invalidField } from '../parse-request.ts';
import { type AskedMessage, type AskedToolCall, functionName, textOf } from './chat-messages.ts';

const maxItems = 4096;
const maxParts = 1024;
const id = z.string().min(1).max(256);
const parts = z
  .array(
    z.object({
      type: z.string().max(64),
      text: z.string().nullish(),
      refusal: z.string().nullish(),
    }),
  )
  .max(maxParts);
const content = z.union([z.string(), parts]);

const message = z.object({
  type: z.literal('message').optional(),
  role: z.enum(['user', 'assistant', 'system', 'developer']),
  content,
});
const typed = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('function_call'),
    call_id: id,
    name: functionName,
    arguments: z.string(),
  }),
  z.object({ type: z.literal('function_call_output'), call_id: id, output: content }),
  z.object({
    type: z.literal('reasoning'),
    content: parts.nullish(),
    summary: parts.nullish(),
  }),
]);
/** Of other types too: refusing them by name says more than a schema's mismatch. */
const known: readonly string[] = ['message', ...typed.options.map(({ shape }) => shape.type.value)];
const other = z.object({
  type: z
    .string()
    .max(64)
    .refine((type) => !known.includes(type)),
  role: z.undefined().optional(),
});

export const inputField = z.union([
  z.string().min(1),
  z
    .array(z.union([message, typed, other]))
    .min(1)
    .max(maxItems),
]);
type Input = z.output<typeof inputField>;
type Typed = z.output<typeof typed>;

export function inputMessages(input: Input): AskedMessage[] {
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  const turns = new Turns();
  for (const [i, item] of input.entries()) {
    if ('role' in item && item.role !== undefined) {
      const text = textOf(item.content, `input[${i}].content`);
      if (item.role === 'assistant') turns.say(text);
      else turns.add({ role: item.role === 'user' ? 'user' : 'system', content: text });
    } else {
      addTyped(turns, item as Typed, `input[${i}]`);
    }
  }
  return turns.messages();
}

function addTyped(turns: Turns, item: Typed, at: string): void {
  switch (item.type) {
    case 'function_call': {
      const call = { name: item.name, arguments: item.arguments };
      turns.call({ id: item.call_id, type: 'function', function: call });
      return;
    }
    case 'function_call_output': {
      const content = textOf(item.output, `${at}.output`);
      turns.add({ role: 'tool', content, tool_call_id: item.call_id });
      return;
    }
    case 'reasoning':
      turns.think(textOf(item.content ?? item.summary ?? [], `${at}.content`));
      return;
    default: {
      const { type } = item as { readonly type: string };
      throw invalidField(
        at,
        `an item of type ${type}`,
        'message, reasoning, function_call or function_call_output',
      );
    }
  }
}

/** Gathers the parts of an assistant's turn until somebody else speaks. */
class Turns {
  readonly #messages: AskedMessage[] = [];
  #text: string | null = null;
  #reasoning = '';
  #calls: AskedToolCall[] = [];

  add(message: AskedMessage): void {
    this.#end();
    this.#messages.push(message);
  }
  think(text: string): void {
    if (this.#text !== null || this.#calls.length > 0) this.#end();
    this.#reasoning += text;
  }
  say(text: string): void {
    if (this.#text !== null || this.#calls.length > 0) this.#end();
    this.#text = text;
  }
  call(call: AskedToolCall): void {
    this.#calls.push(call);
  }
  messages(): AskedMessage[] {
    this.#end();
    return this.#messages;
  }

  /** Reasoning that nothing came of is dropped: it was the end of a turn that was cut off. */
  #end(): void {
    if (this.#text !== null || this.#calls.length > 0) {
      this.#messages.push({
        role: 'assistant',
        content: this.#text,
        ...(this.#reasoning !== '' && { reasoning_content: this.#reasoning }),
        ...(this.#calls.length > 0 && { tool_calls: this.#calls }),
      });
    }
    this.#text = null;
    this.#reasoning = '';
    this.#calls = [];
  }
}
