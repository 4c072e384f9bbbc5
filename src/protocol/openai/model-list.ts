/**
 * GET /v1/models and /v1/models/{model}, as in OpenAI's and in Anthropic's API references: fields
 * of one are unknown to clients of the other.
 */
import { z } from 'zod';

export const modelObject = z.object({
  id: z.string(),
  object: z.literal('model'),
  /** Seconds since 1970. */
  created: z.int(),
  owned_by: z.string(),
  /** vLLM's field: longest prompt and reply together, of a model that is loaded. */
  max_model_len: z.int().optional(),
  /** Anthropic's. */
  type: z.literal('model'),
  display_name: z.string(),
  created_at: z.string(),
});
export const modelList = z.object({
  object: z.literal('list'),
  data: z.array(modelObject),
  /** Anthropic's: there are no pages. */
  has_more: z.literal(false),
});

export type ModelObject = z.output<typeof modelObject>;

export function encodeModel(
  name: string,
  created: number,
  contextTokens: number | undefined,
): ModelObject {
  const length = contextTokens === undefined ? {} : { max_model_len: contextTokens };
  return {
    ...{ id: name, object: 'model', created, owned_by: 'sampan', ...length },
    ...{ type: 'model', display_name: name, created_at: new Date(created * 1000).toISOString() },
  };
}
