/**
 * POST /embeddings as in OpenAI's API reference: one vector per input, floats or base64 of
 * little-endian float32. `dimensions` is refused: shortening is for models trained for it.
 */
import { z } from 'zod';
import { invalidField } from '../parse-request.ts';
import { modelField } from './chat-request.ts';

/** OpenAI's limit. */
const maxInputs = 2048;
const tokens = z.array(z.int().min(0)).min(1).max(1_048_576);
const text = z.string().min(1);

export const embeddingsRequestSchema = z.object({
  model: modelField,
  input: z.union([
    text,
    z.array(text).min(1).max(maxInputs),
    tokens,
    z.array(tokens).min(1).max(maxInputs),
  ]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().min(1).nullish(),
  user: z.string().max(512).nullish(),
});
export type EmbeddingsRequest = z.output<typeof embeddingsRequestSchema>;

export interface EmbeddingsAsk {
  readonly model: string | undefined;
  readonly inputs: readonly (string | readonly number[])[];
  readonly encoding: 'float' | 'base64';
}

export function embeddingsAsk(request: EmbeddingsRequest): EmbeddingsAsk {
  const { input, dimensions, model } = request;
  if (dimensions != null) {
    throw invalidField('dimensions', String(dimensions), 'none: vectors are as wide as the model');
  }
  const isOne = typeof input === 'string' || typeof input[0] === 'number';
  return {
    model: model ?? undefined,
    inputs: isOne ? [input as string | number[]] : (input as string[] | number[][]),
    encoding: request.encoding_format ?? 'float',
  };
}

export interface Embedding {
  readonly vector: Float32Array;
  readonly promptTokens: number;
}

export function embeddingsBody(
  model: string,
  embeddings: readonly Embedding[],
  encoding: EmbeddingsAsk['encoding'],
) {
  const tokens = embeddings.reduce((total, { promptTokens }) => total + promptTokens, 0);
  return {
    object: 'list',
    data: embeddings.map(({ vector }, index) => ({
      object: 'embedding',
      index,
      embedding: encoding === 'float' ? [...vector] : base64Of(vector),
    })),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

function base64Of(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [i, value] of vector.entries()) bytes.writeFloatLE(value, i * 4);
  return bytes.toString('base64');
}
