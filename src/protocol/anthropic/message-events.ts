/**
 * Pieces of a reply → the events of a message, in the order Anthropic's clients rely on:
 * message_start, then per block content_block_start, its deltas, content_block_stop, one block
 * after another, then message_delta with the reason and the usage, and message_stop. A message
 * that is wanted whole is made of the same events (`collectMessage`), so the two cannot differ.
 */
import type { ReplyPiece } from '../openai/reply-pieces.ts';
import {
  type ContentBlock,
  type Message,
  type MessageSummary,
  type StopReason,
  stopReasonOf,
  type Usage,
  usageOf,
} from './message.ts';
import { signatureWithThinking, signThinking } from './thinking-signature.ts';

export type BlockDelta =
  | { type: 'text_delta'; text: string }
  | { type: 'thinking_delta'; thinking: string }
  | { type: 'signature_delta'; signature: string }
  | { type: 'input_json_delta'; partial_json: string };

export type MessageEvent =
  | { type: 'message_start'; message: Message }
  | { type: 'content_block_start'; index: number; content_block: ContentBlock }
  | { type: 'content_block_delta'; index: number; delta: BlockDelta }
  | { type: 'content_block_stop'; index: number }
  | {
      type: 'message_delta';
      delta: {
        stop_reason: StopReason;
        stop_sequence: string | null;
        stop_details: null;
        container: null;
      };
      usage: Usage;
    }
  | { type: 'message_stop' }
  | { type: 'ping' };

export interface MessageParts {
  readonly id: string;
  readonly model: string;
  readonly showsThinking: boolean;
}

/** What the open block holds: pieces of another kind, or of another call, close it. */
interface OpenBlock {
  readonly kind: 'thinking' | 'text' | 'tool_use';
  readonly callIndex: number | undefined;
}

export class MessageWriter {
  readonly #parts: MessageParts;
  /** Index of the open block, or of the next one. */
  #index = 0;
  #open: OpenBlock | undefined;
  #thinking = '';

  constructor(parts: MessageParts) {
    this.#parts = parts;
  }

  /** What was cached is known later; message_delta's usage has the last word. */
  start(promptTokens: number): MessageEvent[] {
    const { id, model } = this.#parts;
    const message: Message = {
      ...{ id, type: 'message', role: 'assistant', model, content: [] },
      ...{ stop_reason: null, stop_sequence: null, stop_details: null, container: null },
      usage: usageOf({ promptTokens, completionTokens: 0, reasoningTokens: 0 }),
    };
    return [{ type: 'message_start', message }, { type: 'ping' }];
  }

  push(piece: ReplyPiece): MessageEvent[] {
    switch (piece.type) {
      case 'reasoning': {
        const events = this.#enter('thinking', undefined, emptyThinking);
        this.#thinking += piece.text;
        if (!this.#parts.showsThinking) return events;
        return [...events, this.#delta({ type: 'thinking_delta', thinking: piece.text })];
      }
      case 'text': {
        const events = this.#enter('text', undefined, emptyText);
        return [...events, this.#delta({ type: 'text_delta', text: piece.text })];
      }
      case 'toolCall': {
        const { id, name, index } = piece;
        return this.#enter('tool_use', index, () => ({
          ...{ type: 'tool_use', id, name, input: {}, caller: { type: 'direct' } },
        }));
      }
      case 'toolArguments':
        return [this.#delta({ type: 'input_json_delta', partial_json: piece.text })];
    }
  }

  end(summary: MessageSummary): MessageEvent[] {
    const stop_reason = stopReasonOf(summary);
    const stop_sequence = stop_reason === 'stop_sequence' ? (summary.stopString ?? null) : null;
    const delta = { stop_reason, stop_sequence, stop_details: null, container: null };
    return [
      ...this.#close(),
      { type: 'message_delta', delta, usage: usageOf(summary) },
      { type: 'message_stop' },
    ];
  }

  #enter(
    kind: OpenBlock['kind'],
    callIndex: number | undefined,
    block: () => ContentBlock,
  ): MessageEvent[] {
    const open = this.#open;
    if (open?.kind === kind && open.callIndex === callIndex) return [];
    const closed = this.#close();
    this.#open = { kind, callIndex };
    const content_block = block();
    return [...closed, { type: 'content_block_start', index: this.#index, content_block }];
  }

  #close(): MessageEvent[] {
    const open = this.#open;
    if (open === undefined) return [];
    const events: MessageEvent[] = [];
    if (open.kind === 'thinking') {
      const sign = this.#parts.showsThinking ? signThinking : signatureWithThinking;
      events.push(this.#delta({ type: 'signature_delta', signature: sign(this.#thinking) }));
      this.#thinking = '';
    }
    events.push({ type: 'content_block_stop', index: this.#index });
    this.#open = undefined;
    this.#index++;
    return events;
  }

  #delta(delta: BlockDelta): MessageEvent {
    return { type: 'content_block_delta', index: this.#index, delta };
  }
}

const emptyThinking = (): ContentBlock => ({ type: 'thinking', thinking: '', signature: '' });
const emptyText = (): ContentBlock => ({ type: 'text', text: '', citations: null });
