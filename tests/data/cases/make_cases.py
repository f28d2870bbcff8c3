"""Writes small random checkpoints that are easily read wrongly, and what the reference makes of each, into
NAME/model and NAME/reference.safetensors (the older cases beside them came otherwise).
Run: python make_cases.py             (transformers 5.12.1)
     python make_cases.py --relative  (transformers 4.46.3, the last with relative keys)"""

import json
import shutil
import sys
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file, save_file

HERE = Path(__file__).parent
IDS = [3, 17, 9, 11, 5, 14, 8, 12, 6, 2]
DECODER_IDS = [0, 5, 9, 7]
RELATIVE = "--relative" in sys.argv


def randomised(model, seed):
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in [*model.named_parameters(), *model.named_buffers()]:
            if not value.is_floating_point() or "inv_freq" in name:
                continue
            noise = torch.randn(value.shape, generator=generator)
            gain = value.dim() == 1 and bool((value == 1).all())
            value.copy_(noise * 0.3 + 1 if gain else noise * (0.5 if value.dim() > 1 else 0.3))
    return model.eval()


def outputs(model, ids, decoder_ids):
    model.config.use_cache = False
    inputs = {"input_ids": torch.tensor([ids])}
    if decoder_ids:
        inputs["decoder_input_ids"] = torch.tensor([decoder_ids])
    before_projection = []
    project = getattr(getattr(model.base_model, "decoder", None), "project_out", None)
    if project is not None:
        project.register_forward_pre_hook(lambda module, args: before_projection.append(args[0]))
    with torch.no_grad():
        made = model(**inputs, output_attentions=True, output_hidden_states=True)
    if before_projection:  # OPT's last state, which the reference returns narrowed already
        made["hidden_states"] = (*made["hidden_states"][:-1], before_projection[0])
    found = {"input_ids": torch.tensor(ids), "logits": made.logits[0]}
    parts = [("", made.get("attentions"), made.get("hidden_states"))]
    if decoder_ids:
        found["decoder_input_ids"] = torch.tensor(decoder_ids)
        parts = [("encoder.", made.encoder_attentions, made.encoder_hidden_states),
                 ("decoder.", made.decoder_attentions, made.decoder_hidden_states),
                 ("cross.", made.cross_attentions, ())]
    for prefix, attentions, states in parts:
        found |= {f"{prefix}attentions.{i}": value[0] for i, value in enumerate(attentions)}
        found |= {f"{prefix}hidden_states.{i}": value[0] for i, value in enumerate(states)}
    return {key: value.contiguous() for key, value in found.items()}


def make(name, kind, config, ids=IDS, decoder_ids=None, tensors=lambda tensors: None, settings=lambda config: None):
    """`tensors` and `settings` change what was saved; what the reference makes of that is what counts."""
    folder = HERE / name / "model"
    shutil.rmtree(folder, ignore_errors=True)
    model = randomised(kind._from_config(config, attn_implementation="eager"), len(name))
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    weights = load_file(folder / "model.safetensors")
    tensors(weights)
    save_file({key: value.contiguous() for key, value in weights.items()}, folder / "model.safetensors",
              metadata={"format": "pt"})
    saved = json.loads((folder / "config.json").read_text())
    settings(saved)
    (folder / "config.json").write_text(json.dumps(saved, indent=1) + "\n")
    # 4.46.3 forgets RoBERTa's lm_head.bias when it reads its own file; nothing was changed there.
    if not RELATIVE:
        model, info = kind.from_pretrained(folder, attn_implementation="eager", output_loading_info=True)
        assert not any(info.values()), info
    save_file(outputs(model.eval(), ids, decoder_ids), HERE / name / "reference.safetensors")


def relative_keys():
    common = dict(vocab_size=20, hidden_size=12, num_attention_heads=3, num_hidden_layers=2, intermediate_size=10)
    for kind in ("relative_key", "relative_key_query"):
        how = dict(position_embedding_type=kind)
        make(f"roberta_{kind}", transformers.RobertaForMaskedLM,
             transformers.RobertaConfig(**common, **how, max_position_embeddings=16, pad_token_id=1))
        make(f"electra_{kind}", transformers.ElectraForMaskedLM,
             transformers.ElectraConfig(**common, **how, max_position_embeddings=14, embedding_size=6))
    make("bert_decoder_relative_key_query", transformers.BertLMHeadModel,
         transformers.BertConfig(**common, **how, max_position_embeddings=14, is_decoder=True))


def fresh(shape, seed):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)) * 0.5


def tables_of_their_own(weights):
    shape = next(v for k, v in weights.items() if k.endswith("shared.weight") or k.endswith("embed_tokens.weight")).shape
    for seed, key in enumerate(("model.shared", "model.encoder.embed_tokens", "model.decoder.embed_tokens", "lm_head")):
        weights[key + ".weight"] = fresh(shape, seed)


def two_tables(weights):
    tables_of_their_own(weights)
    del weights["model.shared.weight"], weights["lm_head.weight"]


