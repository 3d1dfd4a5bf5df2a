"""Parts of Vision Transformers that peers share."""
from torch import nn

from rounds import Attention, Mlp


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attn = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = Mlp(width, "none")

    def forward(self, x, with_mlp=False):
        """with_mlp: also give the feed-forward part before it is added."""
        x = x + self.attn(self.norm1(x))
        part = self.mlp(self.norm2(x))
        return (x + part, part) if with_mlp else x + part


class PatchEmbed(nn.Module):
    def __init__(self, patch, width):
        super().__init__()
        self.proj = nn.Conv2d(3, width, patch, patch)

    def forward(self, pictures):
        return self.proj(pictures).flatten(2).transpose(1, 2)
