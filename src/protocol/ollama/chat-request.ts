/**
 * POST /api/chat → what the engine is asked. Ids of tool calls are new in Ollama's API and most
 * clients know none: results are matched with calls by name, else in order. `tool_choice` is no
 * field of Ollama's, and its users miss it; here it may be sent as OpenAI's.
 */
import { z } from 'zod';
import type { AskedMessage, AskedToolCall } from '../openai/chat-messages.ts';
import { askedTools, functionFields, type ToolsAsk, toolChoiceField } from '../openai/tools.ts';
import { imagesField, type ReplyAsk, refuseImages, replyAsk, replyFields } from './reply-fields.ts';

const maxMessages = 4096;
const maxTools = 512;
const shortText = z.string().max(256).nullish();

const message = z.object({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.string().nullish(),
  thinking: z.string().nullish(),
  images: imagesField,
  tool_calls: z
    .array(
      z.object({
        id: shortText,
        function: z.object({
          name: z.string().min(1).max(128),
          arguments: z.record(z.string(), z.unknown()).nullish(),
        }),
      }),
    )
    .max(128)
    .nullish(),
  tool_name: shortText,
  tool_call_id: shortText,
});

export const chatSchema = z.object({
  ...replyFields,
  /** None: the model is loaded, or unloaded, and nothing is said. */
  messages: z.array(message).max(maxMessages).nullish(),
  tools: z
    .array(z.object({ function: z.object(functionFields) }))
    .max(maxTools)
    .nullish(),
  tool_choice: toolChoiceField,
});
type ChatRequest = z.output<typeof chatSchema>;
type Message = z.output<typeof message>;

export interface ChatAsk extends ReplyAsk {
  readonly messages: readonly AskedMessage[];
  readonly options: ReplyAsk['options'] & ToolsAsk & { prefix?: boolean };
  /** The oldest turns may be left out where all of them are too long. */
  readonly mayTruncate: boolean;
}

export function chatAsk(request: ChatRequest): ChatAsk {
  const { tools, tool_choice: choice } = request;
  const reply = replyAsk(request);
  const functions = (tools ?? []).map((tool) => tool.function);
  const toolChoice = typeof choice === 'object' && choice !== null ? choice.function : choice;
  const messages = askedMessages(request.messages ?? []);
  const last = messages.at(-1);
  const isPrefix = last?.role === 'assistant' && last.tool_calls === undefined;
  return {
    ...reply,
    messages,
    options: {
      ...reply.options,
      ...askedTools(functions, toolChoice, undefined),
      ...(isPrefix && { prefix: true }),
    },
    mayTruncate: request.truncate === true,
  };
}

function askedMessages(messages: readonly Message[]): AskedMessage[] {
  /** Calls that no result has answered yet, oldest first. */
  const open: AskedToolCall[] = [];
  return messages.map((message, i) => {
    refuseImages(message.images, `messages[${i}].images`);
    const { role, content, thinking } = message;
    if (role === 'tool') return toolMessage(message, open);
    if (role !== 'assistant') return { role, content: content ?? '' };
    const calls = (message.tool_calls ?? []).map(
      ({ id, function: { name, arguments: args } }, j) => ({
        id: id || `call_${i}_${j}`,
        type: 'function' as const,
        function: { name, arguments: JSON.stringify(args ?? {}) },
      }),
    );
    open.push(...calls);
    return {
      role,
      content: !content && calls.length > 0 ? null : (content ?? ''),
      ...(thinking && { reasoning_content: thinking }),
      ...(calls.length > 0 && { tool_calls: calls }),
    };
  });
}

function toolMessage(message: Message, open: AskedToolCall[]): AskedMessage {
  const { tool_call_id: id, tool_name: name } = message;
  const places = [
    id ? open.findIndex((call) => call.id === id) : -1,
    name ? open.findIndex((call) => call.function.name === name) : -1,
    id || name || open.length === 0 ? -1 : 0,
  ];
  const place = places.find((found) => found >= 0);
  const [call] = place === undefined ? [] : open.splice(place, 1);
  const [callId, callName] = [call?.id ?? id, call?.function.name ?? name];
  return {
    role: 'tool',
    content: message.content ?? '',
    ...(callId && { tool_call_id: callId }),
    ...(callName && { name: callName }),
  };
}
