/**
 * The one error class users see. Codes, statuses and texts live in errors-table.ts, nowhere else.
 * A SampanError is about the user's situation (a damaged file, an unknown name); a bug of ours is
 * an `assert` from node:assert and keeps its stack trace.
 */
import { type ErrorCode, errorTable } from './errors-table.ts';

export type ErrorFields = Readonly<Record<string, string | number | bigint | boolean | undefined>>;

export class SampanError extends Error {
  override readonly name = 'SampanError';
  readonly code: ErrorCode;
  readonly fields: ErrorFields;
  /** HTTP status that fits the situation. */
  readonly status: number;
  /** What the user can do about it; empty where the message already says it. */
  readonly remedy: string;

  constructor(code: ErrorCode, fields: ErrorFields, options?: ErrorOptions) {
    const row = errorTable[code];
    super(fill(row.message, fields), options);
    this.code = code;
    this.fields = fields;
    this.status = row.status;
    this.remedy = fill(row.remedy, fields);
  }
}

/** Makes (does not throw) the error of that code: `throw error('model_not_found', { name })`. */
export function error(code: ErrorCode, fields: ErrorFields = {}, cause?: unknown): SampanError {
  return new SampanError(code, fields, cause === undefined ? undefined : { cause });
}

/** `{field}` in a template becomes the field's value, cut at 300 characters: values come from files. */
function fill(template: string, fields: ErrorFields): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) =>
    printable(String(fields[name] ?? '?')),
  );
}

/** Control characters out, length bounded: what a hostile file says must not rule the terminal. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed here
  const clean = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '\ufffd');
  return clean.length > 300 ? `${clean.slice(0, 300)}…` : clean;
}
