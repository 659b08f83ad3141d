#!/bin/bash
# The complete kiosk beside the same page in tkinter and in Chromium, in one run.
#
#     ui_bench.sh BUILD_DIR        (README.md here says what is measured and how)
#
# ROUNDS=5          starts and runs of each program; medians are compared
# SECONDS_IDLE=30   CPU is counted so long with nothing changing; SECONDS_BUSY=15 at 10 Hz
# PRESSES=40        per run
# PROGRAMS="kiosk tkinter chromium chromium-tuned"
#
# Needs root (cold starts drop the page cache) and the Debian packages xvfb, python3-tk, chromium.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:?usage: ui_bench.sh BUILD_DIR}" && pwd)
probe=$build/tests/bench/ui_probe
feeder=$build/tests/bench/feeder
rounds=${ROUNDS:-5}
idle=${SECONDS_IDLE:-30}
busy=${SECONDS_BUSY:-15}
presses=${PRESSES:-40}
programs=${PROGRAMS:-kiosk tkinter chromium chromium-tuned}

for tool in "$probe" "$feeder" "$build/biaogan"; do
    [ -x "$tool" ] || {
        echo "$tool is missing: cmake --build $build --target biaogan benches" >&2
        exit 2
    }
done

work=$(mktemp -d)
started=()
finish() {
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
    rm -rf "$work"
}
trap finish EXIT

exec 3>"$work/display"
Xvfb -displayfd 3 -screen 0 1920x1080x24 -nolisten tcp 2>/dev/null &
x_server=$!
started+=("$x_server")
for _ in $(seq 50); do [ -s "$work/display" ] && break; sleep 0.1; done
DISPLAY=:$(cat "$work/display")
export DISPLAY

# What a program is and where to look. The fourth tile is drawn last; a press is watched in a corner
# of the second tile and released on the paper.
page_places="--ready 1470,200,616161 --watch 520,200 --away 960,20"
kiosk_places=${KIOSK_PLACES:---ready 1800,420,3D3935 --watch 880,450 --away 1000,220}
chromium="chromium --kiosk --no-sandbox --no-first-run --user-data-dir=$work/chrome \
--window-position=0,0 --window-size=1920,1080 --lang=zh-CN --disable-features=Translate \
--disable-gpu"
tuned="--in-process-gpu --no-zygote --disable-extensions --disable-sync \
--disable-component-update --disable-background-networking --renderer-process-limit=1"

# feed MODE: four scales for the kiosk; replaces those before.
feed() {
    [ -z "${feeder_pid:-}" ] || { kill "$feeder_pid"; wait "$feeder_pid" 2>/dev/null || true; }
    "$feeder" "$1" 10 >"$work/ports" &
    feeder_pid=$!
    started+=("$feeder_pid")
    for _ in $(seq 50); do [ "$(wc -l <"$work/ports")" -eq 4 ] && break; sleep 0.1; done
    sed -e "s|@S1@|$(sed -n 1p "$work/ports")|" -e "s|@S2@|$(sed -n 2p "$work/ports")|" \
        -e "s|@S3@|$(sed -n 3p "$work/ports")|" -e "s|@S4@|$(sed -n 4p "$work/ports")|" \
        -e "s|@WEB@|${WEB_PORT:-18080}|" "$here/ui_bench.cfg.in" >"$work/bench.cfg"
}

# command PROGRAM HZ
command_of() {
    case $1 in
    kiosk)
        echo "$build/biaogan run --config $work/bench.cfg --state $work/state --window 1920x1080"
        ;;
    tkinter) echo "/usr/bin/python3 $here/ui_page.py $2" ;;
    chromium) echo "$chromium file://$here/ui_page.html?hz=$2" ;;
    chromium-tuned) echo "$chromium $tuned file://$here/ui_page.html?hz=$2" ;;
    esac
}

# measure PROGRAM HZ SUFFIX PROBE_ARGUMENTS: lines PROGRAM<TAB>NAMESUFFIX<TAB>VALUE
measure() {
    local program=$1 hz=$2 suffix=$3 places=$page_places
    shift 3
    [ "$program" = kiosk ] && places=$kiosk_places
    # shellcheck disable=SC2046,SC2086
    "$probe" "$@" $places --x-server "$x_server" -- $(command_of "$program" "$hz") |
        sed "s/^/$program\t/; s/\t\([^\t]*\)$/$suffix\t\1/" >>"$work/samples" ||
        echo "$program: $* failed" >&2
}

for round in $(seq "$rounds"); do
    for program in $programs; do
        echo "round $round of $rounds: $program" >&2
        feed constant
        [ "$round" -eq 1 ] && measure "$program" 0 "_first" start --times 1 # caches and profiles
        measure "$program" 0 "" start --times 1
        measure "$program" 0 "" start --times 1 --cold
        measure "$program" 0 "_idle" run --seconds "$idle" --times "$presses"
        if [ "$program" = kiosk ]; then
            feed silent
            measure "$program" 0 "_quiet" run --seconds "$idle" --times 0
        fi
        feed changing
        measure "$program" 10 "_10hz" run --seconds "$busy" --times "$presses"
    done
done

mkdir -p "$build/bench"
cp "$work/samples" "$build/bench/ui_samples.tsv"
awk -f "$here/ui_bench.awk" "$work/samples" | tee "$build/bench/ui.txt"
