#!/usr/bin/env python3
"""The same forward pass by PyTorch and transformers, every attention map kept, for comparison.

    peer.py FOLDER [TOKENS...]      (needs torch and transformers)
"""
import statistics
import sys
import time

import torch
from transformers import AutoModel


def main() -> None:
    folder, lengths = sys.argv[1], [int(n) for n in sys.argv[2:]] or [12, 128, 512]
    model = AutoModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()
    for length in lengths:
        ids = torch.arange(length)[None] * 7 % 256
        times = []
        with torch.inference_mode():
            model(ids, output_attentions=True)
            begin = time.perf_counter()
            while len(times) < 3 or time.perf_counter() - begin < 2:
                start = time.perf_counter()
                model(ids, output_attentions=True)
                times.append(time.perf_counter() - start)
        print(f"{length} tokens: {1e3 * statistics.median(times):.1f} ms")


if __name__ == "__main__":
    main()
