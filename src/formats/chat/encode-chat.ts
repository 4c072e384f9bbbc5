/**
 * Messages → prompt ids. The template's own special tokens are tokens; everything the messages
 * bring is plain text. Says whether the prompt ends inside <think>, for the reasoning parser.
 */
import { error } from '../../base/errors.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { ChatMessage } from './chat-message.ts';
import type { ChatTemplate } from './chat-template.ts';
import { PlainTextShield } from './plain-text-shield.ts';

export interface EncodeChatOptions {
  readonly tools?: readonly unknown[];
  /** false: the conversation as it is, with no opening for a reply. */
  readonly addGenerationPrompt?: boolean;
  /** Undefined: what the template does by itself. */
  readonly thinking?: boolean | undefined;
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
  messages: readonly ChatMessage[],
  options: EncodeChatOptions = {},
): EncodedChat {
  checkMessages(messages);
  const { tools, addGenerationPrompt = true, thinking } = options;
  const shield = new PlainTextShield(tokenizer, [template.source, ...stringsIn([messages, tools])]);
  const rendered = template.render({
    messages: messages.map((message) => shielded(message, shield)),
    tools: tools ? (mapStrings(tools, (text) => shield.hide(text)) as unknown[]) : null,
    add_generation_prompt: addGenerationPrompt,
    bos_token: tokenText(tokenizer, tokenizer.bosTokenId),
    eos_token: tokenText(tokenizer, [...tokenizer.eosTokenIds][0]),
    enable_thinking: thinking,
    thinking,
  });
  const opensThinking = addGenerationPrompt && /<think>\s*$/.test(rendered);
  const skip = opensThinking && thinking === false;
  const parts = shield.restore(skip ? rendered.trimEnd() + emptyThinking : rendered);
  return {
    ids: withoutDoubleBos(encodeParts(tokenizer, parts), tokenizer.bosTokenId),
    text: parts.map((part) => part.text).join(''),
    startsInReasoning: opensThinking && !skip,
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
  }
}

function invalid(name: string, found: string, expected: string) {
  return error('invalid_option', { name, found, expected });
}

function shielded(message: ChatMessage, shield: PlainTextShield): ChatMessage {
  const keep = message.role === 'assistant' ? thinkTags : undefined;
  const { role, content, ...rest } = message;
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
