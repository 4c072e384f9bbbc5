/** Conversations as a JSON file that the browser saves. */
import type { Conversation } from './conversation.ts';

export function exportConversations(conversations: readonly Conversation[]): void {
  const text = JSON.stringify(
    { format: 'sampan-conversations', version: 1, conversations },
    null,
    2,
  );
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = `sampan-${new Date().toISOString().slice(0, 10)}.json`;
  link.click();
  URL.revokeObjectURL(address);
}
