"""A small BERT (arXiv:1810.04805) in plain PyTorch, masked tokens only: one training step at a time, timed."""
import torch
import torch.nn.functional as F
from torch import nn

from rounds import DEVICE, Attention, Mlp, autocast, ready, serve_training

VOCABULARY, TOKENS, WIDTH, DEPTH, HEADS, BATCH = 8192, 128, 384, 12, 6, 16
MASK, EVERY = 4, 7  # id that hides a token; one token in seven is hidden


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.attn = Attention(WIDTH, HEADS)
        self.norm1 = nn.LayerNorm(WIDTH, eps=1e-12)
        self.mlp = Mlp(WIDTH, "none")
        self.norm2 = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x):
        x = self.norm1(x + self.attn(x))
        return self.norm2(x + self.mlp(x))


class Bert(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, WIDTH)
        self.places = nn.Embedding(TOKENS, WIDTH)
        self.segments = nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.blocks = nn.Sequential(*(Block() for _ in range(DEPTH)))
        self.transform = nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.GELU(), nn.LayerNorm(WIDTH, eps=1e-12))
        self.bias = nn.Parameter(torch.zeros(VOCABULARY))
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, std=0.02)
            if isinstance(module, nn.Linear):
                nn.init.zeros_(module.bias)

    def forward(self, ids, hidden):
        x = self.words(ids) + self.places.weight + self.segments.weight[0]
        x = self.blocks(self.norm(x))
        return F.linear(self.transform(x.reshape(-1, WIDTH)[hidden]), self.words.weight, self.bias)


def main():
    model = ready(Bert())
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.05, foreach=True)
    text = torch.arange(BATCH * TOKENS) * 2654435761 % VOCABULARY
    hidden = torch.arange(0, BATCH * TOKENS, EVERY)
    ids, targets = text.index_fill(0, hidden, MASK).reshape(BATCH, TOKENS).to(DEVICE), text[hidden].to(DEVICE)
    hidden = hidden.to(DEVICE)

    def loss_of():
        with autocast():
            logits = model(ids, hidden)
        return F.cross_entropy(logits.float(), targets)

    serve_training(optimizer, loss_of)


if __name__ == "__main__":
    main()
