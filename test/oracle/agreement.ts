/**
 * How far two implementations agree on one continuation. The other's tokens are forced upon our
 * model, so that every position has the same past and is compared, also behind a near-tie that
 * fell the other way.
 */
import type { Model } from '../../src/models/model.ts';
import { best, ModelRunner } from '../model-runner.ts';
import type { LlamaStep } from './llama-greedy.ts';

/** A choice that differs, and by how much of the largest logit we prefer ours. */
export interface Tie {
  readonly at: number;
  readonly ours: number;
  readonly theirs: number;
  readonly lead: number;
}

export interface Agreement {
  readonly ties: readonly Tie[];
  /** Per position: the worst difference of the top tokens' logits, as a share of the largest one. */
  readonly errors: readonly number[];
}

export async function agreement(
  model: Model,
  prompt: readonly number[],
  steps: readonly LlamaStep[],
): Promise<Agreement> {
  const tokens = [...prompt, ...steps.slice(0, -1).map(({ token }) => token)];
  const runner = new ModelRunner(model, tokens.length);
  const logits = await runner.forward(tokens);
  runner.close();

  const ties: Tie[] = [];
  const errors: number[] = [];
  steps.forEach(({ token, top }, at) => {
    const ours = logits[prompt.length - 1 + at]!;
    const largest = ours.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    const choice = best(ours).token;
    if (choice !== token) {
      const lead = (ours[choice]! - ours[token]!) / largest;
      ties.push({ at, ours: choice, theirs: token, lead });
    }
    // From the best token on: probabilities know logits only up to a constant.
    const [first] = top as [(typeof top)[number]];
    const differences = top.map(([id, logProbability]) =>
      Math.abs(ours[id]! - ours[first[0]]! - (logProbability - first[1])),
    );
    errors.push(Math.max(...differences) / largest);
  });
  return { ties, errors };
}
