/**
 * A response while it is written: pieces of the reply → its events, numbered, each item opened,
 * filled and closed before the next one opens, and the response object that the last event has and
 * a whole reply is.
 */
import type { ResponseHead } from './chat-chunks.ts';
import { chatEntry, type TokenLogprobs } from './logprobs.ts';
import type { ReplyPiece } from './reply-pieces.ts';
import { finishReasonOf, type ReplySummary, timingsOf } from './usage.ts';

export interface ResponseEvent {
  readonly type: string;
  readonly sequence_number: number;
}

interface ReasoningItem {
  readonly type: 'reasoning';
  readonly id: string;
  status: ItemStatus;
  readonly summary: readonly [];
  content: { readonly type: 'reasoning_text'; text: string }[];
}
interface MessageItem {
  readonly type: 'message';
  readonly id: string;
  status: ItemStatus;
  readonly role: 'assistant';
  content: OutputText[];
}
interface CallItem {
  readonly type: 'function_call';
  readonly id: string;
  status: ItemStatus;
  readonly call_id: string;
  readonly name: string;
  arguments: string;
}
interface OutputText {
  readonly type: 'output_text';
  text: string;
  readonly annotations: readonly [];
  readonly logprobs: unknown[];
}
type ItemStatus = 'in_progress' | 'completed' | 'incomplete';
type OutputItem = ReasoningItem | MessageItem | CallItem;

export class ResponseEvents {
  readonly #head: ResponseHead;
  readonly #echoed: Readonly<Record<string, unknown>>;
  readonly #output: OutputItem[] = [];
  #open: OutputItem | undefined;
  #sequenceNumber = 0;

  constructor(head: ResponseHead, echoed: Readonly<Record<string, unknown>>) {
    this.#head = head;
    this.#echoed = echoed;
  }

  start(events: ResponseEvent[]): void {
    const response = this.#response('in_progress');
    this.#emit(events, 'response.created', { response });
    this.#emit(events, 'response.in_progress', { response });
  }

