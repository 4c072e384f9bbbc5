/**
 * Thinking longer by thinking often: a question is answered several times at once, from one prompt
 * with different seeds, and the commonest answer wins (self-consistency, arXiv:2203.11171). The
 * reply looks like any other: its pieces are the winner's and so come at the end; its summary
 * counts the tokens of all. The same seed gives the same winner, whatever else runs.
 */
import type { ChatMessage } from '../formats/chat/chat-message.ts';
import { ChatReply } from './chat-reply.ts';
import type { ChatOptions, LoadedModel } from './loaded-model.ts';
import type { Summary } from './reply.ts';
import { integer, randomSeed, refuse } from './sampling-params.ts';
import { readSample, type Sample, tally, type VotedAnswer } from './tally.ts';

export interface VoteOptions extends ChatOptions {
  /** How often the question is answered, 1 to 64. */
  samples: number;
  /** After each sample that has ended. */
  onProgress?: (progress: VoteProgress) => void;
}

export interface VoteProgress {
  readonly samples: number;
  readonly finished: number;
  /** Of the finished ones. */
  readonly completionTokens: number;
  /** What most of the finished ones answer, in normal form. */
  readonly leading: string;
}

/** Tokens are counted over all samples; the reason to end and the log probabilities are the winner's. */
export interface VotedSummary extends Summary {
  readonly vote: {
    readonly samples: number;
    /** The winner first. */
    readonly answers: readonly VotedAnswer[];
    /** Which sample the pieces are of, from 0. */
    readonly winner: number;
  };
}

export const maxSamples = 64;

/** Throws as `chat` does where the request is wrong in itself. Leaving the loop early ends all samples. */
export function chatVoted(
  model: Pick<LoadedModel, 'chat' | 'info'>,
  messages: readonly ChatMessage[],
  options: VoteOptions,
): ChatReply<VotedSummary> {
  const { samples, onProgress, signal, seed = randomSeed(), ...asked } = options;
  integer('samples', samples, 1, maxSamples);
  if (samples > 1 && (asked.temperature ?? model.info.sampling.temperature) === 0) {
    throw refuse('temperature', 0, 'above 0: without chance all samples are the same');
  }
  const startMs = performance.now();
  const replies: ChatReply[] = [];
  const leave = () => {
    for (const one of replies) one.leave();
  };
  const reply = new ChatReply<VotedSummary>({
    onLeave: leave,
    onAnswerNow: () => {
      for (const one of replies) one.answerNow();
    },
  });
  // A draw is decided by the answers' likelihood.
  const sampleOptions = { ...asked, ...(signal && { signal }), logprobs: asked.logprobs ?? 0 };
  try {
    for (let i = 0; i < samples; i++) {
      replies.push(model.chat(messages, { ...sampleOptions, seed: sampleSeed(seed, i) }));
    }
  } catch (reason) {
    leave();
    throw reason;
  }

  const finished: Sample[] = [];
  const follow = async (one: ChatReply): Promise<Sample> => {
    const sample = await readSample(one);
    finished.push(sample);
    onProgress?.({
      ...{ samples, finished: finished.length },
      completionTokens: finished.reduce((sum, { summary }) => sum + summary.completionTokens, 0),
      leading: tally(finished).answers[0].answer,
    });
    return sample;
  };
  const finish = (all: readonly Sample[]) => {
    const { answers, winner } = tally(all);
    for (const piece of all[winner].pieces) reply.push(piece);
    const { logprobs, ...summary } = summaryOfAll(all, winner);
    reply.finish({
      ...summary,
      ...(asked.logprobs !== undefined && logprobs && { logprobs }),
      ...{ totalMs: performance.now() - startMs, seed, vote: { samples, answers, winner } },
    });
  };
  Promise.all(replies.map(follow))
    .then(finish)
    .catch((reason: unknown) => {
      reply.fail(reason);
      leave();
    });
  return reply;
}

/** The first sample is what `chat` gives with this seed. */
export function sampleSeed(seed: number, index: number): number {
  return (seed + index * 0x9e37_79b1) % Number.MAX_SAFE_INTEGER;
}

/** What is counted in tokens is summed; of samples that run side by side, speeds add up too. */
function summaryOfAll(samples: readonly Sample[], winner: number): Summary {
  const total = (key: keyof Summary) =>
    samples.reduce((sum, { summary }) => sum + Number(summary[key] ?? 0), 0);
  const { summary } = samples[winner];
  const counts = (Object.keys(summary) as (keyof Summary)[]).filter((key) => /Tokens$/.test(key));
  const isLeft = samples.some((sample) => sample.summary.finishReason === 'abort');
  return {
    ...summary,
    ...(isLeft && { finishReason: 'abort' }),
    ...Object.fromEntries(counts.map((key) => [key, total(key)])),
    preemptions: total('preemptions'),
    decodeTokensPerSecond: total('decodeTokensPerSecond'),
  };
}
