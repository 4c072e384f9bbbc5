/**
 * Messages → prompt ids. The template's own special tokens are tokens; everything the messages
 * bring is plain text. Says whether the prompt ends inside <think>, for the reasoning parser.
 */
import { error } from '../../base/errors.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { ChatMessage } from './chat-message.ts';
import type { ChatTemplate } from './chat-template.ts';
import { PlainTextShield } from './plain-text-shield.ts';
import { prefixParts, splitPrefix, thinkingBefore } from './reply-prefix.ts';
import type { Tool } from './tools/tool.ts';
import { ToolPrompt } from './tools/tool-prompt.ts';

export interface EncodeChatOptions {
  readonly tools?: readonly Tool[];
  /** Of this tokenizer and template; made when it is needed and not given. */
  readonly toolPrompt?: ToolPrompt | undefined;
  /** false: the conversation as it is, with no opening for a reply. */
  readonly addGenerationPrompt?: boolean;
  /** Undefined: what the template does by itself. */
  readonly thinking?: boolean | undefined;
  /** The last message begins the reply, which continues it. */
  readonly prefix?: boolean;
}

export interface EncodedChat {
  readonly ids: number[];
  /** The prompt as text, as the model sees it. */
  readonly text: string;
  readonly startsInReasoning: boolean;
}

const roles: ReadonlySet<unknown> = new Set(['system', 'user', 'assistant', 'tool']);

/** Templates look for them in what an assistant said, to drop its reasoning from the history. */
const thinkTags: ReadonlySet<string> = new Set(['<think>', '</think>']);

/** JSON of tools is not deeper; a value that holds itself is. */
const maxDepth = 48;

/** Skips the thinking of a template that always opens it, the way R1 itself does when it skips. */
const emptyThinking = '\n\n</think>\n\n';

export function encodeChat(
  tokenizer: Tokenizer,
  template: ChatTemplate,
  conversation: readonly ChatMessage[],
  options: EncodeChatOptions = {},
): EncodedChat {
  checkMessages(conversation);
  const { tools = [], addGenerationPrompt = true, prefix = false } = options;
  const { messages, beginning } = prefix
    ? splitPrefix(conversation)
    : { messages: conversation, beginning: undefined };
  const thinking = beginning ? thinkingBefore(beginning, options.thinking) : options.thinking;
  const shield = new PlainTextShield(tokenizer, [template.source, ...stringsIn([messages, tools])]);
  const hidden = {
    messages: messages.map((message) => shielded(message, shield)),
    tools: mapStrings(tools, (text) => shield.hide(text)) as Tool[],
  };
  const usesTools = tools.length > 0 || messages.some(isAboutTools);
  const arranged = usesTools
    ? (options.toolPrompt ?? new ToolPrompt(tokenizer, template)).arrange(messages, hidden, shield)
    : { messages: hidden.messages, tools: null, hiddenArguments: [] };
  let rendered = template.render({
    messages: arranged.messages,
    tools: arranged.tools,
    add_generation_prompt: addGenerationPrompt,
    bos_token: tokenText(tokenizer, tokenizer.bosTokenId),
    eos_token: tokenText(tokenizer, [...tokenizer.eosTokenIds][0]),
    enable_thinking: thinking,
    thinking,
  });
  // Arguments are JSON as it stands, also where the template took them for a text to be quoted.
  for (const args of arranged.hiddenArguments) rendered = rendered.replaceAll(`"${args}"`, args);
  const opensThinking = addGenerationPrompt && /<think>\s*$/.test(rendered);
  const skip = opensThinking && thinking === false;
  const parts = shield.restore(skip ? rendered.trimEnd() + emptyThinking : rendered);
  if (beginning) parts.push(...prefixParts(beginning, opensThinking));
  return {
    ids: withoutDoubleBos(encodeParts(tokenizer, parts), tokenizer.bosTokenId),
    text: parts.map((part) => part.text).join(''),
    startsInReasoning: beginning?.reasoning ? beginning.answer === '' : opensThinking && !skip,
  };
}

