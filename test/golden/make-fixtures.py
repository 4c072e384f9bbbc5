"""Makes the tiny checkpoints of test/golden and what Hugging Face transformers says about them.

    python -m venv venv && venv/bin/pip install torch transformers==5.23.0 safetensors
    venv/bin/python test/golden/make-fixtures.py            # all; or names of fixtures

Each folder is a checkpoint as its makers publish them (config.json with rope_scaling, one
safetensors file, experts one by one, FP8 with weight_scale_inv) plus truth.json:

    prompts[]  tokens, greedy (64 tokens that follow), minGap (smallest lead of a greedy token over
               the runner-up), positions and, for each of them, base64 of the f32 next-token logits
    mtp[]      the same for the multi-token-prediction module: nextTokens[i] follows position i

Weights are random, of a scale that makes logits differ and choices clear: seeds are tried until
every greedy choice and every router's choice is far from a tie. Truth is computed in f32 from
exactly the stored values.

Where transformers 5.23 and DeepSeek's released code (modeling_deepseek.py of the V2 and V3
repositories, inference/model.py of github.com/deepseek-ai/DeepSeek-V3) were compared:
  - rope: both rotate pairs (0,1), (2,3)...; V3's port leaves the result de-interleaved, in q and in
    k alike, so scores are the same.
  - YaRN: the same frequencies; cos and sin times mscale/mscale_all_dim's ratio (1 here); softmax
    scale times (0.1 * mscale_all_dim * ln factor + 1)^2 in both.
  - V2's gate: the same, as long as norm_topk_prob is false (transformers never normalises; the
    released code normalises and then does not scale). Both released V2 models say false.
  - V3's gate: unchosen groups are masked with -inf in both.
  - sdpa and eager attention differ by rounding only; eager is used.
  - R1-0528-Qwen3-8B's config says rope_scaling.attn_factor, which transformers does not read (its
    key is attention_factor): vLLM multiplies it into YaRN's 0.1 ln(factor) + 1. `oracle` does so.
"""

import base64
import json
import math
import shutil
import sys
import tempfile
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM
from transformers.modeling_layers import MtpModel
from transformers.utils.logging import disable_progress_bar, set_verbosity_error

from tiny_configs import FIXTURES
from tiny_tokenizer import TOKENIZER_CONFIG, tokenizer

HERE = Path(__file__).parent
GREEDY = 64
FP8_TILE = 128
# A seed is taken when no choice was closer than this.
LEAST_LEAD, LEAST_ROUTER_LEAD, LEAST_VARIETY = 0.02, 2e-5, 16


# --- weights ---------------------------------------------------------------------------------

def tensor_shapes(c):
    """Names and shapes as the published checkpoints have them."""
    h, vocab = c["hidden_size"], c["vocab_size"]
    shapes = {"model.embed_tokens.weight": (vocab, h), "model.norm.weight": (h,)}
    if not c["tie_word_embeddings"]:
        shapes["lm_head.weight"] = (vocab, h)
    nextn = c.get("num_nextn_predict_layers", 0)
    for layer in range(c["num_hidden_layers"] + nextn):
        p = f"model.layers.{layer}."
        shapes[p + "input_layernorm.weight"] = (h,)
        shapes[p + "post_attention_layernorm.weight"] = (h,)
        shapes |= {p + "self_attn." + k: v for k, v in attention_shapes(c).items()}
        shapes |= {p + "mlp." + k: v for k, v in feed_forward_shapes(c, layer).items()}
        if layer >= c["num_hidden_layers"]:
            shapes |= {p + "enorm.weight": (h,), p + "hnorm.weight": (h,),
                       p + "eh_proj.weight": (h, 2 * h), p + "shared_head.norm.weight": (h,),
                       p + "embed_tokens.weight": (vocab, h),
                       p + "shared_head.head.weight": (vocab, h)}
    return shapes


