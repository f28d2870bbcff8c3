#!/usr/bin/env python3
"""The same forward pass by PyTorch and transformers, every attention map kept, for comparison.

    peer.py [--json] FOLDER [TOKENS...]      (needs torch and transformers)

Where the model has a language head, once with its logits and once without.
"""
import argparse
import json
import statistics
import time

import torch
import transformers
from transformers import AutoConfig, AutoModel, AutoModelForCausalLM


def median_ms(model, length: int) -> float:
    ids = torch.arange(length)[None] * 7 % 256
    times = []
    with torch.inference_mode():
        model(ids, output_attentions=True)
        begin = time.perf_counter()
        while len(times) < 3 or time.perf_counter() - begin < 2:
            start = time.perf_counter()
            model(ids, output_attentions=True)
            times.append(time.perf_counter() - start)
    return round(1e3 * statistics.median(times), 2)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("folder")
    parser.add_argument("tokens", nargs="*", type=int, default=[12, 128, 512])
    arguments = parser.parse_args()
    names = AutoConfig.from_pretrained(arguments.folder).architectures or []
    predicts = any(name.endswith(("LMHeadModel", "ForCausalLM")) for name in names)
    kind = AutoModelForCausalLM if predicts else AutoModel
    whole = kind.from_pretrained(
        arguments.folder, attn_implementation="eager", dtype=torch.float32
    ).eval()
    medians = {}
    for length in arguments.tokens:
        medians[str(length)] = median_ms(whole.base_model if predicts else whole, length)
        if predicts:
            medians[f"{length} with logits"] = median_ms(whole, length)
    if arguments.json:
        version = f"PyTorch {torch.__version__.split('+')[0]} and transformers {transformers.__version__}"
        print(json.dumps({"peer": version} | medians))
    else:
        for length, ms in medians.items():
            print(f"{length}: {ms:.1f} ms")


if __name__ == "__main__":
    main()
