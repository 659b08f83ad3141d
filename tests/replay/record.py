#!/usr/bin/env python3
"""What the running kiosk records with --record replays to the deposits of its own ledger."""

import os

import program

KEYS = ("bin", "bin_class", "chosen_class", "declared_after", "outcome", "weight_g",
        "weight_quality", "scale", "base_g")


def essence(deposits):
    return [tuple(deposit[key] for key in KEYS) for deposit in deposits]


def main():
    options = program.arguments(__doc__, speed=10, seconds=215)
    biaogan, checks = program.Program(options.program), program.Checks()
    with program.workshop() as work:
        os.chdir(work)
        runs = {}
        for name in ("tour", "faults"):
            with open(name + ".log", "wb") as log:
                runs[name] = biaogan.start(
                    *("run", "--headless", "--no-web", "--speed", options.speed),
                    *("--for", options.seconds, "--state", name, "--record", name + ".capture"),
                    *("--simulate", program.in_tree("assets/scenarios", name + ".scenario")),
                    stderr=log,
                )
        for name, run in runs.items():
            checks.equal(run.wait(program.TIME_LIMIT_S), 0, f"{name}: exit code of the live run")
            biaogan.must("replay", "--state", name + "-replayed", name + ".capture")
            live, replayed = biaogan.export_all(name), biaogan.export_all(name + "-replayed")
            checks.that(len(live["deposits"]) >= 5, f"{name}: hardly any deposits in the live run")
            checks.equal(essence(replayed["deposits"]), essence(live["deposits"]), name)
            checks.equal([c["bin"] for c in replayed["collections"]],
                         [c["bin"] for c in live["collections"]], f"{name}: collections")
            print(f"{name}: {len(live['deposits'])} deposits, {len(live['visits'])} visits")
    checks.finish()


main()
