/**
 * Tools and response formats as chat completions spell them → as the engine takes them. Schemas
 * are passed on unread but for their size; what they may say is the grammar's affair.
 */
import { z } from 'zod';
import { invalidField } from '../parse-request.ts';
import { functionName } from './chat-messages.ts';

/** DeepSeek's and OpenAI's limit. */
const maxTools = 128;
const maxSchemaChars = 262_144;

export const jsonSchema = z
  .record(z.string(), z.unknown())
  .refine(
    (schema) => JSON.stringify(schema).length <= maxSchemaChars,
    `at most ${maxSchemaChars} characters of schema`,
  );

export const functionFields = {
  name: functionName,
  description: z.string().max(65_536).nullish(),
  parameters: jsonSchema.nullish(),
  strict: z.boolean().nullish(),
};

export const toolsField = z
  .array(z.object({ type: z.literal('function'), function: z.object(functionFields) }))
  .max(maxTools)
  .nullish();

export const toolChoiceField = z
  .union([
    z.enum(['none', 'auto', 'required']),
    z.object({ type: z.literal('function'), function: z.object({ name: functionName }) }),
  ])
  .nullish();

export const responseFormatField = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('text') }),
    z.object({ type: z.literal('json_object') }),
    z.object({
      type: z.literal('json_schema'),
      json_schema: z.object({
        name: z.string().max(64).nullish(),
        strict: z.boolean().nullish(),
        schema: jsonSchema.nullish(),
      }),
    }),
  ])
  .nullish();

export interface AskedTool {
  readonly name: string;
  readonly description?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly strict?: boolean;
}
export type AskedToolChoice = 'auto' | 'none' | 'required' | { readonly name: string };
export type AskedFormat =
  | { readonly type: 'json' }
  | { readonly type: 'schema'; readonly schema: Readonly<Record<string, unknown>> };

export interface ToolsAsk {
  tools?: readonly AskedTool[];
  toolChoice?: AskedToolChoice;
  parallelToolCalls?: boolean;
}

type FunctionFields = z.output<z.ZodObject<typeof functionFields>>;

export function askedTools(
  functions: readonly FunctionFields[],
  choice: AskedToolChoice | null | undefined,
  parallel: boolean | null | undefined,
): ToolsAsk {
  if (functions.length === 0) {
    if (choice == null || choice === 'none' || choice === 'auto') return {};
    throw invalidField('tool_choice', describeChoice(choice), 'tools to choose from');
  }
  const names = new Set(functions.map(({ name }) => name));
  if (names.size < functions.length) {
    throw invalidField('tools', 'two tools of one name', 'names that differ');
  }
  if (typeof choice === 'object' && choice !== null && !names.has(choice.name)) {
    throw invalidField('tool_choice', describeChoice(choice), [...names].join(', '));
  }
  // A named function is called once, as OpenAI's models do.
  const isParallel = parallel ?? (typeof choice === 'object' && choice ? false : undefined);
  return {
    tools: functions.map(({ name, description, parameters, strict }) => ({
      name,
      ...(description && { description }),
      ...(parameters && { parameters }),
      ...(strict != null && { strict }),
    })),
    ...(choice != null && { toolChoice: choice }),
    ...(isParallel !== undefined && { parallelToolCalls: isParallel }),
  };
}

function describeChoice(choice: AskedToolChoice): string {
  return typeof choice === 'string' ? choice : choice.name;
}

export function askedFormat(format: z.output<typeof responseFormatField>): AskedFormat | undefined {
  if (format == null || format.type === 'text') return undefined;
  if (format.type === 'json_object') return { type: 'json' };
  const { schema } = format.json_schema;
  return schema == null ? { type: 'json' } : { type: 'schema', schema };
}
