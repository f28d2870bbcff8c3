"""Random configurations of every architecture that Fovea knows, as the reference's classes take them."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

ACTIVATIONS = ["gelu", "gelu_new", "relu", "silu", "gelu_pytorch_tanh"]

LABELS = {
    "albert": "ALBERT",
    "bart": "BART",
    "bert": "BERT",
    "bloom": "BLOOM",
    "distilbert": "DistilBERT",
    "electra": "ELECTRA",
    "gemma3_text": "Gemma 3",
    "gpt2": "GPT-2",
    "gpt_neo": "GPT-Neo",
    "gpt_neox": "GPT-NeoX, Pythia",
    "llama": "Llama",
    "marian": "Marian",
    "mistral": "Mistral",
    "modernbert": "ModernBERT",
    "mt5": "mT5",
    "opt": "OPT",
    "phi": "Phi",
    "qwen2": "Qwen 2",
    "qwen3": "Qwen 3",
    "roberta": "RoBERTa",
    "t5": "T5",
}


def listed():
    """The names in engine/arch/list.h, so that none is forgotten here."""
    text = (ROOT / "engine/arch/list.h").read_text()
    return re.findall(r"^ +X\((\w+)\)", text, re.M)


def heads(rng, multiple=2):
    """(heads, size of a head)"""
    return rng.choice([1, 2, 3, 4, 6]), rng.choice([4, 6, 8, 12, 16]) // multiple * multiple


def rope(rng, context, share=None, theta=None):
    """One set of `rope_parameters`, of any kind that the reference has for all models."""
    kind = rng.choice(["default", "default", "linear", "dynamic", "yarn", "llama3"])
    values = {"rope_type": kind, "rope_theta": theta or rng.choice([100.0, 10000.0, 500000.0])}
    if share is not None:
        values["partial_rotary_factor"] = share
    if kind != "default":
        values["factor"] = rng.choice([1.5, 2.0, 4.0, 8.0])
    if kind == "yarn":
        values["original_max_position_embeddings"] = rng.choice([16, 32, context])
        if rng.random() < 0.5:
            values |= {"beta_fast": rng.choice([16.0, 32.0]), "beta_slow": rng.choice([1.0, 2.0])}
        if rng.random() < 0.3:
            values["attention_factor"] = rng.choice([0.8, 1.2])
        elif rng.random() < 0.3:
            values |= {"mscale": 1.0, "mscale_all_dim": rng.choice([0.5, 0.8])}
        if rng.random() < 0.3:
            values["truncate"] = False
    if kind == "llama3":
        values["original_max_position_embeddings"] = rng.choice([16, 32])
        values |= {"low_freq_factor": 1.0, "high_freq_factor": rng.choice([2.0, 4.0])}
    return values


def shared_heads(rng):
    key_heads = rng.choice([1, 2, 3])
    return key_heads * rng.choice([1, 2, 3]), key_heads


def bert(rng):
    count, size = heads(rng, 1)
    return {
        "hidden_size": count * size,
        "num_attention_heads": count,
        "num_hidden_layers": rng.randint(1, 4),
        "intermediate_size": rng.choice([1, 24, 50, 96]),
        "hidden_act": rng.choice(ACTIVATIONS),
        "layer_norm_eps": rng.choice([1e-12, 1e-5]),
        "type_vocab_size": rng.choice([1, 2, 3]),
        "tie_word_embeddings": rng.random() < 0.7,
    }


def albert(rng):
    return bert(rng) | {"embedding_size": rng.choice([12, 20])}


def electra(rng):
    config = bert(rng)
    return config | {"embedding_size": rng.choice([12, 20, config["hidden_size"]])}


def roberta(rng):
    return bert(rng) | {"pad_token_id": rng.choice([0, 1, 3]), "max_position_embeddings": 132}


def distilbert(rng):
    count, size = heads(rng, 1)
    return {
        "dim": count * size,
        "n_heads": count,
        "n_layers": rng.randint(1, 4),
        "hidden_dim": rng.choice([24, 50, 96]),
        "activation": rng.choice(ACTIVATIONS),
        "sinusoidal_pos_embds": rng.random() < 0.3,
        "tie_word_embeddings": rng.random() < 0.7,
    }


def modernbert(rng):
    count, size = heads(rng)
    config = {
        "hidden_size": count * size,
        "num_attention_heads": count,
        "num_hidden_layers": rng.randint(1, 5),
        "intermediate_size": rng.choice([24, 50, 96]),
        "hidden_activation": rng.choice(ACTIVATIONS),
        "local_attention": rng.choice([4, 6, 16]),
        "global_attn_every_n_layers": rng.choice([1, 2, 3]),
        "tie_word_embeddings": rng.random() < 0.7,
        "pad_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "cls_token_id": 1,
        "sep_token_id": 2,
    }
    for key in ("norm_bias", "attention_bias", "mlp_bias", "decoder_bias", "classifier_bias"):
        config[key] = rng.random() < 0.4
    if rng.random() < 0.5:
        config["rope_parameters"] = {
            "full_attention": rope(rng, 128),
            "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0},
        }
    return config


def gpt2(rng):
    count, size = heads(rng, 1)
    return {
        "n_embd": count * size,
        "n_head": count,
        "n_layer": rng.randint(1, 4),
        "n_inner": rng.choice([None, 50]),
        "activation_function": rng.choice(ACTIVATIONS),
        "layer_norm_epsilon": rng.choice([1e-5, 1e-3]),
        "scale_attn_weights": rng.random() < 0.8,
        "scale_attn_by_inverse_layer_idx": rng.random() < 0.3,
        "tie_word_embeddings": rng.random() < 0.7,
    }


def gpt_neo(rng):
    count, size = heads(rng, 1)
    repeats = rng.randint(1, 2)
    kinds = rng.choice([["global"], ["local"], ["global", "local"]])
    return {
        "hidden_size": count * size,
        "num_heads": count,
        "num_layers": len(kinds) * repeats,
        "attention_types": [[kinds, repeats]],
        "window_size": rng.choice([3, 8, 64]),
        "intermediate_size": rng.choice([None, 50]),
        "activation_function": rng.choice(ACTIVATIONS),
        "tie_word_embeddings": rng.random() < 0.7,
    }


def gpt_neox(rng):
    count, size = rng.choice([1, 2, 3, 4]), rng.choice([8, 12, 16])
    return {
        "hidden_size": count * size,
        "num_attention_heads": count,
        "num_hidden_layers": rng.randint(1, 4),
        "intermediate_size": rng.choice([24, 50, 96]),
        "hidden_act": rng.choice(ACTIVATIONS),
        "use_parallel_residual": rng.random() < 0.5,
        "attention_bias": rng.random() < 0.7,
        "rope_parameters": rope(rng, 128, rng.choice([0.25, 0.5, 0.75, 1.0])),
        "tie_word_embeddings": rng.random() < 0.3,
    }


def llama(rng):
    count, key_heads = shared_heads(rng)
    size = rng.choice([4, 8, 12])
    return {
        "hidden_size": count * rng.choice([8, 10]),
        "head_dim": size,
        "num_attention_heads": count,
        "num_key_value_heads": key_heads,
        "num_hidden_layers": rng.randint(1, 4),
        "intermediate_size": rng.choice([1, 24, 50, 96]),
        "hidden_act": rng.choice(ACTIVATIONS),
        "rms_norm_eps": rng.choice([1e-6, 1e-5, 1e-3]),
        "rope_parameters": rope(rng, 128),
        "attention_bias": rng.random() < 0.4,
        "mlp_bias": rng.random() < 0.4,
        "tie_word_embeddings": rng.random() < 0.4,
    }


def without(config, *keys):
    return {key: value for key, value in config.items() if key not in keys}


def mistral(rng):
    return without(llama(rng), "attention_bias", "mlp_bias") | {
        "sliding_window": rng.choice([None, 4, 8, 4096])
    }


def qwen2(rng):
    config = without(llama(rng), "attention_bias", "mlp_bias", "head_dim")
    config["hidden_size"] = config["num_attention_heads"] * 8
    return config | {
        "use_sliding_window": rng.random() < 0.5,
        "sliding_window": rng.choice([4, 8]),
        "max_window_layers": rng.choice([0, 1, 2]),
    }


def qwen3(rng):
    config = without(llama(rng), "mlp_bias")
    return config | {
        "use_sliding_window": rng.random() < 0.5,
        "sliding_window": rng.choice([4, 8]),
        "max_window_layers": rng.choice([0, 1, 2]),
    }


def gemma3_text(rng):
    config = without(llama(rng), "mlp_bias", "hidden_act")
    config |= {
        "hidden_activation": rng.choice(ACTIVATIONS),
        "num_hidden_layers": rng.randint(1, 7),
        "query_pre_attn_scalar": rng.choice([7, 16, 256]),
        "sliding_window": rng.choice([4, 8]),
        "rope_parameters": {
            "full_attention": rope(rng, 128, theta=1e6),
            "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0},
        },
    }
    if rng.random() < 0.3:
        config["final_logit_softcapping"] = 5.0
    if rng.random() < 0.3:
        config["attn_logit_softcapping"] = 5.0
    return config


def opt(rng):
    count, size = heads(rng, 1)
    before = rng.random() < 0.6
    return {
        "hidden_size": count * size,
        "word_embed_proj_dim": rng.choice([count * size, 20]),
        "num_attention_heads": count,
        "num_hidden_layers": rng.randint(1, 4),
        "ffn_dim": rng.choice([24, 50, 96]),
        "activation_function": rng.choice(ACTIVATIONS),
        "do_layer_norm_before": before,
        "enable_bias": rng.random() < 0.7,
        "tie_word_embeddings": rng.random() < 0.7,
    }


def bloom(rng):
    count, size = heads(rng, 1)
    return {
        "hidden_size": count * size,
        "n_head": count,
        "n_layer": rng.randint(1, 4),
        "layer_norm_epsilon": rng.choice([1e-5, 1e-3]),
        "apply_residual_connection_post_layernorm": rng.random() < 0.3,
        "tie_word_embeddings": rng.random() < 0.7,
    }


def phi(rng):
    count, key_heads = shared_heads(rng)
    return {
        "hidden_size": count * rng.choice([8, 12]),
        "num_attention_heads": count,
        "num_key_value_heads": key_heads,
        "num_hidden_layers": rng.randint(1, 4),
        "intermediate_size": rng.choice([24, 50, 96]),
        "hidden_act": rng.choice(ACTIVATIONS),
        "rope_parameters": rope(rng, 128, rng.choice([0.5, 1.0])),
        "tie_word_embeddings": rng.random() < 0.3,
    }


def bart(rng):
    size = rng.choice([4, 6])
    return {
        "d_model": 12 * size,
        "encoder_layers": rng.randint(1, 3),
        "decoder_layers": rng.randint(1, 3),
        "encoder_attention_heads": rng.choice([1, 2, 3, 4]),
        "decoder_attention_heads": rng.choice([1, 2, 3, 4]),
        "encoder_ffn_dim": rng.choice([24, 50]),
        "decoder_ffn_dim": rng.choice([24, 96]),
        "activation_function": rng.choice(ACTIVATIONS),
        "scale_embedding": rng.random() < 0.5,
    }


def marian(rng):
    return bart(rng) | {"decoder_start_token_id": 0, "pad_token_id": 1, "eos_token_id": 2}


def t5(rng):
    count, size = heads(rng, 1)
    return {
        "d_model": rng.choice([24, 36]),
        "d_kv": size,
        "num_heads": count,
        "d_ff": rng.choice([1, 24, 50]),
        "num_layers": rng.randint(1, 3),
        "num_decoder_layers": rng.randint(1, 3),
        "relative_attention_num_buckets": rng.choice([8, 16, 32]),
        "relative_attention_max_distance": rng.choice([16, 32, 128]),
        "feed_forward_proj": rng.choice(["relu", "gated-gelu", "gated-silu", "gelu"]),
        "layer_norm_epsilon": rng.choice([1e-6, 1e-3]),
        "decoder_start_token_id": 0,
        "tie_word_embeddings": rng.random() < 0.6,
    }


def mt5(rng):
    config = without(t5(rng), "tie_word_embeddings")
    return config | {"feed_forward_proj": rng.choice(["gated-gelu", "gated-silu", "relu"])}


def draw(name, rng):
    """The keyword arguments of the architecture's configuration class."""
    common = {"vocab_size": rng.choice([61, 97, 128])}
    if name not in ("bloom", "t5", "mt5"):
        common["n_positions" if name == "gpt2" else "max_position_embeddings"] = 128
    return common | globals()[name](rng)
