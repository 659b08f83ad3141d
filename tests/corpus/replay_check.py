"""The same captures through the whole program: what `biaogan replay` writes into its ledger is what
the scorer heard in its own process, deposit by deposit, and fits the truth beside the capture.

Shares no code with the program or the scorer. Standard library only.
"""

import argparse
import csv
import json
import pathlib
import subprocess
import sys
import tempfile

DAY = ("2025-11-25", "2025-11-27")  # of the clock that captures begin with
LID_MS = 2000  # a lid is known within this, late ones included


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def exported(program, capture, site, state):
    run(program, "replay", "--config", site, "--state", state, capture)
    out = state / "deposits.jsonl"
    run(program, "export", "--state", state, "--what", "deposits", "--from", DAY[0], "--to", DAY[1],
        "--format", "jsonl", "--out", out)
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if "outcome" in row and row["undone_seq"] is None]


def as_found(row):
    weight = row["weight_g"]
    return (row["bin"], row["opened_ms"], row["closed_ms"], weight, row["weight_quality"],
            row["chosen_class"] or "", row["outcome"])


def heard(scorer, level, split, seed):
    text = run(scorer, "--level", level, "--split", split, "--seed", str(seed), "--captures", "1",
               "--found")
    rows = csv.reader(text.splitlines(), delimiter="\t")
    return [(int(row[0]), int(row[1]), int(row[2]), int(row[3]) if row[3] else None, *row[4:7])
            for row in rows]


def openings(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def near_truth(row, truth):
    """A deposit lies within an opening of its bin with which weight came."""
    return any(
        int(opening["bin"]) == row[0] and float(opening["grams"]) > 0
        and abs(int(opening["opened_ms"]) - row[1]) <= LID_MS
        for opening in truth)


def check(arguments, level, split, seed, directory):
    run(arguments.generate, level, split, str(seed), "1", directory)
    name = f"{level}-{split}-{seed}"
    state = directory / f"{name}.state"
    state.mkdir()
    rows = [as_found(row) for row in exported(
        arguments.program, directory / f"{name}.capture", directory / f"{name}.cfg", state)]
    scored = heard(arguments.score, level, split, seed)
    errors = [f"{name}: only the program has {row}" for row in rows if row not in scored]
    errors += [f"{name}: only the scorer has {row}" for row in scored if row not in rows]
    if level == "calm":
        truth = openings(directory / f"{name}.tsv")
        errors += [f"{name}: no opening for {row}" for row in rows if not near_truth(row, truth)]
    if not rows:
        errors.append(f"{name}: no deposit at all")
    print(f"{name}: {len(rows)} deposits, {len(errors)} differences")
    return errors


def main():
    parser = argparse.ArgumentParser()
    for option in ("--program", "--generate", "--score"):
        parser.add_argument(option, required=True)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first", type=int, default=1)
    arguments = parser.parse_args()
    errors = []
    with tempfile.TemporaryDirectory() as directory:
        for seed in range(arguments.first, arguments.first + arguments.seeds):
            for level, split in (("calm", "fit"), ("busy", "held-out"), ("broken", "fit")):
                errors += check(arguments, level, split, seed, pathlib.Path(directory))
    print("\n".join(errors))
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
