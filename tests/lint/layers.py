"""Who may include whom (README, "Where things live"): never sideways, never up, no circles.

See lint.py for how it is called.
"""

import os
import re
import sys

sys.dont_write_bytecode = True
import lint

# Room -> what its files may include of the tree: folders (with "/") and single headers.
MAY_INCLUDE = {
    "hw": ("hw/",),
    "hw/firmware": ("hw/firmware/", "hw/lid_line.h"),
    "hw/sim": ("hw/sim/", "hw/"),
    "kiosk/core": ("kiosk/core/", "hw/reading.h"),
    "kiosk/store": ("kiosk/store/", "kiosk/core/events.h", "kiosk/core/figures.h",
                    "kiosk/core/types.h"),
    "kiosk/report": ("kiosk/report/", "kiosk/store/", "kiosk/core/", "assets/strings/"),
    "kiosk/ui": ("kiosk/ui/", "kiosk/core/view.h", "assets/strings/"),
    "kiosk/web": ("kiosk/web/", "kiosk/report/", "kiosk/store/", "kiosk/core/", "assets/strings/",
                  "assets/assets.h"),
    "kiosk/shell": ("kiosk/shell/", "kiosk/web/", "kiosk/report/", "kiosk/ui/", "kiosk/store/",
                    "kiosk/core/", "hw/sim/", "hw/", "assets/strings/", "assets/assets.h",
                    "assets/items.h"),
}

# Pure rooms: nothing of the system but these.
PURE_LANGUAGE = {"assert.h", "inttypes.h", "limits.h", "stdbool.h", "stddef.h", "stdint.h",
                 "string.h"}
PURE = {
    "hw/firmware": PURE_LANGUAGE,
    "kiosk/core": PURE_LANGUAGE,
    "kiosk/ui": PURE_LANGUAGE | {"stdio.h"},  # snprintf; symbols.py sees to it that it is no more
}

# A system header -> the only rooms that may know it.
OWNERS = (
    (r"SDL.*\.h", ("kiosk/shell",)),
    (r"sqlite3\.h", ("kiosk/store",)),
    (r"jansson\.h", ("kiosk/store",)),
    (r"xlsxwriter\.h", ("kiosk/report",)),
    (r"libserialport\.h", ("hw",)),
    (r"modbus/.*", ("hw",)),
    (r"termios\.h", ("hw", "kiosk/shell")),
    (r"microhttpd\.h", ("kiosk/web",)),
    (r"sodium\.h", ("kiosk/store", "kiosk/web", "kiosk/shell")),
    (r"libconfig\.h|png\.h|qrencode\.h|fontconfig/.*", ("kiosk/shell",)),
    (r"pthread\.h|threads\.h|stdatomic\.h", ("kiosk/shell",)),
    (r"time\.h|sys/time.*\.h", ("kiosk/shell",)),
)

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]*)"|<([^>]*)>)', re.MULTILINE)


def room_of(path):
    folder = os.path.dirname(path)
    return folder if folder in MAY_INCLUDE else None


def includes(source):
    for match in INCLUDE.finditer(lint.without_comments(source)):
        yield source.count("\n", 0, match.start(1 if match[1] else 2)) + 1, match[1], match[2]


def may_include(room, target):
    for allowed in MAY_INCLUDE[room]:
        inside = allowed.endswith("/") and os.path.dirname(target) + "/" == allowed
        if inside or target == allowed:
            return True
    return False


def check_system(findings, path, line, room, header):
    if room in PURE and header not in PURE[room]:
        findings.add(path, line, "impure", f"{room} is pure: no <{header}>")
    for pattern, owners in OWNERS:
        if re.fullmatch(pattern, header) and room not in owners:
            findings.add(path, line, "owner", f"<{header}> belongs to {', '.join(owners)}")


def check_circles(findings, graph):
    """Each circle of headers once, at the header where the search met it."""
    done = set()

    def visit(path, way):
        if path in way:
            circle = way[way.index(path):] + [path]
            findings.add(path, 1, "circle", " -> ".join(circle))
        elif path not in done:
            for target in graph.get(path, ()):
                visit(target, way + [path])
            done.add(path)

    for path in sorted(graph):
        visit(path, [])


def check(tree, findings, build):
    del build
    graph = {}
    for path in lint.files(tree, (".c", ".h", ".def")):
        if not path.startswith(("hw/", "kiosk/")):
            continue
        room = room_of(path)
        if room is None:
            findings.add(path, 1, "no-room", "this folder has no row in MAY_INCLUDE")
            continue
        for line, own, system in includes(lint.read(tree, path)):
            if system:
                check_system(findings, path, line, room, system)
            elif not os.path.exists(os.path.join(tree, own)):
                findings.add(path, line, "not-rooted", f'"{own}" is no path from the top')
            elif not may_include(room, own):
                findings.add(path, line, "layer", f'{room} may not include "{own}"')
            elif path.endswith(".h"):
                graph.setdefault(path, []).append(own)
    check_circles(findings, graph)


if __name__ == "__main__":
    lint.main("layers", check)
