"""CLIP (arXiv:2103.00020) in plain PyTorch, two towers with a class token each: one training step at a time, timed."""
import math

import torch
import torch.nn.functional as F
from torch import nn

from rounds import DEVICE, autocast, groups_of, ready, serve_training
from towers import Block, PatchEmbed

SIDE, PATCH, WIDTH, DEPTH, HEADS, BATCH = 64, 8, 384, 12, 6, 64
VOCABULARY, WORDS, SHARED = 8192, 32, 512


class Tower(nn.Module):
    def __init__(self, embed, tokens):
        super().__init__()
        self.embed = embed
        self.class_token = nn.Parameter(torch.randn(1, 1, WIDTH) * 0.02)
        self.positions = nn.Parameter(torch.randn(1, tokens, WIDTH) * 0.02)
        self.blocks = nn.Sequential(*(Block(WIDTH, HEADS) for _ in range(DEPTH)))
        self.norm = nn.LayerNorm(WIDTH, eps=1e-6)
        self.projection = nn.Linear(WIDTH, SHARED, bias=False)

    def forward(self, samples):
        x = self.embed(samples) + self.positions
        x = self.blocks(torch.cat([self.class_token.expand(len(x), -1, -1), x], dim=1))
        return F.normalize(self.projection(self.norm(x[:, 0])), dim=-1)


class Clip(nn.Module):
    def __init__(self):
        super().__init__()
        self.image = Tower(PatchEmbed(PATCH, WIDTH), (SIDE // PATCH) ** 2)
        self.text = Tower(nn.Embedding(VOCABULARY, WIDTH), WORDS)
        self.log_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, std=0.02)

    def forward(self, pictures, ids):
        return self.log_scale.exp() * self.image(pictures) @ self.text(ids).t()


def main():
    model = ready(Clip())
    optimizer = torch.optim.AdamW(groups_of(model.parameters(), 0.2), lr=5e-4, betas=(0.9, 0.98), foreach=True)
    pictures = (torch.rand(BATCH, 3, SIDE, SIDE) * 2 - 1).to(DEVICE)
    ids = (torch.arange(BATCH * WORDS) * 2654435761 % VOCABULARY).reshape(BATCH, WORDS).to(DEVICE)
    partners = torch.arange(BATCH, device=DEVICE)

    def loss_of():
        with autocast():
            scores = model(pictures, ids).float()
        return (F.cross_entropy(scores, partners) + F.cross_entropy(scores.t(), partners)) / 2

    @torch.no_grad()
    def bound():
        model.log_scale.clamp_(0, math.log(100))

    serve_training(optimizer, loss_of, after=bound)


if __name__ == "__main__":
    main()
