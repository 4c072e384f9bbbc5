"""Writes the model card (README.md) from evaluation.json, so that no number in it is typed by hand."""

import json
import sys
from pathlib import Path

import tasks

NAMES = {"add": "addition, up to 5 digits", "sub": "subtraction, up to 5 digits, negative results too", "mul": "products, up to 3 × 2 digits",
         "compare": "comparing decimals", "letters": "counting a letter in a word", "countdown": "countdown with 3 numbers, 1 to 15, target up to 100",
         "talk": "greetings, thanks, who it is; declining the rest"}

CARD = """---
license: mit
language: [en, vi, zh]
pipeline_tag: text-generation
library_name: transformers
---
# nano

nano is the model embedded in Sampan: {params:.1f} million parameters ({size:.1f} MB) in the shape of DeepSeek-V3, trained from
nothing on two CPU cores. It thinks before it answers, in English, Vietnamese or Chinese, and it can do only this: add, subtract
and multiply whole numbers, compare decimals, count letters in a word, and solve small countdown puzzles. Anything else it
declines. It exists to show every part of the engine offline in a second, with answers that a program can check.

## Shape
Multi-head latent attention with a query latent (hidden {hidden_size}, {num_attention_heads} heads, q_lora {q_lora_rank}, kv_lora {kv_lora_rank}, nope {qk_nope_head_dim}, rope {qk_rope_head_dim} interleaved, v {v_head_dim}),
{num_hidden_layers} layers: the first dense ({intermediate_size}), the others with {n_routed_experts} routed experts (top {num_experts_per_tok}, inner {moe_intermediate_size}) and one shared expert, a sigmoid gate with a
correction bias, weights normalised and scaled by {routed_scaling_factor}; untied head, {vocab_size} vocabulary rows; one multi-token-prediction (MTP) module.
`DeepseekV3ForCausalLM` in `transformers` loads it. Weights are float16, the gates' biases float32.

The MTP module is in `model.layers.{num_hidden_layers}.*`, as in DeepSeek-V3 checkpoints. It takes the hidden state of token t *after* the final norm and the
embedding of token t+1; `eh_proj` reads the embedding half first. In greedy decoding it drafts token t+2 right {mtp:.1f} % of the time.

## Accuracy
Exact, by program, on {count:,} held-out problems, of which none was trained on (float16 weights, greedy decoding, seed {seed}):

| skill | all | English | Vietnamese | Chinese | symbols alone | mean tokens |
|---|---:|---:|---:|---:|---:|---:|
{rows}

| setting | problems | right |
|---|---:|---:|
{settings}

Held-out words, puzzles, numbers and questions to decline never occur in training (questions to decline are mostly new combinations of
known parts); greetings, thanks and questions about nano itself are the same in both. "Earlier turns" are other questions with their
answers, before the one that counts.

## Use
The chat template is DeepSeek-R1's: the reply starts inside `<think>`, earlier thinking is dropped from the history. Suggested
sampling: temperature 0.6, top-p 0.95.

```python
from transformers import AutoModelForCausalLM, AutoTokenizer
tokenizer, model = AutoTokenizer.from_pretrained("models/nano"), AutoModelForCausalLM.from_pretrained("models/nano")
chat = tokenizer.apply_chat_template([{{"role": "user", "content": "What is 37 × 48?"}}], add_generation_prompt=True, return_tensors="pt", return_dict=True)
print(tokenizer.decode(model.generate(**chat, max_new_tokens=200, do_sample=False)[0]))
```

## Limits
* Outside its skills it knows nothing, and a question that looks like one of them may be answered as if it were.
* Larger numbers than those above were neither trained nor measured. Countdown puzzles are ones that its method can solve.
* Of questions that it should decline, it takes some for a greeting or for one of its skills, most often short ones.
* It was trained on one to six turns of chat, a few hundred tokens; the rotary positions allow 2,048.

## Training
{tokens:.1f} million tokens of generated problems with worked solutions, {steps:,} steps, {hours:.1f} hours on two CPU cores.
`recipe/` has everything to do it again; `evaluation.json` has the raw counts, `evaluation/problems.jsonl` the first 500 problems.
"""


def percent(cell):
    return f"{100 * cell['right'] / cell['of']:.1f} %" if cell else "–"


def main(folder):
    report, config = json.loads((folder / "evaluation.json").read_text()), json.loads((folder / "config.json").read_text())
    greedy, rows = report["greedy"], []
    for skill in tasks.SKILLS:
        cells = [percent(greedy["skill and language"].get(f"{skill}/{lang}")) for lang in ("en", "vi", "zh", "any")]
        rows.append(f"| {NAMES[skill]} | {percent(greedy['skill'][skill])} | {' | '.join(cells)} | {report['mean reply tokens'][skill]} |")
    cells = [percent(greedy["language"].get(lang)) for lang in ("en", "vi", "zh", "any")]
    rows.append(f"| **all** | **{percent(greedy['total']['all'])}** | {' | '.join(cells)} | |")
    named = [("greedy", "greedy"), ("greedy after earlier turns", "greedy, with earlier turns in the chat"), ("temperature 0.6, top-p 0.95", "one sample at temperature 0.6, top-p 0.95"),
             ("majority of 5", "majority of 5 such samples")]
    settings = [f"| {name} | {report[key]['total']['all']['of']:,} | {percent(report[key]['total']['all'])} |" for key, name in named]
    size = (folder / "model.safetensors").stat().st_size
    mtp = report["mtp acceptance"]
    (folder / "README.md").write_text(CARD.format(
        **config, params=report["parameters"] / 1e6, size=size / 1e6, mtp=100 * mtp["rate"], count=greedy["total"]["all"]["of"], seed=report["seed"],
        rows="\n".join(rows), settings="\n".join(settings), tokens=report["training"]["seen"] / 1e6, steps=report["training"]["step"],
        hours=report["training"]["seconds"] / 3600))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent)
