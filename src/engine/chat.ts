/**
 * What chats need beside the engine: the checkpoint's template, or the built-in one for its
 * vocabulary, and messages made into tokens. A broken template is an error of the first chat, not
 * of loading: completions work without one.
 */

import { chatTemplateFor } from '../formats/chat/built-in-templates.ts';
import type { ChatMessage } from '../formats/chat/chat-message.ts';
import type { ChatTemplate } from '../formats/chat/chat-template.ts';
import { type EncodedChat, encodeChat } from '../formats/chat/encode-chat.ts';
import { SampledCalls } from '../formats/chat/tools/sampled-calls.ts';
import type { Tool } from '../formats/chat/tools/tool.ts';
import { ToolPrompt } from '../formats/chat/tools/tool-prompt.ts';
import type { ToolSyntax } from '../formats/chat/tools/tool-syntax.ts';
import type { Checkpoint } from '../formats/checkpoint.ts';
import type { Tokenizer } from '../formats/tokenizer/tokenizer.ts';

export type { ChatMessage };

export class Chat {
  readonly #tokenizer: Tokenizer;
  readonly #template: ChatTemplate | undefined;
  readonly #failure: unknown;
  #toolPrompt: ToolPrompt | undefined;
  /** Calls that replies made, for when they come back in a later request. */
  readonly sampledCalls = new SampledCalls();

  constructor(checkpoint: Pick<Checkpoint, 'chatTemplate'>, tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
    try {
      this.#template = chatTemplateFor(tokenizer, checkpoint.chatTemplate);
    } catch (cause) {
      this.#failure = cause;
    }
  }

  /** `own` is the checkpoint's; else the name of ours, or `broken`. */
  get templateName(): string {
    return this.#template === undefined ? 'broken' : (this.#template.builtIn ?? 'own');
  }

  /** '' where it is broken. */
  get templateSource(): string {
    return this.#template?.source ?? '';
  }

  /** How this model writes calls of tools. */
  get toolSyntax(): ToolSyntax {
    return this.#tools(this.#usable).syntax;
  }

  /** `thinkTokens` 0 closes the thinking before it begins; undefined leaves it to the template. */
  encode(
    messages: readonly ChatMessage[],
    thinkTokens: number | undefined,
    { tools = [], prefix = false }: { tools?: readonly Tool[]; prefix?: boolean } = {},
  ): EncodedChat {
    const template = this.#usable;
    const thinking = thinkTokens === undefined ? undefined : thinkTokens > 0;
    const toolPrompt = this.#tools(template);
    const options = { thinking, tools, toolPrompt, prefix };
    return encodeChat(this.#tokenizer, template, messages, options);
  }

  get #usable(): ChatTemplate {
    if (this.#template === undefined) throw this.#failure;
    return this.#template;
  }

  #tools(template: ChatTemplate): ToolPrompt {
    this.#toolPrompt ??= new ToolPrompt(this.#tokenizer, template, this.sampledCalls);
    return this.#toolPrompt;
  }
}
