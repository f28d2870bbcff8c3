"""Makes cases.json: small tokenizers, constructed or trained here for this purpose, and what the
`tokenizers` library (0.23.1) makes of some texts with them. Run: python make_cases.py"""

import json
import random
from pathlib import Path

from tokenizers import Tokenizer, trainers, models, pre_tokenizers, normalizers

random.seed(3)
TEXTS = [
    "", " ", "a", "Hello, World!  It's 2026-11-21.", "  leading and trailing  ",
    "tabs\tand\nnew\r\nlines\u3000wide\u00a0hard\u2028line", "naïve café, cafe\u0301, A\u030angström Å",
    "Größe ÜBER straße İstanbul ǅ ΣΑΣ", "ﬁne ﬂow ½ ² ™ Ａｂｃ １２３ ㍿ ﷺ", "注意力 は アテンション です。ー",
    "중국어 한국어 각", "🙂🙂 👩‍👩‍👧 🇩🇪 e\u0301\u0323", "don't we'll I'VE they'd", "a--b-c---", "x1y22z333 ٣٤ ⅷ",
    "snake_case CamelCase $5.00 <tag> [MASK] a[MASK]b", "zero\u200bwidth\u200djoin\ufeffed \u00ad\x07bell",
    "▁sign ▁▁two", "Привет мир שלום नमस्ते ไทย", "ab abc abcabc bca cab aab bbb", "ёлка Ё й",
    "<s>typed</s>", "Å\u0327\u0301 ộ \u0301lone", "mixed日本語kana カナtext123", "a b  c   d",
    "vertical\x0btab next\x85line\x1cend Ⓐ² x\u00b9_\u203f", "``quoted'' \"text\" \u2018s",
]

cases = []


def add(name, spec, has_offsets=True):
    spec = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [],
            "normalizer": None, "pre_tokenizer": None, "post_processor": None, "decoder": None, **spec}
    tokenizer = Tokenizer.from_str(json.dumps(spec))
    results = []
    for text in TEXTS:
        whole = tokenizer.encode(text)
        # An added token is shown here as the vocabulary spells it, not as it was typed.
        added = tokenizer.get_added_tokens_decoder()
        tokens = [added[id].content if id in added else token for id, token in zip(whole.ids, whole.tokens)]
        offsets = {"char_offsets": [list(span) for span in whole.offsets]} if has_offsets else {}
        results.append({"text": text, "ids": whole.ids, "tokens": tokens, **offsets,
                        "ids_without_special_tokens": tokenizer.encode(text, add_special_tokens=False).ids})
    cases.append({"name": name, "tokenizer": spec, "texts": results})


# Every byte is a token, so that ids spell out the normalised text.
BYTES = {"type": "BPE", "unk_token": None, "fuse_unk": False, "byte_fallback": True,
         "vocab": {f"<0x{b:02X}>": b for b in range(256)}, "merges": []}
# Every piece is one unknown token, whose span is the piece.
PIECES = {"type": "WordLevel", "vocab": {"[UNK]": 0}, "unk_token": "[UNK]"}
MASK = [{"id": 256, "content": "[MASK]", "single_word": False, "lstrip": True, "rstrip": False,
         "normalized": False, "special": True}]


def replace(pattern, content, kind="String"):
    return {"type": "Replace", "pattern": {kind: pattern}, "content": content}


def bert(clean, chinese, accents, lower):
    return {"type": "BertNormalizer", "clean_text": clean, "handle_chinese_chars": chinese,
            "strip_accents": accents, "lowercase": lower}


def darts(keys):
    """A Darts-clone double array, built by trying offsets."""
    units = [0] * 4096
    used = {0}
    tree = {}
    for key, value in keys.items():
        node = tree
        for byte in key.encode():
            node = node.setdefault(byte, {})
        node[0] = value

    def place(index, node, label):
        offset = 1
        while any((index ^ offset ^ byte) in used for byte in node):
            offset += 1
        for byte in node:
            used.add(index ^ offset ^ byte)
        units[index] = offset << 10 | (1 << 8 if 0 in node else 0) | label
        for byte, child in node.items():
            at = index ^ offset ^ byte
            if byte == 0:
                units[at] = child | 1 << 31
            else:
                place(at, child, byte)

    place(0, tree, 0)
    return b"".join(unit.to_bytes(4, "little") for unit in units[:max(used) + 256])


