#!/usr/bin/python3
"""Ledgers whose beginning was taken out at every kind of place: both verifiers find nothing, every
day that is left is whole (make_purged), and neither verifier has become blind: where one row
that is left is changed, both say so.

    purged.py --program biaogan --make make_purged [--seeds N] [--first N]
"""

import argparse
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))

# What somebody with the file in hand could do to tables that the boundary runs through.
FORGERIES = {
    "alarm that is over was not": "UPDATE alarms SET cleared_seq = NULL, cleared_ms = NULL,"
                                  " cleared_utc_ms = NULL, cleared_by = NULL WHERE seq ="
                                  " (SELECT max(seq) FROM alarms WHERE cleared_seq >"
                                  " (SELECT min(seq) FROM ledger))",
    "sum of a day": "UPDATE daily SET grams = grams + 1 WHERE day ="
                    " (SELECT max(day) FROM daily WHERE count > 0)",
    "person of a visit": "UPDATE identified SET person = 'x' WHERE seq ="
                         " (SELECT max(seq) FROM identified)",
}
IN_PYTHON = {"sum of a day"}  # the others are tables that only the program's verifier makes again


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False)


def verify(options, state):
    """What the two verifiers say; None where both find nothing."""
    ours = run(options.program, "verify", "--state", state)
    theirs = run("/usr/bin/python3", os.path.join(HERE, "verify.py"), "--state", state)
    # A key that changed is something to confirm, for both: the rest is checked all the same.
    if re.search(r"\tkey\t", ours.stdout):
        fingerprint = re.search(r"([0-9a-f]{4}-){7}[0-9a-f]{4}", ours.stdout)
        ours = run(options.program, "verify", "--state", state, "--key", fingerprint[0])
        if theirs.returncode == 1 and "\tkey" in theirs.stdout:
            theirs = run("/usr/bin/python3", os.path.join(HERE, "verify.py"), "--state", state,
                         "--any-key")
    return ours, theirs


def check(options, seed, state):
    wrong = []
    made = run(options.make, state, str(seed))
    if made.returncode != 0:
        wrong.append(f"seed {seed}: make_purged: {made.stdout}")
    ours, theirs = verify(options, state)
    for name, result in (("biaogan verify", ours), ("verify.py", theirs)):
        if result.returncode != 0:
            wrong.append(f"seed {seed}: {name}: {result.stdout}")
    found = 0
    for name, sql in FORGERIES.items():
        forged = state + ".forged"
        shutil.rmtree(forged, ignore_errors=True)
        shutil.copytree(state, forged)
        database = sqlite3.connect(os.path.join(forged, "ledger.db"))
        changed = database.execute(sql).rowcount
        database.commit()
        database.close()
        if changed == 0:
            continue
        ours, theirs = verify(options, forged)
        found += 1
        if ours.returncode != 1 or (name in IN_PYTHON and theirs.returncode != 1):
            wrong.append(f"seed {seed}: {name}: not found")
    return wrong, found, re.findall(r"purged (\d+) to (\d+)", made.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--make", required=True)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=1)
    options = parser.parse_args()
    wrong, forgeries, boundaries = [], 0, 0
    base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    for seed in range(options.first, options.first + options.seeds):
        with tempfile.TemporaryDirectory(prefix="biaogan-purged-", dir=base) as directory:
            bad, found, purged = check(options, seed, os.path.join(directory, "state"))
        for line in bad:
            print("WRONG:", line)
        wrong += bad
        forgeries += found
        boundaries += sum(int(last) >= int(first) for first, last in purged)
    print(f"{options.seeds} ledgers from seed {options.first}, {boundaries} purges,"
          f" {forgeries} forgeries, {len(wrong)} wrong")
    return 0 if not wrong and boundaries > 0 and forgeries > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
