#!/usr/bin/env python3
"""The running kiosk on a bus of foreign slaves: deposits, silence, a lost line, its own capture."""

import os
import time

import bus_site
import line
import program

WAIT_S = 15


def deposits(biaogan, state):
    return [(d["bin"], d["weight_g"], d["outcome"]) for d in biaogan.export(state)]


def wait_for(condition):
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until and not condition():
        time.sleep(0.2)
    return condition()


def capture_has(*parts):
    with open("live.capture", encoding="utf-8") as file:
        return any(all(part in row for part in parts) for row in file)


def put(slaves, scale, lid, grams):
    """A person opens a lid, drops a bag and closes the lid."""
    slaves.set(1, line.INPUTS, lid - 1, [True])
    time.sleep(0.7)
    slaves.set(3, line.HOLDING, 2 * (scale - 1), line.words(grams))
    time.sleep(1.2)
    slaves.set(1, line.INPUTS, lid - 1, [False])


def live(checks, biaogan):
    wire = line.Wire()
    slaves = line.Slaves(wire, (1, 3))
    slaves.set(3, line.HOLDING, 0, line.words(1000) * 4)
    # A name that stays, as under /dev/serial/by-path.
    os.symlink(wire.device, "socket")
    bus_site.write("site.cfg", device=os.path.abspath("socket"))
    with open("live.log", "wb") as log:
        run = biaogan.start(
            *("run", "--headless", "--no-web", "--config", "site.cfg"),
            *("--state", "live", "--record", "live.capture"),
            stderr=log,
        )
    checks.that(wait_for(lambda: os.path.exists("live.capture") and
                         capture_has("bus1 = scale 4 1000 stable")), "weights arrive")
    time.sleep(1)
    put(slaves, 1, 1, 2250)
    checks.that(wait_for(lambda: len(deposits(biaogan, "live")) == 1), "the first deposit")
    wire.trouble = "cut"
    checks.that(wait_for(lambda: capture_has("bus1 = lid 2 fault")), "a silent lid is a fault")
    wire.trouble = "corrupt"
    time.sleep(1)
    wire.trouble = None
    checks.that(wait_for(lambda: capture_has("bus1 = lid 2 closed") and
                         slave_answers_again()), "the slaves are back")
    time.sleep(2)
    put(slaves, 2, 2, 1500)
    checks.that(wait_for(lambda: len(deposits(biaogan, "live")) == 2), "the second deposit")
    wire.hang_up()
    checks.that(wait_for(lambda: capture_has("bus1 ! lost")), "the line is lost")
    os.unlink("socket")
    time.sleep(1)
    another = line.Wire()
    slaves = line.Slaves(another, (1, 3))
    slaves.set(3, line.HOLDING, 0, line.words(3000) * 4)
    os.symlink(another.device, "socket")
    checks.that(wait_for(lambda: capture_has("bus1 ! back")), "the line is back")
    checks.that(wait_for(lambda: capture_has("bus1 = scale 4 3000 stable")), "and its weights")
    run.terminate()
    checks.equal(run.wait(WAIT_S), 0, "exit code of the live run")


def slave_answers_again():
    with open("live.log", encoding="utf-8") as file:
        return "slave 1 answers again" in file.read()


def main():
    options = program.arguments(__doc__)
    biaogan, checks = program.Program(options.program), program.Checks()
    with program.workshop() as work:
        os.chdir(work)
        live(checks, biaogan)
        expected = [(1, 1250, "undeclared"), (2, 500, "undeclared")]
        checks.equal(deposits(biaogan, "live"), expected, "deposits of the live run")
        biaogan.must("replay", "--config", "site.cfg", "--state", "again", "live.capture")
        checks.equal(deposits(biaogan, "again"), expected, "deposits of its capture")
        checks.that(not capture_has("scale 5"), "a slave that nobody is has no readings")
        with open("live.log", encoding="utf-8") as file:
            print(file.read())
    checks.finish()


main()
