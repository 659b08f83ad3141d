#!/usr/bin/env python3
"""How the bytes of a capture fell into reads makes no difference.

The capture's own text is cut anew: every line of received bytes into single bytes, into sevens,
and joined again at random; the ledger stays the same byte for byte.
"""

import os
import random

import program

BYTES_MAX = 64  # of one line


def received(line):
    words = line.split()
    return words if len(words) > 3 and words[2] == "<" else None


def split(lines, size):
    for line in lines:
        words = received(line)
        if words is None:
            yield line
            continue
        head, values = words[:3], words[3:]
        for start in range(0, len(values), size):
            yield " ".join(head + values[start : start + size]) + "\n"


def join(lines, choose):
    """Neighbouring lines of one port at one time stamp become one, mostly."""
    kept = None
    for line in lines:
        words = received(line)
        fits = (
            kept is not None
            and words is not None
            and kept[:3] == words[:3]
            and len(kept) + len(words) - 6 <= BYTES_MAX
        )
        if fits and choose.random() < 0.8:
            kept += words[3:]
            continue
        if kept is not None:
            yield " ".join(kept) + "\n"
        kept = words
        if words is None:
            yield line
    if kept is not None:
        yield " ".join(kept) + "\n"


def main():
    options = program.arguments(__doc__, seed=3, hours="0.5", visits_per_hour=60)
    biaogan, checks = program.Program(options.program), program.Checks()
    print(f"seed {options.seed}")
    with program.workshop() as work:
        os.chdir(work)
        biaogan.must(
            *("simulate", "--seed", options.seed, "--hours", options.hours),
            *("--visits-per-hour", options.visits_per_hour, "--capture", "day.capture"),
        )
        for name in ("tour", "faults"):
            biaogan.must(
                *("simulate", "--capture", name + ".capture", "--scenario"),
                program.in_tree("assets/scenarios", name + ".scenario"),
            )
        for name in ("day", "tour", "faults"):
            with open(name + ".capture", encoding="utf-8") as file:
                lines = file.readlines()
            biaogan.must("replay", "--state", name, name + ".capture")
            ledger, exported = program.ledger_bytes(name), biaogan.export_all(name)
            checks.that(len(exported["deposits"]) >= 5, f"{name}: hardly any deposits")
            cuts = {
                "ones": split(lines, 1),
                "sevens": split(lines, 7),
                "joined": join(split(lines, 1), random.Random(options.seed)),
            }
            for cut, text in cuts.items():
                path, state = f"{name}-{cut}.capture", f"{name}-{cut}"
                with open(path, "w", encoding="utf-8") as file:
                    file.writelines(text)
                checks.that(os.path.getsize(path) != os.path.getsize(name + ".capture"),
                            f"{path} is cut as before")
                biaogan.must("replay", "--state", state, path)
                os.unlink(path)
                checks.that(program.ledger_bytes(state) == ledger, f"{state}: another ledger")
                checks.that(biaogan.export_all(state) == exported, f"{state}: other rows")
            print(f"{name}: {len(exported['deposits'])} deposits, {len(cuts)} ways of cutting")
    checks.finish()


main()
