#!/usr/bin/env python3
"""A wrong site file stops the program before the first screen, with file, line and reason."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "replay"))
import program  # noqa: E402

HASH = "$argon2id$v=19$m=19456,t=2,p=1$mBjoLGba0sVYsinTVdVj3w$" \
       "UHlZG7rtf7kZaQeQ7cn0I7QtGAmHvJ2Y6ApihXFH/Ho"


def bin_row(number, name):
    return (
        f'{{ number = {number}; class = "{name}"; scale = "s{number}"; lid = "l1"; '
        f"lid_channel = {number}; capacity_g = 60000; division_g = 10; }}"
    )


GOOD = f"""\
site = {{
    id = "s-1";
    name = "路桥区";
    point = "1 号点位";
}};
screen = {{
    panel_width_mm = 476;
}};
timing = {{
    settle_ms = 600;
}};
access = {{
    cleaner_pin = "{HASH}";
}};
web = {{
    enabled = false;
    port = 8080;
    password = "{HASH}";
}};
classes = {{
    kitchen = {{ label = "厨余垃圾"; colour = "#00783E"; }};
}};
ports = (
    {{ name = "s1"; device = "/dev/none-1"; protocol = "yaohua_tf0"; unit = "kg"; }},
    {{ name = "s2"; device = "/dev/none-2"; protocol = "st_gs"; line = "9600/8n1"; }},
    {{ name = "s3"; device = "/dev/none-3"; protocol = "yaohua_tf0"; unit = "kg"; }},
    {{ name = "s4"; device = "/dev/none-4"; protocol = "st_gs"; }},
    {{ name = "l1"; device = "/dev/none-5"; protocol = "lid_line"; }}
);
bins = (
    {bin_row(1, "recyclable")},
    {bin_row(2, "hazardous")},
    {bin_row(3, "kitchen")},
    {bin_row(4, "residual")}
);
"""
LINES = GOOD.splitlines()


def line_of(text):
    return next(number for number, line in enumerate(LINES, 1) if text in line)


# What is wrong; the line that has it; what stands there and what instead; words of the reason.
# Where the fault is what lacks, the line is that of the group it lacks in.
CASES = [
    ("unknown key", 'id = "s-1"', 'id = "s-1";', 'id = "s-1"; colour = "red";', "colour"),
    ("unknown key of a port", '"s2"; device', 'protocol = "st_gs";',
     'protocol = "st_gs"; speed = 9;', "speed"),
    ("unknown key of a bin", "number = 2", "number = 2;", "number = 2; weight = 1;", "weight"),
    ("unknown section", "screen = {", "screen = {", "screens = {", "screens"),
    ("unknown class of a style", "厨余垃圾", "kitchen =", "kitchens =", "kitchens"),
    ("unknown class of a bin", "number = 4", '"residual"', '"other"', "other"),
    ("no bin of a class", "bins = (", 'class = "hazardous"', 'class = "residual"', "hazardous"),
    ("two bins on one scale", "number = 2", '"s2"', '"s1"', "scale channel"),
    ("two bins on one lid", "number = 3", "lid_channel = 3", "lid_channel = 2", "lid channel"),
    ("two bins of one number", "number = 3", "number = 3", "number = 1", "number 1"),
    ("unknown protocol", '"s3"; device', "yaohua_tf0", "yaohua_x9", "yaohua_x9"),
    ("bad line", '"s2"; device', "9600/8n1", "9600/8x1", "9600/8x1"),
    ("bad speed of a line", '"s2"; device', "9600/8n1", "0/8n1", "0/8n1"),
    ("bad unit", '"s1"; device', 'unit = "kg"', 'unit = "stone"', "stone"),
    ("two ports of one name", '"s3"; device', 'name = "s3"', 'name = "s1"', "s1"),
    ("two ports of one device", '"s3"; device', "none-3", "none-1", "none-1"),
    ("a lid board as a scale", "number = 1", 'scale = "s1"', 'scale = "l1"', "scale"),
    ("a scale as a lid board", "number = 1", 'lid = "l1"', 'lid = "s1"', "lid"),
    ("no such port", "number = 1", 'scale = "s1"', 'scale = "s9"', "s9"),
    ("a lid board as a level sensor", "number = 1", 'lid = "l1"',
     'level = "l1"; level_empty_mm = 900; level_full_mm = 100; lid = "l1"', "level"),
    ("no such port for a level", "number = 1", 'lid = "l1"',
     'level = "v9"; level_empty_mm = 900; level_full_mm = 100; lid = "l1"', "v9"),
    ("a level that falls as the bin fills", "number = 1", 'lid = "l1"',
     'level = "l1"; level_empty_mm = 100; level_full_mm = 900; lid = "l1"', "level_empty_mm"),
    ("a level without distances", "number = 1", 'lid = "l1"', 'level = "l1"; lid = "l1"',
     "level_empty_mm"),
    ("channel out of range", "number = 1", "lid_channel = 1", "lid_channel = 99", "lid_channel"),
    ("bin number out of range", "number = 1", "number = 1", "number = 0", "number"),
    ("capacity out of range", "number = 1", "capacity_g = 60000", "capacity_g = 0", "capacity_g"),
    ("division out of range", "number = 1", "division_g = 10", "division_g = -1", "division_g"),
    ("time out of range", "settle_ms", "settle_ms = 600", "settle_ms = 1", "settle_ms"),
    ("web port out of range", "port = 8080", "port = 8080", "port = 65536", "port"),
    ("number too large", "port = 8080", "port = 8080", "port = 99999999999", "port"),
    ("text for a number", "settle_ms", "settle_ms = 600", 'settle_ms = "600"', "settle_ms"),
    ("fraction for a number", "settle_ms", "settle_ms = 600", "settle_ms = 600.5", "settle_ms"),
    ("number for a text", 'id = "s-1"', 'id = "s-1"', "id = 5", "id"),
    ("number for a bool", "enabled", "enabled = false", "enabled = 1", "enabled"),
    ("group for a text", 'id = "s-1"', 'id = "s-1"', "id = { a = 1; }", "id"),
    ("list for a group", "screen = {", "screen = {\n    panel_width_mm = 476;\n}", "screen = ( 5 )",
     "screen"),
    ("text too long", 'id = "s-1"', "s-1", "x" * 300, "id"),
    ("empty name", 'id = "s-1"', "s-1", "", "id"),
    ("bad colour", "厨余垃圾", "#00783E", "#00783", "#00783"),
    ("bad digit of a colour", "厨余垃圾", "#00783E", "#00783G", "#00783G"),
    ("missing key", "site = {", '    id = "s-1";\n', "\n", "id"),
    ("missing key of a bin", "number = 1", "capacity_g = 60000; ", "", "capacity_g"),
    ("missing key of a port", '"s1"; device', 'device = "/dev/none-1"; ', "", "device"),
    ("full before near full", "timing = {", "settle_ms = 600;",
     "near_full_permille = 900; full_permille = 800;", "near_full_permille"),
    ("web without password", "web = {",
     f'enabled = false;\n    port = 8080;\n    password = "{HASH}";', "enabled = true;\n",
     "password"),
    ("certificate without key", "web = {", "enabled = false;",
     'enabled = false; certificate = "/c";', "web.key"),
    ("key without certificate", "web = {", "enabled = false;", 'enabled = false; key = "/k";',
     "web.certificate"),
    ("syntax error", "settle_ms", "settle_ms = 600;", "settle_ms = = 600;", "syntax error"),
    ("key twice", 'id = "s-1"', 'id = "s-1";', 'id = "s-1"; id = "s-2";', ""),
    ("a PIN in the open", "cleaner_pin", HASH, "2580", "biaogan passwd"),
    ("a password in the open", "password", HASH, "biaogan", "biaogan passwd"),
]

# Whole files: what stands in them, and words of the reason.
FILES = [
    ("empty", b"", "site"),
    ("only blanks", b" \n\n", "site"),
    ("binary garbage", bytes(range(256)) * 64, ""),
    ("zeros", b"\0" * 4096, ""),
    ("half a file", GOOD.encode()[: len(GOOD.encode()) // 2], ""),
    # A site may have buses alone; what a bin names must be one of either.
    ("no ports", re.sub(r"ports = \(.*?\);\n", "", GOOD, flags=re.S).encode(),
     'scale = "s1" is no port'),
    ("no bins", re.sub(r"bins = \(.*?\);\n", "", GOOD, flags=re.S).encode(), "bins"),
    ("no site", re.sub(r"site = \{.*?\};\n", "", GOOD, count=1, flags=re.S).encode(), "site"),
    ("no access", re.sub(r"access = \{.*?\};\n", "", GOOD, flags=re.S).encode(), "access"),
    ("an endless line", b"site = { id = \"" + b"x" * 1000000, ""),
    ("deeply nested", b"a = " + b"( " * 100000, ""),
]


def refused(checks, biaogan, what, path, place, reason):
    done = biaogan.call("run", "--config", path, "--state", "state")
    at = f"{what}: exit {done.returncode}, {done.stderr.strip()[:300]!r}"
    checks.equal(done.returncode, 2, at)
    checks.that(place in done.stderr, f"{at}: does not name {place}")
    checks.that(reason in done.stderr, f"{at}: does not say {reason!r}")
    checks.that(len(done.stderr.splitlines()) == 1, f"{at}: more than one line")
    checks.equal(done.stdout, "", f"{at}: standard output")
    checks.that(not os.path.exists("state"), f"{what}: the ledger was touched")


def main():
    options = program.arguments(__doc__)
    biaogan, checks = program.Program(options.program), program.Checks()
    with program.workshop() as work:
        os.chdir(work)
        with open("one.capture", "w", encoding="utf-8") as file:
            file.write("#biaogan-capture 1\n0 clock 1795392000000 ntp\n")
        with open("good.cfg", "w", encoding="utf-8") as file:
            file.write(GOOD)
        biaogan.must("replay", "--config", "good.cfg", "--state", "good", "one.capture")
        for what, at, old, new, reason in CASES:
            checks.that(old in GOOD, f"{what}: the case does not fit the file")
            number = line_of(at)
            before = GOOD.index(LINES[number - 1])
            # In that line, or in what follows it where the line is a group's head.
            text = GOOD[:before] + GOOD[before:].replace(old, new, 1)
            checks.that(text != GOOD, f"{what}: the case changes nothing")
            with open("bad.cfg", "w", encoding="utf-8") as file:
                file.write(text)
            refused(checks, biaogan, what, "bad.cfg", f"bad.cfg:{number}: ", reason)
        for what, content, reason in FILES:
            with open("bad.cfg", "wb") as file:
                file.write(content)
            refused(checks, biaogan, what, "bad.cfg", "bad.cfg:", reason)
        refused(checks, biaogan, "missing file", "none.cfg", "none.cfg", "No such file")
        os.mkdir("directory")
        refused(checks, biaogan, "directory", "directory", "directory", "")
    checks.finish()


main()