/** Runs of plain text are encoded whole: merges do not see where one part ended. */
function encodeParts(
  tokenizer: Tokenizer,
  parts: ReturnType<PlainTextShield['restore']>,
): number[] {
  const ids: number[] = [];
  let plain = '';
  const flush = () => {
    for (const id of tokenizer.encode(plain, { special: false })) ids.push(id);
    plain = '';
  };
  for (const { text, isPlain } of parts) {
    for (const piece of isPlain ? [text] : tokenizer.split(text)) {
      if (typeof piece === 'string') plain += piece;
      else {
        flush();
        ids.push(piece);
      }
    }
  }
  flush();
  return ids;
}

/** A template that writes BOS itself and after `{{ bos_token }}` once more. */
function withoutDoubleBos(ids: number[], bosTokenId: number | undefined): number[] {
  let first = 0;
  while (bosTokenId !== undefined && ids[first] === bosTokenId && ids[first + 1] === bosTokenId) {
    first++;
  }
  return first === 0 ? ids : ids.slice(first);
}

function checkMessages(messages: readonly ChatMessage[]): void {
  if (!Array.isArray(messages) || messages.length === 0) {
    throw invalid('messages', 'none', 'a list with at least one message');
  }
  for (const [i, message] of messages.entries()) {
    if (!roles.has(message?.role)) {
      throw invalid(`messages[${i}].role`, String(message?.role), [...roles].join(', '));
    }
    const { content } = message;
    if (typeof content !== 'string' && (content != null || message.role !== 'assistant')) {
      throw invalid(`messages[${i}].content`, typeof content, 'a text');
    }
    if (message.tool_calls != null) checkCalls(message.tool_calls, `messages[${i}].tool_calls`);
  }
}

function checkCalls(calls: unknown, at: string): void {
  if (!Array.isArray(calls)) throw invalid(at, typeof calls, 'a list of calls');
  for (const [i, call] of calls.entries()) {
    const { name, arguments: args } = call?.function ?? {};
    if (typeof name !== 'string' || name === '') {
      throw invalid(`${at}[${i}].function.name`, String(name), 'the name of a tool');
    }
    if (typeof args !== 'string' && (typeof args !== 'object' || args === null)) {
      throw invalid(`${at}[${i}].function.arguments`, typeof args, 'JSON of an object');
    }
  }
}

function isAboutTools({ role, tool_calls }: ChatMessage): boolean {
  return role === 'tool' || (tool_calls != null && tool_calls.length > 0);
}

function invalid(name: string, found: string, expected: string) {
  return error('invalid_option', { name, found, expected });
}

function shielded(message: ChatMessage, shield: PlainTextShield): ChatMessage {
  const keep = message.role === 'assistant' ? thinkTags : undefined;
  const { role, content, tool_calls: calls, ...others } = message;
  const rest = { ...others, ...(calls != null && calls.length > 0 && { tool_calls: calls }) };
  const hidden = mapStrings(rest, (text) => shield.hide(text)) as typeof rest;
  return { ...hidden, role, content: content == null ? null : shield.hide(content, keep) };
}

function mapStrings(value: unknown, map: (text: string) => string, depth = 0): unknown {
  if (typeof value === 'string') return map(value);
  if (value === null || typeof value !== 'object') return value;
  if (depth > maxDepth) throw invalid('messages, tools', 'endless nesting', `${maxDepth} levels`);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, map, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [map(key), mapStrings(inner, map, depth + 1)]),
  );
}

function stringsIn(value: unknown): string[] {
  const strings: string[] = [];
  mapStrings(value, (text) => {
    strings.push(text);
    return text;
  });
  return strings;
}

function tokenText(tokenizer: Tokenizer, id: number | undefined): string {
  return id === undefined ? '' : tokenizer.decode([id]);
}