def charsmap(rules):
    import base64
    strings, keys = b"", {}
    for key, value in rules.items():
        keys[key] = len(strings)
        strings += value.encode() + b"\0"
    trie = darts(keys)
    return base64.b64encode(len(trie).to_bytes(4, "little") + trie + strings).decode()


RULES = {"ﬁ": "fi", "½": "1/2", "㍿": "株式会社", "\u3000": " ", "\u200b": "", "e\u0301": "é", "Å": "A",
         "A\u030a": "Å", "™": "TM", "\ufeff": "", "①": "1", "\x07": "", "각": "각", "\t": " "}

NORMALIZERS = {
    "nfc": {"type": "NFC"}, "nfd": {"type": "NFD"}, "nfkc": {"type": "NFKC"}, "nfkd": {"type": "NFKD"},
    "lowercase": {"type": "Lowercase"}, "nmt": {"type": "Nmt"},
    "strip_accents": {"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}]},
    "strip": {"type": "Strip", "strip_left": True, "strip_right": True},
    "strip_left": {"type": "Strip", "strip_left": True, "strip_right": False},
    "replace": replace(" ", "▁"), "replace_longer": replace("a", "<a>"), "replace_gone": replace("l", ""),
    "replace_expression": replace(" {2,}", " ", "Regex"), "replace_words": replace("\\w+", "w", "Regex"),
    "prepend": {"type": "Prepend", "prepend": "▁▁"}, "byte_level": {"type": "ByteLevel"},
    "bert": bert(True, True, None, True), "bert_cased": bert(True, True, None, False),
    "bert_accents": bert(False, False, True, False), "bert_keeps_accents": bert(True, False, False, True),
    "precompiled": {"type": "Precompiled", "precompiled_charsmap": charsmap(RULES)},
    "t5": {"type": "Sequence", "normalizers": [
        {"type": "Precompiled", "precompiled_charsmap": charsmap(RULES)},
        {"type": "Strip", "strip_left": False, "strip_right": True}, replace(" {2,}", "▁", "Regex")]},
    "albert": {"type": "Sequence", "normalizers": [
        replace("``", "\""), {"type": "NFKD"}, {"type": "StripAccents"}, {"type": "Lowercase"}]},
}
for name, normalizer in NORMALIZERS.items():
    add("normalizer_" + name, {"normalizer": normalizer, "model": BYTES, "added_tokens": MASK})


def split(pattern, behavior, invert=False, kind="Regex"):
    return {"type": "Split", "pattern": {kind: pattern}, "behavior": behavior, "invert": invert}


def sequence(*steps):
    return {"type": "Sequence", "pretokenizers": list(steps)}


BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]
PRE_TOKENIZERS = {
    "whitespace": {"type": "Whitespace"}, "whitespace_split": {"type": "WhitespaceSplit"},
    "bert": {"type": "BertPreTokenizer"}, "scripts": {"type": "UnicodeScripts"},
    "delimiter": {"type": "CharDelimiterSplit", "delimiter": "-"},
    "digits": {"type": "Digits", "individual_digits": False},
    "single_digits": {"type": "Digits", "individual_digits": True},
    "llama3": sequence(split(
        "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
        "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+", "Isolated"),
        {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}),
    "t5": sequence({"type": "WhitespaceSplit"},
                   {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}),
    "metaspace_old": {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True},
    "metaspace_old_bare": {"type": "Metaspace", "replacement": "▁", "add_prefix_space": False,
                           "prepend_scheme": "never"},
    "byte_level": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
    "byte_level_spaced": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True},
    "bloom": sequence(split(" ?[^(\\s|[.,!?…。，、।۔،])]+", "Isolated"),
                      {"type": "ByteLevel", "add_prefix_space": False, "use_regex": False, "trim_offsets": True}),
    "deepseek": sequence(split("[\\r\\n]", "Isolated"), split("\\s?\\p{L}+", "Isolated"),
                         split("\\s?\\p{P}+", "Isolated"), split("[一-龥ࠀ-一가-퟿]+", "Isolated"),
                         {"type": "Digits", "individual_digits": True}),
}
for scheme in ["always", "first", "never"]:
    for cut in [True, False]:
        PRE_TOKENIZERS[f"metaspace_{scheme}_{'cut' if cut else 'whole'}"] = {
            "type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": cut}
