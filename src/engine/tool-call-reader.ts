/**
 * Calls of tools in one reply: what holds the model to them while it writes, and what takes them out
 * of its answer. Made where a request offers tools that may be called.
 */
import { SampanError } from '../base/errors.ts';
import { callGrammar } from '../formats/chat/tools/call-grammar.ts';
import type { SampledCalls } from '../formats/chat/tools/sampled-calls.ts';
import type { CheckedTools } from '../formats/chat/tools/tool.ts';
import { ToolCallParser, type ToolPiece } from '../formats/chat/tools/tool-call-parser.ts';
import type { ToolSyntax } from '../formats/chat/tools/tool-syntax.ts';
import { grammarOfSchema } from '../formats/grammar/json-schema.ts';
import type { Tokenizer } from '../formats/tokenizer/tokenizer.ts';
import type { CompiledGrammar } from './grammar/compiled-grammar.ts';
import type { GrammarCache } from './grammar/grammar-cache.ts';
import { type ResponseFormat, responseForm } from './response-format.ts';

export class ToolCallReader {
  readonly #parser: ToolCallParser;
  readonly #sampled: SampledCalls;
  /** Tokens of the syntax that the decoder gives no text for. */
  readonly #hiddenTexts = new Map<number, string>();

  constructor(
    syntax: ToolSyntax,
    names: Iterable<string>,
    tokenizer: Tokenizer,
    sampled: SampledCalls,
  ) {
    this.#parser = new ToolCallParser(syntax, names);
    this.#sampled = sampled;
    for (const text of syntax.tokens) {
      const id = tokenizer.tokenId(text);
      if (id !== undefined && tokenizer.tokenBytes(id).length === 0)
        this.#hiddenTexts.set(id, text);
    }
  }

  get numCalls(): number {
    return this.#parser.numCalls;
  }

  hiddenTextOf(token: number): string {
    return this.#hiddenTexts.get(token) ?? '';
  }

  push(text: string): ToolPiece[] {
    return this.#parser.push(text);
  }

  /** The end; whole calls are kept as they were written. */
  flush(): ToolPiece[] {
    const pieces = this.#parser.flush();
    for (const call of this.#parser.calls) this.#sampled.add(call);
    return pieces;
  }
}

export interface ToolGrammarOptions extends CheckedTools {
  readonly isParallel: boolean;
  /** See CallGrammarOptions. */
  readonly mayThink: boolean;
  readonly responseFormat: ResponseFormat | undefined;
}

export function toolGrammar(
  syntax: ToolSyntax,
  options: ToolGrammarOptions,
  tokenizer: Tokenizer,
  cache: GrammarCache,
): CompiledGrammar {
  const { callable, isRequired, isParallel, mayThink } = options;
  const form = options.responseFormat && responseForm(options.responseFormat);
  const compile = (isStrict: boolean) => {
    const tools = isStrict ? callable : callable.map(({ name }) => ({ name }));
    const parts = [syntax.name, tools, isRequired, isParallel, mayThink, form?.key];
    return cache.get(`tools ${JSON.stringify(parts)}`, () =>
      callGrammar(syntax, {
        ...{ tools, isRequired, isParallel, mayThink },
        answer: form?.makeDocument(),
        isToken: (text) => tokenizer.tokenId(text) !== undefined,
        held: grammarOfSchema,
      }),
    );
  };
  try {
    return compile(true);
  } catch (reason) {
    const isTooComplex = reason instanceof SampanError && reason.code === 'grammar_too_complex';
    if (!isTooComplex || callable.some(({ strict }) => strict === true)) throw reason;
    return compile(false); // many tools without `strict`: any objects rather than no calls
  }
}
