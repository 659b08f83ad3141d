"""What the lints share: the tree they read, their exceptions, their self-check.

Each lint is a program:

    LINT.py [--build DIR] TREE        findings on stdout, exit 1 with any
    LINT.py --self-check BAD          the samples in BAD must give exactly the findings that the
                                      file `expected` there lists: a lint that cannot fail is none

A finding is "path:line: rule: explanation". `exceptions` beside this file lists what is allowed
nevertheless, each with its reason; one that no longer applies is a finding, too.
"""

import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
EXCEPTIONS = os.path.join(HERE, "exceptions")
TOP_FOLDERS = ("kiosk", "assets", "hw", "tests")


class Findings:
    """Findings of one run, in the order they were found."""

    def __init__(self):
        self.all = []  # (path, line, rule, explanation)

    def add(self, path, line, rule, explanation):
        self.all.append((path, line, rule, explanation))


def files(tree, suffixes):
    """Paths relative to the tree, sorted, of the files with one of the suffixes. Bad samples and
    whatever a build left are no part of the project."""
    found = []
    for name in os.listdir(tree):
        if os.path.isfile(os.path.join(tree, name)) and name.endswith(suffixes):
            found.append(name)
    for top in TOP_FOLDERS:
        for folder, folders, names in os.walk(os.path.join(tree, top)):
            relative = os.path.relpath(folder, tree)
            folders[:] = [f for f in folders if not (relative == "tests/lint" and f == "bad")]
            folders[:] = [f for f in folders if f != "__pycache__"]
            found += [os.path.join(relative, n) for n in names if n.endswith(suffixes)]
    return sorted(found)


def read(tree, path):
    with open(os.path.join(tree, path), encoding="utf-8", newline="") as text:
        return text.read()


TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.DOTALL
)


def blank(match):
    return re.sub(r"[^\n]", " ", match[0])


def without_comments(source):
    """C source with comments blanked out; lines stay where they are."""
    return TOKEN.sub(lambda m: blank(m) if m[0].startswith("/") else m[0], source)


def string_literals(source):
    """(line, text) of every string and character literal."""
    for match in TOKEN.finditer(source):
        if not match[0].startswith("/"):
            yield source.count("\n", 0, match.start()) + 1, match[0]


def read_exceptions(lint):
    """{(rule, path): reason} of one lint: lines "LINT RULE PATH REASON"."""
    allowed = {}
    with open(EXCEPTIONS, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            fields = line.split(None, 3)
            if not fields or fields[0].startswith("#"):
                continue
            if len(fields) < 4:
                sys.exit(f"{EXCEPTIONS}:{number}: LINT RULE PATH REASON, and the reason counts")
            if fields[0] == lint:
                allowed[fields[1], fields[2]] = fields[3]
    return allowed


def self_check(lint, check, bad):
    findings = Findings()
    check(bad, findings, None)
    got = sorted({f"{rule} {path}" for path, _, rule, _ in findings.all})
    with open(os.path.join(bad, "expected"), encoding="utf-8") as lines:
        want = sorted(line.rstrip("\n") for line in lines if line.strip())
    for line in sorted(set(want) - set(got)):
        print(f"{bad}: {lint} does not find: {line}")
    for line in sorted(set(got) - set(want)):
        print(f"{bad}: {lint} finds what is no fault: {line}")
    print(f"{lint}: {len(want)} bad samples, {len(set(want) & set(got))} found")
    return got == want and len(want) > 0


def report(lint, check, tree, build):
    findings = Findings()
    check(tree, findings, build)
    allowed = read_exceptions(lint)
    used = set()
    count = 0
    for path, line, rule, explanation in findings.all:
        if (rule, path) in allowed:
            used.add((rule, path))
        else:
            print(f"{path}:{line}: {rule}: {explanation}")
            count += 1
    for rule, path in sorted(set(allowed) - used):
        print(f"tests/lint/exceptions: {lint} {rule} {path} applies no more: take it out")
        count += 1
    print(f"{lint}: {count} findings, {len(used)} exceptions")
    return count == 0


def main(lint, check):
    """`check(tree, findings, build)` adds what it finds."""
    arguments = sys.argv[1:]
    if len(arguments) == 2 and arguments[0] == "--self-check":
        passed = self_check(lint, check, arguments[1])
    elif len(arguments) == 3 and arguments[0] == "--build":
        passed = report(lint, check, arguments[2], arguments[1])
    elif len(arguments) == 1:
        passed = report(lint, check, arguments[0], None)
    else:
        sys.exit(f"usage: {lint}.py [--build DIR] TREE | --self-check BAD")
    sys.exit(0 if passed else 1)
