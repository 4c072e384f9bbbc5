/**
 * Tools, calls and results on their way into a prompt: by the template where it can, else written
 * here in the model's syntax, into the messages the template gets. Either way all that users,
 * tools and models wrote stays plain text; only the syntax's own frames are tokens.
 */
import type { Tokenizer } from '../../tokenizer/tokenizer.ts';
import type { ChatMessage, ToolCall } from '../chat-message.ts';
import type { ChatTemplate } from '../chat-template.ts';
import type { PlainTextShield } from '../plain-text-shield.ts';
import { toolSyntaxFor } from './choose-syntax.ts';
import type { SampledCalls } from './sampled-calls.ts';
import { type TemplateSupport, templateSupport } from './template-support.ts';
import type { Tool } from './tool.ts';
import { functionOf, objectOf, type ToolSyntax } from './tool-syntax.ts';

/** What the template gets. */
export interface ToolMessages {
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly unknown[] | null;
  /** Stand for arguments in what it renders, which may have put them in quotes. */
  readonly hiddenArguments: readonly string[];
}

/** Strings hidden in messages and tools by encode-chat.ts. */
export interface HiddenChat {
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly Tool[];
}

export class ToolPrompt {
  readonly syntax: ToolSyntax;
  readonly #tokenizer: Tokenizer;
  readonly #template: ChatTemplate;
  readonly #sampled: SampledCalls | undefined;
  #known: TemplateSupport | undefined;

  constructor(tokenizer: Tokenizer, template: ChatTemplate, sampled?: SampledCalls) {
    this.syntax = toolSyntaxFor(tokenizer, template.source);
    this.#tokenizer = tokenizer;
    this.#template = template;
    this.#sampled = sampled;
  }

  get #support(): TemplateSupport {
    this.#known ??= templateSupport(this.#tokenizer, this.#template, this.syntax);
    return this.#known;
  }

  /** `hidden`: the same messages and tools with their special tokens hidden. */
  arrange(
    messages: readonly ChatMessage[],
    hidden: HiddenChat,
    shield: PlainTextShield,
  ): ToolMessages {
    const hiddenArguments: string[] = [];
    const arranged: ChatMessage[] = [];
    const results: string[] = [];
    const giveResults = () => {
      if (results.length === 0) return;
      arranged.push({ role: 'user', content: this.syntax.writeResults(results.splice(0)) });
    };
    for (const [i, message] of hidden.messages.entries()) {
      if (message.role === 'tool' && !this.#support.results) {
        results.push(message.content ?? '');
        continue;
      }
      giveResults();
      const calls = messages[i].tool_calls ?? [];
      if (message.role === 'assistant' && calls.length > 0) {
        arranged.push(this.#withCalls(message, calls, shield, hiddenArguments));
      } else arranged.push(message.role === 'tool' ? named(message, arranged) : message);
    }
    giveResults();
    const { tools } = hidden;
    const isShownByTemplate = this.#support.tools && tools.length > 0;
    return {
      messages:
        isShownByTemplate || tools.length === 0 ? arranged : this.#withSection(arranged, tools),
      tools: isShownByTemplate
        ? tools.map((tool) => ({ type: 'function', function: functionOf(tool) }))
        : null,
      hiddenArguments,
    };
  }

  #withCalls(
    message: ChatMessage,
    calls: readonly ToolCall[],
    shield: PlainTextShield,
    hiddenArguments: string[],
  ): ChatMessage {
    const { contentOfCalls, textWithCalls, argumentsAs } = this.#support;
    const { tool_calls: hiddenCalls = [], ...rest } = message;
    const content = message.content ?? '';
    const bodies = calls.map((call) => this.#bodyOf(call));
    const canShow = content === '' ? contentOfCalls !== undefined : textWithCalls;
    if (!canShow) return { ...rest, content: this.#written(content, hiddenCalls, bodies, shield) };
    const shown = hiddenCalls.map((call, i): ToolCall => {
      const { name } = call.function;
      let args: string | Readonly<Record<string, unknown>>;
      if (argumentsAs === 'text') {
        args = shield.hideWhole(bodies[i]);
        hiddenArguments.push(args);
      } else args = argumentsObject(call);
      return { ...call, type: 'function', function: { ...call.function, name, arguments: args } };
    });
    return {
      ...rest,
      content: content === '' ? (contentOfCalls ?? null) : content,
      tool_calls: shown,
    };
  }

  /** The text of a message that calls, as the model writes it. */
  #written(
    content: string,
    hiddenCalls: readonly ToolCall[],
    bodies: readonly string[],
    shield: PlainTextShield,
  ): string {
    const { gap, listStart, between, listEnd, callStart, callEnd } = this.syntax;
    const calls = hiddenCalls.map(
      ({ function: { name } }, i) => callStart(name) + shield.hideWhole(bodies[i]) + callEnd,
    );
    return (content === '' ? '' : content + gap) + listStart + calls.join(between) + listEnd;
  }

  /** As it was sampled, else as the client says it. */
  #bodyOf(call: ToolCall): string {
    const { name, arguments: args } = call.function;
    const json = typeof args === 'string' ? args.trim() || '{}' : JSON.stringify(args);
    return this.#sampled?.bodyOf(call.id, name, json) ?? this.syntax.bodyOf(json);
  }

  #withSection(messages: readonly ChatMessage[], tools: readonly Tool[]): ChatMessage[] {
    const section = this.syntax.describe(tools);
    const at = messages.findIndex(({ role }) => role === 'system');
    if (at < 0) return [{ role: 'system', content: section }, ...messages];
    const { content, ...rest } = messages[at];
    const system = { ...rest, content: content ? `${content}\n\n${section}` : section };
    return messages.map((message, i) => (i === at ? system : message));
  }
}

function argumentsObject({ function: call }: ToolCall): Readonly<Record<string, unknown>> {
  return typeof call.arguments === 'string' ? objectOf(call.arguments) : call.arguments;
}

/** Some templates want the tool's name with what it gave. */
function named(message: ChatMessage, before: readonly ChatMessage[]): ChatMessage {
  if (message.name !== undefined || message.tool_call_id === undefined) return message;
  for (const { tool_calls } of before.toReversed()) {
    const call = tool_calls?.find(({ id }) => id === message.tool_call_id);
    if (call !== undefined) return { ...message, name: call.function.name };
  }
  return message;
}
