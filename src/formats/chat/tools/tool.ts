/**
 * A tool that a request offers, and which the model may, must or must not call. Checked once, with
 * limits: names go into prompts and grammars as they are, so they hold no character that any
 * syntax of calls gives a meaning.
 */
import { error } from '../../../base/errors.ts';

export interface Tool {
  readonly name: string;
  readonly description?: string;
  /** JSON schema of an object; left out: no arguments are known, any object will do. */
  readonly parameters?: object;
  /** true: a schema that cannot be held is refused. Else such a tool gets any object. */
  readonly strict?: boolean;
}

/** auto: as the model likes; none: the tools are not even shown; required: at least one call. */
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string };

export const toolLimits = {
  tools: 128,
  /** Of all tools together, as JSON. */
  chars: 1_000_000,
  /** Levels of objects and lists in a schema. */
  depth: 48,
};

/** OpenAI's and Anthropic's names, and the dots that servers of tools put between theirs. */
const namePattern = /^[a-zA-Z0-9_.-]{1,128}$/;

export interface CheckedTools {
  /** Those the prompt shows; none where they are not to be used. */
  readonly shown: readonly Tool[];
  /** Those that may be called. */
  readonly callable: readonly Tool[];
  /** The reply is a call, not text. */
  readonly isRequired: boolean;
  /** There are tools and the reply must not call one, whatever the past has taught it. */
  readonly isForbidden: boolean;
}

export function checkTools(
  tools: readonly Tool[] | undefined,
  toolChoice: ToolChoice = 'auto',
): CheckedTools {
  const list = tools ?? [];
  if (!Array.isArray(list) || list.length > toolLimits.tools) {
    throw refuse('tools', found(list), `a list of at most ${toolLimits.tools} tools`);
  }
  const names = new Set<string>();
  for (const [i, tool] of list.entries()) checkTool(tool, `tools[${i}]`, names);
  if (lengthAsJson(list) > toolLimits.chars) {
    throw refuse('tools', 'more', `at most ${toolLimits.chars} characters of JSON`);
  }
  if (toolChoice === 'none') {
    return { shown: [], callable: [], isRequired: false, isForbidden: list.length > 0 };
  }
  const isForbidden = false;
  if (toolChoice === 'auto') return { shown: list, callable: list, isRequired: false, isForbidden };
  if (toolChoice !== 'required' && typeof toolChoice?.name !== 'string') {
    throw refuse('toolChoice', found(toolChoice), 'auto, none, required or {name}');
  }
  if (list.length === 0) throw refuse('toolChoice', 'no tools', 'tools to choose from');
  if (toolChoice === 'required') {
    return { shown: list, callable: list, isRequired: true, isForbidden };
  }
  const chosen = list.filter((tool) => tool.name === toolChoice.name);
  if (chosen.length === 0) {
    throw refuse('toolChoice.name', found(toolChoice.name), `one of ${[...names].join(', ')}`);
  }
  return { shown: list, callable: chosen, isRequired: true, isForbidden };
}

function checkTool(tool: unknown, at: string, names: Set<string>): void {
  if (typeof tool !== 'object' || tool === null) throw refuse(at, found(tool), 'a tool');
  const { name, description, parameters, strict } = tool as Record<string, unknown>;
  if (typeof name !== 'string' || !namePattern.test(name)) {
    throw refuse(`${at}.name`, found(name), '1 to 128 letters, digits, dots, _ or -');
  }
  if (names.has(name)) throw refuse(`${at}.name`, `${name} twice`, 'a name of its own');
  names.add(name);
  if (description !== undefined && typeof description !== 'string') {
    throw refuse(`${at}.description`, found(description), 'a text');
  }
  if (strict !== undefined && typeof strict !== 'boolean') {
    throw refuse(`${at}.strict`, found(strict), 'true or false');
  }
  if (parameters === undefined) return;
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters)) {
    throw refuse(`${at}.parameters`, found(parameters), 'a JSON schema of an object');
  }
  const { type } = parameters as { type?: unknown };
  if (type !== undefined && type !== 'object') {
    throw refuse(`${at}.parameters.type`, found(type), 'object: arguments have names');
  }
  if (isDeeperThan(parameters, toolLimits.depth)) {
    throw refuse(`${at}.parameters`, 'deeper nesting', `at most ${toolLimits.depth} levels`);
  }
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}

function lengthAsJson(value: unknown): number {
  try {
    return JSON.stringify(value).length;
  } catch {
    throw refuse('tools', 'values that are no JSON', 'JSON');
  }
}

function found(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 100));
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

function refuse(name: string, found: string, expected: string) {
  return error('invalid_option', { name, found, expected });
}
