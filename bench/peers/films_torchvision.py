"""Clips of films with torchvision's own reader, read_video; the rest as in films.py. Its argument is a folder with clips.json."""
import torch
from torchvision.io import read_video

from films import FRAMES, run


def clip(path, start, length):
    # Half a picture before the end: read_video takes in the one that begins there, and one that begins before the start.
    pictures = read_video(path, start, start + length * (1 - 0.5 / FRAMES), pts_unit="sec", output_format="TCHW")[0][-FRAMES:]
    return pictures[torch.arange(FRAMES).clamp(max=len(pictures) - 1)]


if __name__ == "__main__":
    run(clip)