for behavior in BEHAVIORS:
    PRE_TOKENIZERS["punctuation_" + behavior] = {"type": "Punctuation", "behavior": behavior}
    for invert in [False, True]:
        suffix = behavior + ("_inverted" if invert else "")
        PRE_TOKENIZERS["split_text_" + suffix] = split("a", behavior, invert, "String")
        PRE_TOKENIZERS["split_expression_" + suffix] = split("[\\s-]+", behavior, invert)
for name, pre_tokenizer in PRE_TOKENIZERS.items():
    add("pre_tokenizer_" + name, {"pre_tokenizer": pre_tokenizer, "model": PIECES,
                                  "added_tokens": [{**MASK[0], "id": 1}]})


def random_merges(prefix="", suffix=""):
    vocab = ["<unk>"] + [p + c + s for c in "abcHelo ▁" for p in ("", prefix) for s in ("", suffix)]
    vocab = list(dict.fromkeys(vocab))
    merges = []
    while len(merges) < 60:
        left, right = random.choice(vocab[1:]), random.choice(vocab[1:])
        if suffix and left.endswith(suffix) or prefix and not right.startswith(prefix):
            continue
        whole = left + right[len(prefix):]
        if " " in left + right or whole in vocab or len(whole) > 12:
            continue
        vocab.append(whole)
        merges.append([left, right])
    return {"type": "BPE", "vocab": {token: i for i, token in enumerate(vocab)}, "merges": merges}


def bpe(made, **settings):
    return {"dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": None, "end_of_word_suffix": None,
            "fuse_unk": False, "byte_fallback": False, "ignore_merges": False, **made, **settings}


words = {"type": "WhitespaceSplit"}
plain = random_merges()
joined = {**plain, "merges": [" ".join(pair) for pair in plain["merges"]]}
with_bytes = {**plain, "vocab": {**plain["vocab"], **{f"<0x{b:02X}>": 1000 + b for b in range(256)}}}
add("bpe", {"model": bpe(plain), "pre_tokenizer": words})
add("bpe_one_piece", {"model": bpe(plain)})
add("bpe_joined_merges", {"model": bpe(joined), "pre_tokenizer": words})
add("bpe_fused", {"model": bpe(plain, fuse_unk=True), "pre_tokenizer": words})
# Where characters are dropped the reference's offsets slip; ours point at what was typed.
add("bpe_no_unknown", {"model": bpe(plain, unk_token=None), "pre_tokenizer": words}, has_offsets=False)
add("bpe_bytes", {"model": bpe(with_bytes, byte_fallback=True, fuse_unk=True)})
whole_words = dict(plain["vocab"])
whole_words["abcabc"] = len(whole_words)
add("bpe_ignore_merges", {"model": bpe({**plain, "vocab": whole_words}, ignore_merges=True), "pre_tokenizer": words})
add("bpe_prefix", {"model": bpe(random_merges(prefix="##"), continuing_subword_prefix="##"), "pre_tokenizer": words})
add("bpe_suffix", {"model": bpe(random_merges(suffix="</w>"), end_of_word_suffix="</w>"), "pre_tokenizer": words})

SENTENCES = [text for text in TEXTS if text.strip()] * 4 + [
    "the attention of a head is a map from queries to keys", "a token looks at the tokens before it",
    "the keys and the queries of a head", "tokens, heads, layers and maps"] * 8


def trained(model, trainer, normalizer=None, pre_tokenizer=None):
    tokenizer = Tokenizer(model)
    if normalizer:
        tokenizer.normalizer = normalizer
    if pre_tokenizer:
        tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.train_from_iterator(SENTENCES, trainer)
    return json.loads(tokenizer.to_str())


def of(spec, *keys):
    return {key: spec[key] for key in keys}


