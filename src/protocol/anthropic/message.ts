/** A message of the assistant, its usage, and why it ended, as Anthropic's API writes them. */
import type { ReplySummary } from '../openai/usage.ts';

export type ContentBlock =
  | { type: 'text'; text: string; citations: null }
  | { type: 'thinking'; thinking: string; signature: string }
  | { type: 'tool_use'; id: string; name: string; input: unknown; caller: { type: 'direct' } };

export interface Usage {
  /** Without those that were found in the prefix cache. */
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly thinking_tokens: number };
  readonly server_tool_use: null;
}

export type StopReason =
  | 'end_turn'
  | 'max_tokens'
  | 'stop_sequence'
  | 'tool_use'
  | 'model_context_window_exceeded';

export interface Message {
  id: string;
  type: 'message';
  role: 'assistant';
  model: string;
  content: ContentBlock[];
  stop_reason: StopReason | null;
  stop_sequence: string | null;
  stop_details: null;
  container: null;
  usage: Usage;
}

export interface MessageSummary
  extends Pick<
    ReplySummary,
    'finishReason' | 'lengthCause' | 'promptTokens' | 'completionTokens' | 'reasoningTokens'
  > {
  readonly cachedTokens?: number | undefined;
  /** The stop string that ended it. */
  readonly stopString?: string | undefined;
}

export function usageOf(summary: Omit<MessageSummary, 'finishReason'>): Usage {
  const { promptTokens, cachedTokens = 0, completionTokens, reasoningTokens } = summary;
  return {
    input_tokens: promptTokens - cachedTokens,
    // Nothing is paid for here: what is computed is kept, and is no figure of its own.
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cachedTokens,
    output_tokens: completionTokens,
    output_tokens_details: { thinking_tokens: reasoningTokens },
    server_tool_use: null,
  };
}

export function stopReasonOf(summary: MessageSummary): StopReason {
  const { finishReason, lengthCause, stopString } = summary;
  if (finishReason === 'toolCalls') return 'tool_use';
  if (finishReason === 'length') {
    return lengthCause === 'context' ? 'model_context_window_exceeded' : 'max_tokens';
  }
  return stopString === undefined ? 'end_turn' : 'stop_sequence';
}
