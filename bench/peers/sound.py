"""Sound in torchaudio: decode, mono, 16 kHz, logarithm of 80 mel filters. Its argument is a folder of files."""
import functools
import os
import sys
import time

import torch
import torchaudio

from rounds import serve

RATE = 16000


@functools.lru_cache
def resampler(rate):
    return torchaudio.transforms.Resample(rate, RATE)


def main():
    folder = sys.argv[1]
    files = sorted(os.path.join(folder, name) for name in os.listdir(folder))
    mel = torchaudio.transforms.MelSpectrogram(RATE, n_fft=400, hop_length=160, n_mels=80)

    @torch.no_grad()
    def step():
        for path in files:
            sound, rate = torchaudio.load(path)
            sound = sound.mean(dim=0)
            if rate != RATE:
                sound = resampler(rate)(sound)
            (mel(sound) + 1e-6).log()

    serve(step, warmup=2, clock=time.process_time)


if __name__ == "__main__":
    main()
