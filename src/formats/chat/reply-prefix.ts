/**
 * A reply that is begun by the caller (DeepSeek's prefix completion): the last message is the
 * assistant's, and the model goes on from its last character. Reasoning without an answer goes on
 * inside the thinking; an answer without reasoning skips it. All of it is plain text.
 */
import { error } from '../../base/errors.ts';
import type { ChatMessage } from './chat-message.ts';
import type { RenderedPart } from './plain-text-shield.ts';

export interface ReplyPrefix {
  readonly reasoning: string;
  readonly answer: string;
}

export function splitPrefix(messages: readonly ChatMessage[]): {
  readonly messages: readonly ChatMessage[];
  readonly beginning: ReplyPrefix;
} {
  const last = messages.at(-1);
  if (messages.length < 2 || last?.role !== 'assistant' || last.tool_calls?.length) {
    const found = messages.length < 2 ? 'one message' : `a last message of role ${last?.role}`;
    const expected = "a conversation whose last message is the assistant's, without tool calls";
    throw error('invalid_option', { name: 'prefix', found, expected });
  }
  const beginning = { reasoning: last.reasoning_content ?? '', answer: last.content ?? '' };
  return { messages: messages.slice(0, -1), beginning };
}

/** What the template is told: a reply that begins with its answer has not thought. */
export function thinkingBefore(
  { reasoning, answer }: ReplyPrefix,
  thinking: boolean | undefined,
): boolean | undefined {
  if (reasoning !== '') return true;
  return answer === '' ? thinking : false;
}

/** To stand behind the prompt, which ends inside <think> or not. */
export function prefixParts(
  { reasoning, answer }: ReplyPrefix,
  opensThinking: boolean,
): RenderedPart[] {
  const tags = (text: string): RenderedPart => ({ text, isPlain: false });
  const plain = (text: string): RenderedPart => ({ text, isPlain: true });
  return [
    ...(reasoning === '' ? [] : [...(opensThinking ? [] : [tags('<think>\n')]), plain(reasoning)]),
    ...(reasoning === '' || answer === '' ? [] : [tags('\n</think>\n\n')]),
    ...(answer === '' ? [] : [plain(answer)]),
  ];
}
