/**
 * Leaves out the oldest turns of a conversation that is too long, for a request that asked for it.
 * System messages and the last turn stay; what is kept begins with a user, so that no answer and
 * no result of a tool stands without its question.
 */
import type { AskedMessage } from '../protocol/openai/chat-messages.ts';

/** Of the context, left for a reply whose length is not known. */
const replyShare = 1 / 4;

/** The longest prompt that leaves room for the reply. */
export function mostPromptTokens(contextTokens: number, maxTokens: number | undefined): number {
  const share = Math.floor(contextTokens * replyShare);
  return contextTokens - Math.min(share, maxTokens ?? share);
}

/** All of them where they fit; the shortest there is where even that is too long. */
export function newestThatFit(
  messages: readonly AskedMessage[],
  mostTokens: number,
  count: (messages: readonly AskedMessage[]) => number,
): readonly AskedMessage[] {
  const from = (start: number) =>
    messages.filter((message, i) => i >= start || message.role === 'system');
  const starts = [0, ...messages.flatMap(({ role }, i) => (role === 'user' && i > 0 ? [i] : []))];
  let low = 0;
  let high = starts.length - 1;
  // Fewer messages are fewer tokens: the first place that fits is found by halving.
  while (low < high) {
    const middle = (low + high) >> 1;
    if (count(from(starts[middle] as number)) <= mostTokens) high = middle;
    else low = middle + 1;
  }
  return low === 0 ? messages : from(starts[low] as number);
}
