/**
 * POST /api/pull, as in Ollama's docs/api.md: a model of a hub is fetched into the cache, with its
 * progress as lines, and served from then on. Who leaves ends it, and what has arrived is kept. Paths and URLs are for the
 * command line: over HTTP they would tell what lies on this machine, or make it ask others.
 */
import { error } from '../../base/errors.ts';
import { parseModelName } from '../../hub/model-names.ts';
import { type PullProgress, pullModel } from '../../hub/pull.ts';
import { hubSettings } from '../../hub/settings.ts';
import { hubName } from '../../protocol/ollama/model-names.ts';
import { nameIn, pullSchema } from '../../protocol/ollama/model-requests.ts';
import { type PullLine, PullLines } from '../../protocol/ollama/pull-lines.ts';
import { pullReply } from '../../protocol/ollama/reply-schemas.ts';
import { addRoute } from '../add-route.ts';
import { eventsOf } from '../callback-events.ts';
import type { ServerApp, ServerContext } from '../server-context.ts';
import { ndjson } from '../stream-events.ts';

export function registerOllamaPull(app: ServerApp, context: ServerContext): void {
  addRoute(
    app,
    {
      ...{ method: 'POST', path: '/api/pull', stream: 'ndjson' },
      summary: 'Fetch a model from a hub, as Ollama does',
      ...{ body: pullSchema, reply: pullReply },
    },
    async (c, body) => {
      const asked = hubName(nameIn(body));
      const name = parseModelName(asked, () => false);
      const signal = c.get('signal');
      if (name.kind === 'url' || name.kind === 'path') {
        throw error('not_over_http', { what: 'Fetching a URL', command: 'sampan pull URL' });
      }
      const pull = async (onProgress: (progress: PullProgress) => void) => {
        if (name.kind === 'repo') await pullModel(name, hubSettings(), { signal, onProgress });
        context.models.add(asked);
      };
      if (body.stream !== false) return ndjson(c, context, linesOf(pull));
      await pull(() => {});
      return c.json({ status: 'success' });
    },
  );
}

async function* linesOf(
  pull: (onProgress: (progress: PullProgress) => void) => Promise<void>,
): AsyncGenerator<PullLine, void, undefined> {
  const lines = new PullLines();
  yield lines.start();
  for await (const progress of eventsOf(pull)) {
    const line = lines.push(progress);
    if (line !== undefined) yield line;
  }
  yield* lines.end();
}
