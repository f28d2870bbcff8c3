"""Writes quantised_blocks.json: random blocks of every format that Fovea reads and what the `gguf`
Python package (0.19.0) makes of them. Every bit pattern occurs; scales are finite.

    pip install gguf && python make_block_goldens.py
"""
import json
import pathlib

import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf.quants import dequantize

# Bytes of a block, and where its 16-bit floats lie.
FORMATS = {
    "Q8_0": (34, [0]),
    "Q4_0": (18, [0]),
    "Q4_1": (20, [0, 2]),
    "Q5_0": (22, [0]),
    "Q5_1": (24, [0, 2]),
    "Q4_K": (144, [0, 2]),
    "Q5_K": (176, [0, 2]),
    "Q6_K": (210, [208]),
}

random = np.random.default_rng(7)
result = {}
for name, (size, scales) in FORMATS.items():
    blocks = random.integers(0, 256, size=(4, size), dtype=np.uint8)
    for place in scales:
        numbers = random.normal(0, 0.02, size=4).astype(np.float16)
        numbers[1] = np.float16(6e-8)  # the smallest above zero
        numbers[2] = -abs(numbers[2])
        blocks[:, place : place + 2] = numbers.view(np.uint8).reshape(4, 2)
    values = dequantize(blocks, Type[name])
    result[name] = {
        "blocks": blocks.tobytes().hex(),
        # float32 bit patterns: equality is exact
        "values": values.astype("<f4").tobytes().hex(),
    }
path = pathlib.Path(__file__).with_name("quantised_blocks.json")
path.write_text(json.dumps(result, indent=1) + "\n")
