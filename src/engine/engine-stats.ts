/** What there is to know of an engine at work, for metrics: gauges, counters, and how requests ended. */
import { SampanError } from '../base/errors.ts';
import type { BlockStats } from './block-manager.ts';
import { interTokenBounds, LatencyHistogram } from './latency-histogram.ts';
import type { FinishReason, LengthCause, Sequence } from './sequence.ts';

export interface EngineCounters {
  /** Forward passes. */
  steps: number;
  /** Rows of them: prompts, replies, drafts. */
  tokens: number;
  preemptions: number;
  /** Guesses that were computed ahead, and those of them that were right. */
  draftedTokens: number;
  acceptedTokens: number;
  /** Of requests that began: their prompts' tokens, and those of them that were in the prefix cache. */
  promptTokens: number;
  cachedTokens: number;
  /** Tokens of replies. */
  generationTokens: number;
  /** Requests that were not taken because too many waited. */
  refusedRequests: number;
}

export function newCounters(): EngineCounters {
  return {
    ...{ steps: 0, tokens: 0, preemptions: 0, draftedTokens: 0, acceptedTokens: 0 },
    ...{ promptTokens: 0, cachedTokens: 0, generationTokens: 0, refusedRequests: 0 },
  };
}

export interface EngineStats {
  readonly running: number;
  readonly waiting: number;
  /** Blocks of the KV cache. */
  readonly kvBlocks: BlockStats;
  /** Since the model was loaded. */
  readonly counters: Readonly<EngineCounters>;
  /** Between a reply's tokens. Lives on: read it before the next await. */
  readonly interToken: LatencyHistogram;
}

/** How a request went; times in milliseconds. */
export interface FinishedRequest {
  readonly finishReason: FinishReason | 'error';
  readonly lengthCause?: LengthCause;
  /** Where it failed: the code of the table, or the name of what was thrown. */
  readonly errorCode?: string;
  readonly client: string;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  readonly preemptions: number;
  readonly draftedTokens: number;
  readonly acceptedTokens: number;
  /** From its arrival to its first step, or to its end where it had none. */
  readonly queueMs: number;
  readonly totalMs: number;
  /** From its first step to its first token; these two where it has one. */
  readonly prefillMs?: number;
  readonly ttftMs?: number;
  /** From its first token to its last, where it has more than one. */
  readonly decodeMs?: number;
  readonly meanInterTokenMs?: number;
}

export const newInterToken = () => new LatencyHistogram(interTokenBounds);

export function finishedRequest(sequence: Sequence, failure: unknown): FinishedRequest {
  const { arrivedMs, firstStepMs, firstTokenMs, lastTokenMs, completionTokens } = sequence;
  const endMs = sequence.finishedMs ?? performance.now();
  const hasFailed = failure !== undefined;
  const decodeMs = (lastTokenMs ?? 0) - (firstTokenMs ?? 0);
  return {
    finishReason: hasFailed ? 'error' : (sequence.finishReason ?? 'abort'),
    ...(sequence.lengthCause && { lengthCause: sequence.lengthCause }),
    ...(hasFailed && { errorCode: codeOf(failure) }),
    client: sequence.client,
    promptTokens: sequence.promptTokens,
    cachedTokens: sequence.cachedTokens ?? 0,
    completionTokens,
    preemptions: sequence.numPreemptions,
    draftedTokens: sequence.draftedTokens,
    acceptedTokens: sequence.acceptedTokens,
    queueMs: (firstStepMs ?? endMs) - arrivedMs,
    totalMs: endMs - arrivedMs,
    ...(firstTokenMs !== undefined && {
      ttftMs: firstTokenMs - arrivedMs,
      prefillMs: firstTokenMs - (firstStepMs ?? arrivedMs),
    }),
    ...(completionTokens > 1 && {
      decodeMs,
      meanInterTokenMs: decodeMs / (completionTokens - 1),
    }),
  };
}

function codeOf(failure: unknown): string {
  if (failure instanceof SampanError) return failure.code;
  return failure instanceof Error ? failure.name : typeof failure;
}
