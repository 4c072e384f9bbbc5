/** Log probabilities of tokens as chat completions, completions and responses write them. */

export interface TokenLogprob {
  readonly id: number;
  readonly text: string;
  /** Its own bytes: of a character in several tokens each has a part, and `text` shows none of it. */
  readonly bytes: Uint8Array;
  readonly logprob: number;
}
export interface TokenLogprobs extends TokenLogprob {
  readonly top: readonly TokenLogprob[];
  /** Of the thinking; undefined in plain completions. */
  readonly isReasoning?: boolean | undefined;
}

export interface ChatLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[] | null;
}
export interface ChatLogprobs {
  readonly content: readonly (ChatLogprob & { readonly top_logprobs: readonly ChatLogprob[] })[];
  readonly refusal: null;
  /** DeepSeek's: the tokens of the thinking stand apart. */
  readonly reasoning_content?: ChatLogprobs['content'];
}

export function chatLogprobs(entries: readonly TokenLogprobs[]): ChatLogprobs {
  const reasoning = entries.filter((entry) => entry.isReasoning === true);
  return {
    content: entries.filter((entry) => entry.isReasoning !== true).map(chatEntry),
    refusal: null,
    ...(reasoning.length > 0 && { reasoning_content: reasoning.map(chatEntry) }),
  };
}

export function chatEntry(entry: TokenLogprobs): ChatLogprobs['content'][number] {
  return { ...named(entry), top_logprobs: entry.top.map(named) };
}

function named({ text, bytes, logprob }: TokenLogprob): ChatLogprob {
  return { token: text, logprob: finite(logprob), bytes: [...bytes] };
}

/** JSON has no infinity; -9999 is what OpenAI writes where a token could not come. */
function finite(logprob: number): number {
  return Number.isFinite(logprob) ? logprob : -9999;
}

/** The older form of completions: lists side by side, places in the text by UTF-16 units. */
export interface CompletionLogprobs {
  readonly tokens: string[];
  readonly token_logprobs: (number | null)[];
  readonly top_logprobs: Record<string, number>[] | null;
  readonly text_offset: number[];
}

export function completionLogprobs(
  entries: readonly TokenLogprobs[],
  startOffset: number,
): CompletionLogprobs {
  let offset = startOffset;
  const offsets = entries.map(({ text }) => {
    const own = offset;
    offset += text.length;
    return own;
  });
  const hasTop = entries.some((entry) => entry.top.length > 0);
  return {
    tokens: entries.map((entry) => entry.text),
    token_logprobs: entries.map((entry) => finite(entry.logprob)),
    top_logprobs: hasTop
      ? entries.map(({ top }) =>
          Object.fromEntries(top.map(({ text, logprob }) => [text, finite(logprob)])),
        )
      : null,
    text_offset: offsets,
  };
}
