"""Muon for the weight matrices, AdamW for the rest.

Muon replaces a matrix's momentum by the nearest orthogonal matrix, found with five Newton-Schulz steps. On small
models it reaches the same loss in far fewer tokens than AdamW, and here it costs a few per cent of the time.
"""

import torch


@torch.no_grad()
def orthogonal(g):
    """About U V^T of g = U S V^T; works on a matrix or a stack of matrices."""
    x = g.bfloat16()
    tall = x.shape[-2] > x.shape[-1]
    if tall:
        x = x.mT
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(5):
        a = x @ x.mT
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return (x.mT if tall else x).float()


class Muon(torch.optim.Optimizer):
    def __init__(self, params, lr, momentum=0.95, weight_decay=0.0):
        super().__init__(params, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:  # the MTP module is trained on some of the steps only
                    continue
                m = self.state[p].setdefault("momentum", torch.zeros_like(p))
                m.lerp_(p.grad, 1 - group["momentum"])
                update = p.grad.lerp(m, group["momentum"])
                if group["pairs"]:  # gate and up are two matrices kept as one
                    update = update.unflatten(-2, (2, -1))
                update = orthogonal(update).reshape(p.shape)
                p.mul_(1 - group["lr"] * group["weight_decay"])
                tallness = p.shape[-2] / p.shape[-1] / (2 if group["pairs"] else 1)
                p.add_(update, alpha=-group["lr"] * max(1.0, tallness) ** 0.5)


def make_optimizers(named, muon_lr, adam_lr, weight_decay):
    matrices, pairs, rest = [], [], []
    for name, p in named:
        plain = p.ndim < 2 or name.startswith(("embed", "head")) or name.endswith(".gate")
        (rest if plain else pairs if "gate_up" in name else matrices).append(p)
    groups = [{"params": matrices, "pairs": False}, {"params": pairs, "pairs": True}]
    return [Muon([g for g in groups if g["params"]], muon_lr, weight_decay=weight_decay),
            torch.optim.AdamW(rest, adam_lr, betas=(0.9, 0.95), weight_decay=0.0)]
