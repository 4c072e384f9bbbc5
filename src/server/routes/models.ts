/**
 * GET /v1/models and /v1/models/{model}, as in OpenAI's and Anthropic's API references: what is
 * served, loaded or not.
 */
import { error } from '../../base/errors.ts';
import { nearestNames } from '../../base/nearest-names.ts';
import { encodeModel, modelList, modelObject } from '../../protocol/openai/model-list.ts';
import { addRoute } from '../add-route.ts';
import type { ServerApp, ServerContext } from '../server-context.ts';

export function registerModels(app: ServerApp, { models }: ServerContext): void {
  const created = Math.floor(Date.now() / 1000);
  const encode = ({ name, info }: ReturnType<typeof models.list>[number]) =>
    encodeModel(name, created, info?.contextTokens);
  for (const path of ['/v1/models', '/models', '/anthropic/v1/models']) {
    addRoute(
      app,
      { method: 'GET', path, summary: 'List the models served', reply: modelList },
      (c) => c.json({ object: 'list', data: models.list().map(encode), has_more: false }),
    );
    // Names of models have slashes and colons: the rest of the path is one.
    addRoute(
      app,
      {
        ...{ method: 'GET', path: `${path}/:model{.+}` },
        ...{ summary: 'One of the models served', reply: modelObject },
      },
      (c) => {
        const name = c.req.param('model') ?? '';
        const entry = models.list().find((each) => each.name === name);
        if (entry !== undefined) return c.json(encode(entry));
        const names = models.list().map((each) => each.name);
        throw error('model_not_served', { name, nearest: nearestNames(name, names).join(', ') });
      },
    );
  }
}
