/**
 * A checkpoint opened for use, whichever format it came in: one shape for GGUF (one file or
 * split) and for a Hugging Face folder (config.json + safetensors). Files are mapped, not read.
 */
import type { TensorSource } from '../base/tensor-view.ts';
import type { ModelConfig } from './model-config.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';

export interface Checkpoint {
  readonly format: 'gguf' | 'safetensors';
  /** The file or folder as the user named it. */
  readonly file: string;
  readonly config: ModelConfig;
  readonly tensors: TensorSource;
  /** Built on first use: a big vocabulary takes half a second. */
  tokenizer(): Tokenizer;
  /** Jinja source; undefined where the checkpoint has none. */
  readonly chatTemplate: string | undefined;
  /** generation_config.json or GGUF's general.sampling.*: what the makers recommend. */
  readonly sampling: { temperature?: number; topP?: number; topK?: number; minP?: number };
  readonly sizeBytes: number;
  readonly parameterCount: number;
  /** e.g. `Q4_K_M`, `BF16`, `Q8_0`: the dtype that holds most of the weights, or the file's own label. */
  readonly quantisation: string;
  /** Unmaps. Views handed out by `tensors` are dead after it. Idempotent. */
  close(): void;
}
