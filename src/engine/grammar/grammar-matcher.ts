/** One reply's place in a grammar. A token that does not fit, which only forcing can bring, changes nothing. */
import type { Constraint } from '../constraint.ts';
import type { Automaton, AutomatonState } from './automaton.ts';
import type { CompiledGrammar } from './compiled-grammar.ts';

export class GrammarMatcher implements Constraint {
  readonly #grammar: CompiledGrammar;
  #automaton: Automaton;
  #state: AutomatonState;
  #isEnded = false;

  constructor(grammar: CompiledGrammar, startsInReasoning: boolean) {
    this.#grammar = grammar;
    this.#automaton = grammar.current;
    this.#state = grammar.start(startsInReasoning);
  }

  /** The reply may end here. */
  get isComplete(): boolean {
    return this.#state.isComplete;
  }

  mask(): Uint32Array {
    if (this.#isEnded) return this.#grammar.endMask;
    return this.#grammar.mask(this.#automaton, this.#state);
  }

  accept(token: number): void {
    const { trie, current } = this.#grammar;
    if (current !== this.#automaton) {
      this.#automaton = current;
      this.#state = current.adopt(this.#state);
    }
    if (trie.endTokens.includes(token)) {
      this.#isEnded = true;
      return;
    }
    this.#state =
      this.#grammar.advance(this.#automaton, this.#state, trie.bytesOf(token)) ?? this.#state;
  }
}
