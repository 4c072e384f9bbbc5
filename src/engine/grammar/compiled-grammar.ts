/**
 * A grammar over a vocabulary: states of its automaton, and for each the tokens that may come
 * next. Shared by all replies held to it; a matcher (grammar-matcher.ts) is one reply's place in it.
 */
import type { GrammarDocument } from '../../formats/grammar/grammar.ts';
import { Automaton, type AutomatonState } from './automaton.ts';
import { ByteProgram } from './byte-program.ts';
import { TokenMasks } from './token-masks.ts';
import type { TokenTrie } from './token-trie.ts';

export class CompiledGrammar {
  readonly trie: TokenTrie;
  /** Only tokens that end a reply. */
  readonly endMask: Uint32Array;
  readonly #program: ByteProgram;
  readonly #masks: TokenMasks;
  #automaton: Automaton;

  constructor(document: GrammarDocument, trie: TokenTrie) {
    this.trie = trie;
    this.#program = new ByteProgram(document, (text) => trie.tagBytes(text));
    this.#automaton = new Automaton(this.#program);
    this.#masks = new TokenMasks(trie, this.#program.classOf);
    this.endMask = this.#masks.empty();
    this.#masks.allowEnd(this.endMask);
  }

  start(isThinking: boolean): AutomatonState {
    const { root, rootAfterThinking } = this.#program;
    return this.current.start(isThinking ? rootAfterThinking : root);
  }

  /** States belong to the automaton they come from; a matcher takes its own over (`adopt`) when this changes. */
  get current(): Automaton {
    if (this.#automaton.isFull) this.#automaton = new Automaton(this.#program);
    return this.#automaton;
  }

  /** Where the bytes lead from there, in the same automaton; undefined where they are not allowed. */
  advance(automaton: Automaton, state: AutomatonState, bytes: Uint8Array) {
    const { classOf } = this.#program;
    let at = state;
    for (let i = 0; i < bytes.length && !at.isDead; i++) at = automaton.step(at, classOf[bytes[i]]);
    return at.isDead ? undefined : at;
  }

  /** Bits of the tokens that may come next. */
  mask(automaton: Automaton, state: AutomatonState): Uint32Array {
    return this.#masks.of(automaton, state);
  }
}
