/**
 * How one family of models writes calls of tools: as text to show it (prompt and history), as
 * frames around names and arguments (a grammar is made of them), and as steps to find calls in what
 * it wrote, which takes more than the grammar allows: models leave parts out. One file per syntax.
 */
import type { Grammar } from '../../grammar/grammar.ts';
import type { Tool } from './tool.ts';

/** A part of what stands before a call's arguments or after them. */
export type Step =
  /** One of these texts. */
  | { readonly kind: 'any' | 'maybe' | 'ahead'; readonly texts: readonly string[] }
  | { readonly kind: 'space' }
  /** The name of a tool that may be called, and the text that ends it. */
  | { readonly kind: 'name'; readonly end: string };

/** Where one text begins another the longer comes first. */
export const any = (...texts: string[]): Step => ({ kind: 'any', texts });
export const maybe = (...texts: string[]): Step => ({ kind: 'maybe', texts });
/** It must follow, and is left for what comes next. */
export const ahead = (...texts: string[]): Step => ({ kind: 'ahead', texts });
export const space: Step = { kind: 'space' };
export const nameThen = (end: string): Step => ({ kind: 'name', end });

/** A way calls begin. `object`: name and arguments are members of one JSON object, in any order. */
export interface CallForm {
  readonly steps: readonly Step[];
  readonly body: 'json' | 'parameters' | 'object';
}

export interface ToolSyntax {
  readonly name: 'deepseek-r1' | 'deepseek-v3.1' | 'dsml' | 'hermes' | 'plain';
  /** Each begins a list of calls or a call. */
  readonly markers: readonly string[];
  /** Texts that some vocabularies have as tokens of their own. */
  readonly tokens: readonly string[];

  // What it looks like: gap, listStart, (callStart, body, callEnd) with `between` between, listEnd.
  /** Between the text before and the calls. */
  readonly gap: string;
  readonly listStart: string;
  callStart(name: string): string;
  readonly callEnd: string;
  readonly between: string;
  readonly listEnd: string;
  /** Arguments (JSON text of an object) as they stand in a call. */
  bodyOf(argumentsJson: string): string;
  /** What a body may look like; `held` makes a grammar of a JSON schema. */
  bodyGrammar(tool: Tool, held: (schema: object) => Grammar): Grammar;

  // How it is read.
  /** The first that fits counts. */
  readonly forms: readonly CallForm[];
  /** After the arguments; all of it may be missing. */
  readonly trailer: readonly Step[];

  // Where the template does not do it.
  /** A section of the system prompt that shows tools and how to call them. */
  describe(tools: readonly Tool[]): string;
  /** What tools gave, in the order of their calls, as a user's turn. */
  writeResults(results: readonly string[]): string;
}

/** OpenAI's form of a tool: what templates and prompts show. */
export function functionOf({ name, description = '', parameters }: Tool) {
  return { name, description, parameters: parameters ?? { type: 'object', properties: {} } };
}

/** Arguments that a client sent as JSON; what is no object is one argument of an object. */
export function objectOf(argumentsJson: string): Readonly<Record<string, unknown>> {
  let value: unknown = argumentsJson;
  try {
    value = JSON.parse(argumentsJson);
  } catch {}
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : { arguments: value };
}
