"""Builds and runs the reference's models (transformers), and Fovea on the same folder."""

import os
import subprocess

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "critical")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

import numpy as np
import torch
import transformers
from huggingface_hub.errors import StrictDataclassError
from torch.overrides import TorchFunctionMode

import architectures

transformers.utils.logging.disable_progress_bar()

MASKED = {"albert", "bert", "distilbert", "electra", "modernbert", "roberta"}
KINDS = ("attentions", "hidden_states", "logits")
SEQ2SEQ = {"bart", "marian", "mt5", "t5"}


def auto_class(name):
    if name in MASKED:
        return transformers.AutoModelForMaskedLM
    return transformers.AutoModelForSeq2SeqLM if name in SEQ2SEQ else transformers.AutoModelForCausalLM


class InDoubles(TorchFunctionMode):
    """Every 32-bit step that the models ask for by name (rotary angles, softmax, norms) in 64."""

    @staticmethod
    def widen(value):
        if value is torch.float32:
            return torch.float64
        if isinstance(value, (tuple, list)):
            return type(value)(InDoubles.widen(each) for each in value)
        return value

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = {key: self.widen(value) for key, value in (kwargs or {}).items()}
        if function is torch.Tensor.float:
            function = torch.Tensor.double
        return function(*self.widen(list(args)), **kwargs)


def randomise(model, generator):
    """Every parameter away from what it would do nothing at, weights of a size that lets heads differ."""
    with torch.no_grad():
        for name, value in model.named_parameters():
            if not value.requires_grad or (model.config.model_type == "marian" and "embed_positions" in name):
                continue  # sinusoids
            noise = torch.randn(value.shape, generator=generator)
            if value.dim() > 1:
                lookup = "embed" in name or name.split(".")[-2] in ("wte", "wpe", "shared")
                value.copy_(noise * (0.5 if lookup else 1.3 / value.shape[-1] ** 0.5))
            else:
                gain = bool((value == 1).all()) and value.numel() > 0
                value.copy_(noise * 0.3 + (1 if gain else 0))
        for name, value in model.named_buffers():
            if name == "final_logits_bias":
                value.copy_(torch.randn(value.shape, generator=generator))


def build(name, rng, generator, folder):
    """(settings, model): drawn anew until the reference takes the settings."""
    while True:
        settings = architectures.draw(name, rng)
        try:
            config = transformers.CONFIG_MAPPING[name](**settings)
            model = auto_class(name).from_config(config, attn_implementation="eager")
            break
        except (TypeError, ValueError, RuntimeError, StrictDataclassError):
            continue
    randomise(model, generator)
    model.save_pretrained(folder)
    return settings, model


def load(name, folder):
    """None where tensors are missing, or of another shape than config.json asks for: those are drawn at random."""
    model, info = auto_class(name).from_pretrained(
        folder, attn_implementation="eager", dtype=torch.float32, output_loading_info=True
    )
    return None if info["missing_keys"] or info["mismatched_keys"] else model


def to_arrays(output, encoder_decoder):
    arrays = {"logits": output.logits[0]}
    parts = [("", "attentions", "hidden_states")]
    if encoder_decoder:
        parts = [
            ("encoder.", "encoder_attentions", "encoder_hidden_states"),
            ("decoder.", "decoder_attentions", "decoder_hidden_states"),
            ("cross.", "cross_attentions", None),
        ]
    for prefix, attentions, states in parts:
        for layer, value in enumerate(output[attentions]):
            arrays[f"{prefix}attentions.{layer}"] = value[0]
        for index, value in enumerate(output[states] if states else []):
            arrays[f"{prefix}hidden_states.{index}"] = value[0]
    return {key: value.double().numpy() for key, value in arrays.items()}


def run(model, ids, decoder_ids):
    encoder_decoder = model.config.model_type in SEQ2SEQ
    inputs = {"input_ids": torch.tensor([ids])}
    if encoder_decoder:
        inputs["decoder_input_ids"] = torch.tensor([decoder_ids])
    before_projection = []
    project = getattr(getattr(model.base_model, "decoder", None), "project_out", None)
    if project is not None:
        project.register_forward_pre_hook(lambda module, args: before_projection.append(args[0]))
    with torch.no_grad():
        output = model.eval()(**inputs, output_attentions=True, output_hidden_states=True, use_cache=False)
    if before_projection:  # OPT's last state, which the reference returns narrowed already
        output["hidden_states"] = (*output["hidden_states"][:-1], before_projection[0])
    return to_arrays(output, encoder_decoder)


def run_in_doubles(name, model, ids, decoder_ids):
    before = torch.get_default_dtype()
    try:
        torch.set_default_dtype(torch.float64)
        with InDoubles():
            wide = auto_class(name).from_config(
                model.config, attn_implementation="eager", dtype=torch.float64
            )
            state = {
                key: value.double()
                for key, value in model.state_dict().items()
                if not (name == "marian" and "embed_positions" in key)
            }
            wide.load_state_dict(state, strict=False)
            return run(wide, ids, decoder_ids)
    finally:
        torch.set_default_dtype(before)


def run_fovea(program, folder, ids, decoder_ids, out):
    """(arrays, what it wrote on standard error); no arrays where it refused."""
    command = [program, "export", "--model", str(folder), "--ids", ",".join(map(str, ids))]
    if decoder_ids:
        command += ["--decoder-ids", ",".join(map(str, decoder_ids))]
    command += ["--with", "hidden_states,logits", "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        return None, done.stderr.strip()
    with np.load(out) as file:
        arrays = {key: file[key].astype(np.float64) for key in file if any(kind in key for kind in KINDS)}
    return arrays, done.stderr.strip()


def difference(arrays, right):
    """The largest, of each kind: of weights as they are, of the rest relative to the largest entry."""
    worst = dict.fromkeys(KINDS, 0.0)
    for key, wanted in right.items():
        kind = next(kind for kind in KINDS if kind in key)
        got = arrays.get(key)
        if got is None or got.shape != wanted.shape:
            worst[kind] = float("inf")
            continue
        scale = 1.0 if kind == "attentions" else max(float(np.abs(wanted).max()), 1e-30)
        found = float(np.abs(got - wanted).max()) / scale
        worst[kind] = max(worst[kind], found if found == found else float("inf"))
    return worst
