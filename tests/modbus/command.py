#!/usr/bin/env python3
"""Zero and tare of transmitters on a bus, at a slave that others wrote."""

import os
import subprocess

import bus_site
import line
import program

BUS = """
buses = (
    { name = "bus1"; device = "%s"; line = "19200/8n1"; timeout_ms = 100;
      devices = ( { map = "zsg4"; address = 3; period_ms = 100;
                    tare_function = 6; tare_register = 32; tare_value = 7; command_stride = 2; },
                  { map = "di"; address = 1; count = 4; },
                  { map = "kpr"; address = 1; channel = 5; },
                  { map = "znsv6t1"; address = 9; channel = 6; zero_register = 300; } ); }
);
"""


def order(options, what, channel):
    """What came of it, and what was written on the log."""
    run = subprocess.run(
        [options.program, "site.cfg", what, str(channel)],
        capture_output=True,
        env=program.environment(),
        encoding="utf-8",
        timeout=30,
        check=True,
    )
    return run.stdout.strip(), run.stderr


def written(wire):
    """The requests that write registers, without their CRC."""
    return [r.hex()[:-4] for r in wire.requests if r[1] in (6, 16)]


def main():
    options = program.arguments(__doc__)
    checks = program.Checks()
    options.program = os.path.abspath(options.program)
    with program.workshop() as work:
        os.chdir(work)
        wire = line.Wire()
        slaves = line.Slaves(wire, (1, 3, 9))
        bus_site.write("site.cfg", device=wire.device, bus=BUS)
        cases = (
            ("zero", 5, ["0110005e0001020001"], 1, 0x5E, 1, "KPR, function 16"),
            ("tare", 4, ["030600260007"], 3, 38, 7, "the fourth of four, function 6"),
            ("tare", 6, ["090600150001"], 9, 0x15, 1, "a ready map"),
        )
        for what, channel, requests, address, register, value, note in cases:
            wire.requests.clear()
            told, log = order(options, what, channel)
            checks.equal(told, "told", note)
            checks.equal(written(wire), requests, f"{note}: asked once")
            checks.equal(slaves.get(address, line.HOLDING, register), [value], f"{note}: arrived")
            checks.that("did not confirm" not in log, f"{note}: {log}")
        wire.requests.clear()
        told, log = order(options, "zero", 6)
        checks.equal(told, "told", "a register that is not there")
        checks.equal(written(wire), ["0906012c0001"], "refused: asked once")
        checks.that("slave 9 did not confirm zero of channel 6" in log, f"refused is told: {log}")
        wire.requests.clear()
        for what, channel, note in (
            ("zero", 4, "a map without that command"),
            ("tare", 5, "likewise"),
            ("zero", 8, "a channel that is not there"),
        ):
            checks.equal(order(options, what, channel)[0], "none", note)
        checks.equal(written(wire), [], "nothing is written")
    checks.finish()


main()
