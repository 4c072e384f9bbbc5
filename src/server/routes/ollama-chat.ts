/** POST /api/chat, as in Ollama's docs/api.md. */
import { chatAsk, chatSchema } from '../../protocol/ollama/chat-request.ts';
import { chatReply } from '../../protocol/ollama/reply-schemas.ts';
import { addRoute } from '../add-route.ts';
import { answerInLines, moveModel } from '../ollama-reply.ts';
import type { ServerApp, ServerContext } from '../server-context.ts';
import { mostPromptTokens, newestThatFit } from '../truncation.ts';

export function registerOllamaChat(app: ServerApp, context: ServerContext): void {
  addRoute(
    app,
    {
      ...{ method: 'POST', path: '/api/chat', stream: 'ndjson' },
      summary: 'Answer a conversation, as Ollama does',
      ...{ body: chatSchema, reply: chatReply },
    },
    (c, request) => {
      const ask = chatAsk(request);
      if (ask.messages.length === 0) return moveModel(c, context, 'chat', ask);
      return answerInLines(c, context, 'chat', ask, (model, more) => {
        const options = { ...ask.options, ...more };
        if (!ask.mayTruncate) return { reply: model.chat(ask.messages, options) };
        const most = mostPromptTokens(model.info.contextTokens, options.maxTokens);
        const count = (messages: typeof ask.messages) => model.countTokens(messages, options);
        const kept = newestThatFit(ask.messages, most, count);
        const truncated_messages = ask.messages.length - kept.length;
        return {
          reply: model.chat(kept, options),
          ...(truncated_messages > 0 && { extra: () => ({ truncated_messages }) }),
        };
      });
    },
  );
}
