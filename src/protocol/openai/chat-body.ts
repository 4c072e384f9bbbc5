/** A chat completion as a whole: collected replies and their summaries → the response's body. */
import { choiceExtension, type ResponseHead, reasoningFields } from './chat-chunks.ts';
import type { ReasoningName } from './chat-request.ts';
import { chatLogprobs } from './logprobs.ts';
import type { CollectedReply } from './reply-pieces.ts';
import { finishReasonOf, type ReplySummary, timingsOf, usageOf } from './usage.ts';

export interface WholeReply {
  readonly reply: CollectedReply;
  readonly summary: ReplySummary;
}

export interface ChatBodyOptions {
  readonly reasoningName: ReasoningName;
  readonly hasLogprobs: boolean;
}

/** At least one reply; their order is the choices'. */
export function chatBody(
  head: ResponseHead,
  replies: readonly WholeReply[],
  options: ChatBodyOptions,
) {
  const { id, ...rest } = head;
  const summaries = replies.map(({ summary }) => summary);
  return {
    id,
    object: 'chat.completion',
    ...rest,
    choices: replies.map(({ reply, summary }, index) => ({
      index,
      message: message(reply, options.reasoningName),
      logprobs: options.hasLogprobs ? chatLogprobs(reply.logprobs) : null,
      finish_reason: finishReasonOf(summary.finishReason),
      ...choiceExtension(summary),
    })),
    usage: usageOf(summaries),
    timings: timingsOf(summaries[0] as ReplySummary),
  };
}

function message(reply: CollectedReply, reasoningName: ReasoningName) {
  const { text, reasoning, calls } = reply;
  return {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    ...(reasoning !== '' && reasoningFields(reasoning, reasoningName)),
    refusal: null,
    ...(calls.length > 0 && {
      tool_calls: calls.map(({ id, name, arguments: args }) => ({
        ...{ id, type: 'function', function: { name, arguments: args } },
      })),
    }),
  };
}
