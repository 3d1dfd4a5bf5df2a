"""Clips of films in PyAV, by hand, and torchvision: seek, decode 16 pictures, one crop for all, mirror, numbers. Its argument is a folder with clips.json."""
import json
import os
import sys
import time

import av
import numpy as np
import torch
from torchvision import transforms
from torchvision.transforms import functional

from rounds import serve

FRAMES, SIDE = 16, 112
MEAN = torch.tensor((0.485, 0.456, 0.406)).view(3, 1, 1, 1)
DEVIATION = torch.tensor((0.229, 0.224, 0.225)).view(3, 1, 1, 1)


def clip(path, start, _):
    pictures = []
    with av.open(path) as container:
        stream = container.streams.video[0]
        stream.thread_count = 1
        if start > 0:
            container.seek(int(start / stream.time_base), stream=stream)
        for frame in container.decode(stream):
            if frame.time is None or frame.time >= start - 1e-3:
                pictures.append(frame.to_ndarray(format="rgb24"))
                if len(pictures) == FRAMES:
                    break
    pictures += [pictures[-1]] * (FRAMES - len(pictures))
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2)  # (T, C, H, W)


def run(read):
    """Serves rounds; read(path, start, length in seconds) gives (T, C, H, W) of bytes."""
    with open(os.path.join(sys.argv[1], "clips.json"), encoding="utf-8") as lines:
        clips = json.load(lines)

    def step():
        for place in clips:
            pictures = read(*place)
            box = transforms.RandomResizedCrop.get_params(pictures, (0.08, 1.0), (3 / 4, 4 / 3))
            view = functional.resized_crop(pictures, *box, [SIDE, SIDE], antialias=True)
            if torch.rand(()) < 0.5:
                view = functional.hflip(view)
            (view.permute(1, 0, 2, 3).float() / 255 - MEAN) / DEVIATION

    serve(step, warmup=1, clock=time.process_time)


if __name__ == "__main__":
    run(clip)
