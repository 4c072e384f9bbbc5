/**
 * `options` of a request, with Ollama's names and its ways to say "no limit". Those about the
 * machine (num_gpu, num_thread, num_batch, use_mmap, …) are decided when the server starts and are
 * ignored; ways of sampling that do not exist here are refused, for their absence would show in
 * every reply. `repeat_last_n` is accepted, but the penalty looks at the whole reply and prompt.
 */
import { z } from 'zod';
import type { SamplingAsk } from '../openai/sampling-fields.ts';

const largest = Number.MAX_SAFE_INTEGER;
const stop = z.string().min(1).max(1000);
const only = (value: number) =>
  z
    .number()
    .refine((found) => found === value, `only ${value}: there is no such sampling here`)
    .nullish();

export const optionsField = z
  .object({
    num_ctx: z.int().min(1).max(largest).nullish(),
    num_predict: z.int().min(-2).max(largest).nullish(),
    temperature: z.number().min(0).max(100).nullish(),
    top_k: z.int().min(-1).max(largest).nullish(),
    top_p: z.number().min(0).max(1).nullish(),
    min_p: z.number().min(0).max(1).nullish(),
    repeat_penalty: z.number().gt(0).max(10).nullish(),
    presence_penalty: z.number().min(-2).max(2).nullish(),
    frequency_penalty: z.number().min(-2).max(2).nullish(),
    seed: z.int().nullish(),
    stop: z.union([stop, z.array(stop).max(16)]).nullish(),
    ...{ typical_p: only(1), tfs_z: only(1), mirostat: only(0) },
  })
  .nullish();

export type RuntimeOptions = z.output<typeof optionsField>;

export function samplingAsk(options: RuntimeOptions): SamplingAsk {
  const o = options ?? {};
  const repetitionPenalty = o.repeat_penalty;
  return {
    ...(o.temperature != null && { temperature: o.temperature }),
    ...(o.top_k != null && { topK: Math.max(0, o.top_k) }),
    // 0 leaves the likeliest token alone, and so does the smallest number.
    ...(o.top_p != null && { topP: o.top_p === 0 ? Number.MIN_VALUE : o.top_p }),
    ...(o.min_p != null && { minP: o.min_p }),
    ...(repetitionPenalty != null && { repetitionPenalty }),
    ...(o.presence_penalty != null && { presencePenalty: o.presence_penalty }),
    ...(o.frequency_penalty != null && { frequencyPenalty: o.frequency_penalty }),
    // Below 0: any.
    ...(o.seed != null && o.seed >= 0 && { seed: o.seed }),
    ...(o.stop != null && o.stop.length > 0 && { stop: o.stop }),
    // -1 and -2: until the model ends or the context is full. 0 is no limit there either.
    ...(o.num_predict != null && o.num_predict > 0 && { maxTokens: o.num_predict }),
  };
}
