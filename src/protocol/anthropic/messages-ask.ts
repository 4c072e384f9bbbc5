/** A request to /v1/messages → what the engine is asked, in the engine's words. */
import type { AskedMessage } from '../openai/chat-messages.ts';
import type { ReasoningAsk } from '../openai/reasoning-fields.ts';
import type { SamplingAsk } from '../openai/sampling-fields.ts';
import {
  type AskedFormat,
  type AskedToolChoice,
  askedTools,
  type ToolsAsk,
} from '../openai/tools.ts';
import { invalidField } from '../parse-request.ts';
import { askedMessages } from './asked-messages.ts';
import type { CountTokensRequest, MessagesRequest } from './messages-request.ts';

export interface PromptAsk {
  readonly model: string;
  readonly messages: readonly AskedMessage[];
  readonly options: ToolsAsk & { prefix?: boolean };
  readonly reasoning: ReasoningAsk;
}

export interface MessagesAsk extends PromptAsk {
  readonly options: PromptAsk['options'] & SamplingAsk & { responseFormat?: AskedFormat };
  readonly isStream: boolean;
  /** False: thinking is told by its signature alone. */
  readonly showsThinking: boolean;
  /** Anthropic's user_id; requests of one share a turn in the queue. */
  readonly userId: string | undefined;
}

export function promptAsk(request: CountTokensRequest): PromptAsk {
  const { messages, isPrefix } = askedMessages(request.system, request.messages);
  return {
    model: request.model,
    messages,
    options: { ...toolsAsk(request), ...(isPrefix && { prefix: true }) },
    reasoning: reasoningAsk(request),
  };
}

export function messagesAsk(request: MessagesRequest): MessagesAsk {
  const { temperature, top_p: topP, top_k: topK, stop_sequences: stop, thinking } = request;
  const format = request.output_config?.format ?? request.output_format;
  const prompt = promptAsk(request);
  return {
    ...prompt,
    options: {
      ...prompt.options,
      maxTokens: request.max_tokens,
      ...(temperature != null && { temperature }),
      // 0 leaves the likeliest token alone, and so does the smallest number.
      ...(topP != null && { topP: topP === 0 ? Number.MIN_VALUE : topP }),
      ...(topK != null && { topK }),
      ...(stop != null && stop.length > 0 && { stop }),
      ...(format != null && { responseFormat: { type: 'schema', schema: format.schema } }),
    },
    isStream: request.stream === true,
    showsThinking: !(thinking && 'display' in thinking && thinking.display === 'omitted'),
    userId: request.metadata?.user_id ?? undefined,
  };
}

/** Without a word about thinking a model does as it does by itself. */
function reasoningAsk({ thinking, output_config: output }: CountTokensRequest): ReasoningAsk {
  if (thinking?.type === 'disabled') return { isOn: false };
  return {
    ...(thinking != null && { isOn: true }),
    ...(thinking?.type === 'enabled' && { budgetTokens: thinking.budget_tokens }),
    ...(output?.effort != null && { effort: output.effort }),
  };
}

function toolsAsk({ tools, tool_choice: choice }: CountTokensRequest): ToolsAsk {
  const functions = (tools ?? []).map(({ type, name, description, input_schema, strict }, i) => {
    if (type != null && type !== 'custom') {
      const expected = 'tools of your own, with an input_schema; this server runs none itself';
      throw invalidField(`tools[${i}].type`, type, expected);
    }
    if (input_schema == null) throw invalidField(`tools[${i}].input_schema`, 'nothing', 'a schema');
    return { name, description, parameters: input_schema, strict };
  });
  const isParallelOff = choice && 'disable_parallel_tool_use' in choice;
  const parallel = isParallelOff && choice.disable_parallel_tool_use === true ? false : undefined;
  return askedTools(functions, toolChoice(choice), parallel);
}

function toolChoice(choice: CountTokensRequest['tool_choice']): AskedToolChoice | undefined {
  if (choice == null) return undefined;
  if (choice.type === 'tool') return { name: choice.name };
  return choice.type === 'any' ? 'required' : choice.type;
}
