/**
 * How a route is added: its declaration says what is read and written (/openapi.json is made of
 * it), the body is checked by its schema, and the handler gets it typed.
 */
import type { z } from 'zod';
import { error } from '../base/errors.ts';
import { invalidField } from '../protocol/invalid-field.ts';
import { readJson } from './read-json.ts';
import type { ServerApp, ServerRequest } from './server-context.ts';

export interface RouteDeclaration<Body extends z.ZodType = z.ZodType> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Hono's syntax: /v1/models/:model. */
  readonly path: string;
  readonly summary: string;
  readonly body?: Body;
  readonly reply: z.ZodType;
  /** Set where a request may ask for events instead. */
  readonly stream?: 'sse' | 'ndjson';
  /** Answers without a key where the server has keys. */
  readonly isPublic?: boolean;
}

type Handler<Body> = (c: ServerRequest, body: Body) => Response | Promise<Response>;

export function addRoute<Body extends z.ZodType>(
  app: ServerApp,
  declaration: RouteDeclaration<Body>,
  handler: Handler<z.output<Body>>,
): void {
  const { method, path, body } = declaration;
  app.declared.push(declaration);
  if (declaration.isPublic) app.publicPaths.push(path);
  app.on(method, path, async (c) => {
    c.set('route', path);
    const json = body && (await readJson(c, app.settings));
    return handler(c, checked(body, json));
  });
}

function checked<Body extends z.ZodType>(schema: Body | undefined, json: unknown): z.output<Body> {
  if (schema === undefined) return undefined as z.output<Body>;
  const parsed = schema.safeParse(json === undefined ? {} : json);
  if (!parsed.success) {
    const { param, reason } = invalidField(parsed.error);
    throw error('request_invalid', { param, reason });
  }
  return parsed.data;
}
