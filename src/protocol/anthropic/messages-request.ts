/**
 * The bodies of POST /v1/messages and /v1/messages/count_tokens. Fields about Anthropic's own
 * service (service_tier, container, mcp_servers, betas) are ignored, as DeepSeek's server does.
 */
import { z } from 'zod';
import { jsonSchema } from '../openai/tools.ts';
import { contentField, systemField } from './content-blocks.ts';

/** Anthropic's limit. */
const maxMessages = 100_000;
/** More than any client sends; what so many tools cost in context is the client's affair. */
const maxTools = 512;

const toolName = z.string().regex(/^[\w-]{1,128}$/, '1 to 128 letters, digits, _ and -');
const isParallelOff = { disable_parallel_tool_use: z.boolean().nullish() };
const display = z.enum(['summarized', 'omitted']).nullish();
const jsonFormat = z.object({ type: z.literal('json_schema'), schema: jsonSchema }).nullish();

/** Tools that Anthropic runs or defines have a `type` of their own and no schema. */
const tool = z.object({
  type: z.string().max(64).nullish(),
  name: toolName,
  description: z.string().max(65_536).nullish(),
  input_schema: jsonSchema.nullish(),
  strict: z.boolean().nullish(),
});

const chatFields = {
  model: z.string().min(1).max(512),
  messages: z
    .array(z.object({ role: z.enum(['user', 'assistant', 'system']), content: contentField }))
    .min(1)
    .max(maxMessages),
  system: systemField,
  tools: z.array(tool).max(maxTools).nullish(),
  tool_choice: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('auto'), ...isParallelOff }),
      z.object({ type: z.literal('any'), ...isParallelOff }),
      z.object({ type: z.literal('tool'), name: toolName, ...isParallelOff }),
      z.object({ type: z.literal('none') }),
    ])
    .nullish(),
  thinking: z
    .discriminatedUnion('type', [
      // Anthropic's least budget is 1024; small models think less.
      z.object({
        type: z.literal('enabled'),
        budget_tokens: z.int().min(1).max(Number.MAX_SAFE_INTEGER),
        display,
      }),
      z.object({ type: z.literal('adaptive'), display }),
      z.object({ type: z.literal('between_tools') }),
      z.object({ type: z.literal('disabled') }),
    ])
    .nullish(),
  output_config: z
    .object({
      effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).nullish(),
      format: jsonFormat,
    })
    .nullish(),
  /** What output_config.format was called at first. */
  output_format: jsonFormat,
};

export const countTokensSchema = z.object(chatFields);

export const messagesSchema = z.object({
  ...chatFields,
  max_tokens: z.int().min(1).max(Number.MAX_SAFE_INTEGER),
  stream: z.boolean().nullish(),
  stop_sequences: z.array(z.string().min(1).max(1000)).max(16).nullish(),
  /** Anthropic's ends at 1; the models here are used with more. */
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().min(0).max(Number.MAX_SAFE_INTEGER).nullish(),
  metadata: z.object({ user_id: z.string().max(512).nullish() }).nullish(),
});

export type CountTokensRequest = z.output<typeof countTokensSchema>;
export type MessagesRequest = z.output<typeof messagesSchema>;
