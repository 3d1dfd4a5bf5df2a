"""A folder of pictures to vectors in plain PyTorch, from the start of the process to the file. Arguments: pictures, weights, output."""
import os
import sys

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from vit import load, view


class Pictures(Dataset):
    def __init__(self, folder):
        self.files = sorted(os.path.join(folder, name) for name in os.listdir(folder))

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        return view(self.files[index])


@torch.no_grad()
def main():
    folder, weights, output = sys.argv[1:]
    model = load(weights)
    vectors = [model(batch) for batch in DataLoader(Pictures(folder), batch_size=128, num_workers=2)]
    np.save(output, torch.cat(vectors).numpy())
    print("torch", torch.__version__)


if __name__ == "__main__":
    main()
