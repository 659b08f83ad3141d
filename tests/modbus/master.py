#!/usr/bin/env python3
"""The bus master against pymodbus: values, silence, broken and foreign answers, echo, hang-up."""

import subprocess

import line
import program


class Master:
    def __init__(self, path, device, mode="plain", timeout_ms=300):
        self.process = subprocess.Popen(
            [path, device, "19200/8n1", str(timeout_ms), mode],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=program.environment(),
            encoding="ascii",
        )

    def say(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().rstrip("\n")

    def end(self):
        self.process.stdin.close()
        return self.process.wait(timeout=20)


def values(checks, master, slaves):
    slaves.set(1, line.HOLDING, 0x50, line.words(-1))
    checks.equal(master.say("read kpr 1 -1 -1"), "ok\t1 ok -10", "KPR, -0.01 kg")
    slaves.set(1, line.HOLDING, 0x50, line.words(12345))
    checks.equal(master.say("read kpr 1 -1 -1"), "ok\t1 ok 123450", "KPR, 123.45 kg")
    slaves.set(2, line.HOLDING, 0, [0xFFF7, 0xFFFF])
    checks.equal(master.say("read ecobin 2 -1 -1"), "ok\t1 ok -9", "EcoBin, -9 g")
    slaves.set(2, line.HOLDING, 0, [0x0000, 0x8000])
    checks.equal(master.say("read ecobin 2 -1 -1"), "ok\t1 error -", "EcoBin without a value")
    slaves.set(3, line.HOLDING, 0, line.words(1000) + line.words(-7) + line.words(0) + [1, 0])
    checks.equal(
        master.say("read zsg4 3 -1 -1"),
        "ok\t1 ok 1000\t2 ok -7\t3 ok 0\t4 ok 65536",
        "four channels in one answer",
    )
    # 12.345 kg as a float, moving; then over capacity.
    slaves.set(3, line.HOLDING, 100, [0x4145, 0x851F, 0, 0, 0x9000])
    slaves.set(3, line.HOLDING, 0, [0x4145, 0x851F, 0, 0, 0x9000])
    checks.equal(master.say("read id551 3 -1 -1"), "ok\t1 unstable 12345", "ID551 in motion")
    slaves.set(3, line.HOLDING, 4, [0x8400])
    checks.equal(master.say("read id551 3 -1 -1"), "ok\t1 overload -", "ID551 over capacity")
    slaves.set(1, line.HOLDING, 5, [123])
    checks.equal(master.say("read sen0310 1 -1 -1"), "ok\t1 ok 1230", "distance, cm")
    slaves.set(1, line.INPUTS, 0, [True, False, False, True, False, False, False, True])
    checks.equal(
        master.say("read di 1 -1 8"),
        "ok\t1 ok open\t2 ok closed\t3 ok closed\t4 ok open\t5 ok closed\t6 ok closed"
        "\t7 ok closed\t8 ok open",
        "eight inputs",
    )
    checks.equal(master.say("read kpr 1 4000 1"), "refused\t1 error -", "no such register")


def relays(checks, master, slaves):
    for function in (5, 15):
        for channel in (1, 8):
            for state in ("on", "off"):
                what = f"function {function}, relay {channel} {state}"
                checks.equal(master.say(f"switch {function} {channel} {state}"), "ok", what)
                coil = slaves.get(1, line.COILS, channel - 1)
                checks.equal(bool(coil[0]), state == "on", what + ", at the slave")


def trouble(checks, master, wire, slaves):
    slaves.set(1, line.HOLDING, 0x50, line.words(777))
    for kind, expected in (("cut", "silent"), ("corrupt", "broken"), ("stranger", "broken")):
        wire.trouble = kind
        wire.requests.clear()
        checks.equal(master.say("read kpr 1 -1 -1"), expected, kind)
        checks.equal(len(wire.requests), 2, f"{kind}: asked once and once again")
        wire.trouble = None
        checks.equal(master.say("read kpr 1 -1 -1"), "ok\t1 ok 7770", f"after {kind}")
    wire.requests.clear()
    wire.trouble = "cut"
    checks.equal(master.say("switch 5 1 on"), "silent", "a relay that does not confirm")
    checks.equal(len(wire.requests), 1, "a lock is never asked twice")
    wire.trouble = None
    checks.equal(master.say("read kpr 9 -1 -1"), "silent", "an address that nobody has")
    # An answer that comes after its time belongs to nobody.
    slaves.set(2, line.HOLDING, 0x50, line.words(222))
    wire.trouble = "late"
    checks.equal(master.say("read kpr 1 -1 -1"), "silent", "late")
    wire.trouble = None
    for _ in range(4):
        answer = master.say("read kpr 2 -1 -1")
        checks.that("7770" not in answer, f"slave 1's late answer taken for slave 2's: {answer}")
    checks.equal(master.say("read kpr 2 -1 -1"), "ok\t1 ok 2220", "slave 2 itself")


def main():
    options = program.arguments(__doc__)
    checks = program.Checks()
    wire = line.Wire()
    slaves = line.Slaves(wire, (1, 2, 3))
    master = Master(options.program, wire.device)
    checks.equal(master.say("open"), "ok", "open")
    values(checks, master, slaves)
    relays(checks, master, slaves)
    trouble(checks, master, wire, slaves)
    checks.equal(master.end(), 0, "the master ends well")

    # An adapter that hears itself: libmodbus alone would take the echo for a broken answer.
    wire.echo = True
    plain = Master(options.program, wire.device)
    plain.say("open")
    checks.equal(plain.say("read kpr 1 -1 -1"), "broken", "an echo that nobody expects")
    plain.end()
    echoing = Master(options.program, wire.device, mode="echo")
    echoing.say("open")
    values(checks, echoing, slaves)
    relays(checks, echoing, slaves)
    wire.trouble = "cut"
    checks.equal(echoing.say("switch 5 1 on"), "silent", "an echo is no confirmation")
    wire.trouble = None
    wire.hang_up()
    checks.equal(echoing.say("read kpr 1 -1 -1"), "gone", "hang-up")
    checks.equal(echoing.say("read kpr 1 -1 -1"), "closed", "after a hang-up")
    checks.that("cannot be opened as a bus" in echoing.say("open"), "a device that is away")
    checks.equal(echoing.end(), 0, "the second master ends well")
    checks.finish()


if __name__ == "__main__":
    main()
