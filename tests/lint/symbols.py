"""What each room takes from outside, seen in its object files.

Every source is compiled once more, plainly (-O2 -DNDEBUG, no sanitizer, no position independence),
with the command of compile_commands.json in the build directory; nm then tells

  impure    a symbol that a pure room (core, ui, firmware) may not need
  wall      a symbol of a library that belongs to another room
  clock     a function that reads a clock or sleeps, outside kiosk/shell/clock.c
  state     mutable state at file level, outside kiosk/shell

See lint.py for how it is called.
"""

import concurrent.futures
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import lint

MEMORY_AND_STRINGS = r"mem[a-z]+|str[a-z]+"
PURE = {
    "hw/firmware": MEMORY_AND_STRINGS + r"|lid_line_\w+",
    "kiosk/core": MEMORY_AND_STRINGS,
    "kiosk/ui": MEMORY_AND_STRINGS + "|snprintf",
}

# Symbols of a library -> the rooms that may need them.
WALLS = (
    (r"sp_.*", ("hw",)),
    (r"sqlite3_.*", ("kiosk/store",)),
    (r"json_.*", ("kiosk/store",)),
    (r"(workbook|worksheet|format_set|lxw)_.*", ("kiosk/report",)),
    (r"MHD_.*", ("kiosk/web",)),
    (r"(SDL|TTF)_.*", ("kiosk/shell",)),
    (r"(png|config|pthread)_.*|Fc[A-Z].*|QR[a-z]+_.*", ("kiosk/shell",)),
    (r"(sodium|crypto|randombytes)_.*", ("kiosk/store", "kiosk/web", "kiosk/shell")),
)

CLOCK_OWNER = "kiosk/shell/clock.c"
CLOCKS = re.compile(
    r"clock|clock_\w+|time|gettimeofday|ftime|timespec_get|adjtimex|ntp_\w+|nanosleep|u?sleep"
    r"|localtime(_r)?|mktime|timerfd_\w+|timer_create|SDL_GetTicks.*|SDL_Delay|SDL_AddTimer"
    r"|SDL_GetPerformanceCounter"
)

DROPPED = re.compile(
    r"-fsanitize.*|-fno-sanitize.*|-fstack-protector.*|-D_FORTIFY_SOURCE.*|-O.*|-g.*|-fPI.|-fpi."
    r"|--coverage|-fprofile.*|-W.*"
)
PLAIN = ["-O2", "-DNDEBUG", "-fno-pie", "-fno-pic", "-fno-stack-protector",
         "-U_FORTIFY_SOURCE", "-w"]


def commands(tree, build):
    """{path: compiler command without output} of the sources in hw/ and kiosk/."""
    if build is None:  # bad samples: they include nothing
        return {path: ["cc", "-c", path] for path in lint.files(tree, (".c",))}
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as database:
        entries = json.load(database)
    found = {}
    for entry in entries:
        path = os.path.relpath(os.path.join(entry["directory"], entry["file"]), tree)
        if path.startswith(("hw/", "kiosk/")):
            words = [w for w in shlex.split(entry["command"]) if not DROPPED.fullmatch(w)]
            output = words.index("-o")
            found[path] = words[:output] + words[output + 2:]
    return found


def compile_plainly(tree, command, target):
    run = subprocess.run([*command, *PLAIN, "-o", target], cwd=tree, capture_output=True,
                         text=True)
    if run.returncode != 0:
        sys.exit(f"symbols: {shlex.join(command)}: {run.stderr}")


def symbols(target):
    """(needed, defined, mutable): names."""
    needed, defined, mutable = set(), set(), set()
    run = subprocess.run(["nm", "--format=posix", target], capture_output=True, text=True,
                         check=True)
    for line in run.stdout.splitlines():
        name, kind = line.split()[:2]
        if kind in "Uw":
            needed.add(name)
        elif kind.isupper():
            defined.add(name)
        if kind in "dDbBCsSgG":
            mutable.add(name)
    return needed, defined, mutable


def check(tree, findings, build):
    sources = commands(tree, build)
    known = {}
    with tempfile.TemporaryDirectory() as objects:
        targets = {path: os.path.join(objects, path.replace("/", "-") + ".o") for path in sources}
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(lambda path: compile_plainly(tree, sources[path], targets[path]),
                          sources))
        for path in sources:
            known[path] = symbols(targets[path])

    inside = {}  # room -> what it defines itself
    for path, (_, defined, _) in known.items():
        inside.setdefault(os.path.dirname(path), set()).update(defined)

    ours = set().union(*inside.values())

    for path, (needed, _, mutable) in sorted(known.items()):
        room = os.path.dirname(path)
        for name in sorted(needed - inside[room]):
            if room in PURE and not re.fullmatch(PURE[room], name):
                findings.add(path, 1, "impure", f"{room} is pure and may not need {name}")
        for name in sorted(needed - ours):
            for pattern, rooms in WALLS:
                if re.fullmatch(pattern, name) and room not in rooms:
                    findings.add(path, 1, "wall", f"{name} belongs to {', '.join(rooms)}")
            if CLOCKS.fullmatch(name) and path != CLOCK_OWNER:
                findings.add(path, 1, "clock", f"{name}: only {CLOCK_OWNER} reads clocks")
        if room != "kiosk/shell":
            for name in sorted(mutable):
                findings.add(path, 1, "state", f"{name} can change: no state at file level here")
    if not known:
        findings.add("compile_commands.json", 1, "nothing", "names no source of hw/ or kiosk/")


if __name__ == "__main__":
    lint.main("symbols", check)
