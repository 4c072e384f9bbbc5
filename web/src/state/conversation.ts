/** Conversations as they are kept: plain data, replaced and never changed in place. */
import type { Problem } from '../api/problem.ts';

export interface Question {
  readonly role: 'user';
  readonly id: string;
  readonly text: string;
}

export type Ending =
  | { readonly kind: 'writing' | 'stop' | 'stopped' | 'cut' }
  | { readonly kind: 'length'; readonly cause?: string }
  | { readonly kind: 'failed'; readonly problem: Problem };

export interface Figures {
  readonly ttftMs?: number;
  /** From the first piece of thinking to the first of the answer, or to the end. */
  readonly thinkingMs?: number;
  readonly totalMs?: number;
  /** Exact once the server has told; until then the pieces that came, which are about as many. */
  readonly completionTokens: number;
  readonly reasoningTokens: number;
  readonly promptTokens?: number;
  readonly cachedTokens?: number;
  readonly tokensPerSecond?: number;
  /** Tokens per second over the answer's time, in equal steps, for the plot. */
  readonly rates: readonly number[];
}

export interface Answer {
  readonly role: 'assistant';
  readonly id: string;
  readonly model: string;
  readonly reasoning: string;
  readonly text: string;
  readonly ending: Ending;
  readonly figures: Figures;
}

export type Message = Question | Answer;

export interface Conversation {
  readonly id: string;
  /** '' until there is a question. */
  readonly title: string;
  readonly updatedAt: number;
  readonly messages: readonly Message[];
}

const maxTitleLength = 60;

export function newConversation(): Conversation {
  return { id: crypto.randomUUID(), title: '', updatedAt: Date.now(), messages: [] };
}

export function titleFrom(question: string): string {
  const line = question.trim().split('\n')[0] as string;
  return line.length > maxTitleLength ? `${line.slice(0, maxTitleLength - 1).trimEnd()}…` : line;
}

/** What a page that was closed in the middle of an answer left behind is an answer cut off. */
export function settled(conversation: Conversation): Conversation {
  const messages = conversation.messages.map((message) =>
    message.role === 'assistant' && message.ending.kind === 'writing'
      ? { ...message, ending: { kind: 'cut' } as const }
      : message,
  );
  return { ...conversation, messages };
}

/** Title and questions and answers, every word of the search in any of them. */
export function matches(conversation: Conversation, search: string): boolean {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const text = [conversation.title, ...conversation.messages.map((message) => message.text)]
    .join('\n')
    .toLocaleLowerCase();
  return words.every((word) => text.includes(word));
}
