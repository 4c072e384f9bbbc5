/**
 * How much a reply may think, in the words of several APIs: DeepSeek's `thinking`, OpenAI's
 * `reasoning_effort`, vLLM's and llama-server's `chat_template_kwargs`. Whoever says off wins:
 * `none` has to mean none (litellm #27608, Ollama #12180). What an effort is in tokens depends on
 * the model and is not decided here.
 */
import { z } from 'zod';

export const efforts = [
  ...(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max', 'ultra'] as const),
] as const;
export type Effort = (typeof efforts)[number];

/** V4.1's model card has whole numbers where others have words. */
export const effortField = z.union([z.enum(efforts), z.int().min(1).max(100)]).nullish();

export const reasoningFields = {
  thinking: z
    .object({
      type: z.enum(['enabled', 'disabled', 'adaptive', 'auto']).nullish(),
      budget_tokens: z.int().min(0).max(Number.MAX_SAFE_INTEGER).nullish(),
    })
    .nullish(),
  reasoning_effort: effortField,
  chat_template_kwargs: z
    .object({ enable_thinking: z.boolean().nullish(), thinking: z.boolean().nullish() })
    .nullish(),
};

type ReasoningFields = z.output<z.ZodObject<typeof reasoningFields>>;

export interface ReasoningAsk {
  /** True: it is to think; false: it is not; undefined: as the model does by itself. */
  readonly isOn?: boolean;
  readonly effort?: Exclude<Effort, 'none'> | number;
  readonly budgetTokens?: number;
}

export function reasoningAsk(fields: ReasoningFields): ReasoningAsk {
  const { thinking, reasoning_effort: effort, chat_template_kwargs: kwargs } = fields;
  const switches = [
    kwargs?.enable_thinking,
    kwargs?.thinking,
    thinking?.type == null ? undefined : thinking.type !== 'disabled',
    effort === 'none' || thinking?.budget_tokens === 0 ? false : undefined,
  ].filter((value) => value != null);
  if (switches.includes(false)) return { isOn: false };
  return {
    ...(switches.length > 0 && { isOn: true }),
    ...(effort != null && effort !== 'none' && { effort }),
    ...(thinking?.budget_tokens != null && { budgetTokens: thinking.budget_tokens }),
  };
}
