"""Makes the folders marian, t5 and llama: tiny SentencePiece models trained here for this purpose,
and golden.json with what the reference (sentencepiece 0.2, transformers 5.12) makes of some texts.
Run: python make_sentence_pieces.py"""

import io
import json
import tempfile
from pathlib import Path

import sentencepiece
from make_cases import TEXTS

HERE = Path(__file__).parent
ENGLISH = ["the attention of a head is a map from queries to keys", "a token looks at the tokens before it",
           "the keys and the queries of a head", "tokens, heads, layers and maps", "It is 2026, isn't it?"]
GERMAN = ["Die Aufmerksamkeit eines Kopfes ist eine Karte", "Ein Zeichen sieht auf die Zeichen davor",
          "Größe und Übung machen den Meister", "Straßen, Köpfe, Schichten und Karten", "Es ist 2026, nicht wahr?"]
RULES = {"ﬁ": "fi", "½": "1/2", "\u3000": " ", "\u00a0": " ", "\t": " ", "\n": " ", "\r": " ", "\u200b": "",
         "e\u0301": "é", "``": '"', "`": "'", "™": "TM", "A\u030a": "Å", "A\u030a\u0301": "Ǻ", "²": "2", "\ufeff": ""}


def train(sentences, **settings):
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as rules:
        for key, value in RULES.items():
            rules.write(" ".join(f"{ord(c):X}" for c in key) + "\t" + " ".join(f"{ord(c):X}" for c in value) + "\n")
        rules.flush()
        model = io.BytesIO()
        if settings.get("normalization_rule_name") != "identity":
            settings["normalization_rule_tsv"] = rules.name
        sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(sentences * 3), model_writer=model,
                                                 minloglevel=2, **settings)
    return model.getvalue()


def write(folder, files, golden):
    (HERE / folder).mkdir(exist_ok=True)
    for name, content in {**files, "golden.json": golden}.items():
        if not isinstance(content, bytes):
            content = json.dumps(content, ensure_ascii=False, indent=0).encode() + b"\n"
        (HERE / folder / name).write_bytes(content)


def spans(model, text, before=0, after=0):
    """Spans in code points, of plain sentences: elsewhere sentencepiece gives what replaces a
    character in two pieces to the second alone, and a space that was not typed to nothing."""
    pieces = model.encode(text, return_type="proto").pieces
    if text not in ENGLISH + GERMAN or any(piece.begin == piece.end for piece in pieces):
        return {}
    raw = text.encode()
    found = [[len(raw[:end].decode()) for end in (piece.begin, piece.end)] for piece in pieces]
    return {"char_offsets": [[0, 0]] * before + found + [[0, 0]] * after}


def marian():
    source = train(ENGLISH + TEXTS, vocab_size=260, model_type="unigram", hard_vocab_limit=False)
    target = train(GERMAN, vocab_size=90, model_type="unigram", hard_vocab_limit=False)
    models = [sentencepiece.SentencePieceProcessor(model_proto=proto) for proto in (source, target)]
    words = {model.id_to_piece(i) for model in models for i in range(len(model))} - {"<s>"}
    vocabulary = ["</s>", "<unk>", *sorted(words - {"</s>", "<unk>"}), ">>deu<<", "<pad>"]
    ids = {word: i for i, word in enumerate(vocabulary)}
    files = {"source.spm": source, "target.spm": target, "vocab.json": ids,
             "tokenizer_config.json": {"source_lang": "eng", "target_lang": "deu"},
             "config.json": {"model_type": "marian"}}
    write("marian", files, [])
    from transformers import MarianTokenizer
    reference = MarianTokenizer.from_pretrained(HERE / "marian")
    golden = {"source": [], "target": []}
    for text in TEXTS + ENGLISH + GERMAN + [">>deu<< the keys", "the </s> keys"]:
        golden["source"].append({"text": text, "ids": reference(text).input_ids})
        golden["target"].append({"text": text, "ids": reference(text_target=text).input_ids})
    for side, model in zip(("source", "target"), models):
        for entry in golden[side]:
            entry.update(spans(model, entry["text"], after=1))
    write("marian", {}, golden)


def plain(folder, name, proto, config, before, after):
    model = sentencepiece.SentencePieceProcessor(model_proto=proto)
    golden = []
    for text in TEXTS + ENGLISH:
        if "[MASK]" in text or "<" in text:
            continue
        ids = model.encode(text)
        golden.append({"text": text, "ids": before + ids + after, "ids_without_special_tokens": ids,
                       **spans(model, text, len(before), len(after))})
    write(folder, {name: proto, "tokenizer_config.json": config}, golden)


if __name__ == "__main__":
    marian()
    t5 = train(ENGLISH + TEXTS, vocab_size=260, model_type="unigram", hard_vocab_limit=False,
               pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    plain("t5", "spiece.model", t5, {"tokenizer_class": "T5Tokenizer", "extra_ids": 10}, [], [1])
    llama = train(ENGLISH, vocab_size=360, model_type="bpe", byte_fallback=True, normalization_rule_name="identity",
                  remove_extra_whitespaces=False, hard_vocab_limit=False)
    plain("llama", "tokenizer.model", llama, {"tokenizer_class": "LlamaTokenizer"}, [1], [])
