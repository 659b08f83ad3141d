#!/bin/sh
# Time and instructions a frame from bytes to reading, counted by callgrind: goal for st_gs at most
# 300, and at least 8 times as fast as sscanf().
#
#     parser_bench.sh PARSER_BENCH TABLE_DIRECTORY [CHUNK_BYTES]
#
# Two runs of different length, so that start and end do not count. PARSER_BENCH should be an
# optimised build without sanitizers. A chunk is a whole frame unless CHUNK_BYTES says otherwise.
set -eu
if [ $# -lt 2 ] || [ ! -x "$1" ]; then
    echo "usage: parser_bench.sh PARSER_BENCH TABLE_DIRECTORY [CHUNK_BYTES]" >&2
    exit 2
fi
bench=$1 tables=$2 chunk=${3:-0}
few=640 many=6400

instructions() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$bench" "$tables" "$1" "$chunk" "$2" \
        2>&1 >/dev/null | awk '/Collected/ { print $NF }'
}

printf 'case\tns a frame\ttimes sscanf\tinstructions a frame\n'
"$bench" "$tables" | awk -F '\t' 'NR > 1 { print $1, $5, $6 }' | while read -r name ns times; do
    printf '%s\t%s\t%s\t%s\n' "$name" "$ns" "$times" \
        $((($(instructions "$name" $many) - $(instructions "$name" $few)) / (many - few)))
done
