import { expect, test } from 'vitest';
import { fakeServerContext } from '../../test/fakes/fake-server-context.ts';
import { createApp } from './app.ts';

interface Operation {
  readonly operationId: string;
  readonly requestBody?: { content: Record<string, { schema: object }> };
  readonly responses: Record<string, unknown>;
  readonly parameters?: readonly { name: string }[];
}

async function openapi() {
  const app = createApp(fakeServerContext({}));
  const reply = await app.request('/openapi.json');
  const document = (await reply.json()) as {
    openapi: string;
    paths: Record<string, Record<string, Operation>>;
  };
  return { app, document };
}

test('describes every route there is, with the schema of its body', async () => {
  const { app, document } = await openapi();
  expect(document.openapi).toBe('3.1.0');
  for (const { method, path, body } of app.declared) {
    const found = document.paths[path.replace(/:(\w+)(?:\{[^}]*\})?/g, '{$1}')];
    const operation = found?.[method.toLowerCase()];
    expect(operation, path).toBeDefined();
    const schema = operation?.requestBody?.content['application/json']?.schema;
    expect(schema !== undefined, path).toBe(body !== undefined);
    const names = [...path.matchAll(/:(\w+)/g)].map((found) => found[1]);
    expect(operation?.parameters?.map(({ name }) => name) ?? [], path).toEqual(names);
  }
});

test('names every operation once, and refers to nothing that is not there', async () => {
  const { document } = await openapi();
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  const ids = operations.map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]*)"/g)];
  for (const [, pointer] of refs) {
    let target: unknown = document;
    for (const part of (pointer as string).split('/')) {
      target = (target as Record<string, unknown> | undefined)?.[part];
    }
    expect(target, pointer).toBeDefined();
  }
});