def own_head(weights):
    weights["lm_head.weight"] = fresh(weights["shared.weight"].shape, 5)


def tables():
    bart = dict(vocab_size=20, d_model=12, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
                decoder_attention_heads=3, encoder_ffn_dim=10, decoder_ffn_dim=8, max_position_embeddings=16)

    def bart_of(name, **more):
        make(name, transformers.BartForConditionalGeneration, transformers.BartConfig(**bart), decoder_ids=DECODER_IDS, **more)

    def untied(config):
        config["tie_word_embeddings"] = False

    bart_of("bart_four_tables", tensors=tables_of_their_own)
    bart_of("bart_four_tables_untied", tensors=tables_of_their_own, settings=untied)
    bart_of("bart_two_tables", tensors=two_tables)
    mt5 = dict(vocab_size=20, d_model=12, d_kv=4, num_heads=2, d_ff=10, num_layers=1, num_decoder_layers=1,
               relative_attention_num_buckets=8, relative_attention_max_distance=6)

    def mt5_of(name, **more):
        make(name, transformers.MT5ForConditionalGeneration, transformers.MT5Config(**mt5), decoder_ids=DECODER_IDS, **more)

    mt5_of("mt5_tied")
    mt5_of("mt5_own_head", tensors=own_head)
    mt5_of("mt5_own_head_untied", tensors=own_head, settings=untied)


def sizes_of_one():
    """All that may be 1 is: a matrix with one row must not be taken for a column."""
    zeros = dict(ids=[0] * 5)
    make("bert_sizes_of_one", transformers.BertForMaskedLM, transformers.BertConfig(
        vocab_size=1, hidden_size=4, num_attention_heads=1, num_hidden_layers=1, intermediate_size=1,
        max_position_embeddings=5, type_vocab_size=1), **zeros)
    make("bert_heads_of_one", transformers.BertForMaskedLM, transformers.BertConfig(
        vocab_size=7, hidden_size=3, num_attention_heads=3, num_hidden_layers=1, intermediate_size=1,
        max_position_embeddings=1, type_vocab_size=1), ids=[4])
    make("albert_sizes_of_one", transformers.AlbertForMaskedLM, transformers.AlbertConfig(
        vocab_size=1, embedding_size=1, hidden_size=4, num_attention_heads=4, num_hidden_layers=2, intermediate_size=1,
        max_position_embeddings=5, type_vocab_size=1), **zeros)
    make("electra_sizes_of_one", transformers.ElectraForMaskedLM, transformers.ElectraConfig(
        vocab_size=9, embedding_size=1, hidden_size=4, num_attention_heads=1, num_hidden_layers=1, intermediate_size=1,
        max_position_embeddings=5, type_vocab_size=1), ids=[1, 4, 3, 8, 2])
    make("gpt2_sizes_of_one", transformers.GPT2LMHeadModel, transformers.GPT2Config(
        vocab_size=1, n_embd=3, n_head=3, n_layer=1, n_inner=1, n_positions=5), **zeros)
    make("llama_sizes_of_one", transformers.LlamaForCausalLM, transformers.LlamaConfig(
        vocab_size=1, hidden_size=4, head_dim=2, num_attention_heads=2, num_key_value_heads=1, num_hidden_layers=1,
        intermediate_size=1, max_position_embeddings=5, attention_bias=True, mlp_bias=True), **zeros)
    make("gpt_neox_sizes_of_one", transformers.GPTNeoXForCausalLM, transformers.GPTNeoXConfig(
        vocab_size=1, hidden_size=8, num_attention_heads=1, num_hidden_layers=1, intermediate_size=1,
        max_position_embeddings=5), **zeros)
    make("bloom_sizes_of_one", transformers.BloomForCausalLM, transformers.BloomConfig(
        vocab_size=1, hidden_size=3, n_head=3, n_layer=1), **zeros)
    make("opt_sizes_of_one", transformers.OPTForCausalLM, transformers.OPTConfig(
        vocab_size=5, hidden_size=3, word_embed_proj_dim=1, num_attention_heads=3, num_hidden_layers=1, ffn_dim=1,
        max_position_embeddings=5, pad_token_id=1), ids=[2, 4, 3, 2])
    make("t5_sizes_of_one", transformers.T5ForConditionalGeneration, transformers.T5Config(
        vocab_size=1, d_model=3, d_kv=1, num_heads=1, d_ff=1, num_layers=1, relative_attention_num_buckets=4,
        relative_attention_max_distance=4), ids=[0] * 5, decoder_ids=[0, 0, 0])
    # A quarter of 12 dimensions: three turn, in a pair and a half.
    make("gpt_neox_odd_share", transformers.GPTNeoXForCausalLM, transformers.GPTNeoXConfig(
        vocab_size=20, hidden_size=24, num_attention_heads=2, num_hidden_layers=2, intermediate_size=10,
        max_position_embeddings=16, rope_parameters={"rope_type": "default", "rope_theta": 100.0, "partial_rotary_factor": 0.25}))


if RELATIVE:
    relative_keys()
else:
    tables()
    sizes_of_one()
