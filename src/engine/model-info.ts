/** What was loaded and what it was given, for people and for programs. */
import type { OpenedDevice } from '../nn/open-device.ts';
import type { ChosenDefaults } from './sampling-defaults.ts';

export interface ModelInfo {
  /** What the checkpoint calls itself. */
  readonly name: string;
  /** The file or folder it came from. */
  readonly file: string;
  readonly format: 'gguf' | 'safetensors';
  readonly architecture: string;
  /** e.g. Q4_K_M, BF16. */
  readonly quantisation: string;
  readonly parameterCount: number;
  readonly vocabSize: number;
  readonly device: {
    readonly kind: string;
    readonly threads: number;
    /** Faster devices that do not work here, and why. */
    readonly passedOver: OpenedDevice['passedOver'];
  };
  /** Longest prompt and reply together. */
  readonly contextTokens: number;
  /** The longest the checkpoint was made for. */
  readonly maxContextTokens: number;
  /** Requests that share steps; more wait. */
  readonly maxSequences: number;
  readonly memory: {
    readonly weightBytes: number;
    /** Reserved; the system gives it when it is first written to. */
    readonly kvCacheBytes: number;
    readonly kvBytesPerToken: number;
    readonly kvCacheTokens: number;
    /** What decided the size of the KV cache. */
    readonly note: string;
  };
  /** own: the checkpoint's; else the name of a built-in one, or `broken`: only generate() works. */
  readonly chatTemplate: string;
  /** Its template opens the thinking, or its vocabulary has the tags for it. */
  readonly canThink: boolean;
  /** What a request gets where it says nothing, and where that comes from. */
  readonly sampling: ChosenDefaults;
}
