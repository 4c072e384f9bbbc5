/**
 * What chats need beside the engine: the checkpoint's template, or the built-in one for its
 * vocabulary, and messages made into tokens. A broken template is an error of the first chat, not
 * of loading: completions work without one.
 */

import { chatTemplateFor } from '../formats/chat/built-in-templates.ts';
import type { ChatMessage } from '../formats/chat/chat-message.ts';
import type { ChatTemplate } from '../formats/chat/chat-template.ts';
import { type EncodedChat, encodeChat } from '../formats/chat/encode-chat.ts';
import type { Checkpoint } from '../formats/checkpoint.ts';
import type { Tokenizer } from '../formats/tokenizer/tokenizer.ts';

export type { ChatMessage };

export class Chat {
  readonly #tokenizer: Tokenizer;
  readonly #template: ChatTemplate | undefined;
  readonly #failure: unknown;

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

  /** `thinkTokens` 0 closes the thinking before it begins; undefined leaves it to the template. */
  encode(messages: readonly ChatMessage[], thinkTokens: number | undefined): EncodedChat {
    if (this.#template === undefined) throw this.#failure;
    const thinking = thinkTokens === undefined ? undefined : thinkTokens > 0;
    return encodeChat(this.#tokenizer, this.#template, messages, { thinking });
  }
}
