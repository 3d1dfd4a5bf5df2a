"""data2vec on pictures (arXiv:2202.03555) in plain PyTorch: one training step at a time, timed."""
import copy

import torch
import torch.nn.functional as F
from torch import nn

from rounds import DEVICE, autocast, compiled, groups_of, serve_training
from towers import Block, PatchEmbed

SIDE, PATCH, WIDTH, DEPTH, HEADS, BATCH = 64, 8, 384, 12, 6, 64
GRID = SIDE // PATCH
TOKENS, HIDDEN = GRID * GRID, round(0.6 * GRID * GRID)
TOP_LAYERS, BETA, MOMENTUM = 8, 2.0, 0.9998


class Encoder(nn.Module):
    """What the average follows: all but the embedding, which both sides share."""

    def __init__(self):
        super().__init__()
        self.class_token = nn.Parameter(torch.randn(1, 1, WIDTH) * 0.02)
        self.positions = nn.Parameter(torch.randn(1, 1 + TOKENS, WIDTH) * 0.02)
        self.blocks = nn.ModuleList(Block(WIDTH, HEADS) for _ in range(DEPTH))
        self.norm = nn.LayerNorm(WIDTH, eps=1e-6)

    def forward(self, patches):
        x = torch.cat([self.class_token.expand(len(patches), -1, -1), patches], dim=1) + self.positions
        for block in self.blocks:
            x = block(x)
        return self.norm(x)[:, 1:]

    def targets(self, patches):
        """The average of the upper layers' feed-forward parts, each normalised, (B, TOKENS, WIDTH)."""
        x = torch.cat([self.class_token.expand(len(patches), -1, -1), patches], dim=1) + self.positions
        total = 0
        for number, block in enumerate(self.blocks):
            x, part = block(x, with_mlp=True)
            if number >= DEPTH - TOP_LAYERS:
                total = total + F.layer_norm(part[:, 1:].float(), (WIDTH,))
        return total / TOP_LAYERS


class Student(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = PatchEmbed(PATCH, WIDTH)
        self.mask_token = nn.Parameter(torch.randn(WIDTH) * 0.02)
        self.encoder = Encoder()
        for linear in (m for m in self.modules() if isinstance(m, nn.Linear)):
            nn.init.trunc_normal_(linear.weight, std=0.02)
            nn.init.zeros_(linear.bias)

    def forward(self, patches, hidden):
        return self.encoder(torch.where(hidden.unsqueeze(-1), self.mask_token.to(patches.dtype), patches))


def main():
    student = Student().to(DEVICE)
    teacher = copy.deepcopy(student.encoder).requires_grad_(False)
    parameters = list(student.parameters())
    followed, following = list(student.encoder.parameters()), list(teacher.parameters())
    optimizer = torch.optim.AdamW(groups_of(parameters, 0.05), lr=1e-4, betas=(0.9, 0.98), foreach=True)
    pictures = (torch.rand(BATCH, 3, SIDE, SIDE) * 2 - 1).to(DEVICE)
    predicted_by, targets_of = compiled(student), compiled(teacher.targets)

    def loss_of():
        # Places drawn one by one: cheaper than the paper's blocks, and as many.
        hidden = torch.rand(BATCH, TOKENS, device=DEVICE).argsort(dim=1) < HIDDEN
        with autocast():
            patches = student.embed(pictures)
            with torch.no_grad():
                wanted = targets_of(patches.detach())[hidden]
            guess = predicted_by(patches, hidden)[hidden]
        return F.smooth_l1_loss(guess.float(), wanted, reduction="none", beta=BETA).sum(dim=-1).mean() / WIDTH ** 0.5

    @torch.no_grad()
    def follow():
        torch._foreach_mul_(following, MOMENTUM)
        torch._foreach_add_(following, followed, alpha=1 - MOMENTUM)

    serve_training(optimizer, loss_of, clipped=parameters, clip_norm=3.0, after=follow)


if __name__ == "__main__":
    main()
