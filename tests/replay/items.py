#!/usr/bin/env python3
"""A thing that was looked up is on its deposit: by name, by another name, and as a site's own file
says; a class chosen afterwards is no thing, and an unknown name chooses nothing.
"""

import csv
import os

import program

SCENARIO = """
at 5 item 香蕉皮 kitchen
after 2 open 3
after 1.5 throw 3 800
after 1.5 close 3
after 4 tap finish
after 3 item 充电宝 hazardous
after 2 open 2
after 1.5 throw 2 300
after 1.5 close 2
after 4 tap more
after 1 choose residual
after 2 open 4
after 1.5 throw 4 900
after 1.5 close 4
after 4 tap finish
after 3 item 一块陨石 residual
after 2 open 4
after 1.5 throw 4 500
after 1.5 close 4
after 12 tap search
after 1 tap letter 6
after 1 tap letter 3
after 1 item 南孚电池 residual
after 2 open 1
after 2 close 1
after 2 open 4
after 1.5 throw 4 200
after 1.5 close 4
after 6 tap finish
"""
EXPECTED = [  # item, chosen class, outcome
    ("香蕉", "kitchen", "consistent"),
    ("充电宝", "hazardous", "consistent"),
    (None, "residual", "consistent"),
    (None, None, "undeclared"),
    ("干电池", "residual", "corrected"),
]
OWN = "name,class,aliases,pinyin\n充电宝,recyclable,移动电源,\n一块陨石,residual,,\n"
EXPECTED_OWN = [
    ("香蕉", "kitchen", "consistent"),
    ("充电宝", "recyclable", "wrong_bin"),
    (None, "residual", "consistent"),
    ("一块陨石", "residual", "consistent"),
    ("干电池", "residual", "corrected"),
]


def of(deposits):
    return [(d["item"], d["chosen_class"], d["outcome"]) for d in deposits]


def csv_items(biaogan, state):
    biaogan.must("export", "--state", state, "--what", "deposits", "--format", "csv",
                 "--out", state + ".csv")
    with open(state + ".csv", encoding="utf-8-sig", newline="") as file:
        return [row["物品"] or None for row in csv.DictReader(file)]


def with_items(path, config):
    """The simulated site, with its own dictionary."""
    with open(program.in_tree("assets/deploy/simulated.cfg"), encoding="utf-8") as file:
        text = file.read()
    with open(config, "w", encoding="utf-8") as file:
        file.write(text.replace("site = {", f'site = {{\n    items = "{path}";', 1))


def main():
    options = program.arguments(__doc__)
    biaogan, checks = program.Program(options.program), program.Checks()
    with program.workshop() as work:
        os.chdir(work)
        with open("items.scenario", "w", encoding="utf-8") as file:
            file.write(SCENARIO)
        biaogan.must("simulate", "--capture", "items.capture", "--scenario", "items.scenario")
        done = biaogan.must("replay", "--state", "built-in", "items.capture")
        deposits = biaogan.export("built-in")
        checks.equal(of(deposits), EXPECTED, "things on deposits")
        checks.that("1 touches mean nothing" in done.stderr, f"an unknown thing: {done.stderr}")
        checks.equal(csv_items(biaogan, "built-in"), [row[0] for row in EXPECTED], "column 物品")

        with open("own.csv", "w", encoding="utf-8") as file:
            file.write(OWN)
        with_items("own.csv", "own.cfg")
        biaogan.must("replay", "--config", "own.cfg", "--state", "own", "items.capture")
        checks.equal(of(biaogan.export("own")), EXPECTED_OWN, "things with the site's own file")

        with open("own.csv", "a", encoding="utf-8") as file:
            file.write("半块陨石,stone,,\n")
        wrong = biaogan.call("replay", "--config", "own.cfg", "--state", "no", "items.capture")
        checks.that(wrong.returncode != 0 and 'own.csv:4: class "stone"' in wrong.stderr,
                    f"a wrong file: exit {wrong.returncode}, {wrong.stderr}")
    checks.finish()


main()
