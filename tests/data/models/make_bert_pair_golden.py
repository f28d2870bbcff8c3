"""Writes bert/pair.json: what the reference (transformers 5.12, float32) makes of a pair of sentences,
whose token types say which token is of which. Run: python make_bert_pair_golden.py"""

import json
from pathlib import Path

import torch
from transformers import AutoModel

FOLDER = Path(__file__).parent / "bert"
IDS = [1, 5, 6, 7, 2, 8, 9, 10, 2]
TYPES = [0, 0, 0, 0, 0, 1, 1, 1, 1]

model = AutoModel.from_pretrained(FOLDER, attn_implementation="eager").eval()
with torch.no_grad():
    made = model(torch.tensor([IDS]), token_type_ids=torch.tensor([TYPES]), output_attentions=True)
golden = {"ids": IDS, "token_types": TYPES,
          "attentions": [[round(w, 8) for w in layer.flatten().tolist()] for layer in made.attentions],
          "last_hidden_state": [round(x, 7) for x in made.last_hidden_state.flatten().tolist()]}
(FOLDER / "pair.json").write_text(json.dumps(golden) + "\n")
