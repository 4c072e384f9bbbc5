/** Collects the log probabilities a request asked for, with the tokens' texts. */
import type { Tokenizer } from '../formats/tokenizer/tokenizer.ts';
import type { TokenLogprobs } from './reply.ts';
import type { Sampler } from './sampler.ts';

export class LogprobRecorder {
  readonly entries: TokenLogprobs[] = [];
  readonly #sampler: Sampler;
  readonly #tokenizer: Tokenizer;
  readonly #count: number;
  #numTaken = 0;

  constructor(sampler: Sampler, tokenizer: Tokenizer, count: number) {
    this.#sampler = sampler;
    this.#tokenizer = tokenizer;
    this.#count = count;
  }

  /** A forced token has no row it was drawn from: it was certain. */
  record(token: number, logits: Float32Array | undefined, isReasoning: boolean): void {
    const found =
      logits === undefined
        ? { logprob: 0, top: [] }
        : this.#sampler.logprobs(logits, token, this.#count);
    const named = ({ id, logprob }: { id: number; logprob: number }) => ({
      id,
      text: this.#tokenizer.decode([id]),
      bytes: this.#tokenizer.tokenBytes(id),
      logprob,
    });
    this.entries.push({
      ...named({ id: token, logprob: found.logprob }),
      top: found.top.map(named),
      isReasoning,
    });
  }

  /** Those since the last call. */
  take(): readonly TokenLogprobs[] {
    const taken = this.entries.slice(this.#numTaken);
    this.#numTaken = this.entries.length;
    return taken;
  }
}
