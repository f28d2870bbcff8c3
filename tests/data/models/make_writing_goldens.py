"""What transformers writes greedily under the keys of generation_config.json: bart/writing.json.

    python make_writing_goldens.py

With transformers 5.12.1; the checkpoint is the random one beside this file.
"""
import json
import pathlib

import torch
from transformers import BartForConditionalGeneration, GenerationConfig

here = pathlib.Path(__file__).parent
ids = [3, 17, 9, 41, 5, 22, 2]
model = BartForConditionalGeneration.from_pretrained(here / "bart", attn_implementation="eager").eval()
usual = {"decoder_start_token_id": 2, "eos_token_id": 2, "pad_token_id": 1, "bos_token_id": 0}


def written(keys):
    # Fovea stops at this length; BART's own settings force an end at the last token of all, one later.
    longest = 2 * len(ids) + 16
    config = GenerationConfig(**{**usual, "max_new_tokens": longest, **keys})
    out = model.generate(torch.tensor([ids]), generation_config=config)[0].tolist()[:longest]
    return out[:-1] if out[-1] == config.eos_token_id else out


plain = written({"bad_words_ids": [[1]]})
cases = [
    {},
    {"forced_bos_token_id": 0},
    {"no_repeat_ngram_size": 1},
    {"no_repeat_ngram_size": 2},
    {"no_repeat_ngram_size": 3, "forced_bos_token_id": 4},
    {"bad_words_ids": [[plain[1]], [plain[-1]]]},
    # The likeliest token at the start is made the end, which may not come yet.
    {"eos_token_id": plain[1], "min_length": 6},
]
result = []
for keys in cases:
    # Fovea never writes padding.
    never = keys.get("bad_words_ids", []) + [[1]]
    result.append({"keys": keys, "written": written({**keys, "bad_words_ids": never})})
(here / "bart" / "writing.json").write_text(json.dumps({"ids": ids, "cases": result}, indent=1) + "\n")
