#!/usr/bin/env bash
# The README's table of speed, measured on this machine: random checkpoints of GPT-2's sizes in
# float32 and bfloat16 and of a Llama for long sentences, and the default model where it is installed.
#
#   tests/bench/table.sh [BUILD]           prints it
#   tests/bench/table.sh [BUILD] --write   puts it into README.md, between its two markers
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

measure() {
    local minilm=${XDG_DATA_HOME:-$HOME/.local/share}/fovea/models/all-MiniLM-L6-v2
    if [[ -d $minilm ]]; then bench "MiniLM" "$minilm" 12,128,512 --typing; fi
    make_model gpt2
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
            print "| model | tokens | forward ms | floor ms | ratio | one more token ms | read GB/s | Eigen GFLOP/s | peak MB |"
            print "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
        }
        {
            text = $0
            label = value("label")
            count = split($0, runs, /"tokens": /)
            for (i = 2; i <= count; ++i) {
                text = "\"tokens\": " runs[i]
                if (value("forward_ms") == "") continue
                printf "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", label, value("tokens"),
                       shown(value("forward_ms"), 1), shown(value("floor_ms"), 1),
                       shown(value("ratio"), 2), shown(value("append_ms"), 1),
                       shown(value("read_gb_s"), 1), shown(value("gemm_gflop_s"), 0),
                       shown(value("peak_memory_mb"), 0)
            }
            text = $0
            if (value("keystrokes") != "")
                notes = notes sprintf("\n%s, %s keys typed: median %s ms from a key to its picture, 99 of 100 within %s ms. A temperature dragged over %s heads, picture only: %s ms a frame, %s ms of all cores together.\n",
                                      label, value("keystrokes"), shown(value("median_ms"), 1),
                                      shown(value("quantile_99_ms"), 1), value("heads"),
                                      shown(value("frame_ms"), 1), shown(value("frame_cpu_ms"), 1))
        }
        END { printf "%s", notes }'
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
