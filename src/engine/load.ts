/**
 * From a name to a model that answers: resolve, open, upload, reserve the KV cache. Whatever was
 * opened is closed again when a later part fails or the signal aborts.
 */
import type { LoadedModel } from './loaded-model.ts';

export interface LoadOptions {
  /** auto: the fastest that works here. */
  device?: 'auto' | 'reference';
  /** Longest prompt and reply together. Left out: as much as the model, 32768 and memory allow. */
  contextTokens?: number;
  /** Most memory for keys and values. Left out: half of what is free. */
  kvBytes?: number;
  /** Requests that share steps; more wait their turn. */
  maxSequences?: number;
  /** Download the model when it is not on this machine. */
  pull?: boolean;
  onProgress?: (progress: LoadProgress) => void;
  signal?: AbortSignal;
}

export interface LoadProgress {
  readonly phase: 'resolve' | 'pull' | 'open' | 'load' | 'ready';
  /** Bytes, where the phase knows them. */
  readonly doneBytes?: number;
  readonly totalBytes?: number;
}

/**
 * `nano` is the embedded model; else a short name (`deepseek-r1:1.5b`), `owner/repo[:quant]`, a
 * URL, or the path of a .gguf file or of a folder with config.json and safetensors.
 */
export async function load(nameOrPath: string, options: LoadOptions = {}): Promise<LoadedModel> {
  throw new Error(`${nameOrPath} ${options}`);
}
