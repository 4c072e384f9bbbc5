/**
 * POST /api/embed, and /api/embeddings as it was before: texts as vectors. A text that is too long
 * is refused, and cut only where `truncate` says so; Ollama cuts without a word.
 */
import { z } from 'zod';
import { invalidField } from '../parse-request.ts';
import { keepAliveField, keepAliveMs } from './keep-alive.ts';
import { modelField } from './reply-fields.ts';

const maxInputs = 2048;
const text = z.string().min(1);
const shared = { model: modelField, keep_alive: keepAliveField };

export const embedSchema = z.object({
  ...shared,
  input: z.union([text, z.array(text).min(1).max(maxInputs)]),
  truncate: z.boolean().nullish(),
  dimensions: z.int().min(1).nullish(),
});
export const embeddingsSchema = z.object({ ...shared, prompt: text });

export interface EmbedAsk {
  readonly model: string;
  readonly inputs: readonly string[];
  readonly keepAliveMs: number | undefined;
  readonly mayTruncate: boolean;
}

export function embedAsk(request: z.output<typeof embedSchema>): EmbedAsk {
  const { model, input, dimensions } = request;
  if (dimensions != null) {
    throw invalidField('dimensions', String(dimensions), 'none: vectors are as wide as the model');
  }
  return {
    model,
    inputs: typeof input === 'string' ? [input] : input,
    keepAliveMs: keepAliveMs(request.keep_alive),
    mayTruncate: request.truncate === true,
  };
}

export function embeddingsAsk(request: z.output<typeof embeddingsSchema>): EmbedAsk {
  const { model, prompt } = request;
  const keepMs = keepAliveMs(request.keep_alive);
  return { model, inputs: [prompt], keepAliveMs: keepMs, mayTruncate: false };
}

export interface Embedding {
  readonly vector: Float32Array;
  readonly promptTokens: number;
}

export function embedBody(
  model: string,
  embeddings: readonly Embedding[],
  { loadMs, totalMs }: { readonly loadMs: number; readonly totalMs: number },
) {
  return {
    model,
    embeddings: embeddings.map(({ vector }) => [...vector]),
    total_duration: Math.round(totalMs * 1e6),
    load_duration: Math.round(loadMs * 1e6),
    prompt_eval_count: embeddings.reduce((sum, { promptTokens }) => sum + promptTokens, 0),
  };
}
