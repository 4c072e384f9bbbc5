/** Serving engines, and what each runs on which chips. */
import type { ChipFamily } from './chip.ts';
import type { Grade } from './figure.ts';
import type { PrecisionId } from './precision.ts';

export type EngineId =
  | 'vllm'
  | 'sglang'
  | 'trtllm'
  | 'vllm-ascend'
  | 'mindie'
  | 'vllm-gcu'
  | 'vllm-musa'
  | 'vllm-hygon'
  | 'vllm-metax'
  | 'vllm-kunlun'
  | 'vllm-iluvatar'
  | 'vllm-mlu'
  | 'vllm-fl'
  | 'lmdeploy'
  | 'deepseek'
  | 'moreh'
  | 'llama.cpp'
  | 'sampan';

export interface Engine {
  readonly id: EngineId;
  readonly name: string;
  readonly aliases: readonly string[];
  readonly source: string;
}

/** Published: this engine serves these models on these chips in these precisions. */
export interface EngineSupport {
  readonly engine: EngineId;
  readonly family: ChipFamily;
  /** Ids of chips; absent = the whole family. */
  readonly chips?: readonly string[];
  /** Ids of models; absent = the whole table. */
  readonly models?: readonly string[];
  readonly precisions: readonly PrecisionId[];
  readonly grade: Grade;
  readonly source: string;
  readonly date: string;
  readonly note?: string;
}
