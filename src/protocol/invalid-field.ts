/**
 * What a schema found wrong, in one sentence about one field: clients show it to people. Of a
 * union, the alternative that came furthest speaks.
 */
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

export interface InvalidField {
  /** As in `messages[0].content`; `body` for the whole. */
  readonly param: string;
  readonly reason: string;
}

export function invalidField(error: z.ZodError): InvalidField {
  const { path, message } = furthest(error.issues as Issue[], []);
  return { param: fieldName(path), reason: message };
}

function furthest(issues: readonly Issue[], base: readonly PropertyKey[]): FoundIssue {
  const [issue] = issues;
  if (issue === undefined) return { path: base, message: 'is not valid' };
  const path = [...base, ...issue.path];
  if (issue.code !== 'invalid_union') return { path, message: issue.message };
  const found = issue.errors
    .filter((branch) => branch.length > 0)
    .map((branch) => furthest(branch as Issue[], path))
    .sort((a, b) => b.path.length - a.path.length);
  return found.length > 0 ? found[0] : { path, message: issue.message };
}

interface FoundIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function fieldName(path: readonly PropertyKey[]): string {
  let name = '';
  for (const part of path) {
    if (typeof part === 'number') name += `[${part}]`;
    else name += name === '' ? String(part) : `.${String(part)}`;
  }
  return name === '' ? 'body' : name;
}
