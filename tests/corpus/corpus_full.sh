#!/bin/sh
# The whole corpus, for the night: corpus_full.sh DIRECTORY-OF-THE-PROGRAMS [CAPTURES [IDLE-HOURS]]
# Each part runs whatever the one before said; exit 1 where any missed its goals.
programs=$1
captures=${2:-260}
hours=${3:-10000}
result=0
for split in fit held-out; do
    echo "== $split"
    "$programs/corpus_score" --split $split --captures $((captures / 2)) --peers --check || result=1
done
"$programs/corpus_cuts" $((captures / 2)) || result=1
"$programs/corpus_idle" "$hours" || result=1
exit $result
