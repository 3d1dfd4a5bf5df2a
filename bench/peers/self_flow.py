"""Self-Flow (arXiv:2603.06507) in plain PyTorch: one training step at a time, timed.

The network is the per-token diffusion transformer of the paper: each token has its own noise level, so time
embedding and adaLN-Zero modulation are computed for every token, (B, N, D). The teacher sees one level in a
picture and modulates with (B, 1, D).
"""
import copy
import math

import torch
import torch.nn.functional as F
from torch import nn

from rounds import DEVICE, Attention, Mlp, autocast, compiled, serve_training, sincos

SIDE, PATCH, WIDTH, DEPTH, HEADS, BATCH = 64, 8, 384, 12, 6, 64
GRID = SIDE // PATCH
TOKENS, VALUES = GRID * GRID, 3 * PATCH * PATCH
MASK_RATIO, GAMMA, MOMENTUM = 0.25, 0.8, 0.9999
STUDENT_LAYER, TEACHER_LAYER = round(0.3 * DEPTH), round(0.7 * DEPTH)


def modulate(x, shift, scale):
    return x * (1 + scale) + shift


class TimeEmbedding(nn.Module):
    def __init__(self, width, features=256):
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(features, width), nn.SiLU(), nn.Linear(width, width))
        half = features // 2
        self.register_buffer("frequencies", torch.exp(-math.log(10000) * torch.arange(half) / half))

    def forward(self, t):
        angles = t.unsqueeze(-1) * self.frequencies
        return self.mlp(torch.cat([angles.cos(), angles.sin()], dim=-1))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1 = nn.LayerNorm(WIDTH, eps=1e-6, elementwise_affine=False)
        self.attn = Attention(WIDTH, HEADS)
        self.norm2 = nn.LayerNorm(WIDTH, eps=1e-6, elementwise_affine=False)
        self.mlp = Mlp(WIDTH, "tanh")
        self.modulation = nn.Sequential(nn.SiLU(), nn.Linear(WIDTH, 6 * WIDTH))

    def forward(self, x, c):
        shift1, scale1, gate1, shift2, scale2, gate2 = self.modulation(c).chunk(6, dim=-1)
        x = x + gate1 * self.attn(modulate(self.norm1(x), shift1, scale1))
        return x + gate2 * self.mlp(modulate(self.norm2(x), shift2, scale2))


class DiffusionTransformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(VALUES, WIDTH)
        self.register_buffer("positions", sincos(WIDTH, GRID))
        self.time = TimeEmbedding(WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(DEPTH))
        self.norm = nn.LayerNorm(WIDTH, eps=1e-6, elementwise_affine=False)
        self.modulation = nn.Sequential(nn.SiLU(), nn.Linear(WIDTH, 2 * WIDTH))
        self.out = nn.Linear(WIDTH, VALUES)
        for linear in (m for m in self.modules() if isinstance(m, nn.Linear)):
            nn.init.xavier_uniform_(linear.weight)
            nn.init.zeros_(linear.bias)
        for linear in [block.modulation[1] for block in self.blocks] + [self.modulation[1], self.out]:
            nn.init.zeros_(linear.weight)

    def features(self, tokens, t, last):
        """Tokens after block `last`, and nothing further."""
        x, c = self.embed(tokens) + self.positions, self.time(t)
        for block in self.blocks[:last]:
            x = block(x, c)
        return x

    def forward(self, tokens, t, layer):
        """Velocity of each token, and the tokens after block `layer`."""
        x, c = self.embed(tokens) + self.positions, self.time(t)
        for number, block in enumerate(self.blocks, 1):
            x = block(x, c)
            if number == layer:
                features = x
        shift, scale = self.modulation(c).chunk(2, dim=-1)
        return self.out(modulate(self.norm(x), shift, scale)), features


def main():
    student = DiffusionTransformer().to(DEVICE)
    teacher = copy.deepcopy(student).requires_grad_(False)
    head = nn.Sequential(nn.Linear(WIDTH, 2 * WIDTH), nn.SiLU(), nn.Linear(2 * WIDTH, WIDTH))
    head = head.to(DEVICE)
    parameters = [*student.parameters(), *head.parameters()]
    followed, following = list(student.parameters()), list(teacher.parameters())
    optimizer = torch.optim.AdamW(parameters, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0, foreach=True)
    pictures = (torch.rand(BATCH, 3, SIDE, SIDE) * 2 - 1).to(DEVICE)
    velocity_of, features_of = compiled(student), compiled(teacher.features)

    def loss_of():
        data = pictures.reshape(BATCH, 3, GRID, PATCH, GRID, PATCH).permute(0, 2, 4, 1, 3, 5).reshape(BATCH, TOKENS, VALUES)
        noise = torch.randn_like(data)
        t, s = torch.rand(BATCH, 1, device=DEVICE), torch.rand(BATCH, 1, device=DEVICE)
        times = torch.where(torch.rand(BATCH, TOKENS, device=DEVICE) < MASK_RATIO, s, t)
        cleaner = torch.minimum(t, s)
        target = noise - data
        with autocast():
            velocity, features = velocity_of(data + target * times.unsqueeze(-1), times, STUDENT_LAYER)
            with torch.no_grad():
                wanted = features_of(data + target * cleaner.unsqueeze(-1), cleaner, TEACHER_LAYER)
            guess = head(features)
        generation = F.mse_loss(velocity.float(), target)
        representation = (1 - F.cosine_similarity(guess.float(), wanted.float(), dim=-1)).mean()
        return generation + GAMMA * representation

    @torch.no_grad()
    def follow():
        torch._foreach_mul_(following, MOMENTUM)
        torch._foreach_add_(following, followed, alpha=1 - MOMENTUM)

    serve_training(optimizer, loss_of, clipped=parameters, after=follow)


if __name__ == "__main__":
    main()
