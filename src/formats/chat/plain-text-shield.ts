/**
 * What a user writes is text: <｜User｜> typed in a message must not become the token. Before
 * rendering, every added token's text in the messages is replaced by a number that occurs nowhere
 * else; after rendering the numbers become text again, marked as plain, so that encoding joins it
 * with the plain text around it and gives the ids of ordinary characters.
 * Digits, because templates trim, split, escape and change the case of what they are given.
 */
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/** Text of the template and of the messages, in which special tokens count; or plain text. */
export type RenderedPart = { readonly text: string; readonly isPlain: boolean };

const indexDigits = 6;

export class PlainTextShield {
  readonly #tokenizer: Tokenizer;
  readonly #edges: TokenEdges;
  readonly #nonce: string;
  readonly #hidden: string[] = [];
  readonly #indexOf = new Map<string, number>();

  /** `texts`: everything the nonce must not occur in. */
  constructor(tokenizer: Tokenizer, texts: readonly string[]) {
    this.#tokenizer = tokenizer;
    this.#edges = edgesOf(tokenizer);
    this.#nonce = unusedNonce(texts);
  }

  /** `keep`: tokens that stay tokens, where a template looks for them. */
  hide(text: string, keep: ReadonlySet<string> = none): string {
    if (text === '') return text;
    const parts = this.#tokenizer.split(text).map((part) => {
      if (typeof part === 'string') return part;
      const content = this.#tokenizer.decode([part]);
      return keep.has(content) ? content : this.#hide(content);
    });
    // What stands next to a message in the prompt must not complete a token with its ends.
    const last = parts.length - 1;
    const end = this.#edges.lengthOfStartAtEnd(parts[last]);
    if (end > 0) parts[last] = parts[last].slice(0, -end) + this.#hide(parts[last].slice(-end));
    const start = this.#edges.lengthOfEndAtStart(parts[0]);
    if (start > 0) parts[0] = this.#hide(parts[0].slice(0, start)) + parts[0].slice(start);
    return parts.join('');
  }

  /** All of a text, so that templates see one word of it. */
  hideWhole(text: string): string {
    return text === '' ? text : this.#hide(text);
  }

  /** The rendered prompt, cut where hidden text comes back. */
  restore(rendered: string): RenderedPart[] {
    const nonces = new RegExp(`${this.#nonce}(\\d{${indexDigits}})`);
    return rendered
      .split(nonces)
      .map((text, i) =>
        i % 2 === 0
          ? { text, isPlain: false }
          : { text: this.#hidden[Number(text)], isPlain: true },
      )
      .filter(({ text }) => text !== '');
  }

  #hide(text: string): string {
    const index = this.#indexOf.get(text) ?? this.#hidden.push(text) - 1;
    this.#indexOf.set(text, index);
    return this.#nonce + String(index).padStart(indexDigits, '0');
  }
}

const none: ReadonlySet<string> = new Set();

/** A 7 and then no 7: it cannot overlap itself, so it is found only where it was put. */
function unusedNonce(texts: readonly string[]): string {
  for (;;) {
    let nonce = '7';
    while (nonce.length < 18) nonce += '012345689'[Math.floor(Math.random() * 9)];
    if (!texts.some((text) => text.includes(nonce))) return nonce;
  }
}

/** Beginnings and ends of added tokens, found by binary search in two sorted lists. */
class TokenEdges {
  readonly #forward: readonly string[];
  readonly #backward: readonly string[];
  readonly #maxLength: number;

  constructor(tokens: readonly string[]) {
    const bare = tokens.filter((token) => token === token.trim()); // templates trim messages
    this.#forward = [...bare].sort();
    this.#backward = bare.map(reversed).sort();
    this.#maxLength = Math.max(0, ...bare.map((token) => token.length)) - 1;
  }

  lengthOfStartAtEnd(text: string): number {
    for (let n = Math.min(this.#maxLength, text.length); n > 0; n--) {
      if (hasPrefix(this.#forward, text.slice(-n))) return n;
    }
    return 0;
  }

  lengthOfEndAtStart(text: string): number {
    for (let n = Math.min(this.#maxLength, text.length); n > 0; n--) {
      if (hasPrefix(this.#backward, reversed(text.slice(0, n)))) return n;
    }
    return 0;
  }
}

const edgesByTokenizer = new WeakMap<Tokenizer, TokenEdges>();

function edgesOf(tokenizer: Tokenizer): TokenEdges {
  const edges = edgesByTokenizer.get(tokenizer) ?? new TokenEdges(tokenizer.addedTokens);
  edgesByTokenizer.set(tokenizer, edges);
  return edges;
}

function hasPrefix(sorted: readonly string[], prefix: string): boolean {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < prefix) low = middle + 1;
    else high = middle;
  }
  return sorted[low]?.startsWith(prefix) ?? false;
}

/** By UTF-16 unit: only compared with others reversed the same way. */
function reversed(text: string): string {
  return text.split('').reverse().join('');
}
