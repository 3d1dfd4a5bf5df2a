"""What the peers share: blocks, the training step's frame, and the line protocol.

A peer prints `ready VERSION THREADS` once it is warm. On `round N` it runs N training steps and prints the
seconds they took. It ends with its input.
"""
import contextlib
import os
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(int(os.environ.get("PEER_THREADS", os.cpu_count())))
torch.manual_seed(0)


DEVICE = torch.device(os.environ.get("PEER_DEVICE", "cpu"))


def autocast():
    """What the forward pass runs in: PEER_PRECISION is bf16 or fp32, whichever this machine trains in."""
    if os.environ.get("PEER_PRECISION", "bf16") == "bf16":
        return torch.autocast(DEVICE.type, dtype=torch.bfloat16)
    return contextlib.nullcontext()


def compiled(function):
    """A model or function, compiled when PEER_COMPILE is 1."""
    return torch.compile(function) if os.environ.get("PEER_COMPILE") == "1" else function


def ready(model):
    """The model where it is trained."""
    return compiled(model.to(DEVICE))


class Attention(nn.Module):
    def __init__(self, width, heads, causal_tokens=0):
        """causal_tokens: length of a sequence whose tokens see none behind them; 0 lets all see all."""
        super().__init__()
        self.heads, self.causal = heads, causal_tokens > 0
        self.register_buffer("later", torch.ones(causal_tokens, causal_tokens, dtype=torch.bool).triu(1), persistent=False)
        self.scale = (width // heads) ** -0.5
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        batch, tokens, width = x.shape
        q, k, v = self.qkv(x).reshape(batch, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4).unbind(0)
        if hasattr(F, "scaled_dot_product_attention"):
            x = F.scaled_dot_product_attention(q, k, v, is_causal=self.causal)
        else:
            scores = (q * self.scale) @ k.transpose(-2, -1)
            if self.causal:
                scores = scores.masked_fill(self.later, float("-inf"))
            x = scores.softmax(dim=-1) @ v
        return self.proj(x.transpose(1, 2).reshape(batch, tokens, width))


class Mlp(nn.Module):
    def __init__(self, width, approximate):
        super().__init__()
        self.fc1 = nn.Linear(width, 4 * width)
        self.act = nn.GELU(approximate)
        self.fc2 = nn.Linear(4 * width, width)

    def forward(self, x):
        return self.fc2(self.act(self.fc1(x)))


def sincos(width, side):
    """Sine-cosine positions of a square grid, (1, side * side, width)."""
    frequencies = 1 / 10000 ** (torch.arange(width // 4, dtype=torch.float64) / (width / 4))
    rows, columns = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    parts = [f(place.reshape(-1, 1) * frequencies) for place in (columns, rows) for f in (torch.sin, torch.cos)]
    return torch.cat(parts, dim=1).float().unsqueeze(0)


def groups_of(parameters, decay):
    """Parameter groups of AdamW: weight decay for matrices, none for biases, norms and scales."""
    parameters = list(parameters)
    return [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]


def serve_training(optimizer, loss_of, warmup=2, clipped=None, clip_norm=1.0, after=None):
    """Serves training steps.

    loss_of: gives the loss of a forward pass. clipped: parameters whose gradients are clipped to a norm of clip_norm.
    after: called once the weights have moved.
    """

    def step():
        loss = loss_of()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if clipped is not None:
            nn.utils.clip_grad_norm_(clipped, clip_norm)
        optimizer.step()
        if after is not None:
            after()
        return loss.item()

    serve(step, warmup)


def serve(step, warmup, clock=time.perf_counter):
    for _ in range(warmup):
        step()
    print("ready", torch.__version__, torch.get_num_threads(), flush=True)
    for line in sys.stdin:
        word, _, count = line.partition(" ")
        if word != "round":
            sys.exit(f"unknown request: {line.strip()}")
        start = clock()
        for _ in range(int(count)):
            step()
        if DEVICE.type == "cuda":
            torch.cuda.synchronize()
        print(repr(clock() - start), flush=True)
