"""A small GPT (GPT-2's blocks) in plain PyTorch: one training step at a time, timed."""
import torch
import torch.nn.functional as F
from torch import nn

from rounds import DEVICE, Attention, Mlp, autocast, ready, serve_training

VOCABULARY, TOKENS, WIDTH, DEPTH, HEADS, BATCH = 8192, 128, 384, 12, 6, 16


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1 = nn.LayerNorm(WIDTH)
        self.attn = Attention(WIDTH, HEADS, causal_tokens=TOKENS)
        self.norm2 = nn.LayerNorm(WIDTH)
        self.mlp = Mlp(WIDTH, "tanh")

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Gpt(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, WIDTH)
        self.places = nn.Embedding(TOKENS, WIDTH)
        self.blocks = nn.Sequential(*(Block() for _ in range(DEPTH)))
        self.norm = nn.LayerNorm(WIDTH)
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, std=0.02)
            if isinstance(module, nn.Linear):
                nn.init.zeros_(module.bias)

    def forward(self, ids):
        x = self.blocks(self.words(ids) + self.places.weight)
        return F.linear(self.norm(x), self.words.weight)


def main():
    model = ready(Gpt())
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.05, foreach=True)
    text = (torch.arange(BATCH * (TOKENS + 1)) * 2654435761 % VOCABULARY).reshape(BATCH, TOKENS + 1)
    ids, targets = text[:, :-1].contiguous().to(DEVICE), text[:, 1:].reshape(-1).to(DEVICE)

    def loss_of():
        with autocast():
            logits = model(ids)
        return F.cross_entropy(logits.float().reshape(-1, VOCABULARY), targets)

    serve_training(optimizer, loss_of)


if __name__ == "__main__":
    main()
