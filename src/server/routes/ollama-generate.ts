/** POST /api/generate, as in Ollama's docs/api.md. */
import type { LoadedModel } from '../../engine/loaded-model.ts';
import {
  continued,
  decodeContext,
  encodeContext,
} from '../../protocol/ollama/conversation-context.ts';
import {
  type GenerateAsk,
  generateAsk,
  generateSchema,
} from '../../protocol/ollama/generate-request.ts';
import { generateReply } from '../../protocol/ollama/reply-schemas.ts';
import { addRoute } from '../add-route.ts';
import { answerInLines, moveModel, type StartedLines } from '../ollama-reply.ts';
import type { ServerApp, ServerContext } from '../server-context.ts';
import type { ReplyOptions } from '../start-replies.ts';

export function registerOllamaGenerate(app: ServerApp, context: ServerContext): void {
  addRoute(
    app,
    {
      ...{ method: 'POST', path: '/api/generate', stream: 'ndjson' },
      summary: 'Answer or continue a text, as Ollama does',
      ...{ body: generateSchema, reply: generateReply },
    },
    (c, request) => {
      const ask = generateAsk(request);
      if (ask.prompt.kind === 'none') return moveModel(c, context, 'generate', ask);
      return answerInLines(c, context, 'generate', ask, (model, more) => start(model, ask, more));
    },
  );
}

function start(
  model: LoadedModel,
  { prompt, options: asked }: GenerateAsk,
  more: ReplyOptions & { thinkTokens?: number },
): StartedLines {
  const options = { ...asked, ...more };
  if (prompt.kind === 'chat') {
    const messages = continued(decodeContext(model, prompt.context), prompt.messages);
    return {
      reply: model.chat(messages, options),
      extra: (content) => ({
        context: encodeContext(model, [...messages, { role: 'assistant', content }]),
      }),
    };
  }
  // Who writes the whole prompt writes its special tokens too.
  const tokens =
    prompt.kind === 'infill'
      ? model.fillInMiddle(prompt.text, prompt.suffix)
      : model.encodePrompt(prompt.kind === 'raw' ? prompt.text : '', { special: true });
  return { reply: model.generatePieces(tokens, options) };
}
