"""Writes llama_cpp.json: what llama.cpp makes of the same file and sentences, as the Python
package xllamacpp (2026.10.11549) carries it. It rounds activations to eight bits before each
product with quantised weights, and keys and values to sixteen, so its numbers are a few
hundredths away from exact arithmetic.

    pip install xllamacpp
    python make_llama_cpp_goldens.py gemma-3-270m-q4_k_m.gguf
"""
import json
import pathlib
import sys

import xllamacpp

here = pathlib.Path(__file__).parent
parameters = xllamacpp.CommonParams()
parameters.model.path = sys.argv[1]
parameters.n_ctx = 512
parameters.n_gpu_layers = 0
server = xllamacpp.Server(parameters)

entries = []
for entry in json.loads((here / "golden.json").read_text())["texts"]:
    answer = server.handle_completions(
        {"prompt": entry["text"], "n_predict": 16, "temperature": 0, "n_probs": 20}
    )
    if isinstance(answer, (str, bytes)):
        answer = json.loads(answer)
    tokens = answer["choices"][0]["logprobs"]["content"]
    entries.append(
        {
            "text": entry["text"],
            "top_ids": [row["id"] for row in tokens[0]["top_logprobs"]],
            "top_log_probabilities": [round(row["logprob"], 5) for row in tokens[0]["top_logprobs"]],
            "continuation_ids": [row["id"] for row in tokens],
            "continuation": answer["choices"][0]["text"],
        }
    )
(here / "llama_cpp.json").write_text(json.dumps({"texts": entries}, ensure_ascii=False, indent=1) + "\n")
