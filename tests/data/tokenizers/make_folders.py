"""Writes folders.json and fairseq/sentencepiece.bpe.model: tokenizer folders in the variations that people have, and
what AutoTokenizer (transformers 5.12.1) makes of some texts in each of them. The test puts the files of a
case into a folder and compares. Run: python make_folders.py"""

import copy
import json
import os
import shutil
import tempfile
from pathlib import Path

os.environ["TRANSFORMERS_VERBOSITY"] = "error"

from make_sentence_pieces import ENGLISH, train
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import AutoTokenizer

HERE = Path(__file__).parent
TEXTS = ["Hello world", "he<|user|>ab <|end|> ba", "The Héllo  world [MASK] he", " ab\tba\nhe", "a [X] b [Y]b <NEW> <new>",
         "<s> he</s><mask> the <pad>", "世界 hello", "Éa <extra_id_0> <|endoftext|>"]


def plain(tokenizer, **more):
    made = json.loads(tokenizer.to_str())
    made.update(more)
    return made


def added(id, content, **flags):
    return {"id": id, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
            "normalized": False, "special": True, **flags}


def bert(special=("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"), lowercase=True, listed=5):
    words = [*special, "hello", "Hello", "world", "the", "The", "he", "##llo", "a", "b", "##b", "ab", "ba", "é", "##é",
             "e", "[", "]", "x", "X", "y", "##a", "世", "界", "<", ">", "new", "user", "|"]
    tokenizer = Tokenizer(models.WordPiece({w: i for i, w in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    if "[CLS]" in words:
        tokenizer.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return plain(tokenizer, added_tokens=[added(i, w) for i, w in enumerate(special[:listed])])


ALPHABET = sorted(pre_tokenizers.ByteLevel.alphabet(), key=lambda c: (ord(c) > 255, ord(c)))
MERGES = [("Ġ", "b"), ("Ġ", "a"), ("a", "b"), ("h", "e"), ("Ġ", "he"), ("l", "l"), ("he", "ll"), ("hell", "o")]


def byte_level(first=(), tokens=(), normalizer=None, prefix=False, processor=None, sequence=False):
    vocabulary = {w: i for i, w in enumerate([*first, *ALPHABET, *[a + b for a, b in MERGES]])}
    tokenizer = Tokenizer(models.BPE(vocabulary, MERGES, continuing_subword_prefix="", end_of_word_suffix=""))
    byte = pre_tokenizers.ByteLevel(add_prefix_space=prefix)
    tokenizer.pre_tokenizer = byte if not sequence else pre_tokenizers.Sequence([pre_tokenizers.Digits(True), byte])
    tokenizer.normalizer = normalizer
    tokenizer.post_processor = processor or processors.ByteLevel(trim_offsets=False)
    made = plain(tokenizer)
    count = len(vocabulary)
    made["added_tokens"] = [added(vocabulary.get(t, count + i), t) for i, t in enumerate(tokens)]
    return made


ROBERTA = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
QWEN = pre_tokenizers.Sequence([pre_tokenizers.Split(" ", "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
BASES = {
    "bert": bert(), "bert_cased": bert(lowercase=False), "bert_unlisted": bert(listed=0),
    "gpt2": byte_level(tokens=["<|end|>"]),
    "gpt2_plain": byte_level(tokens=["<|endoftext|>"]),
    "gpt2_prefix": byte_level(tokens=["<|endoftext|>"], prefix=True),
    "gpt2_template": byte_level(tokens=["<|end|>"], processor=processors.TemplateProcessing(
        single="<|end|> $A", pair="<|end|> $A <|end|> $B:1", special_tokens=[("<|end|>", 264)])),
    "neox": byte_level(tokens=["<|endoftext|>", "<|padding|>"], normalizer=normalizers.NFC()),
    "roberta": byte_level(first=ROBERTA, tokens=ROBERTA,
                          processor=processors.RobertaProcessing(("</s>", 2), ("<s>", 0), True, False)),
}
BASES["roberta"]["added_tokens"][4]["lstrip"] = True


def pieces(first, unknown, normalizer=None, words=()):
    letters = "abehlortwdnxuHTWXYÉé世界,.[]<>|_0" + "▁"
    vocabulary = [*[(w, 0.0) for w in first], *[(c, -6.0 - i / 50) for i, c in enumerate(letters)],
                  *[(w, -4.0 - i / 50) for i, w in enumerate(["▁he", "llo", "▁world", "▁the", "▁a", "▁ab", "Hello", "▁hello", *words])]]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=unknown))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    return plain(tokenizer, added_tokens=[added(i, w) for i, w in enumerate(first)])


def byte_fallback(first, normalizer, pre_tokenizer, post_processor):
    vocabulary = [*first, *[f"<0x{b:02X}>" for b in range(256)], *"abehlortwdnxuHTWXY▁[]<>|"]
    merges = [("▁", "he"), ("h", "e"), ("l", "l"), ("▁", "w"), ("▁he", "ll"), ("▁", "▁"), ("▁", "a"), ("a", "b")]
    merges.sort(key=lambda pair: len(pair[0] + pair[1]))
    vocabulary += [a + b for a, b in merges]
    tokenizer = Tokenizer(models.BPE({w: i for i, w in enumerate(vocabulary)}, merges, unk_token="<unk>", fuse_unk=True,
                                     byte_fallback=True))
    tokenizer.normalizer, tokenizer.pre_tokenizer, tokenizer.post_processor = normalizer, pre_tokenizer, post_processor
    return plain(tokenizer, added_tokens=[added(i, w) for i, w in enumerate(first)])


LLAMA = byte_fallback(
    ["<unk>", "<s>", "</s>"], normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]), None,
    processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s>:1 $B:1", special_tokens=[("<s>", 1)]))
GEMMA = byte_fallback(
    ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"], normalizers.Replace(" ", "▁"),
    pre_tokenizers.Split(" ", "merged_with_previous"),
    processors.TemplateProcessing(single="<bos> $A", pair="<bos> $A <bos>:1 $B:1", special_tokens=[("<bos>", 2)]))
FAIRSEQ = ["<s>", "<pad>", "</s>", "<unk>"]
ALBERT = normalizers.Sequence([normalizers.Replace("``", '"'), normalizers.Replace("''", '"'), normalizers.NFKD(),
                               normalizers.StripAccents(), normalizers.Lowercase()])
BASES.update({
    "llama": LLAMA, "gemma": GEMMA, "t5": pieces(["<pad>", "</s>", "<unk>"], 2, words=["<extra_id_0>"]),
    "xlm_roberta": pieces(FAIRSEQ, 3, words=["<mask>"]), "albert": pieces(["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"], 1, ALBERT),
    "camembert": pieces(["<s>NOTUSED", "<pad>", "</s>NOTUSED", "<unk>", "<unk>NOTUSED", "<s>", "</s>"], 3, words=["<mask>"]),
})
hole = copy.deepcopy(BASES["gpt2"])
hole["added_tokens"].append(added(300, "<|user|>"))
hole["added_tokens"].append(added(301, "[X]", special=False, normalized=True))
BASES["gpt2_hole"] = hole


def other_model(base, **settings):
    """What the classes make anew, whatever the file says."""
    changed = copy.deepcopy(BASES[base])
    changed["model"].update(settings)
    return changed


BASES.update({
    "bert_other_model": other_model("bert", max_input_chars_per_word=3, unk_token="[MASK]"),
    "llama_other_model": other_model("llama", byte_fallback=False, fuse_unk=False, unk_token="</s>"),
    "t5_other_model": other_model("t5", unk_id=0),
})

USER = {"content": "<|user|>", "lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": True}
END = {**USER, "content": "<|end|>"}
GPT2 = {"model_type": "gpt2"}
BERT = {"model_type": "bert"}
NAMED = {"tokenizer_class": "GPT2Tokenizer", "bos_token": "<|end|>", "eos_token": "<|end|>", "unk_token": "<|end|>"}
FAST = {"tokenizer_class": "PreTrainedTokenizerFast"}


def vocabulary_files(base):
    model = BASES[base]["model"]
    return {"vocab.json": model["vocab"], "merges.txt": "#version: 0.2\n" + "".join(
        (pair if isinstance(pair, str) else " ".join(pair)) + "\n" for pair in model["merges"])}


def lines(base):
    return "".join(w + "\n" for w in sorted(BASES[base]["model"]["vocab"], key=BASES[base]["model"]["vocab"].get))


CASES = {
    # beside a tokenizer.json
    "hole": ("gpt2_hole", {}), "hole_gpt2": ("gpt2_hole", {"config.json": GPT2, "tokenizer_config.json": NAMED}),
    "decoder": ("gpt2", {"config.json": GPT2, "tokenizer_config.json": {
        **NAMED, "added_tokens_decoder": {"264": END, "265": USER}}}),
    "decoder_fast": ("gpt2", {"config.json": GPT2, "tokenizer_config.json": {
        **FAST, "added_tokens_decoder": {"264": END, "300": USER, "265": {**USER, "content": "[Y]"}}}}),
    "decoder_flags": ("gpt2", {"config.json": GPT2, "tokenizer_config.json": {
        **FAST, "added_tokens_decoder": {"264": {**END, "lstrip": True, "rstrip": True}}}}),
    "decoder_not_special": ("bert", {"config.json": BERT, "tokenizer_config.json": {
        "tokenizer_class": "BertTokenizer", "added_tokens_decoder": {
            **{str(i): {**USER, "content": t} for i, t in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])},
            "90": {**USER, "content": "<NEW>", "special": False, "normalized": True}}}}),
    "decoder_without_others": ("gpt2_hole", {"config.json": GPT2, "tokenizer_config.json": {
        **NAMED, "added_tokens_decoder": {"264": END}}}),
    "added_json": ("gpt2", {"config.json": GPT2, "tokenizer_config.json": NAMED,
                            "added_tokens.json": {"<|user|>": 265, "[X]": 266}}),
    "added_json_fast": ("gpt2", {"config.json": GPT2, "tokenizer_config.json": FAST,
                                 "added_tokens.json": {"[X]": 280, "<|user|>": 265}}),
    "added_json_bert": ("bert", {"config.json": BERT, "added_tokens.json": {"<NEW>": 40}}),
    "special_map": ("gpt2", {"config.json": GPT2, "tokenizer_config.json": {"tokenizer_class": "GPT2Tokenizer"},
                             "special_tokens_map.json": {"bos_token": "<|user|>", "pad_token": {
                                 "content": "[X]", "lstrip": True, "rstrip": False, "normalized": False,
                                 "single_word": False}, "additional_special_tokens": ["[Y]"]}}),
    "special_map_beside_decoder": ("gpt2", {"config.json": GPT2, "tokenizer_config.json": {
        **NAMED, "added_tokens_decoder": {"264": END}}, "special_tokens_map.json": {"bos_token": "<|user|>"},
        "added_tokens.json": {"[X]": 265}}),
    "additional_special": ("bert", {"config.json": BERT, "tokenizer_config.json": {
        "additional_special_tokens": ["[X]", "<NEW>"]}}),
    "extra_special": ("bert", {"config.json": BERT, "tokenizer_config.json": {
        "tokenizer_class": "BertTokenizer", "extra_special_tokens": ["[Y]"], "boi_token": "<NEW>"}}),
    "extra_special_dict": ("bert", {"config.json": BERT, "tokenizer_config.json": {
        "tokenizer_class": "BertTokenizer", "extra_special_tokens": {"image_token": "[Y]"}}}),
    "bert": ("bert", {"config.json": BERT}), "bert_unlisted": ("bert_unlisted", {"config.json": BERT}),
    "bert_fast": ("bert_unlisted", {"config.json": BERT, "tokenizer_config.json": FAST}),
    "lower_false": ("bert", {"config.json": BERT, "tokenizer_config.json": {
        "tokenizer_class": "BertTokenizer", "do_lower_case": False}}),
    "lower_false_fast_name": ("bert", {"config.json": BERT, "tokenizer_config.json": {
        "tokenizer_class": "BertTokenizerFast", "do_lower_case": False}}),
    "lower_false_without_class": ("bert", {"config.json": BERT, "tokenizer_config.json": {"do_lower_case": False}}),
    "lower_true": ("bert_cased", {"config.json": BERT, "tokenizer_config.json": {"do_lower_case": True}}),
    "lower_unsaid": ("bert_cased", {"config.json": BERT}),
    "lower_false_distilbert": ("bert", {"config.json": {"model_type": "distilbert"}, "tokenizer_config.json": {
        "tokenizer_class": "DistilBertTokenizer", "do_lower_case": False}}),
    "lower_false_electra": ("bert", {"config.json": {"model_type": "electra"}, "tokenizer_config.json": {
        "tokenizer_class": "ElectraTokenizer", "do_lower_case": False}}),
    "lower_false_backend": ("bert", {"config.json": BERT, "tokenizer_config.json": {**FAST, "do_lower_case": False}}),
    "accents": ("bert", {"config.json": BERT, "tokenizer_config.json": {"strip_accents": False}}),
    "chinese": ("bert", {"config.json": BERT, "tokenizer_config.json": {"tokenize_chinese_chars": False}}),
    "other_ends": ("bert", {"config.json": BERT, "tokenizer_config.json": {"cls_token": "[PAD]", "sep_token": "[MASK]"}}),
    "bos_ignored": ("gpt2_plain", {"config.json": GPT2, "tokenizer_config.json": {
        "tokenizer_class": "GPT2Tokenizer", "add_bos_token": True}}),
    "prefix_true": ("gpt2_plain", {"config.json": GPT2, "tokenizer_config.json": {
        "tokenizer_class": "GPT2Tokenizer", "add_prefix_space": True}}),
    "prefix_false": ("gpt2_prefix", {"config.json": GPT2, "tokenizer_config.json": {
        "tokenizer_class": "GPT2Tokenizer", "add_prefix_space": False}}),
    "prefix_unsaid": ("gpt2_prefix", {"config.json": GPT2}),
    "prefix_fast": ("gpt2_prefix", {"config.json": GPT2, "tokenizer_config.json": {**FAST, "add_prefix_space": False}}),
    "prefix_opt": ("gpt2_template", {"config.json": {"model_type": "opt"}, "tokenizer_config.json": {
        "tokenizer_class": "GPT2Tokenizer", "add_prefix_space": True, "bos_token": "<|end|>", "eos_token": "<|end|>",
        "unk_token": "<|end|>"}}),
    "neox": ("neox", {"config.json": {"model_type": "gpt_neox"}, "tokenizer_config.json": {
        "tokenizer_class": "GPTNeoXTokenizer", "add_prefix_space": True}}),
    "roberta": ("roberta", {"config.json": {"model_type": "roberta"}}),
    "roberta_prefix": ("roberta", {"config.json": {"model_type": "roberta"}, "tokenizer_config.json": {
        "tokenizer_class": "RobertaTokenizer", "add_prefix_space": True}}),
    "bart": ("roberta", {"config.json": {"model_type": "bart"}, "tokenizer_config.json": {
        "tokenizer_class": "BartTokenizer", "add_prefix_space": True}}),
    "modernbert": ("gpt2_template", {"config.json": {"model_type": "modernbert"}, "tokenizer_config.json": {
        "tokenizer_class": "GPT2Tokenizer", "add_prefix_space": True}}),
    "llama": ("llama", {"config.json": {"model_type": "llama"}, "tokenizer_config.json": {"tokenizer_class": "LlamaTokenizer"}}),
    "llama_legacy": ("llama", {"config.json": {"model_type": "llama"}, "tokenizer_config.json": {
        "tokenizer_class": "LlamaTokenizer", "legacy": True, "add_eos_token": True}}),
    "llama_no_prefix": ("llama", {"config.json": {"model_type": "llama"}, "tokenizer_config.json": {
        "tokenizer_class": "LlamaTokenizerFast", "add_prefix_space": False, "add_bos_token": False}}),
    "llama_without_class": ("llama", {"config.json": {"model_type": "llama"}, "tokenizer_config.json": {"legacy": False}}),
    "llama_decoder": ("llama", {"config.json": {"model_type": "llama"}, "tokenizer_config.json": {
        "tokenizer_class": "LlamaTokenizer", "added_tokens_decoder": {
            "0": {**USER, "content": "<unk>"}, "1": {**USER, "content": "<s>"}, "2": {**USER, "content": "</s>"},
            "400": {**USER, "rstrip": True}, "401": {**USER, "content": "[X]", "normalized": True, "special": False}}}}),
    "mistral": ("llama", {"config.json": {"model_type": "mistral"}, "tokenizer_config.json": {
        "tokenizer_class": "LlamaTokenizer", "legacy": False, "added_tokens_decoder": {"400": USER}}}),
    "gemma": ("gemma", {"config.json": {"model_type": "gemma3_text"}, "tokenizer_config.json": {
        "tokenizer_class": "GemmaTokenizer", "add_bos_token": True, "boi_token": "[X]"}}),
    "t5_file": ("t5", {"config.json": {"model_type": "t5"}, "tokenizer_config.json": {"tokenizer_class": "T5Tokenizer", "extra_ids": 3}}),
    "xlm_roberta_file": ("xlm_roberta", {"config.json": {"model_type": "xlm-roberta"}}),
    "xlm_roberta_file_no_prefix": ("xlm_roberta", {"config.json": {"model_type": "xlm-roberta"}, "tokenizer_config.json": {
        "add_prefix_space": False, "additional_special_tokens": ["[X]"]}}),
    "camembert_file": ("camembert", {"config.json": {"model_type": "camembert"}}),
    "albert_file": ("albert", {"config.json": {"model_type": "albert"}}),
    "albert_file_cased": ("albert", {"config.json": {"model_type": "albert"}, "tokenizer_config.json": {"do_lower_case": False}}),
    # special tokens of other names, and what stands for the unknown
    "unk_renamed": ("bert", {"config.json": BERT, "tokenizer_config.json": {"unk_token": "x"}}),
    "unk_renamed_map": ("bert", {"config.json": BERT, "special_tokens_map.json": {"unk_token": "[MASK]"}}),
    "mask_renamed": ("bert", {"config.json": BERT, "tokenizer_config.json": {"mask_token": "[X]", "pad_token": "<pad>"}}),
    "mask_renamed_to_a_word": ("bert", {"config.json": BERT, "tokenizer_config.json": {"mask_token": "b"}}),
    "mask_renamed_fast": ("gpt2", {"config.json": GPT2, "tokenizer_config.json": {**FAST, "mask_token": "[X]"}}),
    "mask_renamed_roberta": ("roberta", {"config.json": {"model_type": "roberta"}, "tokenizer_config.json": {"mask_token": "[X]"}}),
    "all_renamed_roberta": ("roberta", {"config.json": {"model_type": "roberta"}, "tokenizer_config.json": {
        "cls_token": "<pad>", "sep_token": "<mask>", "unk_token": "a", "pad_token": "[Y]", "mask_token": "<NEW>"}}),
    "all_renamed_llama": ("llama", {"config.json": {"model_type": "llama"}, "tokenizer_config.json": {
        "tokenizer_class": "LlamaTokenizer", "bos_token": "[X]", "eos_token": "[Y]", "unk_token": "a", "pad_token": "<NEW>"}}),
    "unk_renamed_mpnet": ("bert", {"config.json": {"model_type": "mpnet"}, "tokenizer_config.json": {"unk_token": "[MASK]"}}),
    "unk_renamed_camembert": ("camembert", {"config.json": {"model_type": "camembert"}, "tokenizer_config.json": {
        "unk_token": "</s>"}}),
    "unk_renamed_gemma": ("gemma", {"config.json": {"model_type": "gemma3_text"}, "tokenizer_config.json": {
        "tokenizer_class": "GemmaTokenizer", "unk_token": "a"}}),
    "unk_renamed_t5": ("t5", {"config.json": {"model_type": "t5"}, "tokenizer_config.json": {"unk_token": "a", "eos_token": "<pad>"}}),
    "special_map_qwen2": ("gpt2", {"config.json": {"model_type": "qwen2"}, "special_tokens_map.json": {"pad_token": {
        "content": "[X]", "lstrip": True, "rstrip": True, "normalized": False, "single_word": False}}}),
    "other_model_bert": ("bert_other_model", {"config.json": BERT}),
    "other_model_llama": ("llama_other_model", {"config.json": {"model_type": "llama"}, "tokenizer_config.json": {
        "tokenizer_class": "LlamaTokenizer"}}),
    "other_model_t5": ("t5_other_model", {"config.json": {"model_type": "t5"}}),
    # older files
    "lines": (None, {"config.json": BERT, "vocab.txt": lines("bert")}),
    "lines_cased": (None, {"config.json": BERT, "vocab.txt": lines("bert"), "tokenizer_config.json": {
        "do_lower_case": False, "extra_special_tokens": ["[X]"]}}),
    "lines_added": (None, {"config.json": BERT, "vocab.txt": lines("bert"), "added_tokens.json": {"<NEW>": 40, "[Y]": 39}}),
    "files_gpt2": (None, {"config.json": GPT2, **vocabulary_files("gpt2_plain")}),
    "files_gpt2_bos": (None, {"config.json": GPT2, **vocabulary_files("gpt2_plain"), "tokenizer_config.json": {
        "add_bos_token": True, "add_prefix_space": True}}),
    "files_opt": (None, {"config.json": {"model_type": "opt"}, **vocabulary_files("roberta"), "tokenizer_config.json": {
        "tokenizer_class": "GPT2Tokenizer", "add_bos_token": True, "bos_token": "</s>", "eos_token": "</s>",
        "unk_token": "</s>", "pad_token": "<pad>"}}),
    "files_roberta": (None, {"config.json": {"model_type": "roberta"}, **vocabulary_files("roberta")}),
    "files_bart": (None, {"config.json": {"model_type": "bart"}, **vocabulary_files("roberta"),
                          "tokenizer_config.json": {"add_prefix_space": True}}),
    "camembert": (None, {"config.json": {"model_type": "camembert"}, "sentencepiece.bpe.model": "@fairseq"}),
    "camembert_class": (None, {"config.json": {"model_type": "camembert"}, "sentencepiece.bpe.model": "@fairseq",
                               "tokenizer_config.json": {"tokenizer_class": "CamembertTokenizer"}}),
    "camembert_odd": (None, {"config.json": {"model_type": "camembert"}, "sentencepiece.bpe.model": "@t5"}),
    "xlm_roberta": (None, {"config.json": {"model_type": "xlm-roberta"}, "sentencepiece.bpe.model": "@fairseq"}),
    "xlm_roberta_mask": (None, {"config.json": {"model_type": "xlm-roberta"}, "sentencepiece.bpe.model": "@fairseq",
                                "tokenizer_config.json": {"tokenizer_class": "XLMRobertaTokenizer", "mask_token": {
                                    "__type": "AddedToken", "content": "<mask>", "lstrip": True, "rstrip": False,
                                    "normalized": False, "single_word": False}}}),
    "xlm_roberta_added": (None, {"config.json": {"model_type": "xlm-roberta"}, "sentencepiece.bpe.model": "@fairseq",
                                 "added_tokens.json": {"<NEW>": 500, "[X]": 501}}),
    "t5_added": (None, {"config.json": {"model_type": "t5"}, "spiece.model": "@t5",
                        "added_tokens.json": {"<NEW>": 500}}),
}
SOURCES = {"@fairseq": "fairseq/sentencepiece.bpe.model", "@t5": "t5/spiece.model"}


def write(folder, files):
    for name, content in files.items():
        if isinstance(content, str) and content in SOURCES:
            shutil.copy(HERE / SOURCES[content], folder / name)
        else:
            (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))


def golden(name, base, files):
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / name
        folder.mkdir()
        write(folder, files)
        if base:
            write(folder, {"tokenizer.json": BASES[base]})
        tokenizer = AutoTokenizer.from_pretrained(folder)
        texts = [{"text": t, "ids": tokenizer(t)["input_ids"], "bare": tokenizer(t, add_special_tokens=False)["input_ids"]}
                 for t in TEXTS]
        return {"name": name, "class": type(tokenizer).__name__, "base": base, "files": files, "texts": texts,
                "pair": tokenizer("Hello", "world")["input_ids"], "mask": tokenizer.mask_token_id}


if __name__ == "__main__":
    (HERE / "fairseq").mkdir(exist_ok=True)
    if not (HERE / SOURCES["@fairseq"]).exists():
        (HERE / SOURCES["@fairseq"]).write_bytes(
            train(ENGLISH + TEXTS, vocab_size=120, model_type="unigram", hard_vocab_limit=False))
    made = [golden(name, *case) for name, case in CASES.items()]
    (HERE / "folders.json").write_text(json.dumps({"bases": BASES, "cases": made}, ensure_ascii=False).replace(
        '{"name"', '\n{"name"') + "\n")
    print(len(made), "folders")
