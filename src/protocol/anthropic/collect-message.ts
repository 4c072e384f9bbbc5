/**
 * The events of a message → the message. A call whose arguments were cut off by the end of the
 * reply is left out: half of them must not be run by somebody who did not look at stop_reason.
 */
import assert from 'node:assert/strict';
import type { ContentBlock, Message } from './message.ts';
import type { BlockDelta, MessageEvent } from './message-events.ts';

export function collectMessage(events: readonly MessageEvent[]): Message {
  const [start] = events;
  assert(start?.type === 'message_start');
  const message: Message = { ...start.message, content: [] };
  const argumentTexts = new Map<ContentBlock, string>();
  for (const event of events) {
    if (event.type === 'content_block_start') message.content.push({ ...event.content_block });
    else if (event.type === 'content_block_delta') {
      const block = message.content[event.index] as ContentBlock;
      if (event.delta.type === 'input_json_delta') {
        const text = argumentTexts.get(block) ?? '';
        argumentTexts.set(block, text + event.delta.partial_json);
      } else apply(block, event.delta);
    } else if (event.type === 'message_delta') {
      Object.assign(message, event.delta, { usage: event.usage });
    }
  }
  message.content = message.content.filter((block) => hasInput(block, argumentTexts.get(block)));
  return message;
}

function apply(block: ContentBlock, delta: BlockDelta): void {
  if (block.type === 'text' && delta.type === 'text_delta') block.text += delta.text;
  if (block.type !== 'thinking') return;
  if (delta.type === 'thinking_delta') block.thinking += delta.thinking;
  if (delta.type === 'signature_delta') block.signature = delta.signature;
}

/** Fills in a call's input; false where its JSON is not whole. */
function hasInput(block: ContentBlock, text: string | undefined): boolean {
  if (block.type !== 'tool_use') return true;
  try {
    block.input = JSON.parse(text || '{}');
    return true;
  } catch {
    return false;
  }
}
