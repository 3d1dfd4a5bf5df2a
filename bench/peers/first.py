"""One picture to its vector in plain PyTorch, from the start of the process. Arguments: a picture, weights."""
import sys

import torch

from vit import load, view


@torch.no_grad()
def main():
    picture, weights = sys.argv[1:]
    vector = load(weights)(view(picture).unsqueeze(0))[0]
    print("torch", torch.__version__)
    print(" ".join(f"{value:.6f}" for value in vector.tolist()))


if __name__ == "__main__":
    main()
