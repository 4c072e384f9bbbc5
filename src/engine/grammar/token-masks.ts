/**
 * From a state to the tokens that may come next: walks of the trie along what the grammar allows.
 * A walk through a string visits nearly the whole vocabulary, so its result is kept apart from
 * what stands around the string (`Automaton.apart`), and what remains for each place are the tokens that
 * go past the string's end. Long tokens are few and walked by themselves: only they make long
 * counters matter.
 */
import type { Automaton, AutomatonState, ShortMask } from './automaton.ts';
import { shortBytes, type TokenTrie, type TrieNodes } from './token-trie.ts';

export class TokenMasks {
  readonly #trie: TokenTrie;
  readonly #classOf: Uint8Array;
  /** The walk's way down the trie: states, and where their subtrees end. */
  readonly #states: AutomatonState[] = [];
  readonly #ends: Int32Array;

  constructor(trie: TokenTrie, classOf: Uint8Array) {
    this.#trie = trie;
    this.#classOf = classOf;
    this.#ends = new Int32Array(trie.maxTokenBytes + 2);
  }

  /** All bits 0. */
  empty(): Uint32Array {
    return new Uint32Array(Math.ceil(this.#trie.vocabSize / 32));
  }

  allowEnd(mask: Uint32Array): void {
    for (const token of this.#trie.endTokens) allow(mask, token);
  }

  /** Bits of the tokens that may come next; kept with the state. */
  of(automaton: Automaton, place: AutomatonState): Uint32Array {
    if (place.mask !== undefined) return place.mask;
    automaton.beginMask();
    const state = automaton.bounded(place, this.#trie.maxTokenBytes + 1);
    state.mask ??= this.#make(automaton, state);
    place.mask = state.mask;
    return state.mask;
  }

  #make(automaton: Automaton, state: AutomatonState): Uint32Array {
    const { short, long, endTokens } = this.#trie;
    const bounded = automaton.bounded(state, shortBytes + 1);
    const apart = automaton.apart(bounded);
    const local = apart?.state ?? bounded;
    local.short ??= this.#shortMask(automaton, local);
    const mask = local.short.mask.slice();
    automaton.maskBytes += mask.byteLength;
    if (apart !== undefined) {
      const behind = automaton.enter(apart.base);
      for (const node of local.short.crossings) {
        const end = node < 0 ? short.bytes.length : short.ends[node];
        this.#walk(automaton, short, { first: node + 1, end, state: behind }, mask);
      }
    }
    this.#walk(automaton, long, { first: 0, end: long.bytes.length, state }, mask);
    if (state.isComplete) for (const token of endTokens) allow(mask, token);
    return mask;
  }

  #shortMask(automaton: Automaton, state: AutomatonState): ShortMask {
    const { short } = this.#trie;
    const mask = this.empty();
    automaton.maskBytes += mask.byteLength;
    const crossings = state.isComplete ? [-1] : [];
    this.#walk(automaton, short, { first: 0, end: short.bytes.length, state }, mask, crossings);
    return { mask, crossings };
  }

  /** Sets the bits of tokens that end in a part of the trie, from a state in front of it. */
  #walk(
    automaton: Automaton,
    { bytes, ends, tokens }: TrieNodes,
    part: { readonly first: number; readonly end: number; readonly state: AutomatonState },
    mask: Uint32Array,
    crossings?: number[],
  ): void {
    const { twins } = this.#trie;
    const classOf = this.#classOf;
    const states = this.#states;
    const subtreeEnds = this.#ends;
    states[0] = part.state;
    subtreeEnds[0] = part.end;
    let depth = 0;
    for (let i = part.first; i < part.end; ) {
      while (i >= subtreeEnds[depth]) depth--;
      const byteClass = classOf[bytes[i]];
      const state = states[depth].steps[byteClass] ?? automaton.step(states[depth], byteClass);
      const end = ends[i];
      if (state === automaton.dead) {
        i = end;
        continue;
      }
      for (let token = tokens[i]; token >= 0; token = twins[token]) allow(mask, token);
      if (end > i + 1) {
        if (crossings !== undefined && state.isComplete) crossings.push(i);
        states[++depth] = state;
        subtreeEnds[depth] = end;
      }
      i++;
    }
  }
}

function allow(mask: Uint32Array, token: number): void {
  mask[token >>> 5] |= 1 << (token & 31);
}
