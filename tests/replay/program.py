"""Driving `biaogan` from outside: what the tests of the whole program share.

Nothing here knows the program's inside; it sees what an administrator sees, and the ledger's file.
"""

import argparse
import contextlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TIME_LIMIT_S = 300
# What a person read on the screen as recorded; the program says so when the picture is out.
ANNOUNCED = re.compile(rb"shown as recorded: seq (\d+)")


def in_tree(*parts):
    return os.path.join(REPOSITORY, *parts)


def arguments(description, **extra):
    """--program, and an option for each of `extra` with its default."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--program", required=True, help="path of biaogan")
    for name, default in extra.items():
        parser.add_argument("--" + name.replace("_", "-"), type=type(default), default=default)
    return parser.parse_args()


def environment(**changes):
    """Without a display, and with sanitizers that stop at the first fault."""
    result = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    result["ASAN_OPTIONS"] = "abort_on_error=0:exitcode=99:" + result.get("ASAN_OPTIONS", "")
    result["UBSAN_OPTIONS"] = "exitcode=99:" + result.get("UBSAN_OPTIONS", "")
    result.update(changes)
    return result


class Checks:
    """Collects what is wrong, so that one run shows all of it."""

    def __init__(self):
        self.count = 0
        self.wrong = []

    def that(self, condition, message):
        self.count += 1
        if not condition:
            self.wrong.append(message)
            print("WRONG: " + message, flush=True)
        return bool(condition)

    def equal(self, found, expected, what):
        return self.that(found == expected, f"{what}: {found!r} instead of {expected!r}")

    def finish(self):
        print(f"{self.count} checks, {len(self.wrong)} wrong")
        if self.count == 0:
            print("WRONG: nothing was checked")
        sys.exit(1 if self.wrong or self.count == 0 else 0)


class Program:
    def __init__(self, path):
        self.path = os.path.abspath(path)

    def call(self, *args, **options):
        """The finished process, whatever its exit code, with its output as text."""
        return subprocess.run(
            [self.path, *map(str, args)],
            stdin=options.pop("stdin", subprocess.DEVNULL),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=options.pop("env", environment()),
            timeout=TIME_LIMIT_S,
            encoding="utf-8",
            errors="replace",
            **options,
        )

    def must(self, *args, **options):
        """The same where anything but success ends the test."""
        done = self.call(*args, **options)
        if done.returncode != 0:
            print(f"biaogan {' '.join(map(str, args))}: exit {done.returncode}")
            print(done.stdout + done.stderr)
            sys.exit(1)
        return done

    def start(self, *args, **options):
        options.setdefault("env", environment())
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("stdout", subprocess.DEVNULL)
        return subprocess.Popen([self.path, *map(str, args)], **options)

    def export(self, state, what="deposits"):
        text = self.must(
            "export", "--state", state, "--what", what, "--format", "jsonl", "--out", "-"
        ).stdout
        return [json.loads(line) for line in text.splitlines()]

    def export_all(self, state):
        return {what: self.export(state, what) for what in ("deposits", "visits", "collections")}


def rows(state, sql, parameters=()):
    """Rows of the ledger's file, read beside the program."""
    path = os.path.join(state, "ledger.db")
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
    try:
        return connection.execute(sql, parameters).fetchall()
    finally:
        connection.close()


def ledger_bytes(state):
    with open(os.path.join(state, "ledger.db"), "rb") as file:
        return file.read()


def ledger_says(state):
    """All that a ledger says, but for what its own random id and key make of it, hashes and
    signatures, and for when the test looked into it by an export."""
    said = [rows(state, "SELECT seq, kind, boot, t_ms, utc_ms, clock,"
                        " iif(kind = 'checkpoint', body ->> 'covers', body)"
                        " FROM ledger WHERE kind <> 'export' AND seq - 1 NOT IN"
                        " (SELECT seq FROM ledger WHERE kind = 'export') ORDER BY seq")]
    tables = rows(state, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN"
                         " ('ledger', 'ledger_meta') ORDER BY name")
    later = " WHERE first_seq NOT IN (SELECT seq FROM ledger WHERE kind = 'export')"
    return said + [(name, rows(state, f"SELECT * FROM {name}" +
                               (later if name in ("boots", "days") else "")))
                   for (name,) in tables]


@contextlib.contextmanager
def workshop():
    """A directory of the test's own, removed afterwards."""
    path = tempfile.mkdtemp(prefix="biaogan-test-")
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