byte_level = trained(models.BPE(), trainers.BpeTrainer(
    vocab_size=420, show_progress=False, special_tokens=["<s>", "<pad>", "</s>", "<mask>"],
    initial_alphabet=pre_tokenizers.ByteLevel.alphabet()), pre_tokenizer=pre_tokenizers.ByteLevel(False))
kept = of(byte_level, "model", "added_tokens", "pre_tokenizer")
pair = {"sep": ["</s>", 2], "cls": ["<s>", 0]}
add("byte_level", kept)
for trim in [True, False]:
    for space in [True, False]:
        before = {"type": "ByteLevel", "add_prefix_space": space, "trim_offsets": True, "use_regex": True}
        add(f"roberta_{'trim' if trim else 'whole'}_{'spaced' if space else 'bare'}", {
            **kept, "pre_tokenizer": before,
            "post_processor": {"type": "RobertaProcessing", **pair, "trim_offsets": trim, "add_prefix_space": space}})
        add(f"byte_level_{'trim' if trim else 'whole'}_{'spaced' if space else 'bare'}", {
            **kept, "pre_tokenizer": before,
            "post_processor": {"type": "ByteLevel", "trim_offsets": trim, "add_prefix_space": space,
                               "use_regex": True}})


def template(*items):
    names = {"<s>": 0, "</s>": 2}
    return {"type": "TemplateProcessing",
            "single": [{"Sequence": {"id": "A", "type_id": 0}} if item == "$A" else
                       {"SpecialToken": {"id": item, "type_id": 0}} for item in items],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
            "special_tokens": {name: {"id": name, "ids": [names[name]], "tokens": [name]} for name in names}}


add("template", {**kept, "post_processor": template("<s>", "$A", "</s>", "</s>")})
add("bert_processing", {**kept, "post_processor": {"type": "BertProcessing", **pair}})
add("processors", {**kept, "post_processor": {"type": "Sequence", "processors": [
    {"type": "ByteLevel", "trim_offsets": True, "add_prefix_space": False, "use_regex": True},
    template("<s>", "$A")]}})

word_piece = trained(models.WordPiece(unk_token="[UNK]"), trainers.WordPieceTrainer(
    vocab_size=300, show_progress=False, special_tokens=["[UNK]", "[CLS]", "[SEP]", "[MASK]"]),
    normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer())
add("word_piece", word_piece)
short = json.loads(json.dumps(word_piece))
short["model"]["max_input_chars_per_word"] = 4
add("word_piece_short", short)
unigram = trained(models.Unigram(), trainers.UnigramTrainer(
    vocab_size=300, show_progress=False, special_tokens=["<unk>", "</s>"], unk_token="<unk>"),
    normalizers.NFKC(), pre_tokenizers.Metaspace())
add("unigram", unigram)
add("unigram_one_piece", {**unigram, "pre_tokenizer": {"type": "Metaspace", "replacement": "▁",
                                                      "prepend_scheme": "first", "split": False}})
fallback = json.loads(json.dumps(unigram))
fallback["model"]["byte_fallback"] = True
fallback["model"]["vocab"] = [entry for entry in fallback["model"]["vocab"] if entry[0].isascii() or "▁" in entry[0]]
fallback["model"]["vocab"] += [[f"<0x{b:02X}>", -20.0] for b in range(256)]
add("unigram_bytes", fallback)
add("word_level", trained(models.WordLevel(unk_token="?"), trainers.WordLevelTrainer(
    special_tokens=["?"], show_progress=False), pre_tokenizer=pre_tokenizers.Whitespace()))


def token(id, content, **flags):
    return {"id": id, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
            "normalized": True, "special": False, **flags}


add("added_tokens", {"model": PIECES, "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"},
                     "added_tokens": [token(1, "HELLO"), token(2, "ab", single_word=True),
                                      token(3, "-", lstrip=True, rstrip=True, normalized=False),
                                      token(4, "[MASK]", lstrip=True, normalized=False, special=True),
                                      token(5, "a[", normalized=False), token(6, "  ", normalized=False)]})

if __name__ == "__main__":
    Path(__file__).with_name("cases.json").write_text(
        json.dumps(cases, ensure_ascii=False, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n")
    print(len(cases), "cases")
