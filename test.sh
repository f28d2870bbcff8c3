#!/usr/bin/env bash
# Does all that is missing and runs every test: formatting, CTest under Xvfb with Mesa's software
# renderer, the sanitisers, the fuzzers. --quick leaves out the last two; --fuzz SECONDS does nothing
# but fuzz each reader for that long, from another beginning each time.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=assets/setup.sh
. "$here/assets/setup.sh"

quick=no
fuzz_seconds=10
# Always the same, so that what fails is the change that is tested; see --fuzz.
fuzz_seed=1
only_fuzz=no
case ${1:-} in
    '') ;;
    --quick) quick=yes ;;
    --fuzz)
        only_fuzz=yes fuzz_seed=0 fuzz_seconds=${2:-}
        [[ $fuzz_seconds =~ ^[1-9][0-9]*$ ]] || { say "--fuzz wants a number of seconds"; exit 2; }
        ;;
    *) say "unknown argument: $1 (there are --quick and --fuzz SECONDS)"; exit 2 ;;
esac
jobs=$(nproc)
failures=()

# configure FOLDER OPTION...: every folder beside build/, so that the program that run.sh made stays.
configure() {
    local folder=$here/$1
    shift
    forget_foreign_build "$folder" "$here"
    quietly cmake -S "$here" -B "$folder" -G Ninja -DFOVEA_UNITY=ON "$@" || { rm -f -- "$folder/CMakeCache.txt"; return 1; }
}

build() {
    local folder=$here/$1
    shift
    quietly cmake --build "$folder" "$@"
}

check_formatting() {
    say "checking the formatting"
    find "$here/app" "$here/engine" "$here/tests" \( -name '*.cpp' -o -name '*.h' \) -print0 |
        xargs -0 clang-format --dry-run -Werror
}

# A display of its own, so that no window appears on anybody's screen.
in_software_display() {
    env -u WAYLAND_DISPLAY LIBGL_ALWAYS_SOFTWARE=1 GALLIUM_DRIVER=llvmpipe \
        xvfb-run -a -s '-screen 0 1920x1200x24 +extension GLX -noreset' "$@"
}

# with_sanitiser_options COMMAND...
with_sanitiser_options() {
    local suppressions=$here/tests/sanitizers
    ASAN_OPTIONS=detect_stack_use_after_return=1 \
        LSAN_OPTIONS="suppressions='$suppressions/leak.supp':print_suppressions=0" \
        UBSAN_OPTIONS=print_stacktrace=1 \
        quietly "$@"
}

# One build with clang serves both: what the fuzzers watch does not disturb the tests.
build_with_address_sanitiser() {
    say "building with the address and undefined-behaviour sanitisers"
    configure build-clang -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS=-O1 -DFOVEA_APP=OFF \
        -DFOVEA_SANITIZE=address,undefined -DFOVEA_FUZZ=ON -DCMAKE_CXX_COMPILER=clang++
    build build-clang
}

test_with_address_sanitiser() {
    say "testing the engine with the address and undefined-behaviour sanitisers"
    with_sanitiser_options ctest --test-dir "$here/build-clang" --output-on-failure -j "$jobs"
}

fuzz_one() {
    local name found
    name=$(basename -- "$1" _fuzz)
    found=$here/build-clang/found/$name
    mkdir -p -- "$found"
    # The first folder takes what is found on the way; the committed corpus is only read.
    quietly "$1" -seed="$fuzz_seed" -max_total_time="$fuzz_seconds" -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="$found-" "$found" "$here/tests/fuzz/corpus/$name"
}

# A fuzzer has one thread: as many at a time as there are cores.
fuzz() {
    say "fuzzing each reader for $fuzz_seconds seconds"
    local target process status=0 processes=()
    for target in "$here"/build-clang/tests/fuzz/*_fuzz; do
        while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do sleep 0.2; done
        fuzz_one "$target" &
        processes+=("$!")
    done
    for process in "${processes[@]}"; do
        wait "$process" || status=1
    done
    return "$status"
}

test_with_thread_sanitiser() {
    say "testing the scheduler, the worker and the maker of tiles with the thread sanitiser"
    configure build-thread -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS=-O1 -DFOVEA_APP=OFF \
        -DFOVEA_SANITIZE=thread -DCMAKE_CXX_COMPILER=clang++
    build build-thread --target jobs_test worker_test map_tiles_test
    local test status=0
    for test in jobs_test worker_test map_tiles_test; do
        with_sanitiser_options "$here/build-thread/tests/$test" || status=1
    done
    return "$status"
}

attempt() {
    # Not `"$@" || …`: bash would go on after a failed command inside the function.
    local status=0
    set +e
    (set -e; "$@")
    status=$?
    set -e
    [ "$status" -eq 0 ] || failures+=("$1")
}

install_packages "${build_packages[@]}" "${test_packages[@]}"
if [ "$only_fuzz" = yes ]; then
    attempt build_with_address_sanitiser
    attempt fuzz
    [ ${#failures[@]} -eq 0 ] || say "FAILED: ${failures[*]}"
    exit "${#failures[@]}"
fi
attempt check_formatting
say "building"
configure build-test -DCMAKE_BUILD_TYPE=Release -DFOVEA_WERROR=ON
build build-test

fetch_default_model "$here/build-test/fovea" ||
    say "the default model cannot be had: the tests on it are skipped"
fetch_model "$here/build-test/fovea" "$former_default_model" ||
    say "$former_default_model cannot be had: the tests on it are skipped"

# The summary of this run is the last thing to be said, so it waits in a file.
log=$here/build-test/ctest.log
say "testing"
status=0
in_software_display ctest --test-dir "$here/build-test" --output-on-failure -j "$jobs" \
    </dev/null >"$log" 2>&1 || status=$?
if [ "$status" -ne 0 ]; then
    cat -- "$log"
    failures+=("ctest")
fi
if [ "$quick" = no ]; then
    attempt build_with_address_sanitiser
    attempt test_with_address_sanitiser
    attempt fuzz
    attempt test_with_thread_sanitiser
fi
[ ${#failures[@]} -eq 0 ] || say "FAILED: ${failures[*]}"
if grep -q 'The following tests did not run' "$log"; then
    sed -n '/The following tests did not run/,$p' "$log"
fi
grep 'tests passed' "$log" || say "CTest came to no summary"
[ ${#failures[@]} -eq 0 ]
