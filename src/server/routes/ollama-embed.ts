/** POST /api/embed and /api/embeddings, as in Ollama's docs/api.md. */
import { maxEmbeddingTokens } from '../../engine/embedder.ts';
import type { LoadedModel } from '../../engine/loaded-model.ts';
import {
  type EmbedAsk,
  type Embedding,
  embedAsk,
  embedBody,
  embeddingsAsk,
  embeddingsSchema,
  embedSchema,
} from '../../protocol/ollama/embed-request.ts';
import { embeddingsReply, embedReply } from '../../protocol/ollama/reply-schemas.ts';
import { addRoute } from '../add-route.ts';
import { servedAs } from '../ollama-reply.ts';
import type { ServerApp, ServerContext, ServerRequest } from '../server-context.ts';

export function registerOllamaEmbed(app: ServerApp, context: ServerContext): void {
  addRoute(
    app,
    {
      ...{ method: 'POST', path: '/api/embed', summary: 'Texts as vectors, as Ollama does' },
      ...{ body: embedSchema, reply: embedReply },
    },
    async (c, request) => {
      const ask = embedAsk(request);
      const { embeddings, ...times } = await embed(c, context, ask);
      return c.json(embedBody(ask.model, embeddings, times));
    },
  );
  addRoute(
    app,
    {
      ...{
        method: 'POST',
        path: '/api/embeddings',
        body: embeddingsSchema,
        reply: embeddingsReply,
      },
      summary: 'A text as a vector, as Ollama once did',
    },
    async (c, request) => {
      const { embeddings } = await embed(c, context, embeddingsAsk(request));
      return c.json({ embedding: [...(embeddings[0] as Embedding).vector] });
    },
  );
}

async function embed(c: ServerRequest, context: ServerContext, ask: EmbedAsk) {
  const startMs = performance.now();
  const signal = c.get('signal');
  const { keepAliveMs } = ask;
  const lease = await context.models.lease(servedAs(context, ask.model), { signal, keepAliveMs });
  try {
    const loadMs = performance.now() - startMs;
    const { name, model } = lease;
    Object.assign(c.get('record'), { model: name, operation: 'embeddings' });
    const embeddings = await model.embed(inputsOf(model, ask), { signal });
    return { embeddings, loadMs, totalMs: performance.now() - startMs };
  } finally {
    lease[Symbol.dispose]();
  }
}

function inputsOf(model: LoadedModel, { inputs, mayTruncate }: EmbedAsk) {
  if (!mayTruncate) return inputs;
  const limit = Math.min(model.info.contextTokens, maxEmbeddingTokens);
  return inputs.map((input) => model.encodePrompt(input).slice(0, limit));
}
