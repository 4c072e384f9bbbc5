/**
 * Added tokens: texts that are one token wherever they stand, before any splitting into words.
 * Found leftmost, then longest, in two passes as in tokenizers of Hugging Face: those that are
 * matched in the text as it is, then those that are matched in the normalised rest.
 */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** A control token: never part of a reply's text. */
  readonly special: boolean;
  /** Matched after normalisation. */
  readonly normalized: boolean;
  /** Swallows the white space before, after it. */
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  /** Only between characters that are not part of a word. */
  readonly singleWord: boolean;
}

interface TrieNode {
  readonly next: Map<number, TrieNode>;
  token: AddedToken | undefined;
}

export class AddedTokens {
  readonly tokens: readonly AddedToken[];
  readonly #normalize: (text: string) => string;
  readonly #verbatim: TrieNode;
  readonly #normalized: TrieNode;

  constructor(tokens: readonly AddedToken[], normalize: (text: string) => string) {
    this.tokens = tokens;
    this.#normalize = normalize;
    this.#verbatim = buildTrie(tokens.filter((token) => !token.normalized).map(asWritten));
    this.#normalized = buildTrie(
      tokens.filter((token) => token.normalized).map((token) => [normalize(token.content), token]),
    );
  }

  /** Ids of added tokens and the (normalised) plain text between them, never two texts in a row. */
  split(text: string): (string | number)[] {
    return splitByTrie(this.#verbatim, text).flatMap((part) =>
      typeof part === 'number' ? part : splitByTrie(this.#normalized, this.#normalize(part)),
    );
  }
}

function asWritten(token: AddedToken): [string, AddedToken] {
  return [token.content, token];
}

function buildTrie(entries: readonly (readonly [string, AddedToken])[]): TrieNode {
  const root: TrieNode = { next: new Map(), token: undefined };
  for (const [text, token] of entries) {
    if (text.length === 0) continue;
    let node = root;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      const child = node.next.get(unit) ?? { next: new Map(), token: undefined };
      node.next.set(unit, child);
      node = child;
    }
    node.token ??= token;
  }
  return root;
}

function splitByTrie(root: TrieNode, text: string): (string | number)[] {
  const parts: (string | number)[] = [];
  let plainStart = 0;
  let at = 0;
  while (at < text.length) {
    const match = longestMatch(root, text, at);
    if (!match || (match.token.singleWord && !standsAlone(text, at, match.end))) {
      at = match ? match.end : at + 1;
      continue;
    }
    let [start, end] = [at, match.end];
    if (match.token.lstrip) while (start > plainStart && space.test(text[start - 1])) start--;
    if (match.token.rstrip) while (end < text.length && space.test(text[end])) end++;
    if (start > plainStart) parts.push(text.slice(plainStart, start));
    parts.push(match.token.id);
    plainStart = at = end;
  }
  if (plainStart < text.length) parts.push(text.slice(plainStart));
  return parts;
}

function longestMatch(root: TrieNode, text: string, from: number) {
  let node = root.next.get(text.charCodeAt(from));
  let found: { token: AddedToken; end: number } | undefined;
  for (let end = from + 1; node; end++) {
    if (node.token) found = { token: node.token, end };
    node = node.next.get(text.charCodeAt(end)); // NaN past the end: no child
  }
  return found;
}

function standsAlone(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 2), start); // one character, or two UTF-16 units
  const after = text.slice(end, end + 2);
  return !wordEnd.test(before) && !wordStart.test(after);
}

const wordEnd = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u;
const wordStart = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;
const space = /^\p{White_Space}$/u;
