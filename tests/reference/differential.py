#!/usr/bin/env python3
"""Fovea and PyTorch in 32-bit floats against PyTorch in 64, over random configurations. See README.md."""

import argparse
import random
import tempfile
from pathlib import Path

import torch

import architectures
import reference

BEGIN, END = "<!-- differential begins -->", "<!-- differential ends -->"


def one_draw(name, seed, program, folder):
    """(config, Fovea's difference, PyTorch's), with None for Fovea's where it refused, and its words."""
    rng = random.Random(f"{name} {seed}")
    settings, model = reference.build(name, rng, torch.Generator().manual_seed(seed), folder)
    ids = [rng.randrange(settings["vocab_size"]) for _ in range(rng.choice([1, 5, 17, 40]))]
    decoder = name in reference.SEQ2SEQ
    decoder_ids = [rng.randrange(settings["vocab_size"]) for _ in range(rng.choice([1, 9]))] if decoder else []
    right = reference.run_in_doubles(name, model, ids, decoder_ids)
    narrow = reference.run(reference.load(name, folder), ids, decoder_ids)
    got, words = reference.run_fovea(program, folder, ids, decoder_ids, folder / "got.npz")
    return settings, got and reference.difference(got, right), reference.difference(narrow, right), words


def table(rows):
    lines = [
        "| architecture | draws | attention | PyTorch's | hidden states | PyTorch's | logits | PyTorch's |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, draws, ours, theirs in rows:
        cells = [architectures.LABELS[name], str(draws)]
        for kind in reference.KINDS:
            cells += [f"{ours[kind]:.0e}", f"{theirs[kind]:.0e}"]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=8, help="of each architecture")
    parser.add_argument("--seed", type=int, default=0, help="of the first draw")
    parser.add_argument("--only", help="architectures, with commas between")
    parser.add_argument("--fovea", default=str(architectures.ROOT / "build/fovea"))
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    arguments = parser.parse_args()
    torch.set_num_threads(1)

    rows, wrong = [], 0
    for name in arguments.only.split(",") if arguments.only else architectures.listed():
        ours, theirs = dict.fromkeys(reference.KINDS, 0.0), dict.fromkeys(reference.KINDS, 0.0)
        ran = 0
        for seed in range(arguments.seed, arguments.seed + arguments.draws):
            with tempfile.TemporaryDirectory() as folder:
                settings, mine, their, words = one_draw(name, seed, arguments.fovea, Path(folder))
            if words:
                print(f"{name} {seed}: {words}", flush=True)
            if mine is None:
                continue
            ran += 1
            for kind in reference.KINDS:
                ours[kind] = max(ours[kind], mine[kind])
                theirs[kind] = max(theirs[kind], their[kind])
            if mine["attentions"] > 1e-4 or mine["hidden_states"] > 1e-3 or mine["logits"] > 1e-3:
                print(f"{name} {seed}: differs by {mine}, PyTorch by {their}: {settings}", flush=True)
                wrong += 1
        rows.append((name, ran, ours, theirs))
    print(table(rows))
    if wrong:
        raise SystemExit(f"{wrong} draws differ")
    if arguments.write:
        readme = architectures.ROOT / "README.md"
        text = readme.read_text()
        before, rest = text.split(BEGIN, 1)
        readme.write_text(f"{before}{BEGIN}\n{table(rows)}\n{END}{rest.split(END, 1)[1]}")


if __name__ == "__main__":
    main()
