#!/bin/sh
# `biaogan decode` and `biaogan protocols` as people and scripts meet them: exit codes, messages,
# hex text, long streams.
#
#     usage.sh BIAOGAN_BINARY
set -u
if [ $# -ne 1 ] || [ ! -x "$1" ]; then
    echo "usage: usage.sh BIAOGAN_BINARY" >&2
    exit 2
fi
biaogan=$1
out=$(mktemp) err=$(mktemp)
trap 'rm -f "$out" "$err"' EXIT
passed=0
failed=0

# check EXIT_CODE TEXT_IN_OUTPUT_OR_ERRORS STDIN_FORMAT ARGUMENT...
check() {
    want_code=$1 want_text=$2 input=$3
    shift 3
    # shellcheck disable=SC2059 # the input is a format, so that it can hold any byte
    printf "$input" | "$biaogan" "$@" >"$out" 2>"$err"
    code=$?
    if [ "$code" -eq "$want_code" ] && grep -qF -- "$want_text" "$out" "$err"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "biaogan $*: exit $code (want $want_code), no \"$want_text\" in:"
        cat "$out" "$err"
    fi
}

tab=$(printf '\t')
check 0 'usage: biaogan decode' '' decode --help
check 0 'usage: biaogan protocols' '' protocols --help
check 0 "name${tab}kind${tab}line${tab}mode${tab}description" '' protocols
check 0 "st_gs${tab}weight${tab}9600/8n1${tab}stream" '' protocols
check 0 "lid_line${tab}lid${tab}9600/8n1${tab}stream" '' protocols
check 2 'it takes no arguments' '' protocols all
check 2 '--protocol is missing: choose one of: ' '' decode
check 2 'unknown protocol nope: choose one of: ' '' decode --protocol nope
check 2 ' st_gs ' '' decode --protocol nope
check 2 'choose one of: g kg t jin' '' decode --protocol st_gs --unit stone
check 2 'say on or off' '' decode --protocol st_gs --checksum maybe
check 2 '"--bogus" is not known' '' decode --bogus
check 2 '"--protocol" is not known or lacks its value' '' decode --protocol
check 2 'the bytes are read from stdin' '' decode --protocol st_gs file.bin
check 2 "line 2 column 3: byte 0x47 is no hex digit" '02 2B\n 3G' decode --protocol st_gs --hex
check 2 "line 2 column 2: the last hex digit has no partner" '02 2B\n 3' \
    decode --protocol st_gs --hex
check 0 "unfinished bytes${tab}0" '' decode --protocol st_gs
check 0 "unfinished bytes${tab}6" 'ST,GS,' decode --protocol st_gs
check 0 "rejected checksum${tab}1" '\002+00200020C\003' decode --protocol yaohua_tf0
check 0 "ok${tab}20.00${tab}cfg" '\002+00200021B\003' decode --protocol yaohua_tf0
check 0 "ok${tab}20.00${tab}jin" '\002+00200021B\003' decode --protocol=yaohua_tf0 --unit=jin
check 0 "ok${tab}20.00${tab}cfg" '022b3030323\n030303231420 3' decode --protocol yaohua_tf0 --hex
check 0 "ok${tab}20.00${tab}cfg" '\002+00200020C\003' decode --protocol yaohua_tf0 --checksum off

# prints STDOUT_FORMAT STDIN_FORMAT ARGUMENT...: results alone on stdout, counts on stderr.
prints() {
    # shellcheck disable=SC2059 # both are formats
    want=$(printf "$1") input=$2
    shift 2
    # shellcheck disable=SC2059
    printf "$input" | "$biaogan" "$@" >"$out" 2>"$err"
    code=$?
    if [ "$code" -eq 0 ] && [ "$(cat "$out")" = "$want" ] && grep -q "^frames$tab" "$err"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "biaogan $*: exit $code, want \"$want\", got:"
        cat "$out" "$err"
    fi
}

prints '' 'ST,GS,+  1.2x4kg\r\n' decode --protocol st_gs
prints '' 'ST,GS,+  1.234kg' decode --protocol st_gs
prints '' '\002AA00\003' decode --protocol yaohua_cmd
prints 'overload\t\tkg' 'OL,GS,+999999kg\r\n' decode --protocol st_gs
prints 'underload\t\tcfg' 'OL,GS,-        \r\n' decode --protocol st_gs
prints 'underload\t\tkg' 'OL,GS,-        \r\n' decode --protocol st_gs --unit kg
prints 'unstable\t\tcfg' '\002?A\r' decode --protocol mt_8217
prints 'busy\t\tcfg' 'S I\r\n' decode --protocol mt_sics
prints 'error\tES\tcfg' 'ES\r\n' decode --protocol mt_sics
prints 'ok\t0126153249\tcard' '\002010784F22151\003' decode --protocol rdm630
prints 'ok\topened\t' '\212\001\001\000\212' decode --protocol lock8a
prints 'ok\t10000000\tbits' '\001\002\001\001\140\110' decode --protocol modbus_di
prints 'ok\t1.234\tkg\nok\t-0.500\tkg' 'ST,GS,+  1.234kg\r\nnoise\r\nST,NT,-  0.500kg\r\n' \
    decode --protocol st_gs
prints 'ok\t3.000\tkg' '=000.3000' decode --protocol yaohua_eq_rev --unit kg
prints 'ok\t0.3000\tcfg' '=000.3000' decode --protocol eq_forward
prints 'ok\t1.234\tkg' '\323\324,GS,+  1.234kg\215\212' decode --protocol st_gs --mask7
prints '' '\323\324,GS,+  1.234kg\215\212' decode --protocol st_gs
prints 'ok\t20.00\tcfg' '\002+00200020C\003' decode --protocol yaohua_tf0 --checksum off
prints '' '\002+00200020C\003' decode --protocol yaohua_tf0 --checksum on

# Longer than any buffer, raw and in hex.
frames=20000
count=$(awk -v n=$frames 'BEGIN { for (i = 0; i < n; i++) printf "ST,GS,+%7.3fkg\r\n", i / 1000 }' |
    "$biaogan" decode --protocol st_gs 2>/dev/null | awk -F '\t' '
        $2 == sprintf("%.3f", (NR - 1) / 1000) { good++ } END { print good + 0 }')
[ "$count" -eq $frames ] && passed=$((passed + 1)) ||
    { failed=$((failed + 1)); echo "long stream: $count of $frames"; }
count=$(awk -v n=$frames '
    BEGIN { for (i = 0; i < n; i++) print "02 2B 30 30 32 30 30 30 32 31 42 03" }' |
    "$biaogan" decode --protocol yaohua_tf0 --hex 2>/dev/null | grep -c "^ok${tab}20.00${tab}cfg$")
[ "$count" -eq $frames ] && passed=$((passed + 1)) ||
    { failed=$((failed + 1)); echo "long hex text: $count of $frames"; }

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
