#!/usr/bin/env bash
# The README's table of speed, measured on this machine: random checkpoints of GPT-2's sizes in
# float32 and bfloat16 and of a Llama for long sentences, and the default model where it is installed.
#
#   tests/bench/table.sh [BUILD]           prints it
#   tests/bench/table.sh [BUILD] --write   puts it into README.md, between its two markers
#
# PEER_PYTHON names a Python with torch and transformers: they do the same passes in the same minutes.
# Everything is measured ROUNDS times (3 unless given), one after the other and then all again; of
# each figure, theirs and the limits' too, the best stands: a shared machine is slow for minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=build
write=false
rounds=${ROUNDS:-3}
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
    local installed=${XDG_DATA_HOME:-$HOME/.local/share}/fovea/models round
    local minilm=$installed/all-MiniLM-L6-v2 smollm2=$installed/SmolLM2-135M-Instruct
    for model in gpt2 gpt2-bf16 long-llama; do make_model "$model"; done
    for ((round = 0; round < rounds; ++round)); do
        if [[ -d $minilm ]]; then
            peer "MiniLM" "$minilm" 12 128 512
            bench "MiniLM" "$minilm" 12,128,512 --typing
        fi
        if [[ -d $smollm2 ]]; then
            bench "SmolLM2 135M, 4 bits a weight" "$smollm2" 12,128,512 --typing
        fi
        peer "GPT-2 124M" "$models/gpt2" 12 128 512
        bench "GPT-2 124M" "$models/gpt2" 1,12,128,512 --typing
        bench "GPT-2 124M in bfloat16" "$models/gpt2-bf16" 12,128
        bench "Llama of 8 x 8 heads" "$models/long-llama" 2048,4096,8192
    done
}

processor() {
    awk -F': ' '/^model name/ { print $2; exit }' /proc/cpuinfo
}

# Without a JSON reader at hand: the bench prints one "key": value pair after the other.
table() {
    printf 'Measured with %s threads of: %s. The best of %s rounds.\n\n' "$(nproc)" "$(processor)" \
        "$rounds"
    awk -v rounds="$rounds" '
        function value(key,   at, rest) {
            at = index(text, "\"" key "\": ")
            if (!at) return ""
            rest = substr(text, at + length(key) + 4)
            sub(/[,}].*/, "", rest)
            gsub(/"/, "", rest)
            return rest
        }
        # Keeps the smallest of what the rounds say of `name`, or with sign -1 the largest.
        function keep(name, number, sign) {
            if (number == "" || number == "null") return
            if (!(name in best) || sign * number < sign * best[name]) best[name] = number + 0
        }
        function shown(name, digits) {
            return name in best ? sprintf("%." digits "f", best[name]) : "-"
        }
        {
            text = $0
            label = value("label")
            if (value("peer") != "") {
                peer = value("peer")
                count = split("12 128 512", lengths, " ")
                for (i = 1; i <= count; ++i) {
                    keep(label SUBSEP lengths[i] SUBSEP "peer", value(lengths[i]), 1)
                    keep(label SUBSEP lengths[i] SUBSEP "peer with logits", value(lengths[i] " with logits"), 1)
                }
                next
            }
            if (!(label in seen)) labels[++models] = label
            seen[label] = 1
            count = split($0, runs, /"tokens": /)
            for (i = 2; i <= count; ++i) {
                text = "\"tokens\": " runs[i]
                if (value("forward_ms") == "") continue
                row = label SUBSEP value("tokens")
                if (!(row in known)) rows[++row_count] = row
                known[row] = 1
                split("forward_ms floor_ms append_ms peak_memory_mb", smallest, " ")
                for (k in smallest) keep(row SUBSEP smallest[k], value(smallest[k]), 1)
                keep(row SUBSEP "read_gb_s", value("read_gb_s"), -1)
                keep(row SUBSEP "gemm_gflop_s", value("gemm_gflop_s"), -1)
                if (value("predict_ms") != "null")
                    keep(row SUBSEP "predicted", value("forward_ms") + value("predict_ms"), 1)
            }
            text = $0
            split("median_ms quantile_99_ms frame_ms frame_cpu_ms", smallest, " ")
            for (k in smallest) keep(label SUBSEP smallest[k], value(smallest[k]), 1)
            keys[label] = value("keystrokes")
            heads[label] = value("heads")
        }
        END {
            print "| model | tokens | forward ms | floor ms | ratio | PyTorch ms | one more token ms | read GB/s | Eigen GFLOP/s | peak MB |"
            print "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
            for (i = 1; i <= row_count; ++i) {
                row = rows[i]
                split(row, part, SUBSEP)
                best[row SUBSEP "ratio"] = best[row SUBSEP "forward_ms"] / best[row SUBSEP "floor_ms"]
                printf "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", part[1], part[2],
                       shown(row SUBSEP "forward_ms", 1), shown(row SUBSEP "floor_ms", 1),
                       shown(row SUBSEP "ratio", 2), shown(row SUBSEP "peer", 1),
                       shown(row SUBSEP "append_ms", 1), shown(row SUBSEP "read_gb_s", 1),
                       shown(row SUBSEP "gemm_gflop_s", 0), shown(row SUBSEP "peak_memory_mb", 0)
                if (row SUBSEP "peer with logits" in best)
                    with_logits[part[1]] = with_logits[part[1]] sprintf("%s%s tokens %s and %s ms", with_logits[part[1]] == "" ? "" : ", ", part[2],
                                                                        shown(row SUBSEP "predicted", 1), shown(row SUBSEP "peer with logits", 1))
            }
            if (peer != "") printf "\nPyTorch: the same passes by %s with every attention map asked for, in the same minutes.\n", peer
            for (i = 1; i <= models; ++i) {
                label = labels[i]
                if (label in with_logits)
                    printf "\n%s with the logits of the token that follows, and PyTorch with those of every token: %s.\n", label, with_logits[label]
                if (keys[label] != "")
                    printf "\n%s, %s keys typed: median %s ms from a key to its picture, 99 of 100 within %s ms. A temperature dragged over %s heads, picture only: %s ms a frame, %s ms of all cores together.\n",
                           label, keys[label], shown(label SUBSEP "median_ms", 1),
                           shown(label SUBSEP "quantile_99_ms", 1), heads[label],
                           shown(label SUBSEP "frame_ms", 1), shown(label SUBSEP "frame_cpu_ms", 1)
            }
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
