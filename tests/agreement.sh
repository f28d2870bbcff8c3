#!/usr/bin/env bash
# The README's table of agreement with the reference implementation, made from a test run.
#
#   tests/agreement.sh [BUILD]           prints it
#   tests/agreement.sh [BUILD] --write   puts it into README.md, between its two markers
set -euo pipefail
cd "$(dirname "$0")/.."
build=build-test
write=false
for argument in "$@"; do
    if [[ $argument == --write ]]; then write=true; else build=$argument; fi
done

models=$("$build/tests/engine_tests" --gtest_filter='*Golden*' | grep '^agreement ')
tokenizers=$("$build/tests/engine_tests" --gtest_filter='Tokenizers/TokenizerGolden*' | grep -E '^\[ +(OK|SKIPPED|FAILED) +\] Tokenizers/' || true)

# Each architecture's label, and the reference tokenizer of the kind that its models have.
table=$(awk '
    BEGIN {
        split("albert:ALBERT:unigram bart:BART:gpt2 bert:BERT:bert_uncased bloom:BLOOM:gpt2 " \
              "distilbert:DistilBERT:bert_uncased electra:ELECTRA:bert_uncased " \
              "flan_t5:Flan-T5:unigram gemma3_text:Gemma 3:gemma3 gpt2:GPT-2:gpt2 " \
              "gpt_neo:GPT-Neo:gpt2 gpt_neox:GPT-NeoX, Pythia:gpt2 llama:Llama:llama3 " \
              "marian:Marian:unigram mistral:Mistral:llama2 modernbert:ModernBERT:gpt2 " \
              "opt:OPT:gpt2 phi:Phi:gpt2 qwen2:Qwen 2:qwen3 qwen3:Qwen 3:qwen3 " \
              "roberta:RoBERTa:gpt2 t5:T5:unigram stories260k:Llama, trained:stories260k " \
              "misaki-bart-us:BART, trained:its alphabets all-MiniLM-L6-v2:BERT, trained:bert_uncased", rows, /:/)
        count = 0
        text = ""
        for (i = 1; i in rows; ++i) text = text (i > 1 ? ":" : "") rows[i]
        # "name:label:tokenizer name:label:tokenizer …": a label may hold blanks, a name may not.
        while (match(text, /[^: ]+:[^:]+:[^: ]+( alphabets)?/)) {
            split(substr(text, RSTART, RLENGTH), parts, /:/)
            order[++count] = parts[1]; label[parts[1]] = parts[2]; kind[parts[1]] = parts[3]
            text = substr(text, RSTART + RLENGTH)
        }
        print "| architecture | attention | hidden states | logits | interventions | tokenizer |"
        print "| --- | ---: | ---: | ---: | ---: | --- |"
    }
    /^agreement / { attention[$2] = $4; states[$2] = $6; logits[$2] = $8; edits[$2] = $10 }
    /Tokenizers\// {
        name = $0; sub(/.*\//, "", name); sub(/[ ,].*/, "", name)
        verdict[name] = /OK/ ? "exact" : /SKIPPED/ ? "not here" : "differs"
    }
    END {
        for (i = 1; i <= count; ++i) {
            name = order[i]
            if (!(name in attention)) continue
            shown = kind[name]; gsub(/_/, "-", shown)
            if (kind[name] in verdict) shown = shown ", " verdict[kind[name]]
            printf "| %s | %s | %s | %s | %s | %s |\n", label[name], attention[name], states[name],
                   logits[name] == "-" ? "no head" : logits[name],
                   edits[name] == 0 ? "-" : edits[name], shown
        }
    }' <<<"$models
$tokenizers")

if ! $write; then
    echo "$table"
    exit
fi
awk -v table="$table" '
    /<!-- agreement begins -->/ { print; print table; skipping = 1 }
    /<!-- agreement ends -->/ { skipping = 0 }
    !skipping || /<!-- agreement ends -->/ { if (!/<!-- agreement begins -->/) print }
' README.md >README.md.new
mv README.md.new README.md