  piece(piece: ReplyPiece, events: ResponseEvent[]): void {
    if (piece.type === 'reasoning') this.#reasoning(piece.text, events);
    else if (piece.type === 'text') this.#text(piece.text, piece.logprobs ?? [], events);
    else if (piece.type === 'toolCall') this.#call(piece.id, piece.name, events);
    else if (this.#open?.type === 'function_call') {
      this.#open.arguments += piece.text;
      this.#emit(events, 'response.function_call_arguments.delta', {
        ...this.#place(this.#open),
        delta: piece.text,
      });
    }
  }

  /** The finished response; its events end with the one that says so. */
  finish(summary: ReplySummary, events: ResponseEvent[]) {
    const isCut = finishReasonOf(summary.finishReason) === 'length';
    this.#close(isCut ? 'incomplete' : 'completed', events);
    const response = {
      ...this.#response(isCut ? 'incomplete' : 'completed'),
      ...(isCut && { incomplete_details: { reason: 'max_output_tokens' } }),
      usage: responseUsage(summary),
      timings: timingsOf(summary),
    };
    this.#emit(events, isCut ? 'response.incomplete' : 'response.completed', { response });
    return response;
  }

  fail(code: string, message: string, events: ResponseEvent[]): void {
    const response = { ...this.#response('failed'), error: { code, message } };
    this.#emit(events, 'response.failed', { response });
  }

  #reasoning(text: string, events: ResponseEvent[]): void {
    const item = this.#opened('reasoning', events, (id) => ({
      ...{ type: 'reasoning' as const, id, status: 'in_progress' as const },
      ...{ summary: [] as const, content: [{ type: 'reasoning_text' as const, text: '' }] },
    })) as ReasoningItem;
    item.content[0].text += text;
    this.#emit(events, 'response.reasoning_text.delta', {
      ...this.#place(item),
      ...{ content_index: 0, delta: text },
    });
  }

  #text(text: string, entries: readonly TokenLogprobs[], events: ResponseEvent[]): void {
    const item = this.#opened('message', events, (id) => ({
      ...{ type: 'message' as const, id, status: 'in_progress' as const },
      ...{ role: 'assistant' as const, content: [outputText()] },
    })) as MessageItem;
    const logprobs = entries.filter(({ isReasoning }) => !isReasoning).map(chatEntry);
    item.content[0].text += text;
    item.content[0].logprobs.push(...logprobs);
    this.#emit(events, 'response.output_text.delta', {
      ...this.#place(item),
      ...{ content_index: 0, delta: text, logprobs },
    });
  }

  #call(callId: string, name: string, events: ResponseEvent[]): void {
    this.#close('completed', events);
    this.#opened('function_call', events, (id) => ({
      ...{ type: 'function_call' as const, id, status: 'in_progress' as const },
      ...{ call_id: callId, name, arguments: '' },
    }));
  }

  /** The open item of this type, or a new one in place of the one that is open. */
  #opened(
    type: OutputItem['type'],
    events: ResponseEvent[],
    make: (id: string) => OutputItem,
  ): OutputItem {
    if (this.#open?.type === type) return this.#open;
    this.#close('completed', events);
    const id = `${idPrefixes[type]}${this.#head.id.slice('resp_'.length)}_${this.#output.length}`;
    const item = make(id);
    this.#output.push(item);
    this.#open = item;
    const { output_index } = this.#place(item);
    const bare = item.type === 'function_call' ? { ...item } : { ...item, content: [] };
    this.#emit(events, 'response.output_item.added', { output_index, item: bare });
    if (item.type !== 'function_call') {
      const part = structuredClone(item.content[0]);
      const place = { ...this.#place(item), content_index: 0 };
      this.#emit(events, 'response.content_part.added', { ...place, part });
    }
    return item;
  }

  #close(status: 'completed' | 'incomplete', events: ResponseEvent[]): void {
    const item = this.#open;
    if (item === undefined) return;
    this.#open = undefined;
    item.status = status;
    const place = this.#place(item);
    if (item.type === 'function_call') {
      const { name, arguments: args } = item;
      const done = { ...place, name, arguments: args };
      this.#emit(events, 'response.function_call_arguments.done', done);
    } else {
      const [part] = item.content;
      const at = { ...place, content_index: 0 };
      const texts =
        part.type === 'output_text'
          ? { text: part.text, logprobs: part.logprobs }
          : { text: part.text };
      this.#emit(events, `response.${part.type}.done`, { ...at, ...texts });
      this.#emit(events, 'response.content_part.done', { ...at, part });
    }
    this.#emit(events, 'response.output_item.done', { output_index: place.output_index, item });
  }

  #place(item: OutputItem): { item_id: string; output_index: number } {
    return { item_id: item.id, output_index: this.#output.indexOf(item) };
  }

  #response(status: 'in_progress' | 'completed' | 'incomplete' | 'failed') {
    const { id, created, model } = this.#head;
    return {
      ...{ id, object: 'response', created_at: created, status, model },
      ...{ error: null, incomplete_details: null },
      ...this.#echoed,
      output: [...this.#output],
      usage: null,
    };
  }

  #emit(events: ResponseEvent[], type: string, fields: object): void {
    events.push({ type, sequence_number: this.#sequenceNumber++, ...fields });
  }
}

const idPrefixes: Record<OutputItem['type'], string> = {
  reasoning: 'rs_',
  message: 'msg_',
  function_call: 'fc_',
};

function outputText(): OutputText {
  return { type: 'output_text', text: '', annotations: [], logprobs: [] };
}

function responseUsage(summary: ReplySummary) {
  const { promptTokens, completionTokens, reasoningTokens, cachedTokens = 0 } = summary;
  return {
    input_tokens: promptTokens,
    input_tokens_details: { cached_tokens: cachedTokens, cache_write_tokens: 0 },
    output_tokens: completionTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: promptTokens + completionTokens,
  };
}
