/**
 * The body of POST /responses → what the engine is asked. Stateless: nothing is stored, so what
 * refers to an earlier response or a stored item is refused, and a client sends its history.
 */
import { z } from 'zod';
import { invalidField } from '../parse-request.ts';
import { functionName } from './chat-messages.ts';
import { type ChatAsk, modelField, userIdField } from './chat-request.ts';
import { effortField, reasoningAsk } from './reasoning-fields.ts';
import { inputField, inputMessages } from './response-input.ts';
import { samplingAsk, samplingFields } from './sampling-fields.ts';
import { type AskedFormat, askedTools, functionFields, jsonSchema } from './tools.ts';

/** Tools that OpenAI runs itself parse too, to be refused by name. */
const tool = z.object({
  ...functionFields,
  type: z.string().max(64),
  name: functionName.nullish(),
});
const { temperature, top_p, seed } = samplingFields;

const format = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({
    type: z.literal('json_schema'),
    name: z.string().max(64).nullish(),
    schema: jsonSchema,
    strict: z.boolean().nullish(),
  }),
]);

export const responseRequestSchema = z.object({
  model: modelField,
  input: inputField,
  instructions: z.string().nullish(),
  tools: z.array(tool).max(128).nullish(),
  tool_choice: z
    .union([
      z.enum(['none', 'auto', 'required']),
      z.object({ type: z.literal('function'), name: functionName }),
    ])
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  text: z.object({ format: format.nullish() }).nullish(),
  reasoning: z.object({ effort: effortField }).nullish(),
  ...{ temperature, top_p, seed },
  top_logprobs: z.int().min(0).max(20).nullish(),
  include: z.array(z.string().max(128)).max(32).nullish(),
  max_output_tokens: samplingFields.max_completion_tokens,
  stream: z.boolean().nullish(),
  /** Nothing is; the response says so. */
  store: z.boolean().nullish(),
  background: z.boolean().nullish(),
  previous_response_id: z.string().nullish(),
  conversation: z.unknown().optional(),
  metadata: z.record(z.string().max(64), z.string().max(512)).nullish(),
  user: z.string().max(512).nullish(),
  user_id: userIdField,
});
export type ResponseRequest = z.output<typeof responseRequestSchema>;

export type ResponseAsk = Pick<ChatAsk, 'model' | 'messages' | 'options' | 'reasoning'> & {
  readonly isStream: boolean;
  /** Fields that the response repeats. */
  readonly echoed: Readonly<Record<string, unknown>>;
};

export function responseAsk(request: ResponseRequest): ResponseAsk {
  refuseState(request);
  const { instructions, tools, tool_choice: choice, text } = request;
  const functions = (tools ?? []).map(({ type, name, ...rest }, i) => {
    if (type === 'function' && name != null) return { ...rest, name };
    const found = type === 'function' ? 'no name' : `the tool type ${type.slice(0, 40)}`;
    throw invalidField(`tools[${i}]`, found, 'tools of type function, each with a name');
  });
  const responseFormat = askedFormat(text?.format);
  const maxTokens = request.max_output_tokens;
  const wantsLogprobs = request.include?.includes('message.output_text.logprobs') ?? false;
  const topLogprobs = request.top_logprobs ?? 0;
  return {
    model: request.model ?? undefined,
    messages: [
      ...(instructions ? [{ role: 'system' as const, content: instructions }] : []),
      ...inputMessages(request.input),
    ],
    options: {
      ...samplingAsk({ ...samplingOf(request), max_completion_tokens: maxTokens }),
      ...askedTools(
        functions,
        typeof choice === 'object' && choice !== null ? { name: choice.name } : choice,
        request.parallel_tool_calls,
      ),
      ...(responseFormat && { responseFormat }),
      ...((wantsLogprobs || topLogprobs > 0) && { logprobs: topLogprobs }),
      ...(request.user_id && { cacheSalt: request.user_id }),
    },
    reasoning: reasoningAsk({ reasoning_effort: request.reasoning?.effort }),
    isStream: request.stream ?? false,
    echoed: echoed(request),
  };
}

function samplingOf({ temperature, top_p, seed }: ResponseRequest) {
  return { temperature, top_p, seed };
}

function refuseState(request: ResponseRequest): void {
  const { previous_response_id: previous, conversation, background } = request;
  const expected = 'none: no response is stored here; send the whole conversation as input';
  if (previous != null) throw invalidField('previous_response_id', previous, expected);
  if (conversation != null) throw invalidField('conversation', 'a conversation', expected);
  if (background) throw invalidField('background', 'true', 'false: responses run while you wait');
}

function askedFormat(found: z.output<typeof format> | null | undefined): AskedFormat | undefined {
  if (found == null || found.type === 'text') return undefined;
  return found.type === 'json_object' ? { type: 'json' } : { type: 'schema', schema: found.schema };
}

function echoed(request: ResponseRequest): Record<string, unknown> {
  return {
    instructions: request.instructions ?? null,
    metadata: request.metadata ?? {},
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    temperature: request.temperature ?? null,
    top_p: request.top_p ?? null,
    top_logprobs: request.top_logprobs ?? 0,
    tool_choice: request.tool_choice ?? 'auto',
    tools: request.tools ?? [],
    max_output_tokens: request.max_output_tokens ?? null,
    previous_response_id: null,
    reasoning: { effort: request.reasoning?.effort ?? null, summary: null },
    text: { format: request.text?.format ?? { type: 'text' } },
    truncation: 'disabled',
    background: false,
    store: false,
    user: request.user ?? null,
  };
}
