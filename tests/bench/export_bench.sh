#!/bin/sh
# CSV of a big ledger against the sqlite3 command line, in turn. See README.md here.
#     export_bench.sh BUILD [DEPOSITS]      ROUNDS=5 KEEP=DIR (a directory to fill once and keep)
set -eu
export LC_ALL=C
build=${1:?usage: export_bench.sh BUILD [DEPOSITS]}
deposits=${2:-1000000}
rounds=${ROUNDS:-5}
kiosk=$build/biaogan
bench=$build/tests/bench/ledger_bench
work=$(mktemp -d "${TMPDIR:-/tmp}/export-bench-XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM
big=${KEEP:-$work}/$deposits

local_time() {
    echo "strftime('%Y-%m-%d %H:%M:%S', (utc_ms - t_ms + $1) / 1000 + 28800, 'unixepoch')"
}
rest="site, bin, bin_class, chosen, item, declared_after, outcome, weight_g, quality, base_g,
      final_g, spread_g, visit, scale, clock, undone_seq FROM deposits ORDER BY seq"
# The columns that the kiosk reads, as they lie in the table (its times are made of four of them),
# and the columns that it writes, with times as a person reads them.
raw="SELECT seq, opened_ms, closed_ms, t_ms, utc_ms, $rest"
readable="SELECT seq, $(local_time opened_ms), $(local_time closed_ms), $rest"

fill() { [ -e "$2/ledger.db" ] || "$bench" fill "$2" "$1" >&2; }
kiosk() { "$kiosk" export --state "$1" --what deposits --format csv --out - 2>/dev/null; }
raw() { sqlite3 -csv -header "$1/ledger.db" "$raw"; }
readable() { sqlite3 -csv -header "$1/ledger.db" "$readable"; }

seconds() { # seconds NAME DIRECTORY OUT
    rm -f "$work/out.csv" && sync # nobody writes back what another one wrote
    begin=$(date +%s%N)
    "$1" "$2" >"$3"
    echo "$1 $begin $(date +%s%N)" | awk '{print $1, ($3 - $2) / 1e9}'
}
speed() { # speed OUT LABEL: median and, in parentheses, the range
    for round in $(seq "$rounds"); do
        for name in kiosk raw readable; do seconds "$name" "$big" "$1"; done
    done | sort -k1,1 -k2,2n | awk -v label="$2" '
        { time[$1, ++count[$1]] = $2 }
        function median(name) { return time[name, int((count[name] + 1) / 2)] }
        function shown(name) {
            return sprintf("%.3f s (%.3f to %.3f)", median(name), time[name, 1],
                time[name, count[name]])
        }
        END {
            printf "%s\tkiosk\t%s\n", label, shown("kiosk")
            printf "%s\tsqlite3, columns as stored\t%s\t%.2f times the kiosk\n", label,
                shown("raw"), median("raw") / median("kiosk")
            printf "%s\tsqlite3, times readable\t%s\t%.2f times the kiosk\n", label,
                shown("readable"), median("readable") / median("kiosk")
        }'
}
fill "$deposits" "$big"
fill 10000 "$work/10000"
fill 20000 "$work/20000"

for name in kiosk raw readable; do "$name" "$big" >/dev/null; done # the page cache is warm
speed "$work/out.csv" "to a file"
speed /dev/null "to nowhere"

# Memory: the most that was resident, for a small and a big ledger.
peak() {
    /usr/bin/time -f %M -o "$work/peak" "$kiosk" export --state "$1" --what deposits --format csv \
        --out - >"$work/out.csv" 2>/dev/null
    cat "$work/peak"
}
printf 'peak memory\t10000 deposits: %s KiB\t%s deposits: %s KiB\n' "$(peak "$work/10000")" \
    "$deposits" "$(peak "$big")"

# Instructions a row: what 10,000 rows more cost.
refs() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null |
        awk '/Collected/ {print $NF}'
}
row() { # row COMMAND..., with DIR in place of the directory
    for size in 10000 20000; do
        eval "refs $(printf '%s' "$1" | sed "s|DIR|$work/$size|g")"
    done | awk 'NR == 1 {first = $1} END {printf "%.0f\n", ($1 - first) / 10000}'
}
if command -v valgrind >/dev/null; then
    ours=$(row "'$kiosk' export --state DIR --what deposits --format csv --out -")
    stored=$(row "sqlite3 -csv DIR/ledger.db \"\$raw\"")
    shown=$(row "sqlite3 -csv DIR/ledger.db \"\$readable\"")
    echo "$ours $stored $shown" | awk '{
        printf "instructions a row\tkiosk %d\tas stored %d: %.3f\treadable %d: %.3f\n",
            $1, $2, $1 / $2, $3, $1 / $3 }'
fi
