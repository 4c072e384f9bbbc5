/**
 * Logits → the next token. The order of operations is vLLM's (v1/sample/sampler.py), which most
 * settings published for DeepSeek models were tried with:
 *   log probabilities of the raw logits · tokens the constraint allows (grammar/compiled-grammar.ts) ·
 *   logit bias · repetition, frequency, presence penalty ·
 *   greedy if temperature is 0, else temperature · min-p · top-k · top-p · one draw.
 * Min-p and top-p look at what the steps before them left, made to sum to one again. Ties go to
 * the smaller id. Scratch is as large as the vocabulary and made once. Refuses logits with NaN.
 */
import { error } from '../base/errors.ts';
import type { SamplerState } from './sampler-state.ts';

export interface TopLogprobs {
  /** Of the token that was drawn. */
  readonly logprob: number;
  /** The likeliest first. */
  readonly top: readonly { readonly id: number; readonly logprob: number }[];
}

/** The likeliest token has weight 1. Tokens from here on nearly always are all that top-k and top-p need. */
const likely = 1e-3;

export class Sampler {
  readonly #logits: Float32Array;
  /** Unnormalised: exp((logit − max) / temperature). 0 = out. */
  readonly #weights: Float64Array;
  readonly #heap: Int32Array;

  constructor(vocabSize: number) {
    this.#logits = new Float32Array(vocabSize);
    this.#weights = new Float64Array(vocabSize);
    this.#heap = new Int32Array(vocabSize);
  }

  /**
   * Leaves `row` (vocabSize) as it is; takes one random number from `state` unless greedy. `mask`:
   * bits of the tokens that may be drawn, undefined = all.
   */
  sample(row: Float32Array, state: SamplerState, mask?: Uint32Array): number {
    const { temperature, topK, topP, minP } = state.params;
    const logits = this.#adjusted(row, state, mask);
    const best = argmax(logits, mask !== undefined);
    if (temperature === 0) return best;

    const weights = this.#weights;
    const max = logits[best];
    let sum = 0;
    for (let i = 0; i < weights.length; i++) {
      const weight = Math.exp((logits[i] - max) / temperature);
      const kept = weight < minP ? 0 : weight; // the likeliest token's weight is 1
      weights[i] = kept;
      sum += kept;
    }
    const limit = topK === 0 ? weights.length : topK;
    if (limit >= weights.length && topP === 1) return this.#draw(state.draw() * sum, best);
    return this.#drawFromTop(limit, topP, sum, state.draw());
  }

  /** The row itself where nothing changes it, else a copy: what the mask leaves, with bias and penalties. */
  #adjusted(row: Float32Array, state: SamplerState, mask: Uint32Array | undefined): Float32Array {
    const { params, counts, seen } = state;
    const isChanged = params.logitBias.length > 0 || counts.size > 0 || seen.size > 0;
    if (!isChanged && mask === undefined) return row;
    const logits = this.#logits;
    if (mask === undefined) logits.set(row);
    else copyMasked(row, mask, logits);
    if (!isChanged) return logits;
    for (const [id, bias] of params.logitBias) logits[id] = logits[id] + bias;
    for (const id of seen) {
      const logit = logits[id];
      const penalty = params.repetitionPenalty;
      logits[id] = logit > 0 ? logit / penalty : logit * penalty;
    }
    for (const [id, count] of counts) {
      const penalty = params.frequencyPenalty * count + params.presencePenalty;
      logits[id] = logits[id] - penalty;
    }
    return logits;
  }

  /** The token at which the running sum passes `target`. */
  #draw(target: number, best: number): number {
    let sum = 0;
    for (let i = 0; i < this.#weights.length; i++) {
      sum += this.#weights[i];
      if (sum > target) return i;
    }
    return best; // rounding: target was the whole sum
  }

  /** Takes the likeliest tokens off a heap, at most `limit`, until they hold `topP` of their mass. */
  #drawFromTop(limit: number, topP: number, allMass: number, random: number): number {
    const weights = this.#weights;
    const heap = this.#heap;
    let size = this.#collect(likely);
    const isEnough =
      limit < weights.length ? size >= limit : sumOf(weights, heap, 0, size) >= topP * allMass;
    if (!isEnough) size = this.#collect(Number.MIN_VALUE);
    for (let i = (size >> 1) - 1; i >= 0; i--) siftDown(heap, size, i, weights);

    // Popped tokens gather behind the shrinking heap: the likeliest at the end.
    const end = size;
    const count = Math.min(limit, size);
    let mass = allMass;
    let kept = 0;
    if (limit < weights.length) {
      for (let i = 0; i < count; i++) size = pop(heap, size, weights);
      mass = sumOf(weights, heap, end - count, end);
    }
    let first = end;
    while (end - first < count && (kept === 0 || kept < topP * mass)) {
      if (size === first) size = pop(heap, size, weights);
      first--;
      kept += weights[heap[first]];
    }

    let sum = 0;
    for (let i = end - 1; i >= first; i--) {
      sum += weights[heap[i]];
      if (sum > random * kept) return heap[i];
    }
    return heap[end - 1]; // rounding, as above
  }

  /** Ids whose weight is at least `least` into the heap's place, in no order; how many. */
  #collect(least: number): number {
    let size = 0;
    for (let i = 0; i < this.#weights.length; i++) {
      if (this.#weights[i] >= least) this.#heap[size++] = i;
    }
    return size;
  }

  /** Of the model's own distribution: `row` before any setting. */
  logprobs(row: Float32Array, token: number, count: number): TopLogprobs {
    const max = row[argmax(row)];
    let sum = 0;
    for (let i = 0; i < row.length; i++) sum += Math.exp(row[i] - max);
    const logSum = max + Math.log(sum);
    const at = (id: number) => row[id] - logSum;
    return {
      logprob: at(token),
      top: largest(row, count).map((id) => ({ id, logprob: at(id) })),
    };
  }
}

