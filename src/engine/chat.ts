export type { ChatMessage } from '../formats/chat/chat-message.ts';
