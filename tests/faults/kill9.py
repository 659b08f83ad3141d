#!/usr/bin/env python3
"""SIGKILL at any moment loses nothing that a person read as recorded.

A dense stream of bags runs at speed; an observer at the other end of a pipe notes each number as it
appears on the screen; then the program is killed: while it starts, while it runs, inside a commit.
After every kill the ledger is whole, has no gap and holds every announced number, and the next
start closes every opening that was cut. `--seed` repeats the choices; where exactly inside a commit
a kill falls is the machine's.
"""

import collections
import json
import os
import random
import select
import signal
import sqlite3
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "replay"))
import program  # noqa: E402

BAG_MS = 3200  # a bag starts so often, when the last one's receipt is on the screen
BAGS = 500
CLASSES = ("recyclable", "hazardous", "kitchen", "residual")
LINES_MOST = 8
START_MS = 150  # a kill without waiting for a line comes within this
AFTER_LINE_MS = 20
PATIENCE_S = 60


def scenario(choose):
    """One bag after another; some in another bin than chosen, some with a second lid open."""
    steps = []
    for bag in range(BAGS):
        at, number = 500 + bag * BAG_MS, choose.randint(1, 4)
        named = number if choose.random() < 0.8 else choose.randint(1, 4)
        steps += [
            (at, f"choose {CLASSES[named - 1]}"),
            (at + 200, f"open {number}"),
            (at + 600, f"throw {number} {choose.randint(60, 400)}"),
            (at + 1100, f"close {number}"),
        ]
        if choose.random() < 0.2:
            other = number % 4 + 1
            steps += [(at + 400, f"open {other}"), (at + 900, f"close {other}")]
        if choose.random() < 0.2:
            steps.append((at + BAG_MS - 200, "tap finish"))
    steps.sort()
    return "".join(f"at {t_ms / 1000:.3f} {what}\n" for t_ms, what in steps)


class Observer:
    """Reads what the program says as it says it."""

    def __init__(self, pipe):
        self.pipe = pipe
        self.text = b""
        self.ended = False

    def read(self, seconds):
        """One read within so much time; False when there was none."""
        if self.ended or not select.select([self.pipe], [], [], max(0, seconds))[0]:
            return False
        piece = os.read(self.pipe, 65536)
        self.ended = not piece
        self.text += piece
        return not self.ended

    def numbers(self):
        whole = self.text[: self.text.rfind(b"\n") + 1]
        return [int(number) for number in program.ANNOUNCED.findall(whole)]

    def drain(self):
        while not self.ended and self.read(PATIENCE_S):
            pass


def live_until(biaogan, state, plan):
    """Starts, waits as planned, kills; what was announced, and whether it lived till then."""
    run = biaogan.start(
        *("run", "--headless", "--no-web", "--speed", plan["speed"], "--state", state),
        *("--seed", plan["seed"], "--simulate", "bags.scenario"),
        env=program.environment(TMPDIR="."),  # what a killed simulated site leaves behind
        stderr=program.subprocess.PIPE,
    )
    observer = Observer(run.stderr.fileno())
    deadline = time.monotonic() + PATIENCE_S
    while len(observer.numbers()) < plan["lines"] and time.monotonic() < deadline:
        if not observer.read(deadline - time.monotonic()):
            break
    moment = time.monotonic() + plan["pause_ms"] / 1000
    while time.monotonic() < moment and not observer.ended:
        observer.read(moment - time.monotonic())
    run.send_signal(signal.SIGKILL)
    observer.drain()
    code = run.wait()
    run.stderr.close()
    return observer, code


def plans(choose, kills):
    for kill in range(kills):
        starting = kill % 5 == 0
        yield {
            "seed": choose.randint(1, 1000000),
            "speed": choose.choice((20, 30, 40)),
            "lines": 0 if starting else choose.randint(1, LINES_MOST),
            "pause_ms": choose.uniform(0, START_MS if starting else AFTER_LINE_MS),
        }


