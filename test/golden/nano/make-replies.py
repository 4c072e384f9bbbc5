"""Greedy replies of models/nano as transformers gives them: the truth for test/golden/nano.test.ts.

    python test/golden/nano/make-replies.py

Needs the packages of models/nano/recipe/requirements.txt. Weights are taken as the checkpoint has them and computed
with in f32, as the reference device does. Writes replies.json beside this file: prompt and reply as token ids.
"""

import json
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

HERE = Path(__file__).resolve().parent
NANO = HERE.parents[2] / "models" / "nano"
QUESTIONS = [
    "What is 37 * 48?",
    "98765 + 4321",
    "5003 - 12876 = ?",
    "Which is larger, 9.11 or 9.9?",
    "How many r are in strawberry?",
    "Use 3, 7, 12 to make 33.",
    "Hello!",
    "Write a poem about the sea.",
    "456 nhân 23 bằng bao nhiêu?",
    "Số nào lớn hơn, 3.14 hay 3.2?",
    "Xin chào!",
    "1234加5678等于多少？",
    "9.9和9.11哪个大？",
    "你好",
]
MOST_TOKENS = 220


def main():
    tokenizer = AutoTokenizer.from_pretrained(NANO)
    model = AutoModelForCausalLM.from_pretrained(NANO, dtype=torch.float32).eval()
    model.generation_config.max_length = None
    rows = []
    for question in QUESTIONS:
        messages = [{"role": "user", "content": question}]
        text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        prompt = tokenizer(text, add_special_tokens=False)["input_ids"]
        with torch.no_grad():
            out = model.generate(
                torch.tensor([prompt]), attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
                do_sample=False, max_new_tokens=MOST_TOKENS, pad_token_id=model.config.eos_token_id,
            )
        reply = out[0, len(prompt):].tolist()
        rows.append({"question": question, "prompt": prompt, "reply": reply})
        print(question, "->", repr(tokenizer.decode(reply)))
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    (HERE / "replies.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
