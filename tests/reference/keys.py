#!/usr/bin/env python3
"""Changes every key of the reference's configurations, one at a time. See README.md."""

import argparse
import dataclasses
import inspect
import json
import random
import re
import tempfile
from pathlib import Path

import architectures
import reference  # before transformers: it makes that quiet
import torch
import transformers

# What decides how a model runs, for most architectures; drawn configurations say the rest.
BASES = 3
ACTIVATIONS = ["relu", "gelu", "gelu_new", "silu", "tanh", "quick_gelu", "relu2", "gelu_python", "mish", "linear"]
STRINGS = {
    "rope_type": ["default", "linear", "dynamic", "yarn", "llama3", "proportional"],
    "type": ["linear", "dynamic", "yarn"],
    "position_embedding_type": ["relative_key", "relative_key_query"],
    "feed_forward_proj": ["relu", "gated-gelu", "gelu", "gated-silu"],
    "dense_act_fn": ["relu", "silu"],
}
UNSEEN = [True, False, 1, 2, 0.5, "relu"]  # where nothing tells the type
SKIPPED = {"model_type", "dtype", "torch_dtype", "transformers_version", "_name_or_path", "architectures"}


def asked_for(module):
    """Keys that a model's source asks its configuration for."""
    source = inspect.getsource(module)
    found = set(re.findall(r"\bconfig\.([a-z]\w*)", source))
    return found | set(re.findall(r"getattr\([\w.]*config, \"(\w+)\"", source))


def keys_of(model, config):
    """What may stand at the top of a config.json: the class's fields, other names for them, what was
    there in older files, and all that the sources ask for."""
    kind = type(model.config)
    keys = {field.name for field in dataclasses.fields(kind)}
    keys |= set(kind.attribute_map) | set(config)
    keys |= asked_for(inspect.getmodule(type(model)))
    keys |= asked_for(transformers.masking_utils) | asked_for(transformers.modeling_rope_utils)
    keys |= set(re.findall(r"kwargs\.(?:pop|get|setdefault)\(\s*\"(\w+)\"", inspect.getsource(kind)))
    keys |= {"rope_scaling", "rope_theta", "partial_rotary_factor", "position_embedding_type", "layer_types"}
    methods = {name for name, _ in inspect.getmembers(transformers.PreTrainedConfig, inspect.isroutine)}
    return sorted(key for key in keys - methods - SKIPPED if not key.startswith("__"))


