#!/usr/bin/env python3
"""A medium that cannot be written stops nobody, promises nothing and loses nothing.

The kiosk starts without its ledger, or loses it while people throw bags: it says so, calls nothing
recorded meanwhile, and records everything that is waiting as soon as there is room, by itself.
"""

import json
import os
import re
import resource
import select
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "replay"))
import program  # noqa: E402

BAGS = 12
BAG_MS = 6000
SPEED = 6
TAIL_MS = 15000
NOBODY = 65534
STOPPED = b"not recording until that is mended"
AGAIN = b"recording again"
PATIENCE_S = 40


def scenario():
    classes = ("recyclable", "hazardous", "kitchen", "residual")
    lines = []
    for bag in range(BAGS):
        at, number = 2 + bag * BAG_MS / 1000, bag % 4 + 1
        lines += [
            f"at {at:.1f} choose {classes[bag % 4]}",
            f"after 0.5 open {number}",
            f"after 1 throw {number} {200 + 10 * bag}",
            f"after 1 close {number}",
            "after 3 tap finish",
        ]
    return "\n".join(lines) + "\n"


class Kiosk:
    """One live run, and what it has said so far."""

    def __init__(self, biaogan, state, shots, **options):
        self.run = biaogan.start(
            *("run", "--headless", "--no-web", "--speed", SPEED, "--state", state),
            *("--for", 2 + (BAGS * BAG_MS + TAIL_MS) // 1000, "--simulate", "bags.scenario"),
            *(["--shots", shots] if shots else []),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=program.environment(TMPDIR=os.path.abspath("ports")),
            **options,
        )
        self.said = b""

    def read(self, seconds):
        if not select.select([self.run.stderr], [], [], max(0, seconds))[0]:
            return False
        piece = os.read(self.run.stderr.fileno(), 65536)
        self.said += piece
        return bool(piece)

    def wait_for(self, condition):
        deadline = time.monotonic() + PATIENCE_S
        while not condition(self.said) and time.monotonic() < deadline:
            if not self.read(deadline - time.monotonic()):
                break
        return condition(self.said)

    def listen(self, seconds):
        deadline = time.monotonic() + seconds
        while self.read(deadline - time.monotonic()):
            pass

    def finish(self):
        while self.read(PATIENCE_S):
            pass
        output = self.run.stdout.read().decode()
        self.run.stdout.close()
        self.run.stderr.close()
        return self.run.wait(PATIENCE_S), output


def announced(said):
    return [int(number) for number in program.ANNOUNCED.findall(said)]


def check_end(checks, biaogan, kiosk, state, at, past=0):
    code, output = kiosk.finish()
    checks.equal(code, 0, f"{at}: exit code ({kiosk.said.decode()})")
    checks.that(re.search(r"^unrecorded +0$", output, re.M), f"{at}: unrecorded rows: {output}")
    deposits = biaogan.export(state)[past:]
    checks.equal([d["bin"] for d in deposits], [bag % 4 + 1 for bag in range(BAGS)],
                 f"{at}: bins of the deposits")
    # A machine under load may stop reading for longer than a reading lives: no weight then.
    off = [abs(d["weight_g"] - 200 - 10 * bag)
           for bag, d in enumerate(deposits) if d["weight_g"] is not None]
    checks.that(len(off) > BAGS // 2 and max(off) <= 20, f"{at}: weights are {off} g off")
    checks.that(set(announced(kiosk.said)) <= {d["seq"] for d in deposits},
                f"{at}: announced and not in the ledger")
    checks.equal(len(set(announced(kiosk.said))), len(announced(kiosk.said)),
                 f"{at}: announced once each")
    count, last = program.rows(state, "SELECT count(*), max(seq) FROM ledger")[0]
    checks.equal(count, last, f"{at}: rows and last number")
    checks.equal(program.rows(state, "PRAGMA integrity_check"), [("ok",)], f"{at}: integrity")
    check_gap(checks, state, at)


def check_gap(checks, state, at):
    """The ledger says since when nothing could be recorded, why, and what became of it."""
    said = [json.loads(body) for (body,) in program.rows(
        state, "SELECT body FROM ledger WHERE kind = 'storage' ORDER BY seq")]
    reasons = [row["state"] for row in said if row["state"] in ("full", "unwritable", "failed")]
    checks.that(reasons, f"{at}: no row says that recording stopped: {said}")
    over = [row for row in said if row["state"] == "ok" and row["kept"] > 0]
    checks.that(over, f"{at}: no row says what waited: {said}")
    checks.equal([row["lost"] for row in said], [0] * len(said), f"{at}: nothing was lost")


def check_silence(checks, kiosk, at):
    """Bags fall for three seconds of real time; nobody reads that one was recorded."""
    if not checks.that(kiosk.wait_for(lambda said: STOPPED in said), f"{at}: no word of the fault"):
        print(kiosk.said.decode())
    kiosk.listen(3)
    after = kiosk.said[kiosk.said.rfind(STOPPED) :]
    checks.equal(announced(after), [], f"{at}: announced while nothing could be recorded")
    checks.that(kiosk.run.poll() is None, f"{at}: the program ended")


def check_recovery(checks, kiosk, at):
    checks.that(kiosk.wait_for(lambda said: AGAIN in said), f"{at}: no word of the recovery")


def check_pictures(checks, shots, at):
    """The fault is a screen of its own: there is a picture before and another after."""
    pictures = os.listdir(shots) if os.path.isdir(shots) else []
    checks.that(len([p for p in pictures if p.endswith("-choose.png")]) >= 2,
                f"{at}: pictures of the fault: {pictures}")


def no_directory(biaogan, checks):
    """A file stands where the directory should be. The real one, when it is mounted at last, has a
    past; visits are numbered after it from then on."""
    at = "no directory"
    biaogan.must(
        *("simulate", "--hours", "0.5", "--visits-per-hour", 100, "--capture", "past.capture")
    )
    biaogan.must("replay", "--state", "past", "past.capture")
    past = biaogan.export_all("past")
    with open("state-a", "w", encoding="utf-8") as file:
        file.write("not a directory\n")
    kiosk = Kiosk(biaogan, "state-a", "shots-a")
    check_silence(checks, kiosk, at)
    os.unlink("state-a")
    os.rename("past", "state-a")
    check_recovery(checks, kiosk, at)
    check_end(checks, biaogan, kiosk, "state-a", at, len(past["deposits"]))
    check_pictures(checks, "shots-a", at)
    numbers = [visit["visit"] for visit in biaogan.export("state-a", "visits")]
    checks.that(numbers[-1] > max(visit["visit"] for visit in past["visits"]),
                f"{at}: visits are numbered {numbers}")


def forbidden(biaogan, checks):
    """The directory belongs to somebody else."""
    at = "forbidden"
    os.mkdir("state-b")
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    os.chmod(".", 0o755)
    try:
        subprocess.run([biaogan.path, "--version"], check=True, stdout=subprocess.DEVNULL,
                       env=program.environment(), **user)
    except (PermissionError, subprocess.CalledProcessError):
        print(f"{at}: skipped, the program cannot be read by another user")
        return
    os.chmod("state-b", 0o555)
    kiosk = Kiosk(biaogan, "state-b", None, **user)
    check_silence(checks, kiosk, at)
    os.chmod("state-b", 0o777)
    check_recovery(checks, kiosk, at)
    check_end(checks, biaogan, kiosk, "state-b", at)


def no_room(biaogan, checks):
    """Room runs out between two bags: files cannot grow beyond a limit set from outside."""
    at = "no room"
    kiosk = Kiosk(biaogan, "state-c", None)
    checks.that(kiosk.wait_for(lambda said: len(announced(said)) >= 2), f"{at}: no bags recorded")
    hard = resource.prlimit(kiosk.run.pid, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(kiosk.run.pid, resource.RLIMIT_FSIZE, (4096, hard))
    check_silence(checks, kiosk, at)
    resource.prlimit(kiosk.run.pid, resource.RLIMIT_FSIZE, (hard, hard))
    check_recovery(checks, kiosk, at)
    check_end(checks, biaogan, kiosk, "state-c", at)


def full_medium(biaogan, checks):
    """A real file system without a free block, first at start, then while running."""
    at = "full medium"
    os.mkdir("medium")
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "medium"], check=False,
        stderr=subprocess.DEVNULL).returncode == 0
    if not mounted:
        print(f"{at}: skipped, mounting needs root")
        return
    try:
        fill()
        kiosk = Kiosk(biaogan, "medium/state", "shots-d")
        check_silence(checks, kiosk, at)
        os.unlink("medium/filler")
        check_recovery(checks, kiosk, at)
        seen = len(announced(kiosk.said))
        checks.that(kiosk.wait_for(lambda said: len(announced(said)) > seen), f"{at}: no more bags")
        fill()
        said = len(kiosk.said)
        checks.that(kiosk.wait_for(lambda text: STOPPED in text[said:]), f"{at}: no second fault")
        kiosk.listen(1)
        os.unlink("medium/filler")
        checks.that(kiosk.wait_for(lambda text: AGAIN in text[said:]), f"{at}: no second recovery")
        check_end(checks, biaogan, kiosk, "medium/state", at)
        check_pictures(checks, "shots-d", at)
    finally:
        subprocess.run(["umount", "-l", "medium"], check=False)


def fill():
    """Takes the last byte of the medium."""
    with open("medium/filler", "wb", buffering=0) as file:
        for size in (65536, 512, 1):
            try:
                while file.write(b"\0" * size) == size:
                    pass
            except OSError:
                pass


def main():
    options = program.arguments(__doc__)
    biaogan, checks = program.Program(options.program), program.Checks()
    with program.workshop() as work:
        os.chdir(work)
        os.mkdir("ports")
        os.chmod("ports", 0o777)
        with open("bags.scenario", "w", encoding="utf-8") as file:
            file.write(scenario())
        for part in (no_directory, forbidden, no_room, full_medium):
            print(part.__name__, flush=True)
            part(biaogan, checks)
    checks.finish()


main()
