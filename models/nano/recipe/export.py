"""Writes a checkpoint as a Hugging Face model (DeepseekV3ForCausalLM) and checks that both give the same results.

    python export.py --checkpoint RUN_FOLDER/last.pt --out ..

The MTP module goes where DeepSeek-V3 checkpoints keep it: in `model.layers.{num_hidden_layers}.*`, with its own copies of
the embedding and the head, which `transformers` leaves unread.
"""

import argparse
import json
import random
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file

import tasks
from chat import Chat, with_history
from generate import generate
from model import Config, Layout, Nano
from train import MIX


def hf_config(c, chat):
    return {
        "architectures": ["DeepseekV3ForCausalLM"], "model_type": "deepseek_v3", "vocab_size": c.vocab, "hidden_size": c.hidden,
        "intermediate_size": c.dense_inner, "moe_intermediate_size": c.expert_inner, "num_hidden_layers": c.layers,
        "num_nextn_predict_layers": 1, "num_attention_heads": c.heads, "num_key_value_heads": c.heads, "n_shared_experts": 1,
        "n_routed_experts": c.experts, "num_experts_per_tok": c.top_k, "routed_scaling_factor": c.route_scale, "kv_lora_rank": c.kv_lora,
        "q_lora_rank": c.q_lora, "qk_rope_head_dim": c.rope, "qk_nope_head_dim": c.nope, "v_head_dim": c.v_head, "n_group": 1, "topk_group": 1,
        "topk_method": "noaux_tc", "scoring_func": "sigmoid", "norm_topk_prob": True, "first_k_dense_replace": 1, "moe_layer_freq": 1,
        "ep_size": 1, "hidden_act": "silu", "max_position_embeddings": c.max_positions, "initializer_range": 0.02, "rms_norm_eps": c.eps,
        "use_cache": True, "bos_token_id": chat.tokenizer.token_to_id("<｜begin▁of▁sentence｜>"), "eos_token_id": chat.eos, "pad_token_id": chat.pad,
        "tie_word_embeddings": False, "rope_theta": c.rope_theta, "rope_scaling": None, "rope_interleave": True, "attention_bias": False,
        "attention_dropout": 0.0, "torch_dtype": "float16",
    }


def hf_layer(prefix, layer, c):
    a, out = layer.attn, {}
    out[f"{prefix}.input_layernorm.weight"] = layer.attn_norm.weight
    out[f"{prefix}.post_attention_layernorm.weight"] = layer.mlp_norm.weight
    for name, module in (("q_a_proj", a.q_a), ("q_a_layernorm", a.q_norm), ("q_b_proj", a.q_b), ("kv_a_proj_with_mqa", a.kv_a),
                         ("kv_a_layernorm", a.kv_norm), ("kv_b_proj", a.kv_b), ("o_proj", a.out)):
        out[f"{prefix}.self_attn.{name}.weight"] = module.weight

    def mlp(at, gate_up, down):
        gate, up = gate_up.chunk(2, 0)
        out.update({f"{at}.gate_proj.weight": gate, f"{at}.up_proj.weight": up, f"{at}.down_proj.weight": down})

    m = layer.mlp
    if hasattr(m, "shared"):
        out[f"{prefix}.mlp.gate.weight"] = m.gate
        out[f"{prefix}.mlp.gate.e_score_correction_bias"] = m.bias
        for e in range(c.experts):
            mlp(f"{prefix}.mlp.experts.{e}", m.gate_up[e], m.down[e])
        mlp(f"{prefix}.mlp.shared_experts", m.shared.gate_up.weight, m.shared.down.weight)
    else:
        mlp(f"{prefix}.mlp", m.gate_up.weight, m.down.weight)
    return out