def others(key, value):
    """Values to put there instead."""
    if key in STRINGS:
        return [text for text in STRINGS[key] if text != value]
    if "act" in key and isinstance(value, str):
        return [name for name in ACTIVATIONS if name != value]
    if isinstance(value, bool):
        return [not value, int(not value), str(not value).lower()]
    if isinstance(value, int):
        return [value + 1, value * 2, max(1, value // 2), 1, 0, -1, float(value), value + 0.5, str(value + 1), True]
    if isinstance(value, float):
        return [value * 2, value / 2 + 0.01, 0, 1, -1.0, str(value * 2), True]
    if isinstance(value, str):
        return [name for name in ("mean", "relu", "last") if name != value]
    if isinstance(value, list):
        return [value[::-1], value[:1] * len(value), value[:-1]]
    return UNSEEN


def changes(config, key):
    """Changed copies of the whole config.json, each with words for what was changed."""
    value = config.get(key)
    if isinstance(value, dict) and key not in ("id2label", "label2id"):
        for inner in sorted(set(value) | set(ROPE if "rope" in key else ())):
            for changed, words in changes(value, inner):
                yield config | {key: changed}, f"{key}.{words}"
        return
    if key == "rope_scaling":
        for kind in ("linear", "dynamic"):
            yield config | {key: {"type": kind, "factor": 2.0}}, f"{key}={kind}"
        yield config | {key: {"rope_type": "default", "rope_theta": 77.0}}, f"{key}.rope_theta=77"
        return
    if key == "layer_types" and value is None:
        layers = next((config[name] for name in ("num_hidden_layers", "n_layer", "num_layers") if name in config), 1)
        yield config | {key: ["sliding_attention"] * layers}, f"{key}=all sliding"
        return
    for other in others(key, value):
        yield config | {key: other}, f"{key}={json.dumps(other)}"
    if key in config:
        yield {name: value for name, value in config.items() if name != key}, f"{key} left out"
        if value is not None:
            yield config | {key: None}, f"{key}=null"


ROPE = ["rope_type", "type", "rope_theta", "factor", "partial_rotary_factor", "attention_factor", "beta_fast",
        "beta_slow", "mscale", "mscale_all_dim", "truncate", "low_freq_factor", "high_freq_factor",
        "original_max_position_embeddings", "short_factor", "long_factor"]


def named(words, key, said):
    """Whether Fovea's words name the key, or the one that it stands in."""
    return any(f'"{name}"' in said for name in (key, words.split("=")[0].split(" ")[0], re.split(r"[=. ]", words)[-1]))


def same(one, other, tolerance):
    if set(one) != set(other):
        return False
    worst = reference.difference(one, other)
    return worst["attentions"] <= tolerance and worst["hidden_states"] <= 10 * tolerance and worst["logits"] <= 10 * tolerance


class Watch:
    """One model, and what both make of it when its config.json is another."""

    def __init__(self, name, seed, program, folder):
        rng = random.Random(f"keys {name} {seed}")
        while True:
            settings, model = reference.build(name, rng, torch.Generator().manual_seed(seed), folder)
            self.ids = [rng.randrange(3, settings["vocab_size"]) for _ in range(24)]
            decoder = name in reference.SEQ2SEQ
            self.decoder_ids = [rng.randrange(3, settings["vocab_size"]) for _ in range(7)] if decoder else []
            self.name, self.program, self.folder, self.model = name, program, folder, model
            self.file = folder / "config.json"
            self.config = json.loads(self.file.read_text())
            self.before, _ = self.fovea()
            self.right = self.reference()
            if self.before and same(self.before, self.right, 1e-4):
                break

    def reference(self):
        model = reference.load(self.name, self.folder)
        return model and reference.run(model, self.ids, self.decoder_ids)

    def fovea(self):
        return reference.run_fovea(self.program, self.folder, self.ids, self.decoder_ids, self.folder / "got.npz")

    def look(self, changed, words, key):
        """A line of the report, or None."""
        self.file.write_text(json.dumps(changed, indent=1))
        got, said = self.fovea()
        if got is None and said.startswith("fovea:") and "ssertion" not in said:
            return None
        if got is None:
            return f"{words}: Fovea ended: {said[:200]}"
        try:
            right = self.reference()
        except Exception:
            return None  # the reference refuses it
        if right is None or same(got, right, 1e-4):
            return None
        if named(words, key, said):
            return None
        if same(right, self.right, 1e-6):
            return f"{words}: changes nothing in the reference, but Fovea {reference.difference(got, right)}"
        unread = same(got, self.before, 1e-6)
        return f"{words}: {'not read' if unread else 'read otherwise'}: {reference.difference(got, right)}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="architectures, with commas between")
    parser.add_argument("--bases", type=int, default=BASES, help="configurations to start from, of each")
    parser.add_argument("--fovea", default=str(architectures.ROOT / "build/fovea"))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    report = changed_keys = 0
    for name in arguments.only.split(",") if arguments.only else architectures.listed():
        for seed in range(arguments.bases):
            with tempfile.TemporaryDirectory() as folder:
                watch = Watch(name, seed, arguments.fovea, Path(folder))
                for key in keys_of(watch.model, watch.config):
                    for changed, words in changes(watch.config, key):
                        changed_keys += 1
                        if line := watch.look(changed, words, key):
                            report += 1
                            print(f"{name} {seed}: {line}", flush=True)
    print(f"{changed_keys} changes, {report} to report")
    raise SystemExit(report > 0)


if __name__ == "__main__":
    main()
