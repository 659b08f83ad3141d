"""How files look: names of guards, columns, blanks, where Chinese stands, clang-format.

See lint.py for how it is called. clang-format's lines differ from version to version; it is asked
only when the installed one is the version the project is formatted with.
"""

import os
import re
import shutil
import subprocess
import sys
import unicodedata

sys.dont_write_bytecode = True
import lint

COLUMNS = 100
LINES_MAX = 600  # a longer file probably holds two rooms
CLANG_FORMAT_VERSION = "14"

CODE = (".c", ".h", ".py", ".sh", ".awk", ".def", "CMakeLists.txt", ".S.in")
TEXT = CODE + (".md", ".cfg", ".scenario", ".html", ".css", ".svg", ".txt", ".clang-format")

HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def width(text):
    """Columns in a terminal: a Chinese character takes two."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def check_lines(findings, path, source):
    lines = source.split("\n")
    if lines[-1] != "":
        findings.add(path, len(lines), "end", "the last line has no newline")
    for number, line in enumerate(lines, 1):
        if "\t" in line:
            findings.add(path, number, "tab", "a tab")
        if line != line.rstrip():
            findings.add(path, number, "blanks", "blanks at the end of the line")
        if path.endswith(CODE) and width(line) > COLUMNS:
            findings.add(path, number, "columns", f"{width(line)} columns, at most {COLUMNS}")
    if path.endswith(CODE) and len(lines) - 1 > LINES_MAX:
        findings.add(path, LINES_MAX, "lines", f"{len(lines) - 1} lines, at most {LINES_MAX}")


def check_guard(findings, path, source):
    name = re.sub(r"[^A-Z0-9]", "_", path.upper())
    code = lint.without_comments(source).strip()
    if not re.match(rf"#ifndef {name}\n#define {name}\n", code) or not code.endswith("#endif"):
        findings.add(path, 1, "guard", f"the guard of this header is {name}")


def check_chinese(findings, path, source):
    """What people read on a screen or in a file stands in assets/strings. Comments may quote."""
    for line, text in lint.string_literals(source):
        if HAN.search(text):
            findings.add(path, line, "chinese", f"{text}: its place is assets/strings")


def check_format(findings, tree, paths):
    program = shutil.which("clang-format")
    if program is None:
        print("text: clang-format is not installed: the layout of C files is not checked")
        return
    version = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
    if not re.search(rf"version {CLANG_FORMAT_VERSION}\.", version):
        print(f"text: {version.strip()} is not version {CLANG_FORMAT_VERSION}: not asked")
        return
    run = subprocess.run([program, "--dry-run", *paths], cwd=tree, capture_output=True, text=True)
    for match in re.finditer(r"^([^:\n]+):(\d+):\d+: (?:warning|error): ", run.stderr, re.M):
        findings.add(match[1], int(match[2]), "format", "clang-format -i writes it differently")
    if run.returncode != 0:
        findings.add(".clang-format", 1, "format", run.stderr.strip())


def check(tree, findings, build):
    del build
    sources = []
    for path in lint.files(tree, TEXT):
        source = lint.read(tree, path)
        check_lines(findings, path, source)
        if path.endswith(".h"):
            check_guard(findings, path, source)
        if path.endswith((".c", ".h")):
            sources.append(path)
            if not path.startswith("tests/"):
                check_chinese(findings, path, source)
    check_format(findings, tree, sources)


if __name__ == "__main__":
    lint.main("text", check)
