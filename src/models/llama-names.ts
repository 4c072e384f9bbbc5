/** Tensor names of Llama, Qwen2 and Qwen3, as GGUF and as Hugging Face write them. */
export interface LlamaNames {
  readonly embedding: string;
  readonly norm: string;
  readonly head: string;
  readonly ropeFactors: string;
  layer(index: number): LlamaLayerNames;
}

export type LlamaLayerNames = Readonly<
  Record<
    | ('attentionNorm' | 'q' | 'k' | 'v' | 'o' | 'qBias' | 'kBias' | 'vBias' | 'qNorm' | 'kNorm')
    | ('ffnNorm' | 'gate' | 'up' | 'down'),
    string
  >
>;

export const ggufNames: LlamaNames = {
  embedding: 'token_embd.weight',
  norm: 'output_norm.weight',
  head: 'output.weight',
  ropeFactors: 'rope_freqs.weight',
  layer: (i) => ({
    attentionNorm: `blk.${i}.attn_norm.weight`,
    q: `blk.${i}.attn_q.weight`,
    k: `blk.${i}.attn_k.weight`,
    v: `blk.${i}.attn_v.weight`,
    o: `blk.${i}.attn_output.weight`,
    qBias: `blk.${i}.attn_q.bias`,
    kBias: `blk.${i}.attn_k.bias`,
    vBias: `blk.${i}.attn_v.bias`,
    qNorm: `blk.${i}.attn_q_norm.weight`,
    kNorm: `blk.${i}.attn_k_norm.weight`,
    ffnNorm: `blk.${i}.ffn_norm.weight`,
    gate: `blk.${i}.ffn_gate.weight`,
    up: `blk.${i}.ffn_up.weight`,
    down: `blk.${i}.ffn_down.weight`,
  }),
};

export const huggingFaceNames: LlamaNames = {
  embedding: 'model.embed_tokens.weight',
  norm: 'model.norm.weight',
  head: 'lm_head.weight',
  ropeFactors: 'rope_freqs.weight',
  layer: (i) => ({
    attentionNorm: `model.layers.${i}.input_layernorm.weight`,
    q: `model.layers.${i}.self_attn.q_proj.weight`,
    k: `model.layers.${i}.self_attn.k_proj.weight`,
    v: `model.layers.${i}.self_attn.v_proj.weight`,
    o: `model.layers.${i}.self_attn.o_proj.weight`,
    qBias: `model.layers.${i}.self_attn.q_proj.bias`,
    kBias: `model.layers.${i}.self_attn.k_proj.bias`,
    vBias: `model.layers.${i}.self_attn.v_proj.bias`,
    qNorm: `model.layers.${i}.self_attn.q_norm.weight`,
    kNorm: `model.layers.${i}.self_attn.k_norm.weight`,
    ffnNorm: `model.layers.${i}.post_attention_layernorm.weight`,
    gate: `model.layers.${i}.mlp.gate_proj.weight`,
    up: `model.layers.${i}.mlp.up_proj.weight`,
    down: `model.layers.${i}.mlp.down_proj.weight`,
  }),
};
