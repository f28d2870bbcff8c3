#!/usr/bin/env python3
"""Reference results of tests/data/models/marian, by transformers and PyTorch in float32 on the CPU.

save_pretrained leaves Marian's sinusoidal tables out of the file, so results must come from the
checkpoint as it lies on disk, tables computed anew.

    python3 -m venv reference && reference/bin/pip install torch transformers==5.12.1 safetensors
    reference/bin/python tests/data/models/make_marian_golden.py
"""

import json
import pathlib

import torch
from safetensors.torch import load_file, save_file
from transformers import MarianMTModel

folder = pathlib.Path(__file__).parent / "marian"
ids = torch.tensor(json.loads((folder / "golden.json").read_text())["input_ids"])
decoder_ids = load_file(folder / "golden.safetensors")["decoder_input_ids"]

model = MarianMTModel.from_pretrained(folder, attn_implementation="eager").eval()
with torch.no_grad():
    out = model(
        input_ids=ids[None],
        decoder_input_ids=decoder_ids[None],
        output_attentions=True,
        output_hidden_states=True,
    )

arrays = {"input_ids": ids, "decoder_input_ids": decoder_ids, "logits": out.logits[0]}
for part, attentions, states in (
    ("encoder", out.encoder_attentions, out.encoder_hidden_states),
    ("decoder", out.decoder_attentions, out.decoder_hidden_states),
    ("cross", out.cross_attentions, ()),
):
    for layer, weights in enumerate(attentions):
        arrays[f"{part}.attentions.{layer}"] = weights[0]
    for index, state in enumerate(states):
        arrays[f"{part}.hidden_states.{index}"] = state[0]
save_file({name: array.contiguous() for name, array in arrays.items()}, folder / "golden.safetensors")
