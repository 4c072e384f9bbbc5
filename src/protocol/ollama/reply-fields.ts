/** Fields that /api/chat and /api/generate share, and what the engine is asked by them. */
import { z } from 'zod';
import type { ReasoningAsk } from '../openai/reasoning-fields.ts';
import type { SamplingAsk } from '../openai/sampling-fields.ts';
import { type AskedFormat, jsonSchema } from '../openai/tools.ts';
import { invalidField } from '../parse-request.ts';
import { keepAliveField, keepAliveMs } from './keep-alive.ts';
import { optionsField, samplingAsk } from './runtime-options.ts';

export const modelField = z.string().min(1).max(512);
export const imagesField = z.array(z.unknown()).max(64).nullish();

export const replyFields = {
  model: modelField,
  /** Unlike in other APIs a stream is what comes when nothing is said. */
  stream: z.boolean().nullish(),
  think: z.union([z.boolean(), z.enum(['low', 'medium', 'high', 'max'])]).nullish(),
  format: z.union([z.enum(['', 'json']), jsonSchema]).nullish(),
  options: optionsField,
  keep_alive: keepAliveField,
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  /** Ollama cuts what is too long by itself; here it has to be asked for. */
  truncate: z.boolean().nullish(),
};
type ReplyFields = z.output<z.ZodObject<typeof replyFields>>;

export interface ReplyAsk {
  readonly model: string;
  readonly isStream: boolean;
  readonly keepAliveMs: number | undefined;
  /** num_ctx: what the client counts on having. */
  readonly contextTokens: number | undefined;
  readonly reasoning: ReasoningAsk;
  readonly options: SamplingAsk & { responseFormat?: AskedFormat; logprobs?: number };
}

export function replyAsk(fields: ReplyFields): ReplyAsk {
  const { model, stream, think, format, options, logprobs, top_logprobs: top } = fields;
  return {
    model,
    isStream: stream !== false,
    keepAliveMs: keepAliveMs(fields.keep_alive),
    contextTokens: options?.num_ctx ?? undefined,
    reasoning: think == null ? {} : reasoningAsk(think),
    options: {
      ...samplingAsk(options),
      ...(format != null && format !== '' && { responseFormat: askedFormat(format) }),
      ...((logprobs || top != null) && { logprobs: top ?? 0 }),
    },
  };
}

function reasoningAsk(think: NonNullable<ReplyFields['think']>): ReasoningAsk {
  return typeof think === 'boolean' ? { isOn: think } : { isOn: true, effort: think };
}

function askedFormat(format: 'json' | Record<string, unknown>): AskedFormat {
  return format === 'json' ? { type: 'json' } : { type: 'schema', schema: format };
}

export function refuseImages(images: readonly unknown[] | null | undefined, at: string): void {
  if (images == null || images.length === 0) return;
  throw invalidField(at, `${images.length} of them`, 'none; this server reads no pictures');
}
