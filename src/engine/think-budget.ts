/**
 * A limit on thinking that lands softly. Once `budget` tokens of thinking are written it waits for
 * the end of a line or sentence, a few tokens at most, then has a closing sentence and `</think>`
 * written as if the model had: a model cut off in mid-thought answers worse (llama.cpp's
 * --reasoning-budget-message exists for the same reason). Forces at most once per reply.
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

export class ThinkBudget {
  readonly #budget: number;
  readonly #graceTokens: number;
  readonly #tokenizer: Tokenizer;
  #thinkingTokens = 0;
  /** The last characters of the thinking: enough to see how it ends and what it is written in. */
  #tail = '';
  #isDone = false;

  constructor(budget: number, tokenizer: Tokenizer) {
    this.#budget = budget;
    this.#graceTokens = budget === 0 ? 0 : Math.min(64, Math.max(8, Math.floor(budget / 8)));
    this.#tokenizer = tokenizer;
  }

  /** After each token: the text it made certain, and whether the reply is still in its thinking. */
  onToken(text: string, isReasoning: boolean): Verdict {
    if (this.#isDone || !isReasoning) return 'continue';
    this.#thinkingTokens++;
    this.#tail = (this.#tail + text).slice(-64);
    const over = this.#thinkingTokens - this.#budget;
    if (over < 0 || (over < this.#graceTokens && !endsLineOrSentence(this.#tail))) {
      return 'continue';
    }
    this.#isDone = true;
    // Not to think at all, but the model began by itself: nothing is there to be closed politely.
    const isNone = this.#budget === 0;
    return { force: closingTokens(this.#tail, this.#tokenizer, isNone) };
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
