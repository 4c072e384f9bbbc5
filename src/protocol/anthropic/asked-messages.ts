/**
 * Anthropic's turns of content blocks → messages as chat templates read them. Results of tools
 * become messages of their own, thinking comes back as reasoning, and turns of one role in a row
 * are one turn, as Anthropic has them. A last turn of the assistant is the beginning of the reply.
 */
import type { AskedMessage, AskedToolCall } from '../openai/chat-messages.ts';
import { invalidField } from '../parse-request.ts';
import { withoutBillingHeader } from './billing-header.ts';
import { type Block, blockBreak, blockText, resultText } from './content-blocks.ts';
import type { CountTokensRequest } from './messages-request.ts';
import { thinkingOf } from './thinking-signature.ts';

type Turn = CountTokensRequest['messages'][number];

export function askedMessages(system: CountTokensRequest['system'], turns: readonly Turn[]) {
  const messages: AskedMessage[] = [];
  const systemText = systemTextOf(system);
  if (systemText !== '') messages.push({ role: 'system', content: systemText });
  const calls = new Map<string, string>();
  for (const [i, { role, content }] of turns.entries()) {
    const at = `messages[${i}].content`;
    const blocks: readonly Block[] =
      typeof content === 'string' ? [{ type: 'text', text: content }] : content;
    if (role === 'assistant') messages.push(assistantMessage(blocks, at, calls));
    else messages.push(...userMessages(role, blocks, at, calls));
  }
  const merged = messages.reduce<AskedMessage[]>(merge, []);
  const last = merged.at(-1);
  if (last?.role === 'assistant' && last.tool_calls !== undefined) {
    const found = 'a tool_use without its result at the end';
    throw invalidField('messages', found, 'a tool_result for it in the next message');
  }
  return { messages: merged, isPrefix: last?.role === 'assistant' };
}

function systemTextOf(system: CountTokensRequest['system']): string {
  const texts = typeof system === 'string' ? [system] : (system ?? []).map(({ text }) => text);
  return texts
    .map(withoutBillingHeader)
    .filter((text) => text !== '')
    .join(blockBreak);
}

function userMessages(
  role: 'user' | 'system',
  blocks: readonly Block[],
  at: string,
  calls: ReadonlyMap<string, string>,
): AskedMessage[] {
  return blocks.map((block, i) => {
    const place = `${at}[${i}]`;
    if (block.type !== 'tool_result' || role === 'system') {
      return { role, content: blockText(textLike(block, place), place) };
    }
    const name = calls.get(block.tool_use_id);
    if (name === undefined) {
      const found = JSON.stringify(block.tool_use_id);
      throw invalidField(`${place}.tool_use_id`, found, 'the id of a tool_use before it');
    }
    const content = resultText(block, place);
    return { role: 'tool', content, tool_call_id: block.tool_use_id, name };
  });
}

function textLike(block: Block, at: string) {
  if (block.type === 'text' || block.type === 'document' || block.type === 'other') return block;
  throw invalidField(at, `a block of type ${block.type}`, 'text or tool_result in this role');
}

function assistantMessage(
  blocks: readonly Block[],
  at: string,
  calls: Map<string, string>,
): AskedMessage {
  const texts: string[] = [];
  const thoughts: string[] = [];
  const toolCalls: AskedToolCall[] = [];
  for (const [i, block] of blocks.entries()) {
    if (block.type === 'thinking') thoughts.push(thinkingOf(block.thinking, block.signature));
    else if (block.type === 'tool_use') {
      const { id, name, input } = block;
      calls.set(id, name);
      const args = JSON.stringify(input);
      toolCalls.push({ id, type: 'function', function: { name, arguments: args } });
    } else if (block.type !== 'redacted_thinking') {
      if (block.type === 'tool_result') {
        throw invalidField(`${at}[${i}]`, 'a tool_result', 'it in a message of the user');
      }
      texts.push(blockText(block, `${at}[${i}]`));
    }
  }
  return {
    role: 'assistant',
    // Blocks of an assistant are cut where thinking and calls were, not where text was.
    content: texts.length === 0 && toolCalls.length > 0 ? null : texts.join(''),
    ...(thoughts.some((thought) => thought !== '') && {
      reasoning_content: thoughts.join(blockBreak),
    }),
    ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
  };
}

/** Results of tools stay apart, all others of one role in a row become one. */
function merge(messages: AskedMessage[], next: AskedMessage): AskedMessage[] {
  const last = messages.at(-1);
  if (last === undefined || last.role !== next.role || next.role === 'tool') {
    messages.push(next);
    return messages;
  }
  const reasoning = join(last.reasoning_content, next.reasoning_content);
  const toolCalls = [...(last.tool_calls ?? []), ...(next.tool_calls ?? [])];
  messages[messages.length - 1] = {
    role: last.role,
    content: join(last.content, next.content) ?? null,
    ...(reasoning !== undefined && { reasoning_content: reasoning }),
    ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
  };
  return messages;
}

function join(a: string | null | undefined, b: string | null | undefined): string | undefined {
  if (a == null || b == null) return a ?? b ?? undefined;
  return `${a}${blockBreak}${b}`;
}
