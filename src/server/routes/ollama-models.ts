/**
 * GET /api/tags, /api/ps and /api/version, POST /api/show, as in Ollama's docs/api.md. What is
 * listed is what is served.
 */

import { error } from '../../base/errors.ts';
import type { PoolEntry } from '../../engine/model-pool.ts';
import {
  type ModelFacts,
  psBody,
  type RunningModel,
  showBody,
  tagsBody,
} from '../../protocol/ollama/model-bodies.ts';
import { servedName } from '../../protocol/ollama/model-names.ts';
import { nameIn, showSchema } from '../../protocol/ollama/model-requests.ts';
import { modelsReply, showReply, versionReply } from '../../protocol/ollama/reply-schemas.ts';
import { ollamaVersion } from '../../protocol/ollama/version.ts';
import { addRoute } from '../add-route.ts';
import { ModelCatalogue } from '../model-facts.ts';
import type { ServerApp, ServerContext } from '../server-context.ts';

export function registerOllamaModels(app: ServerApp, { models, settings }: ServerContext): void {
  const catalogue = new ModelCatalogue();
  addRoute(
    app,
    {
      ...{ method: 'GET', path: '/api/tags', reply: modelsReply },
      summary: 'List the models served, as Ollama does',
    },
    async (c) => c.json(tagsBody(await describeAll(catalogue, models.list()))),
  );
  addRoute(
    app,
    {
      ...{ method: 'GET', path: '/api/ps', reply: modelsReply },
      summary: 'List the models in memory, as Ollama does',
    },
    async (c) => c.json(psBody(await running(catalogue, models.list()))),
  );
  addRoute(
    app,
    {
      ...{ method: 'POST', path: '/api/show', body: showSchema, reply: showReply },
      summary: 'Describe a model that is served, as Ollama does',
    },
    async (c, body) => {
      const entries = models.list();
      const names = entries.map((entry) => entry.name);
      const name = servedName(nameIn(body), names);
      const entry = entries.find((one) => one.name === name);
      if (entry === undefined) throw error('model_not_served', { name, nearest: names.join(', ') });
      return c.json(showBody(await catalogue.facts(entry)));
    },
  );
  addRoute(
    app,
    {
      ...{ method: 'GET', path: '/api/version', reply: versionReply, isPublic: true },
      summary: 'The version of Ollama whose API this is',
    },
    (c) => c.json({ version: ollamaVersion, sampan: settings.version }),
  );
}

/** Models whose files are not here yet, or are damaged, are none that could be used. */
async function describeAll(
  catalogue: ModelCatalogue,
  entries: readonly PoolEntry[],
): Promise<ModelFacts[]> {
  const found = await Promise.allSettled(entries.map((entry) => catalogue.facts(entry)));
  return found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

async function running(
  catalogue: ModelCatalogue,
  entries: readonly PoolEntry[],
): Promise<RunningModel[]> {
  const loaded = entries.flatMap((entry) => (entry.info ? [{ ...entry, info: entry.info }] : []));
  return Promise.all(
    loaded.map(async (entry) => ({
      facts: await catalogue.facts(entry),
      memoryBytes: (entry.weightBytes ?? 0) + (entry.kvBytes ?? 0),
      contextTokens: entry.info.contextTokens,
      expiresAt: entry.expiresAt,
    })),
  );
}
