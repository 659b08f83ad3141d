#!/usr/bin/env python3
"""Captures with values of a bus, and what the site file says about buses that cannot be."""

import json
import os

import bus_site
import program

HEAD = "#biaogan-capture 1\n@ port bus1 modbus 19200/8n1\n0 clock 1795392000000 ntp\n"


def events():
    """A visit: chosen kitchen waste, lid 3, 1250 g; then the line is away for a while."""
    yield 6000, "ui choose kitchen"
    yield 6900, "bus1 ! lost"
    yield 7400, "bus1 ! back"
    for t_ms in range(0, 30000, 100):
        grams = 1000 if t_ms < 11000 else 2250
        if not 6900 <= t_ms < 7400:
            for channel in range(1, 5):
                yield t_ms, f"bus1 = scale {channel} {grams if channel == 3 else 500} stable"
    for t_ms in (0, 7500):
        for channel in range(1, 5):
            yield t_ms, f"bus1 = lid {channel} closed"
    yield 9000, "bus1 = lid 3 open"
    yield 13000, "bus1 = lid 3 closed"
    yield 29900, "bus1 = scale 2 - overload"


def visit(checks, biaogan):
    with open("bus.capture", "w", encoding="utf-8") as file:
        file.write(HEAD)
        for t_ms, event in sorted(events(), key=lambda e: e[0]):
            file.write(f"{t_ms} {event}\n")
    biaogan.must("replay", "--config", "site.cfg", "--state", "a", "bus.capture")
    biaogan.must("replay", "--config", "site.cfg", "--state", "b", "bus.capture")
    found = [
        (d["bin"], d["weight_g"], d["weight_quality"], d["outcome"], d["scale"])
        for d in biaogan.export("a")
    ]
    checks.equal(found, [(3, 1250, "settled", "consistent", "bus1")], "the deposit")
    checks.equal(program.ledger_says("a"), program.ledger_says("b"), "twice the same ledger")


def faults(directory):
    rows = program.rows(directory, "SELECT kind, body FROM ledger WHERE kind LIKE 'device_%'")
    found = [(kind, json.loads(body)) for kind, body in rows]
    return [(kind, body["device"], body["fault"]) for kind, body in found]


def locks(checks, biaogan):
    """Levels and locks are in captures as well: a lock that fails once, then opens."""
    bus_site.write("locked.cfg", locks=True)
    with open("locks.capture", "w", encoding="utf-8") as file:
        file.write(HEAD)
        for t_ms, event in (
            (100, "bus1 = level 1 850 stable"),
            (200, "bus1 = level 1 - error"),
            (1000, "ui choose kitchen"),
            (1100, "bus1 = lock 3 fault"),
            (1200, "ui choose kitchen"),
            (1300, "bus1 = lock 3 open"),
            (1400, "ui choose residual"),
            (4500, "bus1 = lock 1 closed"),
        ):
            file.write(f"{t_ms} {event}\n")
    biaogan.must("replay", "--config", "locked.cfg", "--state", "locks", "locks.capture")
    checks.equal([f for f in faults("locks") if f[1].startswith("lock")],
                 [("device_lost", "lock 3", "lock_failed"), ("device_back", "lock 3", ""),
                  ("device_lost", "lock 4", "lock_silent")], "locks")


def refuse(checks, biaogan, name, head, rows, reason):
    with open(name, "w", encoding="utf-8") as file:
        file.write(head + rows)
    done = biaogan.call("replay", "--config", "site.cfg", "--state", name + ".state", name)
    checks.equal(done.returncode, 2, f"{name}: exit code")
    checks.that(reason in done.stderr, f"{name}: {done.stderr!r} does not say {reason!r}")


def refuse_site(checks, biaogan, old, new, reason):
    changed = bus_site.BUS.replace(old, new, 1)
    checks.that(changed != bus_site.BUS, f"{old!r} is not in the site file")
    bus_site.write("wrong.cfg", bus=changed)
    done = biaogan.call("replay", "--config", "wrong.cfg", "--state", "wrong", "bus.capture")
    checks.equal(done.returncode, 2, f"{new}: exit code")
    checks.that("wrong.cfg:" in done.stderr and reason in done.stderr,
                f"{new}: {done.stderr!r} does not say {reason!r}")


def main():
    options = program.arguments(__doc__)
    biaogan, checks = program.Program(options.program), program.Checks()
    with program.workshop() as work:
        os.chdir(work)
        bus_site.write("site.cfg")
        visit(checks, biaogan)
        locks(checks, biaogan)
        refuse(checks, biaogan, "bytes.capture", HEAD, "1 bus1 < 01 02\n", "no bytes")
        refuse(checks, biaogan, "driver.capture",
               HEAD.replace("bus1 modbus", "bus1 st_gs"), "", "a bus in the site file")
        for old, new, reason in (
            ('"zsg4"', '"zsg5"', "unknown map"),
            ("count = 4", "count = 3", "reads a lid on channel 4"),
            ("channel = 5", "channel = 4", "channel 4"),
            ("19200/8n1", "19200/9n1", "line of bus"),
            ("address = 9", "address = 248", "outside 1 to 247"),
            ("address = 9", 'address = 9; type = "double"', "type is int"),
            ("address = 9", 'address = 9; order = "ACBD"', "order is ABCD"),
            ("address = 9", "address = 9; sign = 0", "sign"),
            ("address = 9", 'address = 9; unit = "oz"', "unit of a weight"),
            ("address = 9", "address = 9; colour = 1", "unknown key"),
            ('map = "kpr"', 'map = "bc360"', "leaves the register open"),
            ("timeout_ms = 100", "timeout_ms = 1", "timeout_ms"),
        ):
            refuse_site(checks, biaogan, old, new, reason)
    checks.finish()


main()
