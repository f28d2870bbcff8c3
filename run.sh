#!/usr/bin/env bash
# Does all that is missing and no more (packages, build, default model), then starts fovea with the
# arguments. With no display it makes pictures and matrices of a sentence instead.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=assets/setup.sh
. "$here/assets/setup.sh"

build=$here/build
fovea=$build/fovea
stamp=$build/.built-by-run
default_sentence='When Mary and John went to the store, John gave a drink to'
# Of the default model: its head 0 looks from the last word to the answer.
telling_layer=23

# The stamp bears the time at which the last good build began: whatever is younger, folders that
# lost a file included, is not in it.
is_built() {
    [ -x "$fovea" ] && [ -f "$stamp" ] &&
        [ -z "$(find "$here/CMakeLists.txt" "$here/app" "$here/assets" "$here/engine" \
            "$here/shaders" -newer "$stamp" -print -quit)" ]
}

build_fovea() {
    install_packages "${build_packages[@]}"
    forget_foreign_build "$build" "$here"
    mkdir -p -- "$build"
    touch -- "$stamp.new"
    if [ ! -f "$build/CMakeCache.txt" ]; then
        say "configuring"
        # A folder that failed to configure would be taken for configured the next time.
        quietly cmake -S "$here" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
            -DFOVEA_UNITY=ON -DFOVEA_TESTS=OFF || { rm -f -- "$build/CMakeCache.txt"; return 1; }
    fi
    say "building (the first time takes minutes)"
    quietly cmake --build "$build" --target fovea
    mv -f -- "$stamp.new" "$stamp"
}

# Does some argument name another model, or ask for what needs none?
needs_default_model() {
    local argument
    case ${1:-} in
        models | get) return 1 ;;
    esac
    for argument in "$@"; do
        case $argument in
            --model | --model=* | --session | --session=* | --help | -h | --version) return 1 ;;
        esac
    done
}

opens_window() {
    local argument
    case ${1:-} in
        export | tokenize | inspect | models | get | bench) return 1 ;;
    esac
    for argument in "$@"; do
        case $argument in
            --screenshot | --screenshot=* | --help | -h | --version) return 1 ;;
        esac
    done
}

# What the window would show, as files: the sentence, model and edits of the arguments, or the
# default ones.
without_window() {
    local out=fovea-out model=$default_model text=$default_sentence layer=0 edits=()
    has_default_model || model=$former_default_model
    while [ $# -gt 0 ]; do
        case $1 in
            --model=*) model=${1#*=} ;;
            --text=*) text=${1#*=} ;;
            --edits=*) edits=(--edits "${1#*=}") ;;
            --model | --text | --edits)
                [ $# -gt 1 ] || { say "$1 needs a value"; return 2; }
                case $1 in
                    --model) model=$2 ;;
                    --text) text=$2 ;;
                    --edits) edits=(--edits "$2") ;;
                esac
                shift
                ;;
            *) say "$1 needs a window, and there is no display"; return 2 ;;
        esac
        shift
    done
    if [ "$model" = "$default_model" ] && [ "$text" = "$default_sentence" ]; then
        layer=$telling_layer
    fi
    say "no display (neither DISPLAY nor WAYLAND_DISPLAY is set): writing $out/ instead of opening a window"
    mkdir -p -- "$out"
    local export=("$fovea" export --model "$model" "--text=$text" "${edits[@]}")
    "${export[@]}" --out "$out/all-heads.png"
    "${export[@]}" --layers "$layer" --heads 0 --out "$out/layer-$layer-head-0.png"
    "${export[@]}" --out "$out/attention.npz"
    say "\"$text\", read by $model:"
    printf '    %-34s %s\n' "$out/all-heads.png" "every head" \
        "$out/layer-$layer-head-0.png" "one head, its tokens on the axes" \
        "$out/attention.npz" "the matrices: attentions.LAYER [heads, query, key]" >&2
}

is_built || build_fovea
if needs_default_model "$@" && ! fetch_default_model "$fovea"; then
    # The program has said why.
    has_former_default_model || exit 1
    say "going on with $former_default_model"
fi
if has_display || ! opens_window "$@"; then exec "$fovea" "$@"; fi
without_window "$@"
