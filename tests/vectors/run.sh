#!/bin/sh
# Every row of a table of frames through the real program.
#
#     run.sh BIAOGAN_BINARY TABLE.tsv
#
# Columns: protocol, bytes in hex, expected status, value, unit (several results joined by ";"), a
# note, and options of `biaogan decode` that the row needs. reject, wait and cmd print nothing.
set -u
if [ $# -ne 2 ] || [ ! -x "$1" ] || [ ! -r "$2" ]; then
    echo "usage: run.sh BIAOGAN_BINARY TABLE.tsv (an executable and a readable table)" >&2
    exit 2
fi
biaogan=$1
table=$2
tab=$(printf '\t')
separator=$(printf '\037') # read would merge neighbouring tabs and lose empty fields

# STATUS VALUE UNIT, joined by ";" -> the lines that must be printed
expected_lines() {
    printf '%s\037%s\037%s\n' "$1" "$2" "$3" | awk -F '\037' '{
        count = split($1, status, ";"); split($2, value, ";"); units = split($3, unit, ";")
        for (i = 1; i <= count; i++) {
            if (status[i] !~ /^(reject|wait|cmd)$/) {
                printf "%s\t%s\t%s\n", status[i], value[i], units == 1 ? unit[1] : unit[i]
            }
        }
    }'
}

passed=0
failed=0
line=1
while IFS=$separator read -r protocol hex status value unit note options; do
    line=$((line + 1))
    [ -n "$protocol" ] || continue
    want=$(expected_lines "$status" "$value" "$unit")
    # shellcheck disable=SC2086 # options are words
    got=$(printf '%s\n' "$hex" |
        "$biaogan" decode --hex --protocol "$protocol" $options 2>/dev/null)
    code=$?
    if [ "$code" -eq 0 ] && [ "$got" = "$want" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$table:$line: $protocol ($note): exit $code, expected \"$want\", got \"$got\"" |
            tr "$tab" '|'
    fi
done <<ROWS
$(tail -n +2 "$table" | tr '\t' '\037')
ROWS

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
