/**
 * Thinking blocks carry a signature that clients send back unread. There is no secret to keep on a
 * machine of one's own, so it proves nothing: it is a name for the text. Where the client asked not
 * to be shown the thinking (`display: omitted`), the signature is what carries it to the next turn.
 */
import { createHash } from 'node:crypto';

const named = 'sampan1.';
const carrying = 'sampan1t.';

export function signThinking(thinking: string): string {
  return named + createHash('sha256').update(thinking).digest('base64url');
}

export function signatureWithThinking(thinking: string): string {
  return carrying + Buffer.from(thinking).toString('base64url');
}

/** What a block that came back stands for. Signatures of other servers are as good as none. */
export function thinkingOf(thinking: string, signature: string | null | undefined): string {
  if (thinking !== '' || !signature?.startsWith(carrying)) return thinking;
  return Buffer.from(signature.slice(carrying.length), 'base64url').toString();
}
