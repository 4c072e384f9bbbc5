/** Compiled grammars of one vocabulary, the last ones used; the trie is built when first needed. */
import type { GrammarDocument } from '../../formats/grammar/grammar.ts';
import type { Tokenizer } from '../../formats/tokenizer/tokenizer.ts';
import { CompiledGrammar } from './compiled-grammar.ts';
import { TokenTrie } from './token-trie.ts';

const maxGrammars = 16;

export class GrammarCache {
  readonly #tokenizer: Tokenizer;
  readonly #vocabSize: number;
  #trie: TokenTrie | undefined;
  /** The least recently used first. */
  readonly #grammars = new Map<string, CompiledGrammar>();

  constructor(tokenizer: Tokenizer, vocabSize: number = tokenizer.vocabSize) {
    this.#tokenizer = tokenizer;
    this.#vocabSize = vocabSize;
  }

  get trie(): TokenTrie {
    this.#trie ??= new TokenTrie(this.#tokenizer, this.#vocabSize);
    return this.#trie;
  }

  /** `key` says all that the document is made from; where it is known the document is not made again. */
  get(key: string, makeDocument: () => GrammarDocument): CompiledGrammar {
    const grammar = this.#grammars.get(key) ?? new CompiledGrammar(makeDocument(), this.trie);
    this.#grammars.delete(key);
    this.#grammars.set(key, grammar);
    for (const oldest of this.#grammars.keys()) {
      if (this.#grammars.size <= maxGrammars) break;
      this.#grammars.delete(oldest);
    }
    return grammar;
  }
}