def hf_weights(model):
    c, mtp = model.c, f"model.layers.{model.c.layers}"
    out = {"model.embed_tokens.weight": model.embed.weight, "model.norm.weight": model.norm.weight, "lm_head.weight": model.head.weight}
    for i, layer in enumerate(model.layers):
        out.update(hf_layer(f"model.layers.{i}", layer, c))
    out.update(hf_layer(mtp, model.mtp.layer, c))
    for name, module in (("enorm", model.mtp.enorm), ("hnorm", model.mtp.hnorm), ("eh_proj", model.mtp.eh_proj), ("shared_head.norm", model.mtp.norm),
                         ("shared_head.head", model.head), ("embed_tokens", model.embed)):
        out[f"{mtp}.{name}.weight"] = module.weight
    # Half precision keeps three more bits than bfloat16 of weights of this size. The gate's bias stays in f32, as in V3.
    return {k: v.detach().to(torch.float32 if k.endswith("bias") else torch.float16).clone().contiguous() for k, v in out.items()}


def load(checkpoint, half=True):
    """The model of a checkpoint, its weights rounded to half precision as in the export."""
    saved = torch.load(checkpoint, weights_only=True)
    model = Nano(Config(**saved["config"]))
    model.load_state_dict(saved["model"])
    with torch.no_grad():
        for p in model.parameters() if half else ():
            p.copy_(p.half().float())
    return model.eval(), saved["state"]


def compare(model, folder):
    """-> (largest logit difference, greedy replies that differ) against transformers, in f32."""
    from transformers import AutoModelForCausalLM, AutoTokenizer
    theirs, tokenizer = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval(), AutoTokenizer.from_pretrained(folder)
    chat, rng, worst, differ = Chat(folder), random.Random(5), 0.0, 0
    for skill in tasks.SKILLS * 2:
        p, history, system = with_history(skill, rng, "any", MIX, share=0.3)
        messages = ([{"role": "system", "content": system}] if system else []) + [
            m for q, a in history for m in ({"role": "user", "content": q}, {"role": "assistant", "content": "x</think>" + a})]
        text = tokenizer.apply_chat_template([*messages, {"role": "user", "content": p.question}], add_generation_prompt=True, tokenize=False)
        prompt = chat.prompt(p.question, history, system)
        assert tokenizer(text)["input_ids"] == prompt, (text, prompt)
        reply = generate(model, [prompt], chat.eos, 150)[0]
        with torch.inference_mode():
            ids = torch.tensor(prompt + reply)
            mine = model.head(model(ids, Layout([len(ids)], 1)))
            worst = max(worst, float((mine - theirs(ids[None]).logits[0]).abs().max()))
            out = theirs.generate(torch.tensor([prompt]), attention_mask=torch.ones(1, len(prompt)).long(), max_new_tokens=150, do_sample=False)
        differ += out[0, len(prompt):].tolist() != reply
    return worst, differ


def main():
    torch.set_num_threads(1)
    a = argparse.ArgumentParser()
    a.add_argument("--checkpoint", required=True)
    a.add_argument("--out", default=str(Path(__file__).parent.parent))
    a = a.parse_args()
    out = Path(a.out)
    out.mkdir(parents=True, exist_ok=True)
    here = Path(__file__).parent.parent
    for name in ("tokenizer.json", "tokenizer_config.json") if out.resolve() != here.resolve() else ():
        shutil.copy(here / name, out / name)  # the files that training read, never a new build
    model, state = load(a.checkpoint)
    chat = Chat(out)
    save_file(hf_weights(model), out / "model.safetensors", metadata={"format": "pt"})
    config = hf_config(model.c, chat)
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    generation = {"bos_token_id": config["bos_token_id"], "eos_token_id": chat.eos, "pad_token_id": chat.pad, "do_sample": True, "temperature": 0.6, "top_p": 0.95, "max_length": 2048}
    (out / "generation_config.json").write_text(json.dumps(generation, indent=2) + "\n")
    worst, differ = compare(model, out)
    print(f"{state}  {(out / 'model.safetensors').stat().st_size / 1e6:.1f} MB  largest logit difference {worst:.2e}, {differ} greedy replies differ")
    assert worst < 1e-3


if __name__ == "__main__":
    main()
