"""Regenerates published.json: config.json files in the forms checkpoints have them, each with what
transformers makes of it.  python make-fixtures.py  (needs torch, transformers)"""

import json
import pathlib

import torch
from transformers import AutoConfig
from transformers.models.deepseek_v2.modeling_deepseek_v2 import DeepseekV2Attention, DeepseekV2RotaryEmbedding
from transformers.models.deepseek_v3.modeling_deepseek_v3 import DeepseekV3Attention, DeepseekV3RotaryEmbedding
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

yarn = {"beta_fast": 32, "beta_slow": 1, "factor": 40, "original_max_position_embeddings": 4096, "type": "yarn"}
qwen_distill = {
    "model_type": "qwen2", "attention_dropout": 0.0, "bos_token_id": 151643, "eos_token_id": 151643,
    "hidden_act": "silu", "hidden_size": 1536, "initializer_range": 0.02, "intermediate_size": 8960,
    "max_position_embeddings": 131072, "max_window_layers": 21, "num_attention_heads": 12,
    "num_hidden_layers": 28, "num_key_value_heads": 2, "rms_norm_eps": 1e-06, "rope_theta": 10000,
    "sliding_window": 4096, "tie_word_embeddings": False, "torch_dtype": "bfloat16",
    "use_cache": True, "use_mrope": False, "use_sliding_window": False, "vocab_size": 151936,
}
llama_distill = {
    "model_type": "llama", "attention_bias": False, "bos_token_id": 128000,
    "eos_token_id": [128001, 128008, 128009], "hidden_act": "silu", "hidden_size": 4096,
    "intermediate_size": 14336, "max_position_embeddings": 131072, "mlp_bias": False,
    "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8,
    "pretraining_tp": 1, "rms_norm_eps": 1e-05,
    "rope_scaling": {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                     "original_max_position_embeddings": 8192, "rope_type": "llama3"},
    "rope_theta": 500000.0, "tie_word_embeddings": False, "vocab_size": 128256,
}
qwen3 = {
    "model_type": "qwen3", "attention_bias": False, "head_dim": 128, "hidden_act": "silu",
    "hidden_size": 4096, "intermediate_size": 12288, "max_position_embeddings": 131072,
    "max_window_layers": 36, "num_attention_heads": 32, "num_hidden_layers": 36,
    "num_key_value_heads": 8, "rms_norm_eps": 1e-06, "rope_theta": 1000000, "sliding_window": None,
    "rope_scaling": {"factor": 4.0, "original_max_position_embeddings": 32768, "rope_type": "yarn"},
    "tie_word_embeddings": False, "use_sliding_window": False, "vocab_size": 151936,
}
v2_lite = {
    "model_type": "deepseek_v2", "attention_bias": False, "aux_loss_alpha": 0.001,
    "first_k_dense_replace": 1, "hidden_act": "silu", "hidden_size": 2048,
    "intermediate_size": 10944, "kv_lora_rank": 512, "max_position_embeddings": 163840,
    "moe_intermediate_size": 1408, "moe_layer_freq": 1, "n_group": 1, "n_routed_experts": 64,
    "n_shared_experts": 2, "norm_topk_prob": False, "num_attention_heads": 16,
    "num_experts_per_tok": 6, "num_hidden_layers": 27, "num_key_value_heads": 16,
    "q_lora_rank": None, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "rms_norm_eps": 1e-06,
    "rope_scaling": {**yarn, "mscale": 0.707, "mscale_all_dim": 0.707}, "rope_theta": 10000,
    "routed_scaling_factor": 1.0, "scoring_func": "softmax", "seq_aux": True,
    "tie_word_embeddings": False, "topk_group": 1, "topk_method": "greedy", "v_head_dim": 128,
    "vocab_size": 102400,
}
v2 = v2_lite | {
    "hidden_size": 5120, "intermediate_size": 12288, "moe_intermediate_size": 1536, "n_group": 8,
    "n_routed_experts": 160, "num_attention_heads": 128, "num_hidden_layers": 60,
    "num_key_value_heads": 128, "q_lora_rank": 1536, "routed_scaling_factor": 16.0,
    "topk_group": 3, "topk_method": "group_limited_greedy",
}
v3 = v2 | {
    "model_type": "deepseek_v3", "ep_size": 1, "first_k_dense_replace": 3, "hidden_size": 7168,
    "intermediate_size": 18432, "moe_intermediate_size": 2048, "n_routed_experts": 256,
    "n_shared_experts": 1, "norm_topk_prob": True, "num_experts_per_tok": 8,
    "num_hidden_layers": 61, "num_nextn_predict_layers": 1, "n_group": 8, "topk_group": 4,
    "quantization_config": {"activation_scheme": "dynamic", "fmt": "e4m3", "quant_method": "fp8",
                            "weight_block_size": [128, 128]},
    "rope_scaling": {**yarn, "mscale": 1.0, "mscale_all_dim": 1.0}, "routed_scaling_factor": 2.5,
    "scoring_func": "sigmoid", "topk_method": "noaux_tc", "vocab_size": 129280,
}
configs = {
    "DeepSeek-R1-Distill-Qwen-1.5B": qwen_distill,
    "DeepSeek-R1-Distill-Llama-8B": llama_distill,
    "a Qwen3 with yarn": qwen3,
    "a Qwen3 with an explicit attention_factor": qwen3
    | {"rope_scaling": {**qwen3["rope_scaling"], "attention_factor": 0.75}},
    "a Qwen3 with yarn and no factor": qwen3
    | {"rope_scaling": {**qwen3["rope_scaling"], "factor": None, "original_max_position_embeddings": 16384}},
    "a Llama with linear scaling": llama_distill
    | {"rope_scaling": {"type": "linear", "factor": 2.0}, "num_key_value_heads": None},
    "DeepSeek-V2-Lite": v2_lite,
    "DeepSeek-V2": v2,
    "DeepSeek-V3": v3,
    "a V3 with two weights of mscale": v3
    | {"rope_scaling": {**yarn, "mscale": 0.707, "mscale_all_dim": 1.0}},
    "a V3 without mscale": v3 | {"rope_scaling": yarn},
    "a V3 without scaling, halves rotated": v3 | {"rope_scaling": None, "rope_interleave": False},
}


def truth(given):
    config = AutoConfig.for_model(**{k: v for k, v in given.items() if k != "quantization_config"})
    rotary = {"deepseek_v2": DeepseekV2RotaryEmbedding, "deepseek_v3": DeepseekV3RotaryEmbedding}.get(
        config.model_type, LlamaRotaryEmbedding
    )(config)
    facts = {
        "ropeType": config.rope_parameters["rope_type"],
        "theta": config.rope_parameters["rope_theta"],
        "attentionFactor": float(rotary.attention_scaling),
        "numKeyValueHeads": config.num_key_value_heads,
        "rotatedDims": 2 * len(rotary.inv_freq),
    }
    attention = {"deepseek_v2": DeepseekV2Attention, "deepseek_v3": DeepseekV3Attention}.get(config.model_type)
    if attention:
        with torch.device("meta"):
            facts["softmaxScale"] = attention(config, 0).scaling
    # The form in which transformers itself saves it: `rope_parameters`.
    return {"config": given, "saved": json.loads(config.to_json_string()), "truth": facts}


out = {name: truth(given) for name, given in configs.items()}
path = pathlib.Path(__file__).parent / "published.json"
path.write_text(json.dumps(out, indent=1) + "\n")
