/**
 * Splits a reply, as it streams, into reasoning and answer at <think> and </think>. Starts inside
 * the reasoning where the prompt ended with <think>: such replies hold only </think>. A reply has
 * one stretch of reasoning; what is in it stays in it, even if </think> never comes.
 * Where the tags are tokens of the vocabulary their ids decide, and text that merely looks like a
 * tag is text; elsewhere they are found in the text, and at most a tag's length is held back.
 */
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

export interface ReplyPiece {
  readonly type: 'reasoning' | 'text';
  readonly text: string;
}

export interface ReasoningParserOptions {
  readonly startsInReasoning: boolean;
  /** Ids of the two tags where each is one token; undefined where they are spelled in letters. */
  readonly tagIds?: { readonly open: number; readonly close: number } | undefined;
}

const open = '<think>';
const close = '</think>';

export class ReasoningParser {
  #isReasoning: boolean;
  readonly #tagIds: ReasoningParserOptions['tagIds'];
  /** Nothing but white space so far in this reply. */
  #isAtStart = true;
  #hadReasoning: boolean;
  /** Line breaks still to be dropped: one after <think>, all after </think>. */
  #skipBreaks: 0 | 1 | typeof Infinity;
  /** Text that may be the beginning of a tag, or a line break before </think>. */
  #held = '';

  constructor({ startsInReasoning, tagIds }: ReasoningParserOptions) {
    this.#isReasoning = startsInReasoning;
    this.#hadReasoning = startsInReasoning;
    this.#skipBreaks = startsInReasoning ? 1 : 0;
    this.#tagIds = tagIds;
  }

  /** Whether the next text is reasoning, as far as is known. */
  get isReasoning(): boolean {
    return this.#isReasoning;
  }

  /** `id`: the token that made the text certain; give it, and tags are recognised by their ids. */
  push(text: string, id?: number): ReplyPiece[] {
    const pieces: ReplyPiece[] = [];
    const byId = this.#tagIds !== undefined && id !== undefined;
    const tag = !byId
      ? ''
      : id === this.#tagIds!.open
        ? open
        : id === this.#tagIds!.close
          ? close
          : '';
    if (tag !== '' && this.#isExpected(tag)) {
      this.#emit(
        this.#held + (text.endsWith(tag) ? text.slice(0, -tag.length) : text),
        tag,
        pieces,
      );
      this.#held = '';
    } else if (byId) {
      this.#emitUpTo(this.#held + text, this.#isReasoning ? ['\n'] : [], pieces);
    } else {
      this.#scan(this.#held + text, pieces);
    }
    return pieces;
  }

  /** What was held back. Call once, at the end. */
  flush(): ReplyPiece[] {
    const pieces: ReplyPiece[] = [];
    this.#emit(this.#held, '', pieces);
    this.#held = '';
    return pieces;
  }

  #scan(buffer: string, pieces: ReplyPiece[]): void {
    let rest = buffer;
    for (;;) {
      const next = [open, close]
        .filter((tag) => this.#isExpected(tag))
        .map((tag) => ({ tag, at: rest.indexOf(tag) }))
        .filter(({ at }) => at >= 0)
        .sort((a, b) => a.at - b.at)
        .find(({ tag, at }) => !this.#isLate(tag, rest.slice(0, at)));
      if (!next) break;
      this.#emit(rest.slice(0, next.at), next.tag, pieces);
      rest = rest.slice(next.at + next.tag.length);
    }
    const tags = [open, close].filter((tag) => this.#isExpected(tag));
    this.#emitUpTo(rest, this.#isReasoning ? [...tags, `\n${close}`] : tags, pieces);
  }

  /** Gives what cannot be the beginning of any of these and holds the rest. */
  #emitUpTo(text: string, beginnings: readonly string[], pieces: ReplyPiece[]): void {
    let held = 0;
    for (const beginning of beginnings) {
      // a beginning of one character is held whole
      const most = Math.min(Math.max(1, beginning.length - 1), text.length);
      for (let n = most; n > held; n--) {
        if (beginning.startsWith(text.slice(text.length - n))) held = n;
      }
    }
    this.#emit(text.slice(0, text.length - held), '', pieces);
    this.#held = text.slice(text.length - held);
  }

  /** Text of the section, then the tag that ends it ('' for none). */
  #emit(text: string, tag: string, pieces: ReplyPiece[]): void {
    let out = text;
    while (this.#skipBreaks > 0 && /^[\r\n]/.test(out)) {
      if (out[0] === '\n') this.#skipBreaks = this.#skipBreaks === 1 ? 0 : this.#skipBreaks;
      out = out.slice(1);
    }
    if (out !== '') this.#skipBreaks = 0;
    if (tag === close && this.#isReasoning) out = out.replace(/\r?\n$/, '');
    if (out.trim() !== '') this.#isAtStart = false;
    if (out !== '') pieces.push({ type: this.#isReasoning ? 'reasoning' : 'text', text: out });
    if (tag === open) {
      this.#isReasoning = true;
      this.#hadReasoning = true;
      this.#skipBreaks = 1;
    } else if (tag === close) {
      this.#isReasoning = false;
      this.#hadReasoning = true;
      this.#skipBreaks = Infinity;
    }
  }

  /** <think> once; </think> in the reasoning. At the very start a stray tag means nothing and goes. */
  #isExpected(tag: string): boolean {
    if (this.#isReasoning) return tag === close || this.#isAtStart;
    return !this.#hadReasoning && (tag === open || this.#isAtStart);
  }

  /** A stray tag counts as one only with nothing before it. */
  #isLate(tag: string, before: string): boolean {
    const isStray = this.#isReasoning === (tag === open);
    return isStray && before.trim() !== '';
  }
}

/** The parser for one reply. */
export function reasoningParserFor(tokenizer: Tokenizer, startsInReasoning: boolean) {
  const [openId, closeId] = [open, close].map((tag) => tokenizer.tokenId(tag));
  const tagIds =
    openId === undefined || closeId === undefined ? undefined : { open: openId, close: closeId };
  return new ReasoningParser({ startsInReasoning, tagIds });
}
