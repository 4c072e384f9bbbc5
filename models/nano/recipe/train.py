"""Trains nano on freshly made problems until a given time of day.

    python train.py --run RUN_FOLDER --until 18:30

The learning rate rises, stays constant, and falls linearly to zero over the last `--decay` minutes before `--until`, so
a run may be stopped and resumed (it goes on from RUN_FOLDER/last.pt) or lengthened. RUN_FOLDER/mix.json, if there,
gives each skill's share of the examples and is read again all the time. One worker process per core.
"""

import argparse
import json
import os
import random
import time
from datetime import datetime, timedelta
from pathlib import Path

os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "8192")  # must be set before torch loads

import torch
import torch.nn.functional as F

import tasks
from chat import Chat, Stream, answer_of, with_history
from generate import generate
from model import Config, Layout, Nano
from optimizer import make_optimizers

MIX = {"add": 2.5, "sub": 2.5, "mul": 3, "compare": 1.5, "letters": 2, "countdown": 3, "talk": 1}


def arguments():
    a = argparse.ArgumentParser()
    a.add_argument("--run", required=True)
    a.add_argument("--until", required=True, help="HH:MM, today or tomorrow")
    a.add_argument("--decay", type=float, default=30, help="minutes of falling learning rate at the end")
    a.add_argument("--tokens", type=int, default=4096, help="tokens per step, all workers together")
    a.add_argument("--workers", type=int, default=os.cpu_count())
    a.add_argument("--muon-lr", type=float, default=0.02)
    a.add_argument("--adam-lr", type=float, default=3e-3)
    a.add_argument("--weight-decay", type=float, default=0.05)
    a.add_argument("--mtp-weight", type=float, default=0.2)
    a.add_argument("--mtp-every", type=int, default=4, help="train the MTP module on every n-th step")
    a.add_argument("--balance", type=float, default=1e-3)
    a.add_argument("--seed", type=int, default=0)
    return a.parse_args()


def deadline(text):
    now = datetime.now()
    end = now.replace(hour=int(text[:2]), minute=int(text[3:]), second=0)
    return (end if end > now else end + timedelta(days=1)).timestamp()


class Tally:
    """Loss and share of wholly right replies per skill since the last report."""

    def __init__(self):
        self.sums = torch.zeros(len(tasks.SKILLS), 4)  # loss, tokens, right replies, replies

    @torch.no_grad()
    def add(self, rows, losses, hits, row_of):
        skill = torch.tensor([r[3] for r in rows])
        wrong = torch.zeros(len(rows)).index_add(0, row_of, (~hits).float())
        parts = [(0, skill[row_of], losses), (1, skill[row_of], torch.ones_like(losses)), (2, skill, (wrong == 0).float()), (3, skill, torch.ones(len(rows)))]
        for column, index, values in parts:
            self.sums[:, column].index_add_(0, index, values)

    def __str__(self):
        s = self.sums
        return "  ".join(f"{k} {s[i, 0] / s[i, 1].clamp(min=1):.3f}/{100 * s[i, 2] / s[i, 3].clamp(min=1):.0f}%" for i, k in enumerate(tasks.SKILLS))


def losses(model, rows, with_mtp, mtp_weight):
    """-> (loss to descend, per-token losses of the replies, hits, row of each reply token, MTP loss)"""
    layout = Layout([r[0] for r in rows])
    tokens = torch.tensor([t for r in rows for t in r[2]])
    # Position i predicts token i+1; only tokens of the reply count.
    at, of, start = [], [], 0
    for k, (n, prompt, _, _) in enumerate(rows):
        at += range(start + prompt - 1, start + n - 1)
        of += [k] * (n - prompt)
        start += n
    at, of = torch.tensor(at), torch.tensor(of)
    with torch.autocast("cpu", torch.bfloat16):
        hidden = model(tokens, layout)
        padded = F.pad(at, (0, -len(at) % 128))  # few distinct shapes here too
        logits = model.head(hidden.index_select(0, padded)).float()[:len(at)]
        per_token = F.cross_entropy(logits, tokens[at + 1], reduction="none")
        loss, mtp_loss = per_token.mean(), 0.0
        if with_mtp:
            two = at[:-1][of[1:] == of[:-1]]  # token i+2 is in the same reply
            padded = F.pad(two, (0, -len(two) % 128))
            drafted = model.head(model.draft(hidden, tokens, layout).index_select(0, padded)).float()[:len(two)]
            extra = F.cross_entropy(drafted, tokens[two + 2])
            loss, mtp_loss = loss + mtp_weight * extra, extra.item()
    return loss, per_token.detach(), logits.detach().argmax(-1) == tokens[at + 1], of, mtp_loss


def greedy_check(model, chat, count=20):
    rng, told = random.Random(7), []
    for skill in tasks.SKILLS:
        problems = [with_history(skill, rng, "test", MIX, share=0) for _ in range(count)]
        replies = generate(model, [chat.prompt(p.question, h, s) for p, h, s in problems], chat.eos, 180)
        answers = [answer_of(chat.decode(r)) for r in replies]
        told.append(f"{skill} {sum(a is not None and tasks.check(p, a) for (p, _, _), a in zip(problems, answers))}/{count}")
    model.train()
    return "greedy: " + "  ".join(told)


def owners(model, workers):
    """Which worker updates which parameter: the work of Muon, nearly all of it, in about equal parts."""
    load, owned = [0.0] * workers, [[] for _ in range(workers)]
    for name, p in sorted(model.named_parameters(), key=lambda n: -n[1].numel()):
        w = load.index(min(load))
        load[w] += p.numel()
        owned[w].append((name, p))
    return owned


