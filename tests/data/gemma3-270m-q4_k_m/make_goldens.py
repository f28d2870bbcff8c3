"""Writes golden.json: what Hugging Face transformers (5.12.1, PyTorch, float32, CPU, eager
attention) makes of Gemma 3 270M as a Q4_K_M GGUF file, whose blocks it unpacks with the `gguf`
package. The file itself is not ours to redistribute.

    pip install torch transformers gguf accelerate
    python make_goldens.py gemma-3-270m-q4_k_m.gguf
"""
import hashlib
import json
import pathlib
import sys

import torch
from transformers import AutoModelForCausalLM

# The ids are those of the model's own tokenizer.json: what transformers makes of the tokenizer in
# the GGUF file cuts text up otherwise.
TEXTS = {
    "The capital of France is Paris. The capital of Italy is":
        [2, 818, 5279, 529, 7001, 563, 9079, 236761, 669, 5279, 529, 11702, 563],
    "La capitale de la France est Paris. La capitale de l'Espagne est":
        [2, 4967, 90207, 569, 759, 7001, 1009, 9079, 236761, 2774, 90207, 569, 537, 236789, 163853, 1009],
    "法国的首都是巴黎。德国的首都是":
        [2, 83717, 180772, 15310, 142253, 236924, 81252, 180772, 15310],
}
CONTINUATION = 16  # tokens
ATTENTION = [(0, 0), (5, 3), (17, 1)]  # layer and head; the last query's row

path = pathlib.Path(sys.argv[1])
source = dict(pretrained_model_name_or_path=path.parent, gguf_file=path.name)
model = AutoModelForCausalLM.from_pretrained(
    **source, dtype=torch.float32, attn_implementation="eager"
).eval()

entries = []
for text, ids in TEXTS.items():
    with torch.no_grad():
        output = model(torch.tensor([ids]), output_attentions=True, output_hidden_states=True)
        logits = output.logits[0, -1].double()
        top = torch.topk(logits, 20)
        greedy = list(ids)
        for _ in range(CONTINUATION):
            greedy.append(int(model(torch.tensor([greedy])).logits[0, -1].argmax()))
    entries.append(
        {
            "text": text,
            "ids": ids,
            "top_ids": top.indices.tolist(),
            "top_logits": [round(x, 5) for x in top.values.tolist()],
            # Every 4096th of the vocabulary, of the last position.
            "logits_step": 4096,
            "logits": [round(x, 5) for x in logits[::4096].tolist()],
            "largest_logit": round(float(logits.abs().max()), 5),
            "attention": [
                {
                    "layer": layer,
                    "head": head,
                    "last_row": [round(x, 7) for x in output.attentions[layer][0, head, -1].tolist()],
                }
                for layer, head in ATTENTION
            ],
            "continuation_ids": greedy[len(ids) :],
        }
    )
result = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "texts": entries}
target = pathlib.Path(__file__).with_name("golden.json")
target.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n")
