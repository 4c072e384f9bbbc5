/**
 * JSON Schema (draft 2020-12, and what OpenAPI and older drafts say differently) → grammar. A text
 * of the grammar is a value of the schema: always. Not each way to write a value is in it: members
 * come in the schema's order, white space is short, numbers have as many digits as a double keeps.
 * What cannot be held is refused with its place (`schema_unsupported`), never passed over.
 */
import type { GrammarDocument } from './grammar.ts';
import { SchemaRoot } from './schema/location.ts';
import { isProductive } from './schema/productive.ts';
import { Budget, unsupported } from './schema/refusal.ts';
import { ValueGrammars } from './schema/value-grammar.ts';

const maxNesting = 200;

export function grammarOfSchema(schema: unknown): GrammarDocument {
  refuseDeep(schema);
  const budgets = { grammar: new Budget(), proofs: new Budget() };
  const root = new SchemaRoot(schema);
  const values = new ValueGrammars(root, budgets, false);
  const start = values.value([root.root]);
  values.complete();
  const document = { root: start, rules: values.rules };
  if (isProductive(document)) return document;
  const remedy = 'Correct what contradicts itself, or never ends.';
  throw unsupported('#', 'a schema that no value has', remedy);
}

/** Everything after this may recurse over what the schema contains. */
function refuseDeep(schema: unknown): void {
  let level: unknown[] = [schema];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxNesting) {
      const found = `objects nested deeper than ${maxNesting}`;
      throw unsupported('#', found, 'Nest less; name parts in $defs.');
    }
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
}
