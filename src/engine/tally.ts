/**
 * Which of several replies to one question is taken: the commonest answer, among answers as common
 * the one the model found likelier, else the earlier. A reply that was cut, or has no answer, has
 * no vote unless none has.
 */
import type { ChatReply } from './chat-reply.ts';
import { canonicalJson, normalAnswer } from './normal-answer.ts';
import type { Summary } from './reply.ts';
import type { ChatPiece } from './reply-writer.ts';

/** A reply that has ended. */
export interface Sample extends Ballot {
  readonly pieces: readonly ChatPiece[];
  /** Its answer as it was written. */
  readonly text: string;
}

/** Of a sample, what the vote looks at. */
export interface Ballot {
  readonly summary: Summary;
  /** In its normal form (normal-answer.ts), or the calls it makes. */
  readonly answer: string;
  /** Mean log probability of its tokens; 0 where its summary has none. */
  readonly meanLogprob: number;
}

export interface VotedAnswer {
  /** '' for replies without one. */
  readonly answer: string;
  readonly votes: number;
  /** Of its likeliest sample. */
  readonly meanLogprob: number;
}

export interface Tally {
  /** The winner first. */
  readonly answers: readonly VotedAnswer[];
  /** Index of the sample that speaks for the winner: its likeliest. */
  readonly winner: number;
}

export function tally(samples: readonly Ballot[]): Tally {
  const groups = new Map<string, { votes: number; best: number }>();
  for (const [i, sample] of samples.entries()) {
    const group = groups.get(sample.answer);
    const vote = hasVote(sample) ? 1 : 0;
    if (group === undefined) groups.set(sample.answer, { votes: vote, best: i });
    else {
      if (isBetter(sample, samples[group.best])) group.best = i;
      group.votes += vote;
    }
  }
  const ranked = [...groups].sort(
    ([, a], [, b]) =>
      b.votes - a.votes || samples[b.best].meanLogprob - samples[a.best].meanLogprob,
  );
  const answers = ranked.map(([answer, { votes, best }]) => ({
    ...{ answer, votes, meanLogprob: samples[best].meanLogprob },
  }));
  return { answers, winner: ranked[0]?.[1].best ?? 0 };
}

export async function readSample(reply: ChatReply): Promise<Sample> {
  const pieces: ChatPiece[] = [];
  let text = '';
  const calls: { name: string; json: string }[] = [];
  for await (const piece of reply) {
    pieces.push(piece);
    if (piece.type === 'text') text += piece.text;
    else if (piece.type !== 'reasoning') readCall(piece, calls);
  }
  const summary = await reply.summary;
  const logprobs = summary.logprobs ?? [];
  const meanLogprob = logprobs.reduce((sum, { logprob }) => sum + logprob, 0) / logprobs.length;
  const called = calls.map(({ name, json }) => `${name} ${canonicalJson(json) ?? json}`);
  const answer = calls.length === 0 ? normalAnswer(text) : called.join('\n');
  return { pieces, text, summary, answer, meanLogprob: meanLogprob || 0 };
}

/** Replies that call the same with the same arguments have given the same answer. */
function readCall(piece: object, calls: { name: string; json: string }[]): void {
  if ('name' in piece) calls.push({ name: String(piece.name), json: '' });
  else if ('text' in piece && calls.length > 0) calls[calls.length - 1].json += String(piece.text);
}

function hasVote({ answer, summary }: Ballot): boolean {
  return answer !== '' && summary.finishReason !== 'length' && summary.finishReason !== 'abort';
}

function isBetter(a: Ballot, b: Ballot): boolean {
  if (hasVote(a) !== hasVote(b)) return hasVote(a);
  return a.meanLogprob > b.meanLogprob;
}
