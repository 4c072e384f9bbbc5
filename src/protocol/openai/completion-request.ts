/**
 * The body of POST /completions, OpenAI's older form and DeepSeek's fill-in-the-middle in one:
 * prompts as text or tokens, one or several, each with `n` replies. `best_of` is taken where it
 * asks for no more than `n`: choosing among replies by likelihood is not done here.
 */
import { z } from 'zod';
import { invalidField } from '../parse-request.ts';
import { modelField, streamOptionsField, userIdField } from './chat-request.ts';
import { type SamplingAsk, samplingAsk, samplingFields } from './sampling-fields.ts';

const maxPrompts = 64;
const maxChoices = 8;
/** OpenAI's limit here is 5, llama-server's clients ask for more. */
const maxLogprobs = 20;

const tokens = z.array(z.int().min(0)).min(1).max(4_194_304);

export const completionRequestSchema = z.object({
  ...samplingFields,
  model: modelField,
  prompt: z.union([
    z.string(),
    z.array(z.string()).min(1).max(maxPrompts),
    tokens,
    z.array(tokens).min(1).max(maxPrompts),
  ]),
  suffix: z.string().nullish(),
  max_tokens: z.int().min(0).max(Number.MAX_SAFE_INTEGER).nullish(),
  n: z.int().min(1).max(maxChoices).nullish(),
  best_of: z.int().min(1).max(20).nullish(),
  echo: z.boolean().nullish(),
  logprobs: z.union([z.boolean(), z.int().min(0).max(maxLogprobs)]).nullish(),
  stream: z.boolean().nullish(),
  stream_options: streamOptionsField,
  user: z.string().max(512).nullish(),
  user_id: userIdField,
});
export type CompletionRequest = z.output<typeof completionRequestSchema>;

export interface CompletionAsk {
  readonly model: string | undefined;
  readonly prompts: readonly (string | readonly number[])[];
  /** The text behind the gap that is to be filled. */
  readonly suffix: string | undefined;
  readonly options: SamplingAsk & { logprobs?: number; cacheSalt?: string };
  /** Replies to each prompt. */
  readonly numChoices: number;
  /** The prompt is given back before the reply. */
  readonly echo: boolean;
  readonly stream: { readonly includeUsage: boolean } | undefined;
}

export function completionAsk(request: CompletionRequest): CompletionAsk {
  const { n, best_of: bestOf, prompt, suffix, echo } = request;
  const numChoices = n ?? 1;
  if (bestOf != null && bestOf !== numChoices) {
    throw invalidField('best_of', String(bestOf), `${numChoices}, the same as n`);
  }
  const maxTokens = request.max_completion_tokens ?? request.max_tokens ?? defaultLength(request);
  if (maxTokens === 0) {
    throw invalidField('max_tokens', '0', '1 or more; prompts are not scored here');
  }
  const { logprobs } = request;
  if (echo && logprobs != null && logprobs !== false) {
    throw invalidField('logprobs', 'echo beside it', 'one of the two: prompts are not scored here');
  }
  const numLogprobs = typeof logprobs === 'boolean' ? (logprobs ? 0 : undefined) : logprobs;
  const prompts = listOf(prompt);
  if (suffix && prompts.some((each) => typeof each !== 'string')) {
    throw invalidField('prompt', 'tokens', 'text beside a suffix');
  }
  return {
    model: request.model ?? undefined,
    prompts,
    suffix: suffix || undefined,
    options: {
      ...samplingAsk({ ...request, max_tokens: maxTokens }),
      ...(numLogprobs != null && { logprobs: numLogprobs }),
      ...(request.user_id && { cacheSalt: request.user_id }),
    },
    numChoices,
    echo: echo ?? false,
    stream: request.stream
      ? { includeUsage: request.stream_options?.include_usage ?? false }
      : undefined,
  };
}

/** OpenAI's 16 tokens; what fills a gap ends by itself, as in DeepSeek's API. */
function defaultLength({ suffix }: CompletionRequest): number | undefined {
  return suffix ? undefined : 16;
}

function listOf(prompt: CompletionRequest['prompt']): readonly (string | readonly number[])[] {
  if (typeof prompt === 'string') return [prompt];
  const isOne = typeof prompt[0] === 'number';
  return isOne ? [prompt as number[]] : (prompt as string[] | number[][]);
}
