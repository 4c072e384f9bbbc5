/**
 * What a chat template does with tools, found out by trying it: many drop them without a word
 * (those of the R1 distills), some want arguments as a text and some as an object, some show calls
 * only where the content is null, the first one of R1 does not end a list of one call. Tried once
 * per template. It is trusted with calls if it writes them as the model does; what fails is not
 * supported.
 */
import type { Tokenizer } from '../../tokenizer/tokenizer.ts';
import type { ChatMessage } from '../chat-message.ts';
import type { ChatTemplate } from '../chat-template.ts';
import type { ToolSyntax } from './tool-syntax.ts';

export interface TemplateSupport {
  /** It shows the tools it is given. */
  readonly tools: boolean;
  /** How it wants the content of a message that only calls; undefined: it does not show calls. */
  readonly contentOfCalls: null | '' | undefined;
  /** It shows text and calls of one message. */
  readonly textWithCalls: boolean;
  readonly argumentsAs: 'text' | 'object';
  /** It shows what tools gave. */
  readonly results: boolean;
}

const nothing: TemplateSupport = {
  ...{ tools: false, contentOfCalls: undefined, textWithCalls: false },
  ...{ argumentsAs: 'text', results: false },
};

// Words that no template has.
const probe = {
  tool: 'qxtool',
  key: 'qxkey',
  value: 'qxvalue',
  text: 'qxtext',
  result: 'qxresult',
};

/** Where it writes calls otherwise than the model, its tools and results do not count either. */
export function templateSupport(
  tokenizer: Tokenizer,
  template: ChatTemplate,
  syntax: ToolSyntax,
): TemplateSupport {
  if (!template.source.includes('tool')) return nothing;
  const render = renderer(tokenizer, template);
  const user: ChatMessage = { role: 'user', content: 'a' };
  const parameters = { type: 'object', properties: { [probe.key]: { type: 'string' } } };
  const tool = { name: probe.tool, description: probe.text, parameters };
  const showsTools = render([user], [{ type: 'function', function: tool }]).includes(probe.tool);

  const turn = (content: string | null, args: Arguments, count = 1) =>
    render([user, callMessage(content, args, count), resultMessage]);
  for (const argumentsAs of ['text', 'object'] as const) {
    const args = argumentsAs === 'text' ? probe.value : { [probe.key]: probe.value };
    const isCall = (text: string, count = 1) => showsCalls(text, argumentsAs, count, syntax);
    for (const content of ['', null] as const) {
      const text = turn(content, args);
      if (!isCall(text) || !isCall(turn(content, args, 2), 2)) continue;
      const both = turn(probe.text, args);
      return {
        tools: showsTools,
        contentOfCalls: content,
        textWithCalls: isCall(both) && both.includes(probe.text),
        argumentsAs,
        results: text.includes(probe.result),
      };
    }
  }
  return nothing;
}

type Arguments = string | Readonly<Record<string, unknown>>;

/** Exactly as the syntax has it; of arguments that it took apart, only where they should be. */
function showsCalls(text: string, as: 'text' | 'object', count: number, syntax: ToolSyntax) {
  const { listStart, callStart, callEnd, between, listEnd } = syntax;
  const start = callStart(probe.tool);
  if (as === 'text') {
    // Quotes around the text can be taken off again.
    const calls = Array.from({ length: count }, () => start + probe.value + callEnd);
    const written = listStart + calls.join(between) + listEnd;
    return text.replaceAll(`"${probe.value}"`, probe.value).includes(written);
  }
  const [, first, ...others] = text.split(start);
  return (
    text.includes(listStart + start) &&
    others.length === count - 1 &&
    [first, ...others].every((each) => each.includes(probe.value) && each.includes(callEnd)) &&
    text.includes(callEnd + listEnd)
  );
}

/** What the template writes; nothing where it fails. */
function renderer(tokenizer: Tokenizer, template: ChatTemplate) {
  const tokenText = (id: number | undefined) => (id === undefined ? '' : tokenizer.decode([id]));
  return (messages: readonly ChatMessage[], tools: readonly unknown[] | null = null) => {
    try {
      return template.render({
        ...{ messages, tools, add_generation_prompt: true },
        bos_token: tokenText(tokenizer.bosTokenId),
        eos_token: tokenText([...tokenizer.eosTokenIds][0]),
      });
    } catch {
      return '';
    }
  };
}

function callMessage(content: string | null, args: Arguments, count: number): ChatMessage {
  const tool = { name: probe.tool, arguments: args };
  const calls = Array.from({ length: count }, (_, i) => ({ id: `call_${i}`, function: tool }));
  return {
    role: 'assistant',
    content,
    tool_calls: calls.map((call) => ({ ...call, type: 'function' })),
  };
}

const resultMessage: ChatMessage = {
  role: 'tool',
  content: probe.result,
  tool_call_id: 'call_0',
  name: probe.tool,
};
