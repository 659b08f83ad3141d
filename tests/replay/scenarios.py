#!/usr/bin/env python3
"""Captures with a known truth: the tour, the faults, and frames that real scales sent."""

import csv
import os

import program
import truth

FROZEN = 33250  # ms: the faults' bag in a bin whose scale repeats its last frame


def simulate(biaogan, name):
    biaogan.must(
        *("simulate", "--scenario", program.in_tree("assets/scenarios", name + ".scenario")),
        *("--capture", name + ".capture", "--truth", name + ".tsv"),
    )
    biaogan.must("replay", "--state", name, name + ".capture")
    return truth.read_truth(name + ".tsv"), truth.read_touches(name + ".capture")


def tour(biaogan, checks):
    bags, touches = simulate(biaogan, "tour")
    exported = biaogan.export_all("tour")
    truth.compare_deposits(checks, bags, exported["deposits"], truth.answers(bags, touches))
    truth.compare_collections(checks, truth.collections(touches), bags, exported)
    outages = program.rows("tour", "SELECT part, cleared_seq IS NOT NULL FROM alarms"
                                   " WHERE source = 'device'")
    checks.equal([row[1] for row in outages], [1], "outages that ended")


def faults(biaogan, checks):
    """A frozen scale cannot tell of a bag at once; its weight must still be in the books, like that
    of a thing laid on a closed bin."""
    bags, touches = simulate(biaogan, "faults")
    hidden = [bag for bag in bags if bag["opened_ms"] == FROZEN]
    checks.equal(len(hidden), 1, "bags on the frozen scale")
    seen = [bag for bag in bags if bag["opened_ms"] != FROZEN]
    deposits = biaogan.export("faults")
    named = truth.answers(seen, touches)
    # Without a lid board the time of the lid is not known; the bag is.
    lidless = [i for i, bag in enumerate(seen) if bag["chosen"] is None]
    checks.equal(len(lidless), 1, "bags without a lid board")
    for i in lidless:
        late = deposits[i]["closed_ms"] - seen[i]["closed_ms"]
        checks.that(abs(late) <= 5000, f"the bag without a lid was seen {late} ms off")
        deposits[i].update({key: seen[i][key] for key in ("opened_ms", "closed_ms")})
    truth.compare_deposits(checks, seen, deposits, named)
    adjusted = program.rows("faults", "SELECT bin, change_g FROM changes"
                                      " WHERE kind = 'adjustment' ORDER BY seq")
    for bin_number, grams in ((hidden[0]["bin"], hidden[0]["grams"]), (1, 300)):
        near = [a for a in adjusted if a[0] == bin_number and abs(a[1] - grams) <= 10]
        checks.that(near, f"{grams} g in bin {bin_number} are in no adjustment: {adjusted}")


def real_devices(biaogan, checks):
    capture = program.in_tree("tests/captures/real_devices.capture")
    biaogan.must("replay", "--state", "real", capture)
    with open(program.in_tree("tests/captures/real_devices.expected.tsv"), newline="") as file:
        expected = [(int(line["bin"]), int(line["weight_g"]), line["outcome"])
                    for line in csv.DictReader(file, delimiter="\t")]
    found = [(d["bin"], d["weight_g"], d["outcome"]) for d in biaogan.export("real")]
    checks.equal(found, expected, "deposits from frames of real scales")


def main():
    options = program.arguments(__doc__)
    biaogan, checks = program.Program(options.program), program.Checks()
    with program.workshop() as work:
        os.chdir(work)
        for part in (tour, faults, real_devices):
            print(part.__name__)
            part(biaogan, checks)
    checks.finish()


main()
