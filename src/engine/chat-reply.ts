/** A chat's reply: its pieces, and a word to the model while it thinks. */
import { Reply, type Summary } from './reply.ts';
import type { ChatPiece } from './reply-writer.ts';

export interface ChatReplyControl {
  /** The reader left its loop before the end. */
  onLeave(): void;
  onAnswerNow(): void;
}

export class ChatReply<S extends Summary = Summary> extends Reply<ChatPiece, S> {
  readonly #control: ChatReplyControl;

  constructor(control: ChatReplyControl) {
    super(() => control.onLeave());
    this.#control = control;
  }

  /** Has the thinking closed at its next token, and the answer begun. No effect once it is closed. */
  answerNow(): void {
    this.#control.onAnswerNow();
  }
}
