"""Writes pairs.json: what the reference (tokenizers 0.23) makes of two sentences under every kind of
post-processor. Run: python make_pairs.py"""

import json
from pathlib import Path

from tokenizers import Tokenizer, models, pre_tokenizers, processors

WORDS = {"[CLS]": 0, "[SEP]": 1, "a": 2, "b": 3, "c": 4}
NAMED = [("[CLS]", 0), ("[SEP]", 1)]
CLS, SEP = ("[CLS]", 0), ("[SEP]", 1)
BERT = processors.TemplateProcessing(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=NAMED)
KINDS = {
    "bert_processing": processors.BertProcessing(SEP, CLS),
    "roberta_processing": processors.RobertaProcessing(SEP, CLS, trim_offsets=False),
    "template": BERT,
    "template_without_pair": processors.TemplateProcessing(single="[CLS] $A", special_tokens=NAMED),
    "doubled_separator": processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] [SEP] $B [SEP]", special_tokens=NAMED),
    "second_first": processors.TemplateProcessing(single="[CLS] $A", pair="$B:0 [SEP]:3 $A:2", special_tokens=NAMED),
    "sequence": processors.Sequence([processors.ByteLevel(trim_offsets=False), BERT]),
}

cases = []
for name, processor in KINDS.items():
    tokenizer = Tokenizer(models.WordLevel(WORDS, unk_token="[CLS]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processor
    case = {"name": name, "tokenizer": json.loads(tokenizer.to_str()), "text": "a b", "pair": " c"}
    for key, special in [("with", True), ("without", False)]:
        made = tokenizer.encode("a b", " c", add_special_tokens=special)
        case[key] = {"ids": made.ids, "types": made.type_ids, "spans": made.offsets,
                     "sentences": [-1 if s is None else s for s in made.sequence_ids]}
    cases.append(case)
Path(__file__).with_name("pairs.json").write_text(json.dumps(cases, indent=1) + "\n")
