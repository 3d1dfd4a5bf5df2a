"""A ResNet-18 (arXiv:1512.03385) of torchvision: one training step at a time, timed."""
import torch
import torch.nn.functional as F
from torchvision.models import resnet18

from rounds import DEVICE, autocast, ready, serve_training

SIDE, CLASSES, BATCH = 64, 1000, 32


def main():
    model = ready(resnet18(num_classes=CLASSES))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.05, foreach=True)
    pictures = (torch.rand(BATCH, 3, SIDE, SIDE) * 2 - 1).to(DEVICE)
    classes = (torch.arange(BATCH) * 31 % CLASSES).to(DEVICE)

    def loss_of():
        with autocast():
            logits = model(pictures)
        return F.cross_entropy(logits.float(), classes)

    serve_training(optimizer, loss_of)


if __name__ == "__main__":
    main()
