#!/usr/bin/env bash
# The README's table of speed, measured on this machine: random checkpoints of GPT-2's sizes in
# float32 and bfloat16 and of a Llama for long sentences, and the default model where it is installed.
#
#   tests/bench/table.sh [BUILD]           prints it
#   tests/bench/table.sh [BUILD] --write   puts it into README.md, between its two markers
#
# PEER_PYTHON names a Python with torch and transformers: they do the same passes in the same minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=build
write=false
for argument in "$@"; do
    if [[ $argument == --write ]]; then write=true; else build=$argument; fi
done
models=$(mktemp -d)
trap 'rm -rf "$models"' EXIT

make_model() { "$build/tests/bench/fovea_random_model" "$1" "$models/$1"; }
# bench LABEL MODEL TOKENS [OPTION...]: one JSON object a line, with the label.
bench() {
    local label=$1 model=$2 tokens=$3
    shift 3
    "$build/fovea" bench --model "$model" --tokens "$tokens" --json "$@" |
        tr -d '\n' | sed "s/^{/{\"label\": \"$label\", /"
    echo
}

# peer LABEL FOLDER TOKENS...: the same passes by PyTorch, as one JSON object.
peer() {
    if [[ -z ${PEER_PYTHON:-} ]]; then return; fi
    local label=$1
    shift
    "$PEER_PYTHON" tests/bench/peer.py --json "$@" | sed "s/^{/{\"label\": \"$label\", /"
}

measure() {
    local minilm=${XDG_DATA_HOME:-$HOME/.local/share}/fovea/models/all-MiniLM-L6-v2
    if [[ -d $minilm ]]; then
        peer "MiniLM" "$minilm" 12 128 512
        bench "MiniLM" "$minilm" 12,128,512 --typing
    fi
    make_model gpt2
    peer "GPT-2 124M" "$models/gpt2" 12 128 512
    bench "GPT-2 124M" "$models/gpt2" 1,12,128,512 --typing
    rm -r "$models/gpt2"
    make_model gpt2-bf16
    bench "GPT-2 124M in bfloat16" "$models/gpt2-bf16" 12,128
    rm -r "$models/gpt2-bf16"
    make_model long-llama
    bench "Llama of 8 x 8 heads" "$models/long-llama" 2048,4096,8192
}

processor() {
    awk -F': ' '/^model name/ { print $2; exit }' /proc/cpuinfo
}

# Without a JSON reader at hand: the bench prints one "key": value pair after the other.
table() {
    printf 'Measured with %s threads of: %s.\n\n' "$(nproc)" "$(processor)"
    awk '
        function value(key,   at, rest) {
            at = index(text, "\"" key "\": ")
            if (!at) return ""
            rest = substr(text, at + length(key) + 4)
            sub(/[,}].*/, "", rest)
            gsub(/"/, "", rest)
            return rest
        }
        function shown(number, digits) {
            return number == "" || number == "null" ? "-" : sprintf("%." digits "f", number)
        }
        BEGIN {
            print "| model | tokens | forward ms | floor ms | ratio | PyTorch ms | one more token ms | read GB/s | Eigen GFLOP/s | peak MB |"
            print "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
        }
        {
            text = $0
            label = value("label")
            if (value("peer") != "") {
                peer = value("peer")
                count = split("12 128 512", lengths, " ")
                for (i = 1; i <= count; ++i) {
                    peer_ms[label, lengths[i]] = value(lengths[i])
                    peer_logits_ms[label, lengths[i]] = value(lengths[i] " with logits")
                }
                next
            }
            count = split($0, runs, /"tokens": /)
            for (i = 2; i <= count; ++i) {
                text = "\"tokens\": " runs[i]
                if (value("forward_ms") == "") continue
                printf "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", label, value("tokens"),
                       shown(value("forward_ms"), 1), shown(value("floor_ms"), 1),
                       shown(value("ratio"), 2), shown(peer_ms[label, value("tokens")], 1),
                       shown(value("append_ms"), 1),
                       shown(value("read_gb_s"), 1), shown(value("gemm_gflop_s"), 0),
                       shown(value("peak_memory_mb"), 0)
                theirs = peer_logits_ms[label, value("tokens")]
                if (theirs != "")
                    with_logits[label] = with_logits[label] sprintf("%s%s tokens %s and %s ms", with_logits[label] == "" ? "" : ", ",
                                                                    value("tokens"), shown(value("forward_ms") + value("predict_ms"), 1), shown(theirs, 1))
            }
            text = $0
            if (value("keystrokes") != "")
                notes = notes sprintf("\n%s, %s keys typed: median %s ms from a key to its picture, 99 of 100 within %s ms. A temperature dragged over %s heads, picture only: %s ms a frame, %s ms of all cores together.\n",
                                      label, value("keystrokes"), shown(value("median_ms"), 1),
                                      shown(value("quantile_99_ms"), 1), value("heads"),
                                      shown(value("frame_ms"), 1), shown(value("frame_cpu_ms"), 1))
        }
        END {
            if (peer != "") printf "\nPyTorch: the same passes by %s with every attention map asked for, in the same minutes.\n", peer
            for (label in with_logits)
                printf "\n%s with the logits of the token that follows, and PyTorch with those of every token: %s.\n", label, with_logits[label]
            printf "%s", notes
        }'
}

result=$(measure | table)
if ! $write; then
    echo "$result"
    exit
fi
awk -v table="$result" '
    /<!-- bench begins -->/ { print; print table; skipping = 1 }
    /<!-- bench ends -->/ { skipping = 0 }
    !skipping || /<!-- bench ends -->/ { if (!/<!-- bench begins -->/) print }
' README.md >README.md.new
mv README.md.new README.md
