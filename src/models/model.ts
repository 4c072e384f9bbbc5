/** A loaded model: weights on a device and the forward pass of its architecture. */
import type { ModelConfig } from '../formats/model-config.ts';
import type { KvCache } from '../nn/kv-cache.ts';
import type { Step } from '../nn/step.ts';

export interface Model {
  readonly config: ModelConfig;
  /** Bytes of KV cache per token, all layers together. */
  readonly kvBytesPerToken: number;
  /** Weights as they lie on the device. */
  readonly weightBytes: number;
  createKvCache(numBlocks: number, blockTokens: number): KvCache;
  /**
   * Runs one step and returns logits (logitRows, vocabSize) in a buffer that the next call
   * overwrites. The cache then holds the step's tokens.
   */
  forward(step: Step, kvCache: KvCache, signal?: AbortSignal): Promise<Float32Array>;
  /**
   * As `forward`, but what the head would get: rows (logitRows, hiddenSize) after the final norm,
   * in the same buffer. `draft` cannot follow it.
   */
  hidden(step: Step, kvCache: KvCache, signal?: AbortSignal): Promise<Float32Array>;
  /** Undefined where the checkpoint has no multi-token-prediction module. */
  readonly mtp: MtpModule | undefined;
  close(): void;
}

/** Multi-token prediction (arXiv:2412.19437, 2.2): drafts the token after the next one. */
export interface MtpModule {
  /** Bytes of its KV cache per token. */
  readonly kvBytesPerToken: number;
  /** Its own cache: one more layer of the main model's kind. Steps before it exists are not kept for drafts. */
  createKvCache(numBlocks: number, blockTokens: number): KvCache;
  /**
   * Drafts from the rows of the last `forward`: for each row of `step.tokens`, `nextTokens[row]`
   * is the token that followed it. Returns logits (logitRows, vocabSize) of the token after that.
   * The module sees the main model's hidden states of exactly that step.
   */
  draft(step: Step, nextTokens: Int32Array, kvCache: KvCache): Promise<Float32Array>;
}
