"""A masked autoencoder (arXiv:2111.06377) in plain PyTorch: one training step at a time, timed."""
import torch
from torch import nn

from rounds import DEVICE, autocast, groups_of, ready, serve_training, sincos
from towers import Block

SIDE, PATCH, WIDTH, DEPTH, HEADS, BATCH = 64, 8, 384, 12, 6, 64
DECODER_WIDTH, DECODER_DEPTH, DECODER_HEADS, MASK_RATIO = 192, 4, 3, 0.75
GRID = SIDE // PATCH
TOKENS, VALUES = GRID * GRID, 3 * PATCH * PATCH
SEEN = int(TOKENS * (1 - MASK_RATIO))


class MaskedAutoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(VALUES, WIDTH)
        self.class_token = nn.Parameter(torch.randn(1, 1, WIDTH) * 0.02)
        self.register_buffer("positions", sincos(WIDTH, GRID))
        self.blocks = nn.Sequential(*(Block(WIDTH, HEADS) for _ in range(DEPTH)))
        self.norm = nn.LayerNorm(WIDTH, eps=1e-6)
        self.decoder_embed = nn.Linear(WIDTH, DECODER_WIDTH)
        self.mask_token = nn.Parameter(torch.randn(1, 1, DECODER_WIDTH) * 0.02)
        positions = torch.cat([torch.zeros(1, 1, DECODER_WIDTH), sincos(DECODER_WIDTH, GRID)], dim=1)
        self.register_buffer("decoder_positions", positions)
        self.decoder_blocks = nn.Sequential(*(Block(DECODER_WIDTH, DECODER_HEADS) for _ in range(DECODER_DEPTH)))
        self.decoder_norm = nn.LayerNorm(DECODER_WIDTH, eps=1e-6)
        self.pred = nn.Linear(DECODER_WIDTH, VALUES)
        for linear in (m for m in self.modules() if isinstance(m, nn.Linear)):
            nn.init.xavier_uniform_(linear.weight)
            nn.init.zeros_(linear.bias)

    def forward(self, patches, kept, restore):
        batch = len(patches)
        # Only what is seen is embedded: the same numbers as embedding all and dropping three quarters.
        seen = patches.gather(1, kept.unsqueeze(-1).expand(-1, -1, VALUES))
        places = self.positions.expand(batch, -1, -1).gather(1, kept.unsqueeze(-1).expand(-1, -1, WIDTH))
        x = torch.cat([self.class_token.expand(batch, -1, -1), self.embed(seen) + places], dim=1)
        x = self.decoder_embed(self.norm(self.blocks(x)))
        hidden = self.mask_token.to(x.dtype).expand(batch, TOKENS - SEEN, -1)
        spread = torch.cat([x[:, 1:], hidden], dim=1).gather(1, restore.unsqueeze(-1).expand(-1, -1, DECODER_WIDTH))
        x = torch.cat([x[:, :1], spread], dim=1) + self.decoder_positions
        return self.pred(self.decoder_norm(self.decoder_blocks(x)))[:, 1:]


def main():
    model = ready(MaskedAutoencoder())
    optimizer = torch.optim.AdamW(groups_of(model.parameters(), 0.05), lr=1.5e-4, betas=(0.9, 0.95), foreach=True)
    pictures = torch.randn(BATCH, 3, SIDE, SIDE).to(DEVICE)

    def loss_of():
        patches = pictures.reshape(BATCH, 3, GRID, PATCH, GRID, PATCH).permute(0, 2, 4, 3, 5, 1).reshape(BATCH, TOKENS, VALUES)
        order = torch.rand(BATCH, TOKENS, device=DEVICE).argsort(dim=1)
        restore = order.argsort(dim=1)
        variance, mean = torch.var_mean(patches, dim=-1, keepdim=True)
        target = (patches - mean) * (variance + 1e-6).rsqrt()
        with autocast():
            rebuilt = model(patches, order[:, :SEEN], restore)
        hidden = (restore >= SEEN).float()
        return ((rebuilt.float() - target).square().mean(dim=-1) * hidden).sum() / hidden.sum()

    serve_training(optimizer, loss_of)


if __name__ == "__main__":
    main()
