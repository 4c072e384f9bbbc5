/** Replies as /openapi.json describes them. */
import { z } from 'zod';

export const messageReply = z.looseObject({
  id: z.string(),
  type: z.literal('message'),
  role: z.literal('assistant'),
  model: z.string(),
  content: z.array(z.looseObject({ type: z.enum(['text', 'thinking', 'tool_use']) })),
  stop_reason: z.enum([
    ...(['end_turn', 'max_tokens', 'stop_sequence', 'tool_use'] as const),
    'model_context_window_exceeded',
  ]),
  stop_sequence: z.string().nullable(),
  usage: z.looseObject({ input_tokens: z.int(), output_tokens: z.int() }),
});

export const countTokensReply = z.object({ input_tokens: z.int() });
