#!/usr/bin/env python3
"""People and their cards, from outside: bags are theirs by random ids, an unknown card is nobody's,
and whoever is erased stands in no byte of the state directory or of a download."""

import json
import os
import re

import program

SCENARIO = """\
at 0 contents 1 6200
at 0 contents 3 48600
at 0 contents 4 23400
at 8 card {wang}
after 1 choose kitchen
after 2 open 3
after 1.5 throw 3 1850
after 1.5 close 3
after 4 tap finish
after 3 card {stranger}
after 2 choose recyclable
after 2 open 1
after 1.5 throw 1 640
after 1.5 close 1
after 4 tap finish
after 3 choose residual
after 2 open 4
after 1.5 throw 4 930
after 1.5 close 4
after 4 card {li}
after 3 tap finish
"""
PEOPLE = (
    "卡号,姓名,部门\r\n"
    "{wang},王小明,第一财务科\r\n"
    '{li},"李四, 又名""老李""",后勤保障部\r\n'
)
CARDS = {"wang": "0013101234567", "li": "0024202345678", "stranger": "0035303456789"}


def traces(directory, text):
    found = []
    for parent, _, names in os.walk(directory):
        for name in names:
            with open(os.path.join(parent, name), "rb") as file:
                if text.encode() in file.read() or text in name:
                    found.append(name)
    return sorted(found)


def main():
    options = program.arguments(__doc__)
    biaogan, checks = program.Program(options.program), program.Checks()
    with program.workshop() as work:
        os.chdir(work)
        with open("cards.scenario", "w", encoding="utf-8") as file:
            file.write(SCENARIO.format(**CARDS))
        with open("people.csv", "w", encoding="utf-8") as file:
            file.write("\ufeff" + PEOPLE.format(**CARDS))
        biaogan.must("simulate", "--scenario", "cards.scenario", "--capture", "cards.capture")

        os.mkdir("s")
        biaogan.must("people", "--state", "s", "import", "people.csv")
        listed = [line.split("\t") for line in
                  biaogan.must("people", "--state", "s", "list").stdout.splitlines()]
        checks.equal(listed[0], ["id", "card", "department", "name"], "header of the list")
        people = {card: (subject, department, name)
                  for subject, card, department, name in listed[1:]}
        checks.equal(len(people), 2, "people")
        wang, li = people[CARDS["wang"]], people[CARDS["li"]]
        checks.equal(li[2], '李四, 又名"老李"', "a name in quotes")
        for subject, _, _ in (wang, li):
            checks.that(re.fullmatch("[0-9a-f]{20}", subject), f"{subject} is no subject id")

        biaogan.must("replay", "--state", "s", "cards.capture")
        deposits, visits = biaogan.export("s"), biaogan.export("s", "visits")
        checks.equal([d["person"] for d in deposits], [wang[0], None, li[0]], "persons of deposits")
        checks.equal([d["department"] for d in deposits], ["第一财务科", None, "后勤保障部"],
                     "departments of deposits")
        checks.equal([v["person"] for v in visits], [wang[0], None, li[0]], "persons of visits")
        for who, card in CARDS.items():
            at = traces("s", card)
            expected = [] if who == "stranger" else ["people.tsv"]
            checks.equal(at, expected, f"files with {who}'s card")
        for subject, department, name in (wang, li):
            checks.equal(traces("s", name), ["people.tsv"], "files with a name")
            checks.equal(traces("s", department), ["people.tsv"], "files with a department")
        biaogan.must("verify", "--state", "s")

        counted = biaogan.must("people", "--state", "s", "departments").stdout.splitlines()
        checks.equal([line.split("\t")[:5] for line in counted[1:]],
                     [["后勤保障部", "1", "1", "1", "1"], ["第一财务科", "1", "1", "1", "1"],
                      ["-", "0", "0", "1", "1"]], "departments")

        named = ("export", "--state", "s", "--what", "deposits", "--with-names", "--format")
        checks.equal(biaogan.call(*named, "csv", "--out", "named").returncode, 2, "names in CSV")
        checks.equal(biaogan.call(*named, "jsonl", "--out", "-").returncode, 2, "names in a stream")
        biaogan.must(*named, "jsonl", "--out", "named.jsonl")
        with open("named.jsonl", encoding="utf-8") as file:
            checks.equal([json.loads(line)["name"] for line in file], [wang[2], None, li[2]],
                         "names, asked for")
        asked = [json.loads(body)["format"] for (body,) in program.rows(
            "s", "SELECT body FROM ledger WHERE kind = 'export'")]
        checks.equal(asked[-1], "jsonl with names", "what the ledger says of it")

        said = program.ledger_says("s")
        biaogan.must("people", "--state", "s", "remove", CARDS["wang"])
        biaogan.must("people", "--state", "s", "remove", li[0])
        checks.equal(biaogan.call("people", "--state", "s", "remove", li[0]).returncode, 1,
                     "exit code where nobody has the id")
        checks.equal(program.ledger_says("s"), said, "what the ledger says after that")
        for kind, form in (("deposits", "csv"), ("deposits", "jsonl"), ("visits", "jsonl")):
            biaogan.must("export", "--state", "s", "--what", kind, "--format", form, "--out",
                         f"s/{kind}.{form}")
        for who, card in CARDS.items():
            checks.equal(traces("s", card), [], f"files with {who}'s card after all")
        for _, department, name in (wang, li):
            checks.equal(traces("s", name), [], "files with the name of somebody erased")
            checks.equal(traces("s", department), [], "files with a department of nobody")
        checks.equal([(d["person"], d["department"]) for d in biaogan.export("s")],
                     [(wang[0], None), (None, None), (li[0], None)], "deposits after all")
        biaogan.must("verify", "--state", "s")

        for wrong in (("add", "1", "a"), ("remove",), ("import", "no-such-file"),
                      ("--from", "yesterday", "departments"), ()):
            done = biaogan.call("people", "--state", "s", *wrong)
            checks.that(done.returncode == 2 and done.stderr, f"people {wrong} was not refused")
    checks.finish()


main()
