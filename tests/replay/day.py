#!/usr/bin/env python3
"""A simulated day, replayed: the ledger tells the truth, and always the same.

Deposits equal the simulator's truth; the same capture gives the same ledger byte for byte, twice
and for every way of cutting its bytes.
"""

import os

import program
import truth


def main():
    options = program.arguments(
        __doc__, seed=1, hours=10, visits_per_hour=25, chunks="1 7 4096", least=200
    )
    biaogan, checks = program.Program(options.program), program.Checks()
    print(f"seed {options.seed}, {options.hours} h, {options.visits_per_hour} visits an hour")
    with program.workshop() as work:
        os.chdir(work)
        biaogan.must(
            *("simulate", "--seed", options.seed, "--hours", options.hours),
            *("--visits-per-hour", options.visits_per_hour),
            *("--capture", "day.capture", "--truth", "day.tsv"),
        )
        biaogan.must("replay", "--state", "first", "day.capture")
        ledger, exported = program.ledger_bytes("first"), biaogan.export_all("first")
        for i, chunk in enumerate([None, *options.chunks.split()]):
            again = f"again-{i}"
            cut = ["--chunk", chunk] if chunk else []
            biaogan.must("replay", "--state", again, *cut, "day.capture")
            name = f"replay with --chunk {chunk}" if chunk else "second replay"
            checks.that(program.ledger_bytes(again) == ledger, f"{name}: the ledger differs")
            checks.that(biaogan.export_all(again) == exported, f"{name}: exported rows differ")

        bags, touches = truth.read_truth("day.tsv"), truth.read_touches("day.capture")
        checks.that(len(exported["visits"]) >= options.least,
                    f"{len(exported['visits'])} visits, {options.least} wanted")
        truth.compare_deposits(checks, bags, exported["deposits"], truth.answers(bags, touches))
        truth.compare_collections(checks, truth.collections(touches), bags, exported)
        totals = program.rows("first", "SELECT count(*), max(seq) FROM ledger")[0]
        checks.equal(totals[0], totals[1], "rows of a ledger without gaps")
    checks.finish()


main()
