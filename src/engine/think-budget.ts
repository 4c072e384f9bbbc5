/**
 * Ends thinking softly: when `budget` tokens of it are written, or when told to. At the budget it
 * waits for the end of a line or sentence, a few tokens at most; then a closing sentence and
 * `</think>` are written as if the model had: a model cut off in mid-thought answers worse
 * (llama.cpp's --reasoning-budget-message exists for the same reason). Never cuts inside a
 * character. Forces at most once per reply.
 */
import type { Tokenizer } from '../formats/tokenizer/tokenizer.ts';
import type { Verdict } from './sequence.ts';

/** In the first person, as the thinking of R1 is; the language it thinks in. */
const closingSentences = {
  han: '时间到了，我根据目前的思考给出答案。',
  other: 'My time for thinking is up, so I will answer with what I have found.',
} as const;
/** A vocabulary that needs more tokens for it was not made for prose: it gets the tag alone. */
const maxSentenceTokens = 24;
/** Bytes that never become a character are not waited for. */
const maxWaitForCharacter = 4;

export class ThinkBudget {
  #budget: number;
  #graceTokens: number;
  readonly #isNone: boolean;
  readonly #tokenizer: Tokenizer;
  #thinkingTokens = 0;
  /** The last characters of the thinking: enough to see how it ends and what it is written in. */
  #tail = '';
  #isDone = false;

  /** `budget` undefined: as long as the model likes, or until `closeNow`. */
  constructor(budget: number | undefined, tokenizer: Tokenizer) {
    this.#budget = budget ?? Number.POSITIVE_INFINITY;
    this.#graceTokens = budget === 0 ? 0 : Math.min(64, Math.max(8, Math.floor(this.#budget / 8)));
    this.#isNone = budget === 0;
    this.#tokenizer = tokenizer;
  }

  /** It has forced its tokens. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** With the next token of thinking, wherever its sentence is. */
  closeNow(): void {
    this.#budget = Math.min(this.#budget, this.#thinkingTokens);
    this.#graceTokens = 0;
  }

  /**
   * After each token: the text it made certain, whether the reply is still in its thinking, and
   * whether the text so far is whole characters.
   */
  onToken(text: string, isReasoning: boolean, isWhole: boolean): Verdict {
    if (this.#isDone || !isReasoning) return 'continue';
    this.#thinkingTokens++;
    this.#tail = (this.#tail + text).slice(-64);
    const over = this.#thinkingTokens - this.#budget;
    if (over < 0 || (over < this.#graceTokens && !endsLineOrSentence(this.#tail))) {
      return 'continue';
    }
    if (!isWhole && over < this.#graceTokens + maxWaitForCharacter) return 'continue';
    this.#isDone = true;
    // Not to think at all, but the model began by itself: nothing is there to be closed politely.
    return { force: closingTokens(this.#tail, this.#tokenizer, this.#isNone) };
  }
}

/** A full stop after a digit may be inside a number. */
export function endsLineOrSentence(text: string): boolean {
  return /(\n|[。！？]|[^\d\s][.!?]["')\]]*)\s*$/.test(text);
}

export function closingTokens(tail: string, tokenizer: Tokenizer, isBare = false): number[] {
  const encode = (text: string) => tokenizer.encode(text, { special: true });
  const newLine = tail.endsWith('\n') ? '' : '\n';
  const isHan = /\p{Script=Han}/u.test(tail);
  const sentence = closingSentences[isHan ? 'han' : 'other'];
  if (isBare || encode(sentence).length > maxSentenceTokens)
    return encode(`${newLine}</think>\n\n`);
  return encode(`${newLine}${sentence}\n</think>\n\n`);
}
