/**
 * What the planner knows of a model: its shape, from the published configuration, and what was
 * published about its size, against which the arithmetic is tested.
 */
import type { Figure } from './figure.ts';
import type { PrecisionId } from './precision.ts';

export interface ServedModel {
  /** As on the command line: `deepseek-r1`, `r1-distill-qwen-32b`. */
  readonly id: string;
  readonly name: string;
  /** Other spellings, lower case: repositories, short names of `sampan pull` with their tag. */
  readonly aliases: readonly string[];
  /** On Hugging Face. */
  readonly repository: string;
  readonly released: string;
  /** Tag of the source of the shape. */
  readonly source: string;
  readonly contextTokens: number;
  readonly hiddenSize: number;
  readonly vocabSize: number;
  readonly tiedEmbeddings: boolean;
  /** Layers from first to last, those alike together. */
  readonly layers: readonly LayerGroup[];
  /** Multi-token prediction modules, each a layer more; absent = none. */
  readonly mtp?: { readonly modules: number; readonly layer: LayerGroup };
  /** Tables that are looked up and never multiplied (Engram), bytes as published. */
  readonly lookupTableBytes?: number;
  /** What the makers publish the weights in. */
  readonly nativePrecision: PrecisionId;
  /** Bytes per element of the KV cache in that precision, as the makers keep it; absent: as usual. */
  readonly nativeKvBytes?: number;
  readonly published: {
    readonly parameters: Figure;
    readonly activeParameters: Figure;
    /** Of the checkpoint as its makers publish it. */
    readonly checkpointBytes?: Figure;
    /** Active parameters of a prompt's token, where that differs. */
    readonly prefillActiveParameters?: Figure;
  };
  readonly notes: readonly string[];
}

export interface LayerGroup {
  readonly count: number;
  readonly attention: Attention;
  readonly feedForward: FeedForward;
  /** A prompt passes this group only with its last so many tokens (V4.1's decoder half). */
  readonly prefillTokens?: number;
}

export type Attention = GroupedAttention | LatentAttention | CompressedAttention;

/** Query heads that share key/value heads: Qwen and Llama. */
export interface GroupedAttention {
  readonly kind: 'grouped';
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
}

/** Multi-head latent attention (arXiv:2405.04434); with `indexer` sparse (V3.2). */
export interface LatentAttention {
  readonly kind: 'latent';
  readonly heads: number;
  /** absent: q is projected directly. */
  readonly qLoraRank?: number;
  readonly kvLoraRank: number;
  readonly qkNopeHeadDim: number;
  readonly qkRopeHeadDim: number;
  readonly vHeadDim: number;
  readonly indexer?: Indexer;
}

/** V4: one key/value latent, a window of recent tokens, and older ones compressed. */
export interface CompressedAttention {
  readonly kind: 'compressed';
  readonly heads: number;
  /** Of the one head that is key and value. */
  readonly headDim: number;
  readonly qLoraRank: number;
  readonly outputGroups: number;
  readonly outputLoraRank: number;
  readonly windowTokens: number;
  /** So many older tokens become one entry; 0 = only the window is seen. */
  readonly ratio: number;
  /** Chooses the entries that are read; absent = all are. */
  readonly indexer?: Indexer;
  /** true: reads the cache of an earlier layer and stores none itself. */
  readonly sharesCache?: boolean;
  /** true: uses the choice of an earlier layer's indexer. */
  readonly sharesIndex?: boolean;
}

export interface Indexer {
  readonly heads: number;
  readonly headDim: number;
  readonly topK: number;
  /** true: its keys are made from the stored latent, not by a compressor of its own (V4.1). */
  readonly keysFromLatent?: boolean;
  /** Scores so many entries at most: those of blocks that an earlier layer chose (V4.1). */
  readonly candidates?: number;
}

export type FeedForward =
  | { readonly kind: 'dense'; readonly intermediateSize: number }
  | {
      readonly kind: 'experts';
      readonly routed: number;
      readonly perToken: number;
      readonly shared: number;
      readonly intermediateSize: number;
      /** Of all shared experts together, where they are not as wide as routed ones. */
      readonly sharedIntermediateSize?: number;
    };
