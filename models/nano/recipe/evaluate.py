"""Measures nano on held-out problems, and writes evaluation.json and evaluation/problems.jsonl.

    python evaluate.py --checkpoint RUN_FOLDER/last.pt --out ..

Weights are rounded to half precision first, as in the export, and computed with in f32. Held-out problems never occur in
training (see `tasks.held_out`); short one-digit sums are not among them.
"""

import argparse
import json
import os
import random
import time
from collections import Counter
from pathlib import Path

import torch

import tasks
from chat import Chat, answer_of, with_history
from export import load
from generate import acceptance, generate
from train import MIX

SEED = 20260


def problems(count, seed, history=0.0):
    """`count` problems, skills in turn, languages drawn as in training."""
    rng = random.Random(seed)
    return [with_history(tasks.SKILLS[i % len(tasks.SKILLS)], rng, "test", MIX, share=history) for i in range(count)]


_worker = {}


def start_worker(checkpoint):
    torch.set_num_threads(1)
    _worker["model"], _worker["chat"] = load(checkpoint)[0], Chat()


def work(job):
    prompts, limit, how = job
    return generate(_worker["model"], prompts, _worker["chat"].eos, limit, **how)


def answer_all(pool, chat, asked, limit=200, batch=100, **how):
    """Prompts and replies (token ids) in the order of `asked`; prompts of similar length go together."""
    prompts = [chat.prompt(p.question, h, s) for p, h, s in asked]
    order, replies = sorted(range(len(asked)), key=lambda i: len(prompts[i])), [None] * len(asked)
    parts = [order[i:i + batch] for i in range(0, len(order), batch)]
    for part, out in zip(parts, pool.imap(work, [([prompts[i] for i in part], limit, how) for part in parts])):
        for i, reply in zip(part, out):
            replies[i] = reply
    return prompts, replies


def right(chat, problem, reply):
    answer = answer_of(chat.decode(reply))
    return answer is not None and tasks.check(problem, answer)


def table(asked, verdicts):
    """Share of right answers per skill, per language, and per skill and language."""
    good, all_ = Counter(), Counter()
    for (p, _, _), ok in zip(asked, verdicts):
        for key in (("total", "all"), ("skill", p.skill), ("language", p.lang), ("skill and language", f"{p.skill}/{p.lang}")):
            all_[key] += 1
            good[key] += ok
    result = {}
    for (kind, key), n in sorted(all_.items()):
        result.setdefault(kind, {})[key] = {"right": good[kind, key], "of": n, "accuracy": round(good[kind, key] / n, 4)}
    return result


def vote(chat, problem, replies):
    """The commonest answer wins."""
    answers = Counter(a for a in (answer_of(chat.decode(r)) for r in replies) if a)
    return bool(answers) and tasks.check(problem, answers.most_common(1)[0][0])


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--checkpoint", required=True)
    a.add_argument("--out", default=str(Path(__file__).parent.parent))
    a.add_argument("--count", type=int, default=10000)
    a.add_argument("--sampled", type=int, default=1000)
    a.add_argument("--votes", type=int, default=500)
    a = a.parse_args()
    out, chat = Path(a.out), Chat()
    (out / "evaluation").mkdir(parents=True, exist_ok=True)
    model, state = load(a.checkpoint)
    pool = torch.multiprocessing.get_context("spawn").Pool(os.cpu_count(), start_worker, (a.checkpoint,))
    report = {"seed": SEED, "training": state, "parameters": sum(p.numel() for p in model.parameters())}

    asked, began = problems(a.count, SEED), time.time()
    prompts, replies = answer_all(pool, chat, asked)
    verdicts = [right(chat, p, r) for (p, _, _), r in zip(asked, replies)]
    report["greedy"] = table(asked, verdicts)
    lengths = Counter()
    for (p, _, _), r in zip(asked, replies):
        lengths[p.skill] += len(r)
    per_skill = Counter(p.skill for p, _, _ in asked)
    report["mean reply tokens"] = {k: round(lengths[k] / per_skill[k], 1) for k in tasks.SKILLS}
    print(f"greedy {report['greedy']['total']} in {time.time() - began:.0f} s", flush=True)
    for key, value in {**report["greedy"]["skill"], **report["greedy"]["language"]}.items():
        print(f"  {key:10} {100 * value['accuracy']:.2f} % of {value['of']}", flush=True)

    good = drafted = 0
    for i in range(0, min(2000, len(asked)), 200):
        g, d = acceptance(model, prompts[i:i + 200], replies[i:i + 200])
        good, drafted = good + g, drafted + d
    report["mtp acceptance"] = {"right": good, "of": drafted, "rate": round(good / drafted, 4)}
    print("mtp", report["mtp acceptance"], flush=True)

    chats = problems(a.sampled, SEED + 1, history=1.0)
    report["greedy after earlier turns"] = table(chats, [right(chat, p, r) for (p, _, _), r in zip(chats, answer_all(pool, chat, chats)[1])])
    print("after earlier turns", report["greedy after earlier turns"]["total"], flush=True)

    how = {"temperature": 0.6, "top_p": 0.95}
    drawn = answer_all(pool, chat, asked[:a.sampled], seed=1, **how)[1]
    report["temperature 0.6, top-p 0.95"] = table(asked[:a.sampled], [right(chat, p, r) for (p, _, _), r in zip(asked, drawn)])
    print("sampled", report["temperature 0.6, top-p 0.95"]["total"], flush=True)

    rounds = [drawn] + [answer_all(pool, chat, asked[:a.votes], seed=k, **how)[1] for k in range(2, 6)]
    voted = [vote(chat, p, [r[i] for r in rounds]) for i, (p, _, _) in enumerate(asked[:a.votes])]
    report["majority of 5"] = table(asked[:a.votes], voted)
    print("majority of 5", report["majority of 5"]["total"], "one sample on the same:",
          sum(right(chat, p, r) for (p, _, _), r in zip(asked[:a.votes], drawn)) / a.votes, flush=True)

    (out / "evaluation.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    with open(out / "evaluation" / "problems.jsonl", "w") as f:
        for (p, _, _), ok in list(zip(asked, verdicts))[:500]:
            f.write(json.dumps({"skill": p.skill, "lang": p.lang, "question": p.question, "answer": p.answer, "expect": p.expect, "greedyRight": ok}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