def attention_shapes(c):
    h, heads = c["hidden_size"], c["num_attention_heads"]
    if "kv_lora_rank" in c:
        latent, nope, rope, v = (c[k] for k in ("kv_lora_rank", "qk_nope_head_dim",
                                                "qk_rope_head_dim", "v_head_dim"))
        shapes = {"kv_a_proj_with_mqa.weight": (latent + rope, h),
                  "kv_a_layernorm.weight": (latent,),
                  "kv_b_proj.weight": (heads * (nope + v), latent),
                  "o_proj.weight": (h, heads * v)}
        if c["q_lora_rank"] is None:
            return shapes | {"q_proj.weight": (heads * (nope + rope), h)}
        q = c["q_lora_rank"]
        return shapes | {"q_a_proj.weight": (q, h), "q_a_layernorm.weight": (q,),
                         "q_b_proj.weight": (heads * (nope + rope), q)}
    dim = c.get("head_dim", h // heads)
    q, kv = heads * dim, c["num_key_value_heads"] * dim
    shapes = {"q_proj.weight": (q, h), "k_proj.weight": (kv, h), "v_proj.weight": (kv, h),
              "o_proj.weight": (h, q)}
    if c["model_type"] == "qwen2":
        shapes |= {"q_proj.bias": (q,), "k_proj.bias": (kv,), "v_proj.bias": (kv,)}
    if c["model_type"] == "qwen3":
        shapes |= {"q_norm.weight": (dim,), "k_norm.weight": (dim,)}
    return shapes


def feed_forward_shapes(c, layer):
    def swiglu(prefix, inter):
        h = c["hidden_size"]
        return {prefix + "gate_proj.weight": (inter, h), prefix + "up_proj.weight": (inter, h),
                prefix + "down_proj.weight": (h, inter)}

    if "n_routed_experts" not in c or layer < c["first_k_dense_replace"]:
        return swiglu("", c["intermediate_size"])
    experts, inter = c["n_routed_experts"], c["moe_intermediate_size"]
    shapes = {"gate.weight": (experts, c["hidden_size"])}
    if c["topk_method"] == "noaux_tc":
        shapes["gate.e_score_correction_bias"] = (experts,)
    shapes |= swiglu("shared_experts.", inter * c["n_shared_experts"])
    for e in range(experts):
        shapes |= swiglu(f"experts.{e}.", inter)
    return shapes


def random_weights(c, dtype, seed):
    generator = torch.Generator().manual_seed(seed)
    weights = {}
    for name, shape in tensor_shapes(c).items():
        value = torch.randn(shape, generator=generator)
        if "norm" in name:
            value = 1 + 0.25 * value
        elif name.endswith("e_score_correction_bias"):
            value = 0.2 * value
        elif name.endswith(".bias"):
            value = 0.5 * value
        elif "embed_tokens" in name:
            value = value / (shape[1] ** 0.5 / 3) if c["tie_word_embeddings"] else value
        else:
            gain = 2.5 if name.startswith("lm_head") else 2.0 if ".gate.weight" in name else 1.4
            value = value * gain / math.sqrt(shape[1])
        is_f32 = name.endswith("e_score_correction_bias")
        weights[name] = value.to(torch.float32 if is_f32 else dtype)
    # V3 repeats the shared embedding and head inside the module.
    for name in weights:
        if name.endswith(".embed_tokens.weight") and ".layers." in name:
            weights[name] = weights["model.embed_tokens.weight"].clone()
        if name.endswith(".shared_head.head.weight"):
            weights[name] = weights["lm_head.weight"].clone()
    if "quantization_config" in c:
        for name in [n for n in weights if is_fp8(n)]:
            weights[name], weights[name + "_scale_inv"] = to_fp8(weights[name].float())
    return weights


def is_fp8(name):
    kept = ("embed_tokens", "lm_head", "norm", ".gate.", "eh_proj", "shared_head")
    return name.endswith(".weight") and not any(k in name for k in kept)


def tiles(scales, shape):
    """A scale per tile → a scale per element."""
    wide = scales.repeat_interleave(FP8_TILE, 0).repeat_interleave(FP8_TILE, 1)
    return wide[: shape[0], : shape[1]]


def to_fp8(value):
    rows, columns = (math.ceil(n / FP8_TILE) for n in value.shape)
    scales = torch.empty(rows, columns)
    for r in range(rows):
        for k in range(columns):
            tile = value[r * FP8_TILE:(r + 1) * FP8_TILE, k * FP8_TILE:(k + 1) * FP8_TILE]
            scales[r, k] = tile.abs().max() / 448
    return (value / tiles(scales, value.shape)).to(torch.float8_e4m3fn), scales


def dequantised(weights):
    plain = {}
    for name, value in weights.items():
        if name.endswith("_scale_inv"):
            continue
        scales = weights.get(name + "_scale_inv")
        plain[name] = value.float() if scales is None else (
            value.float() * tiles(scales, value.shape))
    return plain


# --- truth -----------------------------------------------------------------------------------

def oracle(config, weights):
    """The model in transformers, f32, and its MTP module where it has one."""
    config = {k: v for k, v in config.items() if k != "quantization_config"}
    config["torch_dtype"] = "float32"
    scaling = config.get("rope_scaling")
    if scaling and "attn_factor" in scaling:
        whole = (0.1 * math.log(scaling["factor"]) + 1) * scaling["attn_factor"]
        config["rope_scaling"] = {k: v for k, v in scaling.items() if k != "attn_factor"}
        config["rope_scaling"]["attention_factor"] = whole
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.json").write_text(json.dumps(config))
        save_file(dequantised(weights), f"{folder}/model.safetensors", {"format": "pt"})
        model, info = AutoModelForCausalLM.from_pretrained(
            folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
        assert not info["missing_keys"] and not info["mismatched_keys"], info
        mtp = None
        if config.get("num_nextn_predict_layers", 0) > 0:
            model._keys_to_ignore_on_load_unexpected = [
                rf"model\.layers\.{config['num_hidden_layers']}.*"]
            mtp = MtpModel.from_pretrained(model).eval()
            layer = f"model.layers.{config['num_hidden_layers']}."
            for ours, theirs in (("eh_proj.weight", mtp.layers[0].eh_proj),
                                 ("shared_head.norm.weight", mtp.layers[0].post_norm),
                                 ("self_attn.o_proj.weight", mtp.layers[0].mtp_block.self_attn.o_proj)):
                assert torch.equal(weights[layer + ours].float(), theirs.weight), ours
    return model.eval(), mtp


def mtp_logits(model, mtp, tokens, next_tokens):
    """Logits of the token after next_tokens[i], for every position i.

    h_i is the main model's hidden state AFTER its final norm: transformers' MTPCandidateGenerator
    takes outputs.hidden_states[-1], which is the normed one; vLLM's DeepseekV2Model.forward and
    SGLang's return the normed states to deepseek_mtp / deepseek_nextn, and llama.cpp's deepseek2
    takes h_nextn after output_norm. (DeepSeek released no code for it; ROCm/ATOM#1764 measured a
    better acceptance on R1 with the normed states.) vLLM also zeroes the embedding at position 0,
    which none of the others does; not done here.
    MtpLayer concatenates [enorm(embedding) ; hnorm(h)], as vLLM and SGLang.
    Rope sees only differences of positions, so counting from 0 or 1 is the same.
    """
    positions = torch.arange(len(tokens))[None]
    hidden = model.model(input_ids=torch.tensor([tokens])).last_hidden_state
    last = mtp.forward_layer(0, hidden, positions, None, input_ids=torch.tensor([next_tokens]))
    return mtp._project_to_logits(last)[0]


class RouterWatch:
    """The smallest lead of a chosen expert or group over an unchosen one, over all forward passes."""

    def __init__(self, model, config):
        self.gap, self.config = math.inf, config
        for module in model.modules():
            if type(module).__name__.endswith("TopkRouter"):
                module.register_forward_hook(self.see)

    def see(self, module, _inputs, outputs):
        logits, c = outputs[0], self.config
        scores = logits.sigmoid() if c["scoring_func"] == "sigmoid" else logits.softmax(-1)
        if hasattr(module, "e_score_correction_bias"):
            scores = scores + module.e_score_correction_bias
        if c["n_group"] > 1:
            grouped = scores.view(-1, c["n_group"], scores.shape[-1] // c["n_group"])
            best = grouped.topk(2, -1).values.sum(-1) if c["scoring_func"] == "sigmoid" else (
                grouped.max(-1).values)
            self.note(best, c["topk_group"])
            kept = best >= best.topk(c["topk_group"], -1).values[:, -1:]
            scores = grouped.masked_fill(~kept[..., None], -math.inf).flatten(1)
        self.note(scores, c["num_experts_per_tok"])

    def note(self, scores, k):
        top = scores.topk(k + 1, -1).values
        self.gap = min(self.gap, (top[:, k - 1] - top[:, k]).min().item())


def packed(logits):
    return base64.b64encode(logits.contiguous().numpy().astype("<f4").tobytes()).decode()


@torch.no_grad()
def truth_of(config, weights, seed):
    """truth.json and how clear its choices are; None where the seed gives a near-tie."""
    model, mtp = oracle(config, weights)
    watch = RouterWatch(model, config)
    generator = torch.Generator().manual_seed(seed + 1000)
    truth = {"prompts": []} | ({"mtp": []} if mtp else {})
    gap, variety = math.inf, math.inf
    for length in (1, 7, 60):
        prompt = torch.randint(256, (length,), generator=generator).tolist()
        tokens, min_gap = list(prompt), math.inf
        for _ in range(GREEDY):
            logits = model(torch.tensor([tokens]), use_cache=False).logits[0]
            top = logits[-1].topk(2)
            min_gap = min(min_gap, (top.values[0] - top.values[1]).item())
            tokens.append(top.indices[0].item())
            if min_gap < LEAST_LEAD or watch.gap < LEAST_ROUTER_LEAD:
                return None
        greedy = tokens[length:]
        if len(set(greedy)) < LEAST_VARIETY:
            return None
        positions = sorted({0, length // 3, length // 2, length - 1})
        logits = model(torch.tensor([prompt]), use_cache=False).logits[0]
        truth["prompts"].append({
            "tokens": prompt, "greedy": greedy, "minGap": round(min_gap, 5),
            "positions": positions, "logits": [packed(logits[p]) for p in positions]})
        if mtp:
            following = prompt[1:] + greedy[:1]
            logits = mtp_logits(model, mtp, prompt, following)
            truth["mtp"].append({"tokens": prompt, "nextTokens": following, "positions": positions,
                                 "logits": [packed(logits[p]) for p in positions]})
        gap, variety = min(gap, min_gap), min(variety, len(set(greedy)))
    return truth, f"leads {gap:.3f}, of routers {watch.gap:.1e}, {variety} different tokens"


# --- files -----------------------------------------------------------------------------------

def make(name):
    dtype, config = FIXTURES[name]
    for seed in range(1, 1000):
        weights = random_weights(config, dtype, seed)
        found = truth_of(config, weights, seed)
        if found:
            break
    assert found, f"{name}: no seed with clear choices"
    truth, quality = found
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    for file, value in (("tokenizer.json", tokenizer()),
                        ("tokenizer_config.json", TOKENIZER_CONFIG)):
        (folder / file).write_text(json.dumps(value, ensure_ascii=False) + "\n")
    (folder / "truth.json").write_text(json.dumps(truth, separators=(",", ":")) + "\n")
    size = (folder / "model.safetensors").stat().st_size
    print(f"{name}: seed {seed}, {size / 1000:.0f} kB, {quality}", flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    disable_progress_bar()
    set_verbosity_error()
    for fixture in sys.argv[1:] or FIXTURES:
        make(fixture)