def check_ledger(checks, biaogan, state, announced, at):
    """Whole, without gaps, and with everything that was announced."""
    if not os.path.exists(os.path.join(state, "ledger.db")):
        checks.that(not announced, f"{at}: no ledger, yet {announced} were announced")
        return
    try:
        verdict = program.rows(state, "PRAGMA integrity_check")
        count, last = program.rows(state, "SELECT count(*), coalesce(max(seq), 0) FROM ledger")[0]
    except sqlite3.DatabaseError as error:
        # Killed before the first table was there: then nothing can have been announced.
        checks.that(not announced and "no such table" in str(error), f"{at}: {error}")
        return
    checks.equal(verdict, [("ok",)], f"{at}: integrity check")
    checks.equal(count, last, f"{at}: rows and last number")
    if last == 0:
        # Killed while its tables were made: what there is may be of an older version yet.
        checks.that(not announced, f"{at}: no row, yet {announced} were announced")
        return
    recorded = {deposit["seq"] for deposit in biaogan.export(state)}
    lost = sorted(announced - recorded)
    checks.that(not lost, f"{at}: announced and not in the ledger: {lost}")


def check_openings(checks, state):
    """Between two openings of a bin the first was settled; none is left at the end. Returns how
    many a kill had cut: settled in another boot than they began."""
    pending, cut = {}, collections.Counter()
    for seq, kind, boot, body in program.rows(
        state, "SELECT seq, kind, boot, body FROM ledger ORDER BY seq"
    ):
        if kind not in ("opening", "deposit", "closing"):
            continue
        row = json.loads(body)
        number = row["bin"]
        if kind == "opening":
            checks.that(number not in pending, f"seq {seq}: bin {number} is open already")
            pending[number] = (seq, boot)
            continue
        opening = pending.pop(number, None)
        if opening is not None and opening[1] != boot:
            outcome = row.get("outcome", kind)
            checks.that(outcome in ("interrupted", "closing"),
                        f"seq {seq}: the opening {opening[0]} that was cut became {outcome}")
            cut[outcome] += 1
        elif opening is not None:
            checks.that(row.get("outcome") != "interrupted", f"seq {seq}: nothing had cut it")
    checks.equal(pending, {}, "openings left at the end")
    return cut


def main():
    options = program.arguments(__doc__, seed=1, kills=200)
    biaogan, checks = program.Program(options.program), program.Checks()
    print(f"seed {options.seed}, {options.kills} kills", flush=True)
    choose = random.Random(options.seed)
    announced, boots_with_lines, wal_seen = set(), 0, 0
    began = time.monotonic()
    with program.workshop() as work:
        os.chdir(work)
        with open("bags.scenario", "w", encoding="utf-8") as file:
            file.write(scenario(choose))
        with open("quiet.scenario", "w", encoding="utf-8") as file:
            file.write("at 1 tap finish\n")
        for kill, plan in enumerate(plans(choose, options.kills)):
            at = f"kill {kill} {plan}"
            observer, code = live_until(biaogan, "state", plan)
            checks.equal(code, -signal.SIGKILL, f"{at}: ended by itself:\n{observer.text.decode()}")
            numbers = observer.numbers()
            checks.that(len(numbers) >= plan["lines"], f"{at}: only {len(numbers)} announced")
            wrong = [line for line in observer.text.splitlines() if b"error" in line]
            # A machine that is busy with other things takes readings late, and says so.
            checks.that(all(b"does not take readings" in line for line in wrong),
                        f"{at}: {observer.text.decode()}")
            twice = announced & set(numbers)
            checks.that(not twice and len(set(numbers)) == len(numbers),
                        f"{at}: announced twice: {sorted(twice)} {numbers}")
            announced |= set(numbers)
            boots_with_lines += bool(numbers)
            wal = os.path.join("state", "ledger.db-wal")
            wal_seen += os.path.exists(wal) and os.path.getsize(wal) > 0
            check_ledger(checks, biaogan, "state", announced, at)
            if len(checks.wrong) > 3:
                break
        # A last, quiet start closes what the last kill cut.
        biaogan.must(
            *("run", "--headless", "--no-web", "--speed", 20, "--for", 60, "--state", "state"),
            *("--simulate", "quiet.scenario"),
        )
        check_ledger(checks, biaogan, "state", announced, "at the end")
        cut = check_openings(checks, "state")
        rows = program.rows("state", "SELECT count(*) FROM ledger")[0][0]
    checks.that(announced, "nothing was ever announced")
    checks.that(wal_seen > options.kills // 2, "hardly a kill met a log that was not yet folded in")
    checks.that(options.kills < 50 or cut["interrupted"] > 0, "no kill ever cut an opening")
    print(f"{len(announced)} announced in {boots_with_lines} starts, {rows} rows, "
          f"openings cut: {dict(cut)}, {time.monotonic() - began:.0f} s")
    checks.finish()


main()
