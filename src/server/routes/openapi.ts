/** GET /openapi.json: every route there is, made once, when it is first asked for. */
import { z } from 'zod';
import { addRoute } from '../add-route.ts';
import { openapiDocument } from '../openapi.ts';
import type { ServerApp, ServerContext } from '../server-context.ts';

export function registerOpenapi(app: ServerApp, { settings }: ServerContext): void {
  let document: object | undefined;
  addRoute(
    app,
    {
      method: 'GET',
      path: '/openapi.json',
      summary: 'This document',
      reply: z.looseObject({}),
      isPublic: true,
    },
    (c) => {
      document ??= openapiDocument(app.declared, settings.version);
      return c.json(document);
    },
  );
}
