"""Batched generation with a key/value cache, greedy or sampled, and the MTP module's acceptance rate."""

import torch

from model import Layout


@torch.inference_mode()
def generate(model, prompts, eos, limit=200, temperature=0.0, top_p=0.95, seed=0):
    """Replies (lists of token ids, the last of them the end token unless the limit was hit) to prompts of any lengths.

    Prompts are padded on the left. Rotary positions are relative, so a shifted start changes nothing.
    """
    model.eval()
    c, chance = model.c, torch.Generator().manual_seed(seed)
    width, rows = max(map(len, prompts)), len(prompts)
    tokens = torch.tensor([[eos] * (width - len(p)) + p for p in prompts])
    real = torch.tensor([[0] * (width - len(p)) + [1] * len(p) for p in prompts]).bool()
    room = lambda size: torch.zeros(rows, c.heads, width + limit, size)
    caches = [{"k": room(c.nope + c.rope), "v": room(c.v_head)} for _ in model.layers]
    causal = torch.ones(width, width).tril().bool()
    # Padding may look at itself: a row of nothing but -inf would give NaN.
    mask = ((causal & real[:, None, :]) | torch.eye(width).bool())[:, None]
    positions = torch.arange(width).repeat(rows)
    replies, alive, ended = [[] for _ in prompts], torch.arange(rows), torch.zeros(rows).bool()
    for _ in range(limit):
        x = model.embed(tokens.reshape(-1))
        cos, sin = model.cos[positions], model.sin[positions]
        for layer, cache in zip(model.layers, caches):
            x = layer.cached(x, cos, sin, cache, mask, len(tokens))
        logits = model.head(model.norm(x.view(len(tokens), -1, c.hidden)[:, -1])).float()
        nxt = logits.argmax(-1) if temperature == 0 else sample(logits / temperature, top_p, chance)
        ended |= nxt == eos
        for i, t, over in zip(alive.tolist(), nxt.tolist(), ended.tolist()):
            if not over or not replies[i] or replies[i][-1] != eos:
                replies[i].append(t)
        if ended.all():
            break
        if ended.float().mean() > 0.5:  # finished rows leave the batch
            keep = (~ended).nonzero().squeeze(1)
            alive, nxt, real, ended = alive[keep], nxt[keep], real[keep], ended[keep]
            caches = [{name: t.index_select(0, keep) for name, t in cache.items()} for cache in caches]
        tokens = nxt[:, None]
        real = torch.cat([real, torch.ones(len(nxt), 1).bool()], 1)
        mask = real[:, None, None, :]
        positions = torch.full((len(nxt),), real.shape[1] - 1)
    return replies


def sample(logits, top_p, chance):
    p, order = torch.softmax(logits, -1).sort(-1, descending=True)
    p[p.cumsum(-1) - p > top_p] = 0
    return order.gather(1, torch.multinomial(p, 1, generator=chance)).squeeze(1)


@torch.inference_mode()
def acceptance(model, prompts, replies):
    """Share of greedy reply tokens that the MTP module drafts right. -> (right, drafted)"""
    rows = sorted(((len(p) + len(r), len(p), p + r) for p, r in zip(prompts, replies)), key=lambda r: r[0])
    layout = Layout([n for n, _, _ in rows])
    tokens = torch.tensor([t for _, _, ids in rows for t in ids])
    drafts = model.head(model.draft(model(tokens, layout), tokens, layout)).argmax(-1)
    right = drafted = start = 0
    for n, prompt, ids in rows:
        # The draft made at position i, once token i+1 is known, is of token i+2. Token `prompt` is the first of the reply.
        for i in range(prompt - 1, n - 2):
            right += int(drafts[start + i]) == ids[i + 2]
            drafted += 1
        start += n
    return right, drafted
