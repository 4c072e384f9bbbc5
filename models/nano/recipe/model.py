"""A small DeepSeek-V3-shaped language model in plain PyTorch, laid out to train fast on a CPU.

Multi-head latent attention (MLA) with a query latent, one dense layer followed by mixture-of-experts layers with a
shared expert and a sigmoid gate balanced by a bias, and one multi-token-prediction (MTP) module. The mathematics is
that of `DeepseekV3ForCausalLM`; `export.py` renames the weights and checks that both give the same logits.

Examples are never padded outside attention: a batch is one flat row of tokens, and only attention sees it as padded
groups of examples of similar length (`Layout`).
"""

from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import nn


@dataclass
class Config:
    vocab: int = 768
    hidden: int = 256
    layers: int = 4  # the first is dense, the others are mixtures of experts
    heads: int = 8
    q_lora: int = 128
    kv_lora: int = 64
    nope: int = 32
    rope: int = 16
    v_head: int = 32
    dense_inner: int = 768
    experts: int = 8
    top_k: int = 2
    expert_inner: int = 128
    route_scale: float = 2.0
    rope_theta: float = 10000.0
    eps: float = 1e-6
    max_positions: int = 2048

    def to_dict(self):
        return asdict(self)


class Layout:
    """Where each token of a flat batch sits: its position, and the padded groups that attention works on.

    Examples come sorted by length, so a group of neighbours wastes little padding. Padding is on the right: with
    causal attention no real token can see it.
    """

    def __init__(self, lengths, groups=6):
        lengths = torch.as_tensor(lengths)
        starts = torch.cumsum(lengths, 0) - lengths
        self.positions = torch.cat([torch.arange(n) for n in lengths.tolist()])
        self.groups, count = [], len(lengths)
        step = -(-count // groups)
        for i in range(0, count, step):
            ls, first = lengths[i:i + step], starts[i:i + step]
            width = -(-int(ls.max()) // 8) * 8  # few distinct shapes: each new one costs oneDNN a kernel
            grid = torch.arange(width)[None, :]
            inside = grid < ls[:, None]
            index = torch.where(inside, first[:, None] + grid, first[:, None])
            self.groups.append((index.reshape(-1), inside.reshape(-1).nonzero().squeeze(1), len(ls), width,
                                torch.full((width, width), float("-inf")).triu(1)))


class RMSNorm(nn.Module):
    def __init__(self, size, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.size, self.eps = size, eps

    def forward(self, x):
        y = F.rms_norm(x.float(), (self.size,), self.weight, self.eps)
        return y.bfloat16() if torch.is_autocast_enabled("cpu") else y  # cast once, not in each product that reads it


def linear(inputs, outputs, scale=1.0):
    layer = nn.Linear(inputs, outputs, bias=False)
    nn.init.normal_(layer.weight, std=scale * inputs ** -0.5)
    return layer


def rotate(x, cos, sin):
    """Rotary embedding over interleaved pairs (x0,x1), (x2,x3), …; x is [..., tokens, heads, rope]."""
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), -1).flatten(-2)


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.q_a = linear(c.hidden, c.q_lora)
        self.q_norm = RMSNorm(c.q_lora, c.eps)
        self.q_b = linear(c.q_lora, c.heads * (c.nope + c.rope))
        self.kv_a = linear(c.hidden, c.kv_lora + c.rope)
        self.kv_norm = RMSNorm(c.kv_lora, c.eps)
        self.kv_b = linear(c.kv_lora, c.heads * (c.nope + c.v_head))
        self.out = linear(c.heads * c.v_head, c.hidden, 0.2)

    def project(self, x, cos, sin):
        """q and k with rope applied, and v, each [tokens, heads, size]."""
        c, n = self.c, x.shape[0]
        q = self.q_b(self.q_norm(self.q_a(x))).view(n, c.heads, c.nope + c.rope)
        latent, k_rope = self.kv_a(x).split([c.kv_lora, c.rope], -1)
        kv = self.kv_b(self.kv_norm(latent)).view(n, c.heads, c.nope + c.v_head)
        q = torch.cat([q[..., :c.nope], rotate(q[..., c.nope:], cos, sin)], -1)
        k_rope = rotate(k_rope[:, None, :], cos, sin).expand(n, c.heads, c.rope)
        k = torch.cat([kv[..., :c.nope], k_rope.to(kv.dtype)], -1)
        return q.to(kv.dtype), k, kv[..., c.nope:]

    def forward(self, x, cos, sin, layout):
        c = self.c
        q, k, v = self.project(x, cos, sin)
        q = q * (c.nope + c.rope) ** -0.5
        parts = []
        for index, inside, count, width, mask in layout.groups:
            gq, gk, gv = (t.index_select(0, index).view(count, width, c.heads, -1).transpose(1, 2) for t in (q, k, v))
            # Spelled out: at this width the backward pass of the fused CPU kernel is several times slower.
            scores = gq @ gk.transpose(2, 3) + mask.to(gq.dtype)
            o = torch.softmax(scores, -1, dtype=gq.dtype) @ gv
            parts.append(o.transpose(1, 2).reshape(count * width, -1).index_select(0, inside))
        return self.out(torch.cat(parts))

    def cached(self, x, cos, sin, cache, mask, rows):
        """Generation: x holds `rows` rows of equal length; cache is {k, v}, with room for all tokens to come."""
        c, used = self.c, mask.shape[-1]
        q, k, v = (t.view(rows, -1, c.heads, t.shape[-1]).transpose(1, 2) for t in self.project(x, cos, sin))
        cache["k"][:, :, used - k.shape[2]:used], cache["v"][:, :, used - k.shape[2]:used] = k, v
        o = F.scaled_dot_product_attention(q, cache["k"][:, :, :used], cache["v"][:, :, :used], attn_mask=mask)
        return self.out(o.transpose(1, 2).reshape(x.shape[0], -1))


class Dense(nn.Module):
    def __init__(self, c, inner):
        super().__init__()
        self.gate_up = linear(c.hidden, 2 * inner)
        self.down = linear(inner, c.hidden, 0.2)

    def forward(self, x):
        gate, up = self.gate_up(x).chunk(2, -1)
        return self.down(F.silu(gate) * up)


class Experts(nn.Module):
    """Routed experts and one shared expert. Tokens are sorted by expert, and each expert does one matrix product."""

    def __init__(self, c):
        super().__init__()
        self.c = c
        self.gate = nn.Parameter(torch.randn(c.experts, c.hidden) * c.hidden ** -0.5)
        self.register_buffer("bias", torch.zeros(c.experts))  # chooses experts, never weighs them
        self.gate_up = nn.Parameter(torch.randn(c.experts, 2 * c.expert_inner, c.hidden) * c.hidden ** -0.5)
        self.down = nn.Parameter(torch.randn(c.experts, c.hidden, c.expert_inner) * 0.2 * c.expert_inner ** -0.5)
        self.shared = Dense(c, c.expert_inner)
        self.load = None  # tokens per expert of the last training batch

    def forward(self, x):
        c = self.c
        with torch.autocast("cpu", enabled=False):
            scores = torch.sigmoid(x.float() @ self.gate.t())
            chosen = torch.topk(scores + self.bias, c.top_k, -1).indices
            weights = scores.gather(1, chosen)
            weights = weights / (weights.sum(-1, keepdim=True) + 1e-20) * c.route_scale
        flat = chosen.reshape(-1)
        order = torch.argsort(flat, stable=True)
        counts = torch.bincount(flat, minlength=c.experts)
        share = weights.reshape(-1)[order]
        if self.training:
            self.load = counts
            order, share, counts = self.rounded(order, share, counts)
        token = order // c.top_k
        parts = []
        for e, xe in enumerate(x.index_select(0, token).split(counts.tolist())):
            gate, up = F.linear(xe, self.gate_up[e]).chunk(2, -1)
            parts.append(F.linear(F.silu(gate) * up, self.down[e]))
        routed = torch.cat(parts) * share[:, None]
        return self.shared(x).float().index_add(0, token, routed.float())

    @staticmethod
    def rounded(order, share, counts, to=64):
        """Each expert's tokens rounded up to a multiple of 64, the filling with weight zero.

        Every new matrix shape costs oneDNN a kernel, so there should be few of them.
        """
        padded = -(-counts // to) * to
        starts, new = counts.cumsum(0) - counts, padded.cumsum(0) - padded
        place = torch.arange(len(order)) + (new - starts).repeat_interleave(counts)
        total = int(padded.sum())
        return order.new_zeros(total).index_copy(0, place, order), share.new_zeros(total).index_copy(0, place, share), padded

    @torch.no_grad()
    def balance(self, load, speed):
        """Raise the bias of experts that get too few tokens, lower it for those that get too many."""
        self.bias += speed * torch.sign(load.mean() - load)


class Layer(nn.Module):
    def __init__(self, c, dense):
        super().__init__()
        self.attn_norm, self.mlp_norm = RMSNorm(c.hidden, c.eps), RMSNorm(c.hidden, c.eps)
        self.attn = Attention(c)
        self.mlp = Dense(c, c.dense_inner) if dense else Experts(c)

    def forward(self, x, cos, sin, layout):
        x = x + self.attn(self.attn_norm(x), cos, sin, layout)
        return x + self.mlp(self.mlp_norm(x))

    def cached(self, x, cos, sin, cache, mask, rows):
        x = x + self.attn.cached(self.attn_norm(x), cos, sin, cache, mask, rows)
        return x + self.mlp(self.mlp_norm(x))


class Mtp(nn.Module):
    """Drafts token t+2 from the main model's hidden state at t (after its final norm) and the embedding of t+1."""

    def __init__(self, c):
        super().__init__()
        self.enorm, self.hnorm = RMSNorm(c.hidden, c.eps), RMSNorm(c.hidden, c.eps)
        self.eh_proj = linear(2 * c.hidden, c.hidden)
        self.layer = Layer(c, dense=False)
        self.norm = RMSNorm(c.hidden, c.eps)

    def join(self, hidden, embedded):
        return self.eh_proj(torch.cat([self.enorm(embedded), self.hnorm(hidden)], -1)).float()

    def forward(self, hidden, embedded, cos, sin, layout):
        return self.norm(self.layer(self.join(hidden, embedded), cos, sin, layout))


class Nano(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.embed = nn.Embedding(c.vocab, c.hidden)
        nn.init.normal_(self.embed.weight, std=0.5)
        self.layers = nn.ModuleList(Layer(c, dense=i == 0) for i in range(c.layers))
        self.norm = RMSNorm(c.hidden, c.eps)
        self.head = linear(c.hidden, c.vocab, 0.3)
        self.mtp = Mtp(c)
        angles = torch.outer(torch.arange(c.max_positions).float(), c.rope_theta ** -(torch.arange(0, c.rope, 2) / c.rope))
        self.register_buffer("cos", angles.cos()[:, None, :], persistent=False)
        self.register_buffer("sin", angles.sin()[:, None, :], persistent=False)

    def forward(self, tokens, layout):
        """Hidden states after the final norm, [tokens, hidden]."""
        x = self.embed(tokens)
        cos, sin = self.cos[layout.positions], self.sin[layout.positions]
        for layer in self.layers:
            x = layer(x, cos, sin, layout)
        return self.norm(x)

    def draft(self, hidden, tokens, layout):
        """MTP hidden states: the one at t drafts token t+2."""
        following = torch.cat([tokens[1:], tokens[:1]])
        cos, sin = self.cos[layout.positions], self.sin[layout.positions]
        return self.mtp(hidden, self.embed(following), cos, sin, layout)

    def mixtures(self):
        return [m for m in self.modules() if isinstance(m, Experts)]
