#!/usr/bin/env python3
"""A lock's relay is on for a moment and then off, at a slave that others wrote."""

import os
import subprocess

import bus_site
import line
import program


def unlock(options, channel):
    return subprocess.Popen(
        [options.program, "site.cfg", "unlock", str(channel)],
        stdout=subprocess.PIPE,
        env=program.environment(),
        encoding="ascii",
    )


def main():
    options = program.arguments(__doc__)
    checks = program.Checks()
    options.program = os.path.abspath(options.program)
    with program.workshop() as work:
        os.chdir(work)
        wire = line.Wire()
        slaves = line.Slaves(wire, (1, 3))
        bus_site.write("site.cfg", device=wire.device)
        run = unlock(options, 2)
        checks.equal(run.stdout.readline(), "opened\n", "the slave confirms")
        coils = slaves.get(1, line.COILS, 0, 4)
        checks.equal([bool(c) for c in coils], [False, True, False, False], "one relay is on")
        checks.equal(run.wait(20), 0, "exit code")
        coils = slaves.get(1, line.COILS, 0, 4)
        checks.that(not any(coils), f"relays are off again: {coils}")
        written = [r.hex() for r in wire.requests if r[1] == 5]
        checks.equal([r[:12] for r in written], ["01050001ff00", "010500010000"], "on, then off")
        run = unlock(options, 5)
        checks.equal(run.stdout.readline(), "none\n", "a relay that is not there")
        run.wait(20)
    checks.finish()


main()
