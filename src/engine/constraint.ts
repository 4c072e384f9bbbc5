/**
 * What a sequence's next token may be. A constraint follows one reply, token by token, forced
 * ones too. The grammar's is the only kind: a reply whose thinking is free and whose answer has a
 * form.
 */
import type { CompiledGrammar } from './grammar/compiled-grammar.ts';
import { GrammarMatcher } from './grammar/grammar-matcher.ts';

export interface Constraint {
  /** Bits of the tokens allowed next, undefined = all; valid until the next `accept`. */
  mask(): Uint32Array | undefined;
  /** Every token of the reply, drawn or forced. */
  accept(token: number): void;
}

export interface GrammarConstraintOptions {
  /** The prompt ended inside the thinking: the grammar begins after `</think>`. */
  readonly startsInReasoning: boolean;
}

/** Holds a reply to the grammar. The thinking before it is free, but cannot end the reply. */
export function grammarConstraint(
  grammar: CompiledGrammar,
  { startsInReasoning }: GrammarConstraintOptions,
): Constraint {
  return new GrammarMatcher(grammar, startsInReasoning);
}
