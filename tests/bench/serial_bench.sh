#!/bin/sh
# Eight streaming ports and a Modbus bus beside pyserial, and devices that are pulled out (README.md
# here).
#
#     serial_bench.sh SERIAL_BENCH [ROUNDS [SECONDS [HANG_UPS]]]
#
# SERIAL_BENCH should be an optimised build without sanitizers. Debian: python3-serial.
set -eu
if [ $# -lt 1 ] || [ ! -x "$1" ]; then
    echo "usage: serial_bench.sh SERIAL_BENCH [ROUNDS [SECONDS [HANG_UPS]]]" >&2
    exit 2
fi
bench=$1 rounds=${2:-5} seconds=${3:-20} hang_ups=${4:-500}
here=$(cd "$(dirname "$0")" && pwd)
state=$(mktemp -d)
feeder=
trap '[ -z "$feeder" ] || kill "$feeder" 2>/dev/null; rm -rf "$state"' EXIT

# One reader, which is given as command, on fresh terminals.
measure() {
    rm -f "$state/times"
    : >"$state/names"
    "$bench" feed "$state/times" "$seconds" >"$state/names" &
    feeder=$!
    while [ "$(wc -l <"$state/names")" -lt 9 ]; do
        sleep 0.05
    done
    # shellcheck disable=SC2046 # one name a word
    "$@" "$state/times" "$seconds" $(cat "$state/names") | tee -a "$state/figures"
    wait "$feeder"
    feeder=
}

printf 'program\treadings\tCPU %%\tof readers %%\tmedian us\tp99 us\tmax us\tp99 main us\n'
for round in $(seq "$rounds"); do
    measure "$bench" read
    measure "$bench" bare
    measure /usr/bin/python3 "$here/serial_bench.py"
done

# The median of the rounds in column $2 of program $1.
middle() {
    awk -F '\t' -v program="$1" -v column="$2" '$1 == program { print $column }' \
        "$state/figures" | sort -n | awk '{ row[NR] = $1 } END { print row[int((NR + 1) / 2)] }'
}

# goal WHAT FIGURE MOST
goal() {
    awk -v what="$1" -v figure="$2" -v most="$3" 'BEGIN {
        printf "%s\t%.2f\tgoal at most %.2f\t%s\n", what, figure, most,
               figure <= most ? "met" : "MISSED"
    }'
}

ratio() {
    awk -v a="$(middle biaogan "$1")" -v b="$(middle pyserial "$1")" 'BEGIN { print a / b }'
}

goal 'CPU of readers, share of pyserial' "$(ratio 4)" 0.25
printf 'CPU with main, share of pyserial\t%.2f\n' "$(ratio 3)"
goal 'p99 latency, share of pyserial' "$(ratio 6)" 0.3333
awk -v a="$(middle bare 6)" -v b="$(middle pyserial 6)" 'BEGIN {
    printf "p99 latency of a bare loop, share of pyserial\t%.2f\n", a / b
}'

printf 'hang-ups\tmedian ms\tp99 ms\tlongest ms\tCPU away %%\twrong weights\tlate readings\n'
"$bench" hangup "$hang_ups" 2>/dev/null | tee "$state/hangup"
goal 'longest until back, s' "$(awk '{ print $4 / 1000 }' "$state/hangup")" 5
goal 'CPU while away, %' "$(awk '{ print $5 }' "$state/hangup")" 5
