/**
 * A chat template: Jinja source from a checkpoint, made into a prompt. Templates are programs from
 * strangers: their size, work, memory, output and time are limited (limited-interpreter.ts), and
 * whatever goes wrong inside is one error that says what. Variables are those of transformers.
 */
import { Environment, parse, tokenize } from '@huggingface/jinja';
import { error } from '../../base/errors.ts';
import type { ChatMessage } from './chat-message.ts';
import { LimitedInterpreter, TemplateLimit } from './limited-interpreter.ts';
import { strftime } from './strftime.ts';

export interface TemplateVariables {
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly unknown[] | null;
  readonly add_generation_prompt: boolean;
  readonly bos_token: string;
  readonly eos_token: string;
  /** Qwen's name and DeepSeek's; undefined leaves the choice to the template. */
  readonly enable_thinking?: boolean | undefined;
  readonly thinking?: boolean | undefined;
}

export const templateLimits = {
  sourceChars: 131_072,
  inputChars: 100_000_000,
  rangeLength: 100_000,
  timeMs: 2000,
};

export class ChatTemplate {
  readonly source: string;
  /** Which of ours it is; undefined for a checkpoint's own. */
  readonly builtIn: string | undefined;
  readonly #program: ReturnType<typeof parse>;

  constructor(source: string, builtIn?: string) {
    if (source.length > templateLimits.sourceChars) {
      throw broken(
        `it has ${source.length} characters, at most ${templateLimits.sourceChars} are allowed`,
      );
    }
    this.source = source;
    this.builtIn = builtIn;
    try {
      this.#program = parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
    } catch (cause) {
      throw broken(reasonOf(cause), cause);
    }
  }

  render(variables: TemplateVariables): string {
    const environment = new Environment();
    try {
      const inputChars = countChars(variables.messages) + countChars(variables.tools);
      for (const [name, value] of Object.entries({ ...globals, ...variables })) {
        if (value !== undefined) environment.set(name, value);
      }
      const interpreter = new LimitedInterpreter(
        environment,
        inputChars,
        this.source.length,
        templateLimits.timeMs,
      );
      return String(interpreter.run(this.#program).value);
    } catch (cause) {
      if (cause instanceof TemplateRefusal) {
        throw error('chat_template_refused', { reason: cause.message }, cause);
      }
      if (cause instanceof TemplateLimit)
        throw error('chat_template_limit', { reason: cause.message });
      throw broken(reasonOf(cause), cause);
    }
  }
}

/** The template called raise_exception: the messages are not what it can render. */
class TemplateRefusal extends Error {}

const globals = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
  range: (start: unknown, stop?: unknown, step: unknown = 1) =>
    stop === undefined ? range(0, start, step) : range(start, stop, step),
  raise_exception(reason: unknown): never {
    throw new TemplateRefusal(String(reason));
  },
  strftime_now: (format: unknown) => strftime(new Date(), String(format)),
};

function range(start: unknown, stop: unknown, step: unknown): number[] {
  if (![start, stop, step].every(Number.isInteger) || step === 0) {
    throw new Error('range() wants whole numbers and a step that is not 0');
  }
  const [from, to, by] = [start, stop, step] as number[];
  const length = Math.max(0, Math.ceil((to - from) / by));
  if (length > templateLimits.rangeLength) {
    throw new TemplateLimit(`it makes a range of ${length} numbers`);
  }
  return Array.from({ length }, (_, i) => from + i * by);
}

/** Characters in all strings of a value, and something for each value: what limits are set by. */
function countChars(value: unknown): number {
  let chars = 0;
  const open = [value];
  while (open.length > 0) {
    const next = open.pop();
    chars += typeof next === 'string' ? next.length : 8;
    if (chars > templateLimits.inputChars) throw new TemplateLimit('its input has no end');
    if (next === null || typeof next !== 'object') continue;
    for (const [key, inner] of Object.entries(next)) {
      chars += key.length;
      open.push(inner);
    }
  }
  return chars;
}

function broken(reason: string, cause?: unknown) {
  return error('chat_template_broken', { reason }, cause);
}

function reasonOf(cause: unknown): string {
  if (cause instanceof RangeError) return 'it is nested too deep'; // the stack, on a hostile file
  return cause instanceof Error ? cause.message : String(cause);
}
