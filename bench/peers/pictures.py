"""Pictures in Pillow and torchvision: decode, random resized crop, mirror, colours, numbers. Its argument is a folder of files."""
import os
import sys
import time

from PIL import Image
from torchvision import transforms

from rounds import serve


def main():
    folder = sys.argv[1]
    files = sorted(os.path.join(folder, name) for name in os.listdir(folder))
    view = transforms.Compose([
        transforms.RandomResizedCrop(224),
        transforms.RandomHorizontalFlip(),
        transforms.ColorJitter(0.4, 0.4, 0.2, 0.1),
        transforms.ToTensor(),
        transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    ])

    def step():
        for path in files:
            with Image.open(path) as picture:
                view(picture.convert("RGB"))

    serve(step, warmup=2, clock=time.process_time)


if __name__ == "__main__":
    main()
