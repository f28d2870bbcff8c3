#!/usr/bin/env python3
"""Makes golden.json and golden.safetensors beside this script: what the reference implementation
(transformers and PyTorch, float32, eager attention) makes of three sentences with all-MiniLM-L6-v2.

    python3 -m venv env && env/bin/pip install torch transformers safetensors numpy
    env/bin/python make_goldens.py FOLDER_OF_THE_MODEL

Arrays of sentence number I are named I.attentions.L [heads, query, key] and I.hidden_states.L
[tokens, width]; under the interventions listed in golden.json, I.edit.NAME.attentions.L likewise.
"""
import json
import math
import pathlib
import sys

import torch
import transformers
from safetensors.torch import save_file

SENTENCES = [
    "The animal didn't cross the street because it was too tired.",
    "An attention head is naïve: 注意力 is all it has!",
    "Yes.",
]
EDITS = {
    "temperature_half": {"temperature": [{"value": 0.5}]},
    "temperature_head": {"temperature": [{"value": 4.0, "layer": 2, "head": 5}]},
    "block_key_1": {"block": [{"key": 1}]},
    "causal": {"mask": "causal"},
    "window_2": {"mask": {"window": 2}},
    "ablate_mean": {"ablate": [{"layer": 0, "head": 3, "to": "mean"}]},
}


def attention_with(edits, layer):
    """Eager attention of one layer under edits, written from their definition."""

    def forward(module, query, key, value, attention_mask, scaling=None, dropout=0.0, **kwargs):
        scaling = scaling if scaling is not None else 1 / math.sqrt(query.shape[-1])
        heads, n = query.shape[1], query.shape[2]
        temperature = torch.ones(heads)
        for edit in edits.get("temperature", []):
            if edit.get("layer", layer) == layer:
                temperature[edit["head"] if "head" in edit else slice(None)] *= edit["value"]
        scores = query @ key.transpose(2, 3) * scaling / temperature[None, :, None, None]
        distance = torch.arange(n)[:, None] - torch.arange(n)[None, :]
        hidden = torch.zeros(n, n, dtype=torch.bool)
        mask = edits.get("mask")
        if mask == "causal":
            hidden |= distance < 0
        elif mask:
            hidden |= distance.abs() >= mask["window"]
        for edit in edits.get("block", []):
            hidden[:, edit["key"]] = True
        weights = torch.softmax(scores.masked_fill(hidden, -math.inf), dim=-1)
        output = weights @ value
        for edit in edits.get("ablate", []):
            if edit["layer"] == layer:
                output[:, edit["head"]] = output[:, edit["head"]].mean(dim=1, keepdim=True)
        return output.transpose(1, 2).contiguous(), weights

    return forward


def run(model, ids, edits):
    from transformers.models.bert import modeling_bert

    for number, layer in enumerate(model.encoder.layer):
        layer.attention.self.layer_number = number

    def dispatch(module, *arguments, **keywords):
        return attention_with(edits, module.layer_number)(module, *arguments, **keywords)

    original = modeling_bert.eager_attention_forward
    if edits:
        modeling_bert.eager_attention_forward = dispatch
    try:
        with torch.no_grad():
            return model(torch.tensor([ids]), output_attentions=True, output_hidden_states=True)
    finally:
        modeling_bert.eager_attention_forward = original


def main():
    folder, here = sys.argv[1], pathlib.Path(__file__).parent
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
    entries, arrays = [], {}
    for i, sentence in enumerate(SENTENCES):
        ids = tokenizer(sentence)["input_ids"]
        # All interventions on the first sentence; one of each kind would be too much data thrice.
        edits = EDITS if i == 0 else {}
        entries.append({"text": sentence, "ids": ids, "edits": edits,
                        "tokens": tokenizer.convert_ids_to_tokens(ids)})
        for prefix, edit in [("", {})] + [(f"edit.{name}.", edit) for name, edit in edits.items()]:
            result = run(model, ids, edit)
            for layer, weights in enumerate(result.attentions):
                arrays[f"{i}.{prefix}attentions.{layer}"] = weights[0].contiguous()
            for layer, state in enumerate(result.hidden_states):
                arrays[f"{i}.{prefix}hidden_states.{layer}"] = state[0].contiguous()
    (here / "golden.json").write_text(json.dumps(entries, ensure_ascii=False, indent=1) + "\n")
    save_file(arrays, here / "golden.safetensors",
              metadata={"transformers": transformers.__version__, "torch": torch.__version__})


main()
