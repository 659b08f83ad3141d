#!/bin/sh
# The kiosk on a simulated site, from a bare Debian machine: packages, build, run.
#
#     sh kiosk/demo.sh [OPTION_OF_BIAOGAN_RUN...]    for example --speed 5; see biaogan run --help
#
# With a display: in a window, until it is stopped. Without one, or with --headless: one simulated
# hour in a minute. Everything is left in out/demo, which each run makes anew.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd -P)
out=$top/out/demo
biaogan=$top/build/biaogan

display=${WAYLAND_DISPLAY:-${DISPLAY:-}}
for option in "$@"; do
    [ "$option" != --headless ] || display=
done

sh "$top/kiosk/install.sh" "$top/kiosk/packages"
sh "$top/kiosk/build.sh" build -DBUILD_TESTING=OFF

rm -rf -- "$out"
mkdir -p "$out"
log=$out/kiosk.log

echo
echo "标杆 Biaogan: the simulated site. PIN of the cleaner: 2580."
echo "Page of the administrator while it runs: http://127.0.0.1:8080  password: biaogan"
echo "演示点位（模拟数据）：保洁员密码 2580；管理页面 http://127.0.0.1:8080 ，密码 biaogan。"
status=0
trap : INT # ends the kiosk, not this script: the records come after it
if [ -n "$display" ]; then
    echo "Open lids and throw bags with the strip below the screen; other people come, too."
    echo "To stop: close the window, or press Ctrl+C here."
    echo
    "$biaogan" run --simulate --window 1280x720 "$@" --state "$out/state" || status=$?
else
    echo "No display: one simulated hour in a minute, every new screen as a picture."
    echo "To stop: Ctrl+C."
    echo
    mkdir "$out/screens"
    "$biaogan" run --simulate --headless --visits-per-hour 60 --speed 60 --for 3600 "$@" \
        --state "$out/state" --shots "$out/screens" 2>"$log" || status=$?
    grep -vF ': info ' "$log" >&2 || true
fi
[ $status -eq 0 ] || {
    echo "demo: the kiosk ended with exit code $status; its reason stands above" >&2
    exit $status
}

trap - INT

# export WHAT FORMAT
export_records() {
    "$biaogan" export --state "$out/state" --what "$1" --format "$2" --out "$out/$1.$2" \
        2>"$log.export" || { cat "$log.export" >&2; exit 1; }
    printf '  %-18s %s\n' "$1.$2" "$(cat "$log.export")"
    rm "$log.export"
}

echo
echo "In $out:"
export_records deposits csv
export_records visits csv
export_records collections csv
export_records deposits jsonl
printf '  %-18s the ledger (SQLite)\n' state/
if [ -z "$display" ]; then
    printf '  %-18s %s pictures\n' screens/ "$(find "$out/screens" -name '*.png' | wc -l)"
    printf '  %-18s what the kiosk said meanwhile\n' kiosk.log
fi