def work(rank, a, model, gradients, loads, barrier, state):
    """One worker. The weights are in shared memory: each worker puts its gradients in its row of `gradients`, then
    updates the parameters it owns with the mean of all rows. One thread each with two meetings per step loses far less
    time to other programs on the machine than threads that meet after every operation."""
    torch.set_num_threads(1)
    run, end, workers = Path(a.run), deadline(a.until), a.workers
    chat = Chat()
    offsets, at = {}, 0
    for name, p in model.named_parameters():
        offsets[name], at = slice(at, at + p.numel()), at + p.numel()
    owned = owners(model, workers)[rank]
    optimizers, base = make_optimizers(owned, a.muon_lr, a.adam_lr, a.weight_decay), [a.muon_lr, a.adam_lr]
    kept = run / f"optimizer-{rank}.pt"
    if kept.exists():
        for o, s in zip(optimizers, torch.load(kept, weights_only=True)):
            o.load_state_dict(s)
    stream = Stream(chat, dict(MIX), f"{a.seed}-{rank}-{state['step']}", a.tokens // workers)

    def save():
        torch.save([o.state_dict() for o in optimizers], run / f"next-{rank}.pt")
        os.replace(run / f"next-{rank}.pt", kept)
        if rank == 0:
            torch.save({"model": model.state_dict(), "config": model.c.to_dict(), "state": state}, run / "next.pt")
            os.replace(run / "next.pt", run / "last.pt")

    tally, saved_at, checked_at, reported_at, seen_then, mtp_loss = Tally(), time.time(), time.time(), time.time(), state["seen"], 0.0
    clock = loads[0, -1]  # worker 0's clock decides for all, so that they never part
    while True:
        began = time.time()
        if rank == 0:
            clock[0] = min(1.0, (state["step"] + 1) / 100, (end - began) / (60 * a.decay))
            clock[1], clock[2] = began - saved_at > 120, began - checked_at > 1200
        barrier.wait()
        rate, saving, checking = clock[:3].tolist()
        if rate <= 0:
            break
        for o, lr in zip(optimizers, base):
            for g in o.param_groups:
                g["lr"] = lr * rate
        if (run / "mix.json").exists() and state["step"] % 20 == 0:
            stream.mix = json.loads((run / "mix.json").read_text())
        rows = stream.batch()
        with_mtp = state["step"] % (a.mtp_every if rate == 1 else max(1, a.mtp_every // 2)) == 0
        loss, per_token, hits, of, extra = losses(model, rows, with_mtp, a.mtp_weight)
        mtp_loss = extra or mtp_loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for name, p in model.named_parameters():
            if p.grad is not None:
                gradients[rank, offsets[name]] = p.grad.view(-1)
        for m, row in zip(model.mixtures(), loads[rank]):
            row.copy_(m.load if m.load is not None else torch.zeros_like(row))
        barrier.wait()
        for name, p in owned:
            if p.grad is not None:
                p.grad.copy_(gradients[:, offsets[name]].mean(0).view_as(p))
        for o in optimizers:
            o.step()
        model.zero_grad()
        if rank == 0:
            for m, load in zip(model.mixtures(), loads[:, :-1].sum(0)):
                if m is not model.mtp.layer.mlp or with_mtp:
                    m.balance(load, a.balance * rate)
        tally.add(rows, per_token, hits, of)
        state["step"] += 1
        state["seen"] += a.tokens
        barrier.wait()
        state["seconds"] += time.time() - began
        if saving:
            save()
            saved_at = time.time()
        if rank == 0 and state["step"] % 100 == 0:
            speed = (state["seen"] - seen_then) / (time.time() - reported_at)
            worst = float((loads[:, :-1].sum(0).max(-1).values / loads[:, :-1].sum(0).mean(-1)).max())
            print(f"{datetime.now():%H:%M:%S} step {state['step']} {state['seen'] / 1e6:.2f}M {speed:.0f} tok/s lr {rate:.2f} mtp {mtp_loss:.3f} load {worst:.1f}  {tally}", flush=True)
            tally, reported_at, seen_then = Tally(), time.time(), state["seen"]
        if rank == 0 and checking:
            print(greedy_check(model, chat), flush=True)
            checked_at = reported_at = time.time()
            seen_then = state["seen"]
    save()
    if rank == 0:
        print("done", state, greedy_check(model, chat), flush=True)


def main():
    a = arguments()
    run = Path(a.run)
    run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(a.seed)
    model = Nano(Config(vocab=Chat().rows))
    state = {"step": 0, "seen": 0, "seconds": 0.0}
    if (run / "last.pt").exists():
        saved = torch.load(run / "last.pt", weights_only=True)
        model.load_state_dict(saved["model"])
        state = saved["state"]
        print("resumed", state, flush=True)
    model.share_memory()
    gradients = torch.zeros(a.workers, sum(p.numel() for p in model.parameters())).share_memory_()
    loads = torch.zeros(a.workers, len(model.mixtures()) + 1, model.c.experts).share_memory_()
    torch.multiprocessing.set_sharing_strategy("file_system")
    context = torch.multiprocessing.get_context("spawn")
    barrier = context.Barrier(a.workers)
    torch.multiprocessing.spawn(work, (a, model, gradients, loads, barrier, state), a.workers)


if __name__ == "__main__":
    main()
