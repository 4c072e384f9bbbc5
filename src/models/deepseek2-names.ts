/**
 * Tensor names of DeepSeek V2 and V3, as GGUF (llama.cpp's deepseek2) and as Hugging Face write
 * them. GGUF merges a layer's experts into one tensor and may split kv_b into attn_k_b and
 * attn_v_b; Hugging Face keeps each expert apart.
 */
export interface Deepseek2Names {
  readonly embedding: string;
  readonly norm: string;
  readonly head: string;
  layer(index: number): Deepseek2LayerNames;
  mtp(layer: number): MtpNames;
}

export type Deepseek2LayerNames = Readonly<
  Record<
    | ('attentionNorm' | 'q' | 'qA' | 'qANorm' | 'qB' | 'kvA' | 'kvANorm' | 'kvB' | 'kB' | 'vB')
    | ('o' | 'ffnNorm' | 'gate' | 'up' | 'down' | 'router' | 'scoreBias')
    | ('sharedGate' | 'sharedUp' | 'sharedDown'),
    string
  >
> & { readonly experts: Record<'gate' | 'up' | 'down', ExpertNames> };

/** One tensor for all experts, or one for each. */
export type ExpertNames = string | ((expert: number) => string);

export type MtpNames = Readonly<
  Record<'embedding' | 'embeddingNorm' | 'hiddenNorm' | 'join' | 'norm' | 'head', string>
>;

export const ggufNames: Deepseek2Names = {
  embedding: 'token_embd.weight',
  norm: 'output_norm.weight',
  head: 'output.weight',
  layer: (i) => ({
    attentionNorm: `blk.${i}.attn_norm.weight`,
    q: `blk.${i}.attn_q.weight`,
    qA: `blk.${i}.attn_q_a.weight`,
    qANorm: `blk.${i}.attn_q_a_norm.weight`,
    qB: `blk.${i}.attn_q_b.weight`,
    kvA: `blk.${i}.attn_kv_a_mqa.weight`,
    kvANorm: `blk.${i}.attn_kv_a_norm.weight`,
    kvB: `blk.${i}.attn_kv_b.weight`,
    kB: `blk.${i}.attn_k_b.weight`,
    vB: `blk.${i}.attn_v_b.weight`,
    o: `blk.${i}.attn_output.weight`,
    ffnNorm: `blk.${i}.ffn_norm.weight`,
    gate: `blk.${i}.ffn_gate.weight`,
    up: `blk.${i}.ffn_up.weight`,
    down: `blk.${i}.ffn_down.weight`,
    router: `blk.${i}.ffn_gate_inp.weight`,
    scoreBias: `blk.${i}.exp_probs_b.bias`,
    experts: {
      gate: `blk.${i}.ffn_gate_exps.weight`,
      up: `blk.${i}.ffn_up_exps.weight`,
      down: `blk.${i}.ffn_down_exps.weight`,
    },
    sharedGate: `blk.${i}.ffn_gate_shexp.weight`,
    sharedUp: `blk.${i}.ffn_up_shexp.weight`,
    sharedDown: `blk.${i}.ffn_down_shexp.weight`,
  }),
  mtp: (i) => ({
    embedding: `blk.${i}.nextn.embed_tokens.weight`,
    embeddingNorm: `blk.${i}.nextn.enorm.weight`,
    hiddenNorm: `blk.${i}.nextn.hnorm.weight`,
    join: `blk.${i}.nextn.eh_proj.weight`,
    norm: `blk.${i}.nextn.shared_head_norm.weight`,
    head: `blk.${i}.nextn.shared_head_head.weight`,
  }),
};

export const huggingFaceNames: Deepseek2Names = {
  embedding: 'model.embed_tokens.weight',
  norm: 'model.norm.weight',
  head: 'lm_head.weight',
  layer: (i) => ({
    attentionNorm: `model.layers.${i}.input_layernorm.weight`,
    q: `model.layers.${i}.self_attn.q_proj.weight`,
    qA: `model.layers.${i}.self_attn.q_a_proj.weight`,
    qANorm: `model.layers.${i}.self_attn.q_a_layernorm.weight`,
    qB: `model.layers.${i}.self_attn.q_b_proj.weight`,
    kvA: `model.layers.${i}.self_attn.kv_a_proj_with_mqa.weight`,
    kvANorm: `model.layers.${i}.self_attn.kv_a_layernorm.weight`,
    kvB: `model.layers.${i}.self_attn.kv_b_proj.weight`,
    kB: `model.layers.${i}.self_attn.k_b_proj.weight`,
    vB: `model.layers.${i}.self_attn.v_b_proj.weight`,
    o: `model.layers.${i}.self_attn.o_proj.weight`,
    ffnNorm: `model.layers.${i}.post_attention_layernorm.weight`,
    gate: `model.layers.${i}.mlp.gate_proj.weight`,
    up: `model.layers.${i}.mlp.up_proj.weight`,
    down: `model.layers.${i}.mlp.down_proj.weight`,
    router: `model.layers.${i}.mlp.gate.weight`,
    scoreBias: `model.layers.${i}.mlp.gate.e_score_correction_bias`,
    experts: {
      gate: (expert) => `model.layers.${i}.mlp.experts.${expert}.gate_proj.weight`,
      up: (expert) => `model.layers.${i}.mlp.experts.${expert}.up_proj.weight`,
      down: (expert) => `model.layers.${i}.mlp.experts.${expert}.down_proj.weight`,
    },
    sharedGate: `model.layers.${i}.mlp.shared_experts.gate_proj.weight`,
    sharedUp: `model.layers.${i}.mlp.shared_experts.up_proj.weight`,
    sharedDown: `model.layers.${i}.mlp.shared_experts.down_proj.weight`,
  }),
  mtp: (i) => ({
    embedding: `model.layers.${i}.embed_tokens.weight`,
    embeddingNorm: `model.layers.${i}.enorm.weight`,
    hiddenNorm: `model.layers.${i}.hnorm.weight`,
    join: `model.layers.${i}.eh_proj.weight`,
    norm: `model.layers.${i}.shared_head.norm.weight`,
    head: `model.layers.${i}.shared_head.head.weight`,
  }),
};
