"""Writes names.json: what GGUF files call the tensors of the checkpoints in ../models, by the
table of the `gguf` Python package (0.19.0), which llama.cpp's converters use.

    pip install gguf safetensors && python make_names.py
"""
import json
import pathlib

from gguf import MODEL_ARCH, get_tensor_name_map
from safetensors import safe_open

ARCHITECTURES = {
    "llama": MODEL_ARCH.LLAMA,
    "qwen2": MODEL_ARCH.QWEN2,
    "qwen3": MODEL_ARCH.QWEN3,
    "gemma3_text": MODEL_ARCH.GEMMA3,
    "gpt2": MODEL_ARCH.GPT2,
    "gpt_neox": MODEL_ARCH.GPTNEOX,
    "phi": MODEL_ARCH.PHI2,
    "bloom": MODEL_ARCH.BLOOM,
    "bert": MODEL_ARCH.BERT,
    "t5": MODEL_ARCH.T5,
    "flan_t5": MODEL_ARCH.T5,
}

here = pathlib.Path(__file__).parent
result = {}
for folder, architecture in ARCHITECTURES.items():
    names = get_tensor_name_map(architecture, 32)
    result[folder] = {}
    with safe_open(here.parent / "models" / folder / "model.safetensors", "np") as file:
        for name in sorted(file.keys()):
            # The converters take these prefixes away where the table has the name without.
            for known_as in (name, name.removeprefix("bert."), name.removeprefix("transformer.")):
                known = names.get_name(known_as, try_suffixes=(".weight", ".bias"))
                if known is not None:
                    result[folder][name] = known
                    break
(here / "names.json").write_text(json.dumps(result, indent=1) + "\n")
