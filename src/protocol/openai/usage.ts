/**
 * Token counts as OpenAI and DeepSeek write them, timings as llama-server does. DeepSeek's
 * prompt_cache_hit_tokens and prompt_cache_miss_tokens are there always: their sum is the prompt.
 */

/** What the engine says of a reply when it is over. */
export interface ReplySummary {
  readonly finishReason: string;
  readonly lengthCause?: string | undefined;
  readonly promptTokens: number;
  readonly cachedTokens?: number | undefined;
  readonly completionTokens: number;
  readonly reasoningTokens: number;
  readonly ttftMs: number;
  readonly totalMs: number;
  readonly prefillTokensPerSecond: number;
  readonly decodeTokensPerSecond: number;
  readonly draftedTokens: number;
  readonly acceptedTokens: number;
  /** Where several samples voted on the answer. */
  readonly vote?: {
    readonly samples: number;
    readonly answers: readonly { readonly answer: string; readonly votes: number }[];
    readonly winner: number;
  };
}

export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_cache_hit_tokens: number;
  readonly prompt_cache_miss_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number };
  readonly completion_tokens_details: { readonly reasoning_tokens: number };
}

/** Replies to one prompt share it: it counts once, as in OpenAI's `n`. */
export function usageOf(summaries: readonly ReplySummary[]): Usage {
  const prompt = Math.max(0, ...summaries.map((summary) => summary.promptTokens));
  const cached = summaries[0]?.cachedTokens ?? 0;
  return usage(
    prompt,
    cached,
    sum(summaries, 'completionTokens'),
    sum(summaries, 'reasoningTokens'),
  );
}

/** Replies to prompts of their own: everything adds up. */
export function usageOfAll(summaries: readonly ReplySummary[]): Usage {
  const cached = summaries.reduce((total, summary) => total + (summary.cachedTokens ?? 0), 0);
  const prompt = sum(summaries, 'promptTokens');
  return usage(
    prompt,
    cached,
    sum(summaries, 'completionTokens'),
    sum(summaries, 'reasoningTokens'),
  );
}

function usage(prompt: number, cached: number, completion: number, reasoning: number): Usage {
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_cache_hit_tokens: cached,
    prompt_cache_miss_tokens: prompt - cached,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
}

type CountName = 'promptTokens' | 'completionTokens' | 'reasoningTokens';

function sum(summaries: readonly ReplySummary[], name: CountName): number {
  return summaries.reduce((total, summary) => total + summary[name], 0);
}

/** An extension: llama-server's field and names, for clients that show them. */
export function timingsOf(summary: ReplySummary) {
  const { promptTokens, completionTokens, cachedTokens = 0, ttftMs, totalMs } = summary;
  return {
    cache_n: cachedTokens,
    prompt_n: promptTokens - cachedTokens,
    prompt_ms: ttftMs,
    prompt_per_second: summary.prefillTokensPerSecond,
    predicted_n: completionTokens,
    predicted_ms: totalMs - ttftMs,
    predicted_per_second: summary.decodeTokensPerSecond,
    draft_n: summary.draftedTokens,
    draft_n_accepted: summary.acceptedTokens,
  };
}
export type Timings = ReturnType<typeof timingsOf>;

/** An abort has no word of its own in these APIs and nobody to read it. */
export function finishReasonOf(finishReason: string): 'stop' | 'length' | 'tool_calls' {
  if (finishReason === 'length') return 'length';
  return finishReason === 'toolCalls' ? 'tool_calls' : 'stop';
}
