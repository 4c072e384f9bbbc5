/**
 * The vocabulary as a trie over the tokens' bytes, flat and in preorder: a walk that follows a
 * grammar visits what the grammar allows and jumps over the rest. Tags (added tokens such as
 * </think>) are no text: they stand under bytes that UTF-8 never has, and so does no other token.
 */
import type { Tokenizer } from '../../formats/tokenizer/tokenizer.ts';

/** Leads a tag's private bytes; never in UTF-8. */
const tagByte = 0xff;

export const shortBytes = 16;

export interface TrieNodes {
  /** The byte that leads to a node. */
  readonly bytes: Uint8Array;
  /** The index behind its subtree. */
  readonly ends: Int32Array;
  /** A token that ends there, or -1. */
  readonly tokens: Int32Array;
}

export class TokenTrie {
  readonly vocabSize: number;
  /** Any of them ends a reply. They are not in the trie. */
  readonly endTokens: readonly number[];
  readonly maxTokenBytes: number;
  /** Tokens of at most `shortBytes` bytes, and the few longer ones. */
  readonly short: TrieNodes;
  readonly long: TrieNodes;
  /** Of each token: another one with the same bytes, or -1. */
  readonly twins: Int32Array;
  readonly #tokenizer: Tokenizer;
  readonly #tags: ReadonlyMap<string, number>;
  readonly #tagIds: ReadonlySet<number>;

  constructor(tokenizer: Tokenizer, vocabSize: number = tokenizer.vocabSize) {
    this.#tokenizer = tokenizer;
    this.vocabSize = vocabSize;
    this.#tags = tagsOf(tokenizer);
    this.#tagIds = new Set(this.#tags.values());
    this.endTokens = [...tokenizer.eosTokenIds].filter((id) => id < vocabSize);
    this.twins = new Int32Array(vocabSize).fill(-1);

    const texts = this.#texts();
    const order = orderOf(texts);
    const sizeOf = (id: number) => texts.starts[id + 1] - texts.starts[id];
    const isShort = (id: number) => sizeOf(id) <= shortBytes;
    this.short = this.#build(
      texts,
      order.filter((id) => isShort(id) && sizeOf(id) > 0),
    );
    this.long = this.#build(
      texts,
      order.filter((id) => !isShort(id)),
    );
    this.maxTokenBytes = order.reduce((most, id) => Math.max(most, sizeOf(id)), 0);
  }

  /** What a token adds to a reply: its bytes, or a tag's private ones. */
  bytesOf(token: number): Uint8Array {
    return this.#tagIds.has(token) ? privateBytes(token) : this.#tokenizer.tokenBytes(token);
  }

  /** The private bytes of a tag that is a token here. */
  tagBytes(text: string): Uint8Array | undefined {
    const id = this.#tags.get(text);
    return id === undefined ? undefined : privateBytes(id);
  }

  #texts(): TokenTexts {
    const endTokens = new Set(this.endTokens);
    const list: Uint8Array[] = [];
    for (let id = 0; id < this.vocabSize; id++) {
      const bytes = this.bytesOf(id);
      // Vocabularies have a token for the private first byte too: it must not begin a tag.
      const isStray = !this.#tagIds.has(id) && bytes.includes(tagByte);
      list.push(endTokens.has(id) || isStray ? noBytes : bytes);
    }
    const starts = new Int32Array(list.length + 1);
    list.forEach((bytes, id) => {
      starts[id + 1] = starts[id] + bytes.length;
    });
    const all = new Uint8Array(starts[list.length]);
    list.forEach((bytes, id) => {
      all.set(bytes, starts[id]);
    });
    return { all, starts };
  }

  /** Sorted texts follow each other in the trie: each shares a beginning with the one before. */
  #build({ all, starts }: TokenTexts, order: Int32Array): TrieNodes {
    const bytes = new Uint8Array(all.length);
    const ends = new Int32Array(all.length);
    const tokens = new Int32Array(all.length).fill(-1);
    const path: number[] = [];
    let [length, previous] = [0, 0];
    for (const id of order) {
      const [start, size] = [starts[id], starts[id + 1] - starts[id]];
      let shared = 0;
      const most = Math.min(size, path.length);
      while (shared < most && all[start + shared] === all[previous + shared]) shared++;
      while (path.length > shared) ends[path.pop() as number] = length;
      for (let i = shared; i < size; i++) {
        path.push(length);
        bytes[length++] = all[start + i];
      }
      const node = path[size - 1];
      this.twins[id] = tokens[node];
      tokens[node] = id;
      previous = start;
    }
    while (path.length > 0) ends[path.pop() as number] = length;
    return {
      bytes: bytes.slice(0, length),
      ends: ends.slice(0, length),
      tokens: tokens.slice(0, length),
    };
  }
}

/** Of every token: `all` from starts[id] to starts[id + 1]. */
interface TokenTexts {
  readonly all: Uint8Array;
  readonly starts: Int32Array;
}
const noBytes = new Uint8Array(0);

/**
 * Tokens in the order of their bytes. The first four bytes and the id make one number, which sorts
 * without a comparison of ours; those with the same four are few.
 */
function orderOf({ all, starts }: TokenTexts): Int32Array {
  const count = starts.length - 1;
  const idRange = 2 ** Math.ceil(Math.log2(Math.max(2, count)));
  const keys = new Float64Array(count);
  for (let id = 0; id < count; id++) {
    let head = 0;
    for (let i = starts[id]; i < starts[id] + 4; i++) {
      head = head * 256 + (i < starts[id + 1] ? all[i] : 0);
    }
    keys[id] = head * idRange + id;
  }
  keys.sort();
  const order = Int32Array.from(keys, (key) => key % idRange);
  const compare = (a: number, b: number): number => {
    const [endA, endB] = [starts[a + 1], starts[b + 1]];
    let [i, j] = [starts[a], starts[b]];
    while (i < endA && j < endB && all[i] === all[j]) {
      i++;
      j++;
    }
    if (i === endA || j === endB) return endA - starts[a] - (endB - starts[b]);
    return all[i] - all[j];
  };
  for (let first = 0; first < count; ) {
    const head = Math.floor(keys[first] / idRange);
    let end = first + 1;
    while (end < count && Math.floor(keys[end] / idRange) === head) end++;
    if (end - first > 1) order.subarray(first, end).sort(compare);
    first = end;
  }
  return order;
}

/** Added tokens that are no text: control tokens, and what looks like a tag. */
function tagsOf(tokenizer: Tokenizer): ReadonlyMap<string, number> {
  const tags = new Map<string, number>();
  for (const text of tokenizer.addedTokens) {
    const id = tokenizer.tokenId(text);
    if (id === undefined) continue;
    if (tokenizer.isSpecial(id) || /^<.+>$|^\[[A-Z_/]+\]$/su.test(text)) tags.set(text, id);
  }
  return tags;
}

function privateBytes(id: number): Uint8Array {
  return Uint8Array.of(tagByte, id >>> 16, (id >>> 8) & 0xff, id & 0xff);
}
