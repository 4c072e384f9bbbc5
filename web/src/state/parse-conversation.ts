/**
 * What the database held → a conversation, or undefined where it is none. Another version of the
 * page may have written it; a record that cannot be read must not keep the page from starting.
 */
import { type Answer, type Conversation, type Message, settled } from './conversation.ts';

const emptyFigures = { completionTokens: 0, reasoningTokens: 0, rates: [] };

export function parseConversation(value: unknown): Conversation | undefined {
  const { id, title, updatedAt, messages } = (value ?? {}) as Record<string, unknown>;
  if (typeof id !== 'string' || !Array.isArray(messages)) return undefined;
  return settled({
    id,
    title: typeof title === 'string' ? title : '',
    updatedAt: typeof updatedAt === 'number' ? updatedAt : 0,
    messages: messages.map(parseMessage).filter((message) => message !== undefined),
  });
}

function parseMessage(value: unknown): Message | undefined {
  const found = (value ?? {}) as Record<string, unknown>;
  const { id, role, text } = found;
  if (typeof id !== 'string' || typeof text !== 'string') return undefined;
  if (role === 'user') return { role, id, text };
  if (role !== 'assistant') return undefined;
  const { model, reasoning, ending, figures } = found;
  return {
    ...{ role, id, text },
    model: typeof model === 'string' ? model : '',
    reasoning: typeof reasoning === 'string' ? reasoning : '',
    ending: hasKind(ending) ? (ending as Answer['ending']) : { kind: 'stop' },
    figures: { ...emptyFigures, ...(figures as object | undefined) },
  };
}

function hasKind(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value;
}
