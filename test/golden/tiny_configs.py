"""What the tiny checkpoints are: config.json as its makers publish it, and the dtype of the weights."""

import torch

YARN_DEEPSEEK = {"type": "yarn", "original_max_position_embeddings": 32, "beta_slow": 1}

COMMON = {"hidden_act": "silu", "rms_norm_eps": 1e-6, "bos_token_id": 256, "eos_token_id": 257,
          "attention_bias": False, "attention_dropout": 0.0, "initializer_range": 0.02,
          "use_cache": True}
DEEPSEEK = COMMON | {
    "hidden_size": 64, "num_attention_heads": 4, "num_key_value_heads": 4, "vocab_size": 272,
    "kv_lora_rank": 32, "qk_nope_head_dim": 32, "qk_rope_head_dim": 16, "v_head_dim": 32,
    "first_k_dense_replace": 1, "moe_layer_freq": 1, "rope_theta": 10000,
    "max_position_embeddings": 256, "tie_word_embeddings": False,
}

FIXTURES = {
    # Grouped queries, frequencies scaled as in Llama 3.1, a head of its own.
    "llama": (torch.bfloat16, COMMON | {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "torch_dtype": "bfloat16",
        "hidden_size": 128, "intermediate_size": 160, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 288, "mlp_bias": False,
        "rope_theta": 10000.0, "max_position_embeddings": 256, "tie_word_embeddings": False,
        "rms_norm_eps": 1e-5,
        "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
                         "high_freq_factor": 4.0, "original_max_position_embeddings": 32},
    }),
    # Biases on q, k and v; the embedding is the head.
    "qwen2": (torch.float16, COMMON | {
        "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "torch_dtype": "float16",
        "hidden_size": 128, "intermediate_size": 192, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 320,
        "rope_theta": 10000, "max_position_embeddings": 256, "tie_word_embeddings": True,
        "use_sliding_window": False, "sliding_window": 256, "max_window_layers": 2,
    }),
    # Norms on q and k, heads wider than hidden/heads, YaRN with R1-0528-Qwen3-8B's attn_factor.
    "qwen3": (torch.bfloat16, COMMON | {
        "architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "torch_dtype": "bfloat16",
        "hidden_size": 96, "intermediate_size": 160, "num_hidden_layers": 3, "head_dim": 32,
        "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 272,
        "rope_theta": 1000000, "max_position_embeddings": 128, "tie_word_embeddings": False,
        "use_sliding_window": False, "sliding_window": None, "max_window_layers": 3,
        "rope_scaling": {"rope_type": "yarn", "factor": 4.0, "attn_factor": 0.8782488562869419,
                         "original_max_position_embeddings": 32},
    }),
    # As the former, but without attn_factor and in f32: YaRN's usual factor on cos and sin.
    "qwen3-yarn": (torch.float32, COMMON | {
        "architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "torch_dtype": "float32",
        "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "head_dim": 32,
        "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 272,
        "rope_theta": 1000000, "max_position_embeddings": 128, "tie_word_embeddings": True,
        "use_sliding_window": False, "sliding_window": None, "max_window_layers": 2,
        "rope_scaling": {"rope_type": "yarn", "factor": 4.0,
                         "original_max_position_embeddings": 32},
    }),
    # Latent attention with q projected directly; softmax gate without groups.
    "deepseek-v2-lite": (torch.bfloat16, DEEPSEEK | {
        "architectures": ["DeepseekV2ForCausalLM"], "model_type": "deepseek_v2",
        "torch_dtype": "bfloat16", "num_hidden_layers": 3, "intermediate_size": 160,
        "q_lora_rank": None, "n_routed_experts": 8, "n_shared_experts": 2,
        "num_experts_per_tok": 3, "moe_intermediate_size": 32, "scoring_func": "softmax",
        "topk_method": "greedy", "n_group": 1, "topk_group": 1, "norm_topk_prob": False,
        "routed_scaling_factor": 1.0, "rope_theta": 100,
        # Betas that put YaRN's ramp inside the few dimensions there are.
        "rope_scaling": YARN_DEEPSEEK | {"factor": 8, "beta_fast": 2, "beta_slow": 0.5,
                                         "mscale": 0.707, "mscale_all_dim": 0.707},
    }),
    # q through a latent as well; softmax gate limited to the best groups, weights times 16.
    "deepseek-v2": (torch.bfloat16, DEEPSEEK | {
        "architectures": ["DeepseekV2ForCausalLM"], "model_type": "deepseek_v2",
        "torch_dtype": "bfloat16", "num_hidden_layers": 2, "intermediate_size": 160,
        "q_lora_rank": 32, "n_routed_experts": 16, "n_shared_experts": 2,
        "num_experts_per_tok": 3, "moe_intermediate_size": 32, "scoring_func": "softmax",
        "topk_method": "group_limited_greedy", "n_group": 4, "topk_group": 2,
        "norm_topk_prob": False, "routed_scaling_factor": 16.0,
        "rope_scaling": YARN_DEEPSEEK | {"factor": 8, "beta_fast": 32, "mscale": 0.707,
                                         "mscale_all_dim": 0.707},
    }),
    # Sigmoid gate with correction bias and groups; one multi-token-prediction module.
    "deepseek-v3": (torch.bfloat16, DEEPSEEK | {
        "architectures": ["DeepseekV3ForCausalLM"], "model_type": "deepseek_v3",
        "torch_dtype": "bfloat16", "num_hidden_layers": 2, "intermediate_size": 96,
        "q_lora_rank": 32, "n_routed_experts": 12, "n_shared_experts": 1,
        "num_experts_per_tok": 3, "moe_intermediate_size": 32, "scoring_func": "sigmoid",
        "topk_method": "noaux_tc", "n_group": 4, "topk_group": 2, "norm_topk_prob": True,
        "routed_scaling_factor": 2.5, "num_nextn_predict_layers": 1, "ep_size": 1,
        "rope_scaling": YARN_DEEPSEEK | {"factor": 8, "beta_fast": 32, "mscale": 1.0,
                                         "mscale_all_dim": 1.0},
    }),
    # Linear weights as e4m3 with a scale per 128x128 tile; 160 and 192 are not whole tiles.
    "deepseek-v3-fp8": (torch.bfloat16, DEEPSEEK | {
        "architectures": ["DeepseekV3ForCausalLM"], "model_type": "deepseek_v3",
        "torch_dtype": "bfloat16", "num_hidden_layers": 2, "intermediate_size": 160,
        "hidden_size": 160, "q_lora_rank": 64, "n_routed_experts": 8, "n_shared_experts": 1,
        "num_experts_per_tok": 2, "moe_intermediate_size": 32, "scoring_func": "sigmoid",
        "topk_method": "noaux_tc", "n_group": 4, "topk_group": 2, "norm_topk_prob": True,
        "routed_scaling_factor": 2.5, "num_nextn_predict_layers": 0, "ep_size": 1,
        "rope_scaling": YARN_DEEPSEEK | {"factor": 8, "beta_fast": 32, "mscale": 1.0,
                                         "mscale_all_dim": 1.0},
        "quantization_config": {"activation_scheme": "dynamic", "fmt": "e4m3",
                                "quant_method": "fp8", "weight_block_size": [128, 128]},
    }),
}
