/**
 * Messages of a chat completion. Content is text or parts of text; pictures, sound and files are
 * refused, not dropped. `developer` is a system message, and an assistant's reasoning_content is
 * taken where a client sends it back and missed nowhere (DeepSeek's own API answers 400 without
 * it: langchain docs #3765, opencode #25058).
 */
import { z } from 'zod';
import { invalidField } from '../parse-request.ts';

const maxMessages = 4096;
const maxParts = 1024;
const maxToolCalls = 128;
const id = z.string().min(1).max(256);
export const functionName = z.string().min(1).max(128);

/** Parts of other types parse too: refusing them by name says more than a schema's mismatch. */
const contentPart = z.object({
  type: z.string().max(64),
  text: z.string().nullish(),
  refusal: z.string().nullish(),
});
const content = z.union([z.string(), z.array(contentPart).max(maxParts)]);
const name = z.string().max(256).nullish();

const toolCall = z.object({
  id,
  type: z.literal('function').nullish(),
  function: z.object({ name: functionName, arguments: z.string() }),
});

const message = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'developer', 'user']), content, name }),
  z.object({
    role: z.literal('assistant'),
    content: content.nullish(),
    reasoning_content: z.string().nullish(),
    /** What Ollama and OpenRouter call it; clients send back what they read. */
    reasoning: z.string().nullish(),
    tool_calls: z.array(toolCall).max(maxToolCalls).nullish(),
    refusal: z.string().nullish(),
    /** DeepSeek's: the reply continues this message, which is the last. */
    prefix: z.boolean().nullish(),
    name,
  }),
  z.object({ role: z.literal('tool'), content, tool_call_id: id, name }),
]);

export const messagesField = z.array(message).min(1).max(maxMessages);
type Message = z.output<typeof message>;
type Content = z.output<typeof content>;

/** As chat templates read it. */
export interface AskedMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string | null;
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly AskedToolCall[];
  readonly tool_call_id?: string;
  readonly name?: string;
}
export interface AskedToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

export function askedMessages(messages: readonly Message[]): AskedMessage[] {
  return messages.map(askedMessage);
}

/** True where the last message is the beginning of the reply. */
export function asksForPrefix(messages: readonly Message[]): boolean {
  const marked = messages.findIndex((m) => m.role === 'assistant' && m.prefix === true);
  if (marked < 0) return false;
  if (marked === messages.length - 1) return true;
  throw invalidField(`messages[${marked}].prefix`, 'true', 'it on the last message only');
}

function askedMessage(message: Message, index: number): AskedMessage {
  const at = `messages[${index}].content`;
  const named = message.name ? { name: message.name } : {};
  if (message.role === 'tool') {
    const { role, tool_call_id } = message;
    return { role, content: textOf(message.content, at), tool_call_id, ...named };
  }
  if (message.role !== 'assistant') {
    const role = message.role === 'user' ? 'user' : 'system';
    return { role, content: textOf(message.content, at), ...named };
  }
  const text = message.content ?? message.refusal;
  const reasoning = message.reasoning_content ?? message.reasoning;
  const calls = message.tool_calls ?? [];
  if (text == null && calls.length === 0 && !reasoning) {
    throw invalidField(at, 'nothing', 'a text, or tool_calls');
  }
  return {
    role: 'assistant',
    content: text == null ? null : textOf(text, at),
    ...(reasoning && { reasoning_content: reasoning }),
    ...(calls.length > 0 && {
      tool_calls: calls.map((call) => ({
        id: call.id,
        type: 'function' as const,
        function: { name: call.function.name, arguments: call.function.arguments },
      })),
    }),
    ...named,
  };
}

/** Parts are joined by line breaks, as vLLM and llama-server do. */
export function textOf(content: Content, at: string): string {
  if (typeof content === 'string') return content;
  return content
    .map(({ type, text, refusal }, i) => {
      const found = type === 'refusal' ? refusal : type.endsWith('text') ? text : undefined;
      if (typeof found === 'string') return found;
      throw invalidField(
        `${at}[${i}]`,
        `a part of type ${type.slice(0, 40)}`,
        'parts of type text; this server reads no pictures, sound or files',
      );
    })
    .join('\n');
}
