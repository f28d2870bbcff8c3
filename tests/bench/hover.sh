#!/usr/bin/env bash
# How long a hover waits for its picture, on Mesa's software renderer at 1440x900: the real window
# under Xvfb, the pointer moved over the grid of heads, the large map and the tokens beside the
# lines, a move every 150 ms. The first frame after a move answers it, in all panels; a move that
# changes nothing has none. Needs Xvfb and xdotool.
#
#   tests/bench/hover.sh MODEL TEXT_FILE [BUILD]
set -euo pipefail
cd "$(dirname "$0")/../.."
model=$1 text=$2 build=${3:-build}
home=$(mktemp -d)
server='' program=''
finish() {
    if [[ $program ]]; then kill "$program" || true; fi
    if [[ $server ]]; then kill "$server" || true; fi
    wait
    rm -rf "$home"
}
trap finish EXIT

exec 3<>"$home/display"
Xvfb -displayfd 3 -screen 0 1440x900x24 +extension GLX -noreset 2>/dev/null &
server=$!
for ((i = 0; i < 100; ++i)); do
    DISPLAY=:$(<"$home/display")
    [[ $DISPLAY != : ]] && break
    sleep 0.1
done
export DISPLAY LIBGL_ALWAYS_SOFTWARE=1

# watch VIEW_KEY LEFT TOP RIGHT BOTTOM LABEL: 60 moves within the rectangle, of which the program's
# log says how long each waited.
watch() {
    local left=$2 top=$3 right=$4 bottom=$5 seen i moves=()
    xdotool key "$1" sleep 1 mousemove "$left" "$top" sleep 2
    seen=$(wc -l <"$home/frames")
    for ((i = 0; i < 60; ++i)); do
        moves+=(mousemove $((left + (i * 37) % (right - left))) $((top + (i * 53) % (bottom - top)))
            sleep 0.15)
    done
    xdotool "${moves[@]}"
    tail -n "+$((seen + 1))" "$home/frames" | awk -F, '$2 == 1 { print $5, $4 - $3 }' | sort -n | awk -v label="$6" '
        { shown[NR] = $1; made += $2 }
        END {
            if (NR == 0) {
                printf "%-16s no move changed anything\n", label
                exit
            }
            printf "%-16s %3d hovers: median %5.1f ms, 95 of 100 within %5.1f, longest %5.1f; making a frame %4.1f\n",
                label, NR, shown[int((NR + 1) / 2)], shown[NR < 2 ? 1 : int(NR * 0.95)], shown[NR], made / NR
        }'
}

XDG_STATE_HOME=$home "$build/fovea" --model "$model" --text - --size 1440x900 \
    --frame-times "$home/frames" <"$text" &
program=$!
window=$(xdotool search --sync --onlyvisible --pid "$program" | head -1)
xdotool windowfocus --sync "$window"
# Once nothing is drawn any more, the sentence is read.
size=-1
while [[ $(stat -c %s "$home/frames") != "$size" ]]; do
    size=$(stat -c %s "$home/frames")
    sleep 3
done
xdotool key Escape
watch 1 40 150 300 450 "all heads"
watch 1 480 150 1000 600 "map"
watch 2 420 200 515 600 "lines"
watch 3 480 150 1000 600 "difference"
watch 1 300 720 1000 800 "tokens"
