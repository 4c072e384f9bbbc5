/**
 * The `context` of /api/generate: numbers that stand for the conversation so far, which clients
 * send back unread. Here they are the tokens of its messages as JSON, so that the next turn goes
 * through the chat template whole, finds its prefix in the cache, and brings no special tokens in.
 */
import { z } from 'zod';
import type { AskedMessage } from '../openai/chat-messages.ts';
import { invalidField } from '../parse-request.ts';

export interface TextTokens {
  tokenize(text: string): number[];
  detokenize(tokens: readonly number[]): string;
}

const remembered = z
  .array(
    z.object({
      role: z.enum(['system', 'user', 'assistant']),
      content: z.string(),
      reasoning_content: z.string().optional(),
    }),
  )
  .max(4096);

export function encodeContext(model: TextTokens, messages: readonly AskedMessage[]): number[] {
  return model.tokenize(JSON.stringify(messages));
}

export function decodeContext(model: TextTokens, context: readonly number[]): AskedMessage[] {
  if (context.length === 0) return [];
  try {
    return remembered.parse(JSON.parse(model.detokenize(context))).map((message) => {
      const { role, content, reasoning_content } = message;
      return { role, content, ...(reasoning_content !== undefined && { reasoning_content }) };
    });
  } catch {
    const expected = 'the context of an earlier reply of this model';
    throw invalidField('context', `${context.length} numbers`, expected);
  }
}

/** A new system text takes the place of the old one. */
export function continued(
  history: readonly AskedMessage[],
  messages: readonly AskedMessage[],
): AskedMessage[] {
  const hasSystem = messages.some(({ role }) => role === 'system');
  const kept = hasSystem ? history.filter(({ role }) => role !== 'system') : history;
  const system = messages.filter(({ role }) => role === 'system');
  const rest = messages.filter(({ role }) => role !== 'system');
  return [...system, ...kept, ...rest];
}
