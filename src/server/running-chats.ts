/**
 * Chat completions on their way, by id, for as long as they run: how a client that sees the
 * thinking go on too long has it ended (as llama-server's /v1/chat/completions/control). Ids cannot
 * be guessed, and only who began a completion may say something to it.
 */
import { error } from '../base/errors.ts';
import type { ChatReply } from '../engine/chat-reply.ts';

interface RunningChat {
  readonly client: string;
  readonly replies: readonly ChatReply[];
}

export class RunningChats {
  readonly #chats = new Map<string, RunningChat>();

  add(id: string, client: string, replies: readonly ChatReply[]): void {
    this.#chats.set(id, { client, replies });
    const ended = Promise.allSettled(replies.map((reply) => reply.summary));
    ended.then(() => this.#chats.delete(id));
  }

  /** Has the thinking closed at its next token, and the answer begun. */
  answerNow(id: string, client: string): void {
    const chat = this.#chats.get(id);
    if (chat === undefined || chat.client !== client) throw error('completion_not_running', { id });
    for (const reply of chat.replies) reply.answerNow();
  }
}
