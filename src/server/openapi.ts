/** The routes as an OpenAPI 3.1 document, made from their declarations and schemas. */
import { z } from 'zod';
import type { RouteDeclaration } from './add-route.ts';

const streamTypes = { sse: 'text/event-stream', ndjson: 'application/x-ndjson' } as const;

export function openapiDocument(routes: readonly RouteDeclaration[], version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)(?:\{[^}]*\})?/g, '{$1}');
    paths[path] ??= {};
    paths[path][route.method.toLowerCase()] = operation(route, path);
  }
  const info = { title: 'Sampan', version, license: { name: 'MIT', identifier: 'MIT' } };
  const key = { type: 'http', scheme: 'bearer' };
  return { openapi: '3.1.0', info, paths, components: { securitySchemes: { key } } };
}

function operation(route: RouteDeclaration, path: string): object {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((found) => found[1] as string);
  const parameters = names.map((name) => ({
    ...{ name, in: 'path', required: true, schema: { type: 'string' } },
  }));
  const content: Record<string, object> = {
    'application/json': { schema: schemaOf(route.reply, 'output') },
  };
  if (route.stream !== undefined)
    content[streamTypes[route.stream]] = { schema: { type: 'string' } };
  const body = route.body && {
    required: true,
    content: { 'application/json': { schema: schemaOf(route.body, 'input') } },
  };
  return {
    summary: route.summary,
    operationId: operationId(route),
    ...(!route.isPublic && { security: [{}, { key: [] }] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: body }),
    responses: {
      200: { description: 'Done', content },
      default: { description: 'What went wrong, in the form of the API' },
    },
  };
}

/** What a schema cannot say as JSON Schema is left open. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return json;
}

function operationId({ method, path }: RouteDeclaration): string {
  const words = path.split(/\W+/).filter((word) => word !== '');
  return [method.toLowerCase(), ...words].join('_');
}
