/** Replies as /openapi.json describes them. */
import { z } from 'zod';

const line = {
  model: z.string(),
  created_at: z.string(),
  done: z.boolean(),
  done_reason: z.enum(['stop', 'length', 'load', 'unload']).optional(),
};

export const chatReply = z.looseObject({
  ...line,
  message: z.looseObject({ role: z.literal('assistant'), content: z.string() }),
});
export const generateReply = z.looseObject({ ...line, response: z.string() });

const details = z.looseObject({ family: z.string(), parameter_size: z.string() });
export const modelsReply = z.object({
  models: z.array(z.looseObject({ name: z.string(), model: z.string(), details })),
});
export const showReply = z.looseObject({
  details,
  template: z.string(),
  capabilities: z.array(z.string()),
  model_info: z.record(z.string(), z.unknown()),
});
export const versionReply = z.object({ version: z.string() });
export const pullReply = z.looseObject({ status: z.string() });
export const errorReply = z.object({ error: z.string() });
export const embedReply = z.looseObject({
  model: z.string(),
  embeddings: z.array(z.array(z.number())),
});
export const embeddingsReply = z.object({ embedding: z.array(z.number()) });
