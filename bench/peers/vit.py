"""A Vision Transformer (arXiv:2010.11929) with timm's names, its weights from a safetensors file, and its view of a picture."""
import json
import math

import torch
from PIL import Image
from torch import nn
from torchvision import transforms

from towers import Block, PatchEmbed

SIDE, PATCH, WIDTH, DEPTH, HEADS = 64, 16, 384, 12, 6


class VisionTransformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.cls_token = nn.Parameter(torch.zeros(1, 1, WIDTH))
        self.pos_embed = nn.Parameter(torch.zeros(1, 1 + (SIDE // PATCH) ** 2, WIDTH))
        self.patch_embed = PatchEmbed(PATCH, WIDTH)
        self.blocks = nn.Sequential(*(Block(WIDTH, HEADS) for _ in range(DEPTH)))
        self.norm = nn.LayerNorm(WIDTH, eps=1e-6)

    def forward(self, pictures):
        x = torch.cat([self.cls_token.expand(len(pictures), -1, -1), self.patch_embed(pictures)], dim=1)
        return self.norm(self.blocks(x + self.pos_embed))[:, 0]


def load(path):
    """The model with the weights of a safetensors file, float32."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    state = {}
    for name, entry in header.items():
        start, shape = entry["data_offsets"][0], entry["shape"]
        state[name] = torch.frombuffer(data, dtype=torch.float32, count=math.prod(shape), offset=start).reshape(shape)
    model = VisionTransformer()
    model.load_state_dict(state)
    return model.eval()


VIEW = transforms.Compose([
    transforms.Resize(SIDE, transforms.InterpolationMode.BICUBIC),
    transforms.CenterCrop(SIDE),
    transforms.ToTensor(),
    transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
])


def view(path):
    """Numbers of a picture, (3, SIDE, SIDE)."""
    with Image.open(path) as picture:
        return VIEW(picture.convert("RGB"))
