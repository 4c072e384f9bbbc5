/**
 * What comes from the engine while it replies, and a whole reply collected from it. Structural:
 * the engine's own pieces fit.
 */
import type { TokenLogprobs } from './logprobs.ts';

export type ReplyPiece =
  | {
      readonly type: 'reasoning' | 'text';
      readonly text: string;
      /** Of the tokens since the piece before, where they were asked for. */
      readonly logprobs?: readonly TokenLogprobs[];
    }
  | {
      readonly type: 'toolCall';
      readonly index: number;
      readonly id: string;
      readonly name: string;
    }
  | { readonly type: 'toolArguments'; readonly index: number; readonly text: string };

export interface CollectedCall {
  readonly id: string;
  readonly name: string;
  arguments: string;
}

export class CollectedReply {
  text = '';
  reasoning = '';
  readonly calls: CollectedCall[] = [];
  readonly logprobs: TokenLogprobs[] = [];

  add(piece: ReplyPiece): void {
    if (piece.type === 'toolCall') {
      this.calls[piece.index] = { id: piece.id, name: piece.name, arguments: '' };
    } else if (piece.type === 'toolArguments') {
      const call = this.calls[piece.index];
      if (call !== undefined) call.arguments += piece.text;
    } else {
      if (piece.type === 'text') this.text += piece.text;
      else this.reasoning += piece.text;
      if (piece.logprobs !== undefined) this.logprobs.push(...piece.logprobs);
    }
  }

  static async of(pieces: AsyncIterable<ReplyPiece>): Promise<CollectedReply> {
    const reply = new CollectedReply();
    for await (const piece of pieces) reply.add(piece);
    return reply;
  }
}
