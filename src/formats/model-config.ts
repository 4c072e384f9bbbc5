/**
 * A checkpoint's hyperparameters under one set of names (Hugging Face's config.json, camelCase),
 * whichever format they were read from. Values are checked by the parsers: positive integers,
 * bounded products, heads that divide. Parsers: gguf-config.ts, hf-config.ts.
 */
export interface ModelConfig {
  /** GGUF's architecture string; Hugging Face's model_type is mapped to it. */
  readonly architecture: string;
  /** What the checkpoint calls itself, for people. */
  readonly name: string;
  readonly vocabSize: number;
  readonly hiddenSize: number;
  /** Of the dense feed-forward layers. */
  readonly intermediateSize: number;
  readonly numHiddenLayers: number;
  readonly numAttentionHeads: number;
  readonly numKeyValueHeads: number;
  /** Width of one query/key head; with `mla`: qkNopeHeadDim + qkRopeHeadDim. */
  readonly headDim: number;
  readonly maxPositionEmbeddings: number;
  readonly rmsNormEps: number;
  readonly tieWordEmbeddings: boolean;
  readonly rope: RopeConfig;
  readonly mla?: MlaConfig;
  readonly moe?: MoeConfig;
  /** Multi-token-prediction modules after the last layer; 0 = none. */
  readonly numNextnPredictLayers: number;
}

export interface RopeConfig {
  readonly theta: number;
  /** Rotated dimensions per head (the trailing ones with `mla`, all of them otherwise). */
  readonly dims: number;
  /**
   * true: pairs (0,1), (2,3)… as deepseek2 and GGUF's llama (whose q/k rows are permuted for it);
   * false: pairs (0, n/2), (1, n/2+1)… as qwen and Hugging Face's llama.
   */
  readonly interleaved: boolean;
  readonly scaling:
    | { readonly type: 'none' }
    | { readonly type: 'linear'; readonly factor: number }
    | {
        readonly type: 'yarn';
        readonly factor: number;
        readonly originalMaxPositionEmbeddings: number;
        readonly betaFast: number;
        readonly betaSlow: number;
        /** Multiplies cos and sin (q and k each). 1 for DeepSeek V2/V3. */
        readonly attentionFactor: number;
        /** DeepSeek: softmax scale is multiplied by (0.1·mscaleAllDim·ln factor + 1)²; 0 = not. */
        readonly mscaleAllDim: number;
      }
    | {
        readonly type: 'llama3';
        readonly factor: number;
        readonly lowFreqFactor: number;
        readonly highFreqFactor: number;
        readonly originalMaxPositionEmbeddings: number;
      }
    /** GGUF's rope_freqs.weight, by which frequencies are divided: read by the model as a tensor. */
    | { readonly type: 'factors-in-tensor' };
}

/** Multi-head latent attention, arXiv:2405.04434. */
export interface MlaConfig {
  /** undefined: q is projected directly (V2-Lite). */
  readonly qLoraRank: number | undefined;
  readonly kvLoraRank: number;
  readonly qkNopeHeadDim: number;
  readonly qkRopeHeadDim: number;
  readonly vHeadDim: number;
}

/** Routed experts. Rules: arXiv:2405.04434 (softmax), arXiv:2412.19437 (sigmoid + bias). */
export interface MoeConfig {
  readonly nRoutedExperts: number;
  readonly nSharedExperts: number;
  readonly numExpertsPerTok: number;
  readonly moeIntermediateSize: number;
  /** Layers before this one are dense. */
  readonly firstKDenseReplace: number;
  readonly scoringFunc: 'softmax' | 'sigmoid';
  /** Experts are chosen from the best `topkGroup` of `nGroup` groups; 1 of 1 = no groups. */
  readonly nGroup: number;
  readonly topkGroup: number;
  /** How a group is scored: V2 by its best expert, V3 by the sum of its two best. */
  readonly groupScore: 'max' | 'top2-sum';
  readonly normTopkProb: boolean;
  readonly routedScalingFactor: number;
}

/**
 * What parsers accept: some ten times the largest published model, so products stay below 2^53;
 * heads twice as wide and four times the experts, for which kernels have room.
 */
export const configLimits = {
  vocabulary: 2 ** 22,
  width: 2 ** 20,
  layers: 2 ** 12,
  heads: 2 ** 12,
  headWidth: 2 ** 8,
  positions: 2 ** 28,
  experts: 2 ** 10,
  nextn: 16,
} as const;
