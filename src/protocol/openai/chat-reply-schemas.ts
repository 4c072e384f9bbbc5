/**
 * Replies as /openapi.json describes them. Objects may have more: timings, and what clients of
 * other servers look for.
 */
import { z } from 'zod';

const usage = z.looseObject({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
});
const head = { id: z.string(), created: z.int(), model: z.string(), usage };
const finishReason = z.enum(['stop', 'length', 'tool_calls']);

export const chatReplySchema = z.looseObject({
  ...head,
  object: z.literal('chat.completion'),
  choices: z.array(
    z.looseObject({
      index: z.int(),
      message: z.looseObject({
        role: z.literal('assistant'),
        content: z.string().nullable(),
        reasoning_content: z.string().optional(),
      }),
      finish_reason: finishReason,
    }),
  ),
});

export const completionReplySchema = z.looseObject({
  ...head,
  object: z.literal('text_completion'),
  choices: z.array(
    z.looseObject({ index: z.int(), text: z.string(), finish_reason: finishReason }),
  ),
});

export const responseReplySchema = z.looseObject({
  id: z.string(),
  object: z.literal('response'),
  status: z.enum(['completed', 'incomplete', 'failed', 'in_progress']),
  output: z.array(z.looseObject({ type: z.string(), id: z.string() })),
});

export const embeddingsReplySchema = z.looseObject({
  object: z.literal('list'),
  data: z.array(
    z.looseObject({ index: z.int(), embedding: z.union([z.string(), z.array(z.number())]) }),
  ),
});
