/**
 * The body of POST /chat/completions, OpenAI's and DeepSeek's in one, → what the engine is asked.
 * Limits stand here; whether a token exists or a prompt fits is the engine's to say.
 */
import { z } from 'zod';
import { invalidField } from '../parse-request.ts';
import { type AskedMessage, askedMessages, asksForPrefix, messagesField } from './chat-messages.ts';
import { type ReasoningAsk, reasoningAsk, reasoningFields } from './reasoning-fields.ts';
import { type SamplingAsk, samplingAsk, samplingFields } from './sampling-fields.ts';
import {
  type AskedFormat,
  askedFormat,
  askedTools,
  responseFormatField,
  type ToolsAsk,
  toolChoiceField,
  toolsField,
} from './tools.ts';

const maxChoices = 8;
export const maxSamples = 64;
export const modelField = z.string().min(1).max(512).nullish();
export const streamOptionsField = z.object({ include_usage: z.boolean().nullish() }).nullish();
/** DeepSeek's rule for it; it also keeps one user's prefix cache from another's. */
export const userIdField = z
  .string()
  .max(512)
  .regex(/^[a-zA-Z0-9_-]+$/, 'letters, digits, - and _')
  .nullish();

const reasoningNames = ['reasoning_content', 'reasoning', 'both'] as const;
/** Where thinking goes in replies: DeepSeek's field, the one Ollama and OpenRouter have, or both. */
export type ReasoningName = (typeof reasoningNames)[number];

export const chatRequestSchema = z.object({
  ...samplingFields,
  ...reasoningFields,
  model: modelField,
  messages: messagesField,
  n: z.int().min(1).max(maxChoices).nullish(),
  stream: z.boolean().nullish(),
  stream_options: streamOptionsField,
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  tools: toolsField,
  tool_choice: toolChoiceField,
  parallel_tool_calls: z.boolean().nullish(),
  response_format: responseFormatField,
  user: z.string().max(512).nullish(),
  user_id: userIdField,
  /** What became tools; silently ignored it would look like a model that never calls. */
  functions: z.null({ error: 'functions are the old form of tools: use tools' }).optional(),
  /** Ours. */
  sampan: z
    .object({
      samples: z.int().min(1).max(maxSamples).nullish(),
      vote: z.boolean().nullish(),
      reasoning_field: z.enum(reasoningNames).nullish(),
    })
    .nullish(),
});
export type ChatRequest = z.output<typeof chatRequestSchema>;

export interface ChatAsk {
  /** Undefined: the server's first. */
  readonly model: string | undefined;
  readonly messages: readonly AskedMessage[];
  readonly options: SamplingAsk &
    ToolsAsk & {
      logprobs?: number;
      responseFormat?: AskedFormat;
      prefix?: boolean;
      cacheSalt?: string;
    };
  readonly reasoning: ReasoningAsk;
  readonly numChoices: number;
  /** Undefined: the reply is wanted whole. */
  readonly stream: { readonly includeUsage: boolean } | undefined;
  readonly reasoningName: ReasoningName;
  /** Several thoughts in parallel and a vote on the answer. */
  readonly samples: number | undefined;
}

export function chatAsk(request: ChatRequest): ChatAsk {
  const { tools, tool_choice: choice, sampan, n } = request;
  const responseFormat = askedFormat(request.response_format);
  const samples = askedSamples(sampan);
  const isPrefix = asksForPrefix(request.messages);
  if (isPrefix && responseFormat) {
    throw invalidField('response_format', request.response_format!.type, 'text beside a prefix');
  }
  if (samples !== undefined && (n ?? 1) > 1) {
    throw invalidField('n', String(n), '1 beside sampan.samples, whose vote gives one answer');
  }
  return {
    model: request.model ?? undefined,
    messages: askedMessages(request.messages),
    options: {
      ...samplingAsk(request),
      ...askedTools(
        (tools ?? []).map((tool) => tool.function),
        typeof choice === 'object' && choice !== null ? choice.function : choice,
        request.parallel_tool_calls,
      ),
      ...askedLogprobs(request),
      ...(responseFormat && { responseFormat }),
      ...(isPrefix && { prefix: true }),
      ...(request.user_id && { cacheSalt: request.user_id }),
    },
    reasoning: reasoningAsk(request),
    numChoices: n ?? 1,
    stream: request.stream
      ? { includeUsage: request.stream_options?.include_usage ?? false }
      : undefined,
    reasoningName: sampan?.reasoning_field ?? 'reasoning_content',
    samples,
  };
}

function askedLogprobs(request: ChatRequest): { logprobs?: number } {
  const { logprobs, top_logprobs: top } = request;
  if (logprobs === true) return { logprobs: top ?? 0 };
  if (top == null || top === 0) return {};
  throw invalidField('top_logprobs', `${top} without logprobs`, 'logprobs: true beside it');
}

/** Without a vote there is nothing to make one answer of several: `n` gives several. */
function askedSamples(sampan: ChatRequest['sampan']): number | undefined {
  if (sampan?.vote === true) return sampan.samples ?? 8;
  if (sampan?.samples == null || sampan.samples === 1) return undefined;
  throw invalidField(
    'sampan.vote',
    String(sampan.vote),
    'true where there are several samples; for several replies use n',
  );
}
