/** The form a caller asks of the answer, checked, and the grammar that holds the reply to it. */
import type { GrammarDocument } from '../formats/grammar/grammar.ts';
import { grammarOfSchema } from '../formats/grammar/json-schema.ts';
import { anyJson } from '../formats/grammar/json-text.ts';
import type { CompiledGrammar } from './grammar/compiled-grammar.ts';
import type { GrammarCache } from './grammar/grammar-cache.ts';
import { refuse } from './sampling-params.ts';

/** json: any JSON object; schema: a value of this JSON schema, or a refusal of what cannot be held. */
export type ResponseFormat =
  | { readonly type: 'json' }
  | { readonly type: 'schema'; readonly schema: object };

/** Longest text of a schema. */
const maxSchemaChars = 512 * 1024;

export function responseGrammar(format: ResponseFormat, cache: GrammarCache): CompiledGrammar {
  const { key, makeDocument } = responseForm(format);
  return cache.get(key, makeDocument);
}

/** Its key in a cache, and the form itself. */
export function responseForm(format: ResponseFormat): {
  readonly key: string;
  makeDocument(): GrammarDocument;
} {
  const type: unknown = (format as { type?: unknown } | null)?.type;
  if (type === 'json') return { key: 'json', makeDocument: () => anyJson };
  if (type !== 'schema') throw refuse('responseFormat', type, "a type of 'json' or 'schema'");
  const { schema } = format as { readonly schema: unknown };
  const text = schemaText(schema);
  return { key: `schema ${text}`, makeDocument: () => grammarOfSchema(JSON.parse(text)) };
}

/** The same text is the same schema; the order of its properties is part of what it says. */
function schemaText(schema: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(schema);
  } catch {
    // a cycle of objects, or deeper than the stack
  }
  if (text === undefined) throw refuse('responseFormat.schema', schema, 'a JSON schema');
  if (text.length <= maxSchemaChars) return text;
  const found = `${text.length} characters`;
  throw refuse('responseFormat.schema', found, `at most ${maxSchemaChars} characters`);
}