/** What the mask leaves out is as unlikely as can be. */
function copyMasked(row: Float32Array, mask: Uint32Array, out: Float32Array): void {
  out.fill(Number.NEGATIVE_INFINITY);
  for (let word = 0; word < mask.length; word++) {
    const first = word * 32;
    for (let bits = mask[word]; bits !== 0; bits &= bits - 1) {
      const token = first + 31 - Math.clz32(bits & -bits);
      if (token < out.length) out[token] = row[token];
    }
  }
}

function argmax(logits: Float32Array, isMasked = false): number {
  let best = 0;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) {
    const value = logits[i];
    if (value <= max) continue; // the one comparison that nearly all of them take
    if (Number.isNaN(value)) throw error('logits_invalid', { found: 'NaN' });
    max = value;
    best = i;
  }
  if (!Number.isFinite(max)) {
    const isDeadEnd = isMasked && max === Number.NEGATIVE_INFINITY;
    throw isDeadEnd
      ? error('constraint_dead_end')
      : error('logits_invalid', { found: String(max) });
  }
  return best;
}

/** Ids of the `count` largest, largest first; for the small counts that logprobs ask for. */
function largest(row: Float32Array, count: number): number[] {
  const ids: number[] = [];
  for (let id = 0; id < row.length && count > 0; id++) {
    const value = row[id];
    if (ids.length === count && value <= row[ids[count - 1]]) continue;
    if (ids.length === count) ids.pop();
    let place = ids.length;
    while (place > 0 && row[ids[place - 1]] < value) place--;
    ids.splice(place, 0, id);
  }
  return ids;
}

const isBefore = (a: number, b: number, weights: Float64Array): boolean => {
  const [x, y] = [weights[a], weights[b]];
  return x > y || (x === y && a < b);
};

/** Restores the heap (likeliest on top) below `index`. */
function siftDown(heap: Int32Array, size: number, index: number, weights: Float64Array): void {
  const item = heap[index];
  let place = index;
  for (;;) {
    let child = 2 * place + 1;
    if (child >= size) break;
    if (child + 1 < size && isBefore(heap[child + 1], heap[child], weights)) {
      child++;
    }
    if (!isBefore(heap[child], item, weights)) break;
    heap[place] = heap[child];
    place = child;
  }
  heap[place] = item;
}

/** Moves the top to the place just behind the heap, which is one smaller now. */
function pop(heap: Int32Array, size: number, weights: Float64Array): number {
  const top = heap[0];
  const last = size - 1;
  heap[0] = heap[last];
  heap[last] = top;
  siftDown(heap, last, 0, weights);
  return last;
}

function sumOf(weights: Float64Array, ids: Int32Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += weights[ids[i]];
  return sum;
}
