/**
 * Replies of the real model at a temperature at which it writes nonsense, held to 300 schemas:
 * every reply that ends is a value of its schema, as ajv sees it, and nearly all end.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LoadedModel, load } from '../../src/index.ts';
import { knownSchemas } from './known-schemas.ts';
import { randomSchema } from './random-schema.ts';

const numSchemas = 300;
const levels = 4;

const schemas: readonly object[] = [
  ...knownSchemas,
  ...Array.from({ length: numSchemas - knownSchemas.length }, (_, i) =>
    randomSchema(i, (i * levels) / numSchemas),
  ),
];

let model: LoadedModel;
beforeAll(async () => {
  model = await load('nano', { maxSequences: 64, contextTokens: 1024, threads: 1 });
});
afterAll(() => model.close());

async function reply(schema: object, seed: number) {
  const messages = [{ role: 'user', content: 'Answer as JSON.' }] as const;
  const pieces = model.chat([...messages], {
    ...{ responseFormat: { type: 'schema', schema }, temperature: 1.5, seed, maxTokens: 600 },
    thinkTokens: seed % 10 === 0 ? 12 : 0,
  });
  let text = '';
  for await (const piece of pieces) if (piece.type === 'text') text += piece.text;
  return { text, ...(await pieces.summary) };
}

test('every reply is a value of its schema', { timeout: 240_000 }, async () => {
  const ajv = new Ajv2020({ strict: false, multipleOfPrecision: 6 });
  addFormats.default(ajv);
  const replies = await Promise.all(schemas.map((schema, i) => reply(schema, i)));
  const finished = replies.map(({ finishReason }) => finishReason === 'stop');
  const wrong = schemas.flatMap((schema, i) => {
    const { text } = replies[i];
    const value = parsed(text);
    if (!finished[i] || (value !== undefined && ajv.validate(schema, value))) return [];
    return [{ schema, text, errors: ajv.errorsText() }];
  });
  expect(wrong).toEqual([]);
  expect(schemas).toHaveLength(numSchemas);
  expect(finished.filter((is) => is).length).toBeGreaterThanOrEqual(numSchemas * 0.95);
});

/** Undefined where it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
