/** POST /v1/embeddings, as in OpenAI's API reference: mean-pooled vectors of length 1. */
import { embeddingsReplySchema } from '../../protocol/openai/chat-reply-schemas.ts';
import {
  embeddingsAsk,
  embeddingsBody,
  embeddingsRequestSchema,
} from '../../protocol/openai/embeddings.ts';
import { addRoute } from '../add-route.ts';
import type { ServerApp, ServerContext } from '../server-context.ts';

export function registerEmbeddings(app: ServerApp, { models }: ServerContext): void {
  addRoute(
    app,
    {
      ...{ method: 'POST', path: '/v1/embeddings', summary: 'Texts as vectors' },
      ...{ body: embeddingsRequestSchema, reply: embeddingsReplySchema },
    },
    async (c, request) => {
      const { model: asked, inputs, encoding } = embeddingsAsk(request);
      const signal = c.get('signal');
      using lease = await models.lease(asked, { signal });
      const record = c.get('record');
      record.model = lease.name;
      record.operation = 'embeddings';
      const embeddings = await lease.model.embed(inputs, { signal });
      return c.json(embeddingsBody(lease.name, embeddings, encoding));
    },
  );
}
