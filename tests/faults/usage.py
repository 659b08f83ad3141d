#!/usr/bin/env python3
"""Wrong words, wrong captures and wrong scenarios are refused: exit 2, the place and the reason on
stderr, nothing on stdout. --help is no error."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "replay"))
import program  # noqa: E402

COMMANDS = ("run", "decode", "protocols", "replay", "export", "simulate", "passwd")

# Arguments, and what stderr must name.
WRONG = [
    ("", "usage"),
    ("bogus", "bogus"),
    ("--bogus", "--bogus"),
    *((f"{command} --bogus", "--bogus") for command in COMMANDS if command != "export"),
    ("export --bogus", "usage"),
    ("run extra", "extra"),
    ("run --config", "--config"),
    ("run --config none.cfg", "none.cfg"),
    ("run --state", "--state"),
    ("run --speed 0", "--speed"),
    ("run --speed 1000", "--speed"),
    ("run --speed fast", "--speed"),
    ("run --config good.cfg --speed 2", "--speed"),
    ("run --for 0", "--for"),
    ("run --for 1s", "--for"),
    ("run --seed -1", "--seed"),
    ("run --visits-per-hour -1", "--visits-per-hour"),
    ("run --visits-per-hour 201", "--visits-per-hour"),
    ("run --window 640", "--window"),
    ("run --window 10x10", "--window"),
    ("run --window 640x480x2", "--window"),
    ("run --window 99999x99999", "--window"),
    ("run --headless --simulate none.scenario", "none.scenario"),
    ("run --headless --simulate one.scenario two", "two"),
    ("run --headless --record none/x.capture --for 1", "none/x.capture"),
    ("run --headless --shots none/x --for 1", "none/x"),
    ("decode", "--protocol"),
    ("decode --protocol none", "none"),
    ("decode --protocol st_gs --checksum maybe", "--checksum"),
    ("protocols extra", "extra"),
    ("replay", "usage"),
    ("replay one.capture", "usage"),
    ("replay --state state", "usage"),
    ("replay --state state --chunk 0 one.capture", "--chunk"),
    ("replay --state state --chunk 1x one.capture", "--chunk"),
    ("replay --state state --config none.cfg one.capture", "none.cfg"),
    ("replay --state state none.capture", "none.capture"),
    ("replay --state state .", "."),
    ("replay --state good.cfg one.capture", "good.cfg"),
    ("export", "usage"),
    ("export --state none --what deposits --format csv --out -", "none"),
    ("export --state none --what bags --format csv --out -", "bags"),
    ("export --state none --what deposits --format pdf --out -", "pdf"),
    ("export --state none --what deposits --format csv --out - --from 2026-13-01", "2026-13-01"),
    ("calibration", "--reference"),
    ("calibration --state state --scale s1 --reference 20kg --before 1 --by x", "--reference"),
    ("calibration --state none --scale s1 --reference 1 --before 1 --by x", "none"),
    ("simulate", "--capture"),
    ("simulate --capture x.capture --hours 0", "--hours"),
    ("simulate --capture x.capture --hours -1", "--hours"),
    ("simulate --capture x.capture --date 2026-02-30", "--date"),
    ("simulate --capture x.capture --visits-per-hour 201", "--visits-per-hour"),
    ("simulate --capture x.capture --scenario none.scenario", "none.scenario"),
    ("simulate --capture x.capture --scenario .", "."),
    ("simulate --capture none/x.capture --hours 0.1", "none/x.capture"),
    ("simulate --capture x.capture extra", "unexpected argument"),
]

HEAD = "#biaogan-capture 1\n@ port s1 yaohua_tf0 9600/8n1\n0 clock 1795392000000 ntp\n"
# What, the text, the number of the wrong line.
CAPTURES = [
    ("empty", "", 1),
    ("no head", "0 clock 1795392000000 ntp\n", 1),
    ("another version", "#biaogan-capture 9\n", 1),
    ("no known port", HEAD + "1 s9 < 02\n", 4),
    ("another kind of port", "#biaogan-capture 1\n@ port s1 lid_line 9600/8n1\n", 2),
    ("time goes back", HEAD + "10 s1 < 02\n9 s1 < 02\n", 5),
    ("negative time", HEAD + "-1 s1 < 02\n", 4),
    ("endless time", HEAD + "99999999999999999999 s1 < 02\n", 4),
    ("no bytes", HEAD + "1 s1 <\n", 4),
    ("half a byte", HEAD + "1 s1 < 0\n", 4),
    ("no hex", HEAD + "1 s1 < XY\n", 4),
    ("unknown word", HEAD + "1 s1 ~ 02\n", 4),
    ("unknown state", HEAD + "1 s1 ! gone\n", 4),
    ("unknown clock", HEAD + "1 clock 1795392000000 sundial\n", 4),
    ("no time", HEAD + "s1 < 02\n", 4),
    ("a long line", HEAD + "1 s1 < " + "02 " * 5000 + "\n", 4),
    ("zeros", HEAD + "1 s1 \0\0\0\n", 4),
]
SCENARIOS = [
    ("time goes back", "at 2 open 1\nat 1 close 1\n", 2),
    ("unknown word", "at 1 jump 1\n", 1),
    ("unknown class", "# a comment\nat 1 choose paper\n", 2),
    ("no such bin", "at 1 open 5\n", 1),
    ("no number", "at 1 throw 1\n", 1),
    ("no such port", "\n\nat 1 unplug s9\n", 3),
    ("no time", "open 1\n", 1),
    ("negative time", "at -1 open 1\n", 1),
]


def refused(checks, biaogan, words, place, clean=None):
    done = biaogan.call(*words)
    at = f"biaogan {' '.join(words)}: exit {done.returncode}, {done.stderr.strip()[:300]!r}"
    checks.equal(done.returncode, 2, at)
    checks.that(place in done.stderr, f"{at}: does not name {place}")
    checks.equal(done.stdout, "", f"{at}: standard output")
    if clean is not None:
        checks.that(not os.path.exists(clean), f"{at}: made {clean}")


def main():
    options = program.arguments(__doc__)
    biaogan, checks = program.Program(options.program), program.Checks()
    with program.workshop() as work:
        os.chdir(work)
        with open(program.in_tree("assets/deploy/simulated.cfg"), encoding="utf-8") as file:
            simulated = file.read()
        for name, text in (
            ("good.cfg", simulated),
            ("one.capture", HEAD),
            ("one.scenario", "at 1 open 1\n"),
        ):
            with open(name, "w", encoding="utf-8") as file:
                file.write(text)
        for help_words in ([], *([command] for command in COMMANDS)):
            done = biaogan.call(*help_words, "--help")
            at = f"biaogan {' '.join(help_words)} --help"
            checks.equal((done.returncode, done.stderr), (0, ""), at)
            checks.that(done.stdout.startswith("usage: biaogan"), f"{at}: {done.stdout!r}")
        for words, place in WRONG:
            refused(checks, biaogan, words.split(), place)
        for what, text, line in CAPTURES:
            with open("bad.capture", "w", encoding="utf-8") as file:
                file.write(text)
            refused(checks, biaogan, ["replay", "--state", "state-" + what.replace(" ", "-"),
                                      "bad.capture"], f"bad.capture:{line}: ")
        for what, text, line in SCENARIOS:
            with open("bad.scenario", "w", encoding="utf-8") as file:
                file.write(text)
            refused(checks, biaogan, ["run", "--state", "untouched", "--simulate", "bad.scenario"],
                    f"bad.scenario: line {line}: ", "untouched")
            refused(checks, biaogan, ["simulate", "--scenario", "bad.scenario", "--capture",
                                      "bad-out.capture"], f"bad.scenario: line {line}: ",
                    "bad-out.capture")
    checks.finish()


main()
