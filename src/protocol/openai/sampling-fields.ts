/**
 * Fields that chat completions, completions and DeepSeek's FIM share: what they may hold and what
 * the engine is asked for. Ranges are the APIs' own; top_k, min_p and repetition_penalty are the
 * extensions vLLM and llama-server have. `max_completion_tokens` wins over `max_tokens`: it is the
 * newer of the two, and both bound the whole reply, thinking included.
 */
import { z } from 'zod';
import { invalidField } from '../parse-request.ts';

const maxBiases = 1024;
const tokenCount = z.int().min(1).max(Number.MAX_SAFE_INTEGER).nullish();

export const samplingFields = {
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().min(-1).max(Number.MAX_SAFE_INTEGER).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  repetition_penalty: z.number().gt(0).max(10).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  seed: z.int().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER).nullish(),
  logit_bias: z.record(z.string(), z.number().min(-100).max(100)).nullish(),
  stop: z
    .union([z.string().min(1).max(1000), z.array(z.string().min(1).max(1000)).max(16)])
    .nullish(),
  max_tokens: tokenCount,
  max_completion_tokens: tokenCount,
};

const samplingSchema = z.object(samplingFields);
export type SamplingFields = z.output<typeof samplingSchema>;

/** The engine's names; it fills in what is missing from the model's defaults. */
export interface SamplingAsk {
  temperature?: number;
  topP?: number;
  topK?: number;
  minP?: number;
  repetitionPenalty?: number;
  presencePenalty?: number;
  frequencyPenalty?: number;
  seed?: number;
  logitBias?: Record<number, number>;
  stop?: string | readonly string[];
  maxTokens?: number;
}

export function samplingAsk(fields: SamplingFields): SamplingAsk {
  const f = fields;
  const { logit_bias: biases } = f;
  if (biases && Object.keys(biases).length > maxBiases) {
    const found = `${Object.keys(biases).length} tokens`;
    throw invalidField('logit_bias', found, `at most ${maxBiases} tokens`);
  }
  const maxTokens = f.max_completion_tokens ?? f.max_tokens;
  return {
    ...(f.temperature != null && { temperature: f.temperature }),
    // 0 is in OpenAI's range; it leaves the likeliest token alone, and the smallest number does so too.
    ...(f.top_p != null && { topP: f.top_p === 0 ? Number.MIN_VALUE : f.top_p }),
    // vLLM writes "all" as -1.
    ...(f.top_k != null && { topK: Math.max(0, f.top_k) }),
    ...(f.min_p != null && { minP: f.min_p }),
    ...(f.repetition_penalty != null && { repetitionPenalty: f.repetition_penalty }),
    ...(f.presence_penalty != null && { presencePenalty: f.presence_penalty }),
    ...(f.frequency_penalty != null && { frequencyPenalty: f.frequency_penalty }),
    // Negative seeds are OpenAI's too; any fixed mapping to the engine's range serves.
    ...(f.seed != null && { seed: Math.abs(f.seed) }),
    ...(biases != null && { logitBias: biases as Record<number, number> }),
    ...(f.stop != null && { stop: f.stop }),
    ...(maxTokens != null && { maxTokens }),
  };
}
