#!/bin/sh
# A seeded run of a fuzzer that does the same every time.
#
#     run.sh FUZZER FINDS CORPUS OPTION...
#
# FINDS takes what is found and is emptied first. Finds of others are not waited for, because when
# they are looked for depends on the clock; and addresses are fixed where the system allows it,
# because comparisons of pointers feed the mutations.
set -eu
if [ $# -lt 3 ] || [ ! -x "$1" ] || [ ! -d "$3" ]; then
    echo "usage: run.sh FUZZER FINDS CORPUS OPTION... (a program, a new directory, a directory)" >&2
    exit 2
fi
fuzzer=$1 finds=$2 corpus=$3
shift 3
rm -rf -- "$finds"
mkdir -- "$finds"
fixed=
if setarch -R true 2>/dev/null; then
    fixed='setarch -R'
fi
# shellcheck disable=SC2086 # a word and its option
exec $fixed "$fuzzer" -seed=1 -reload=0 "$@" "$finds" "$corpus"
