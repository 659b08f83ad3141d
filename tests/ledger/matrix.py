#!/usr/bin/python3
"""Ten kinds of tampering at many places of a ledger: each must be found, by the program and by the
second verifier, with the same reason at the same row; clean ledgers must raise no alarm, and forged
checkpoints must not be believed.

The hand that tampers has the file, SQLite and this source, and takes care: triggers are put back,
hashes are computed anew where that needs no key. It has not the recorder's key.
"""

import argparse
import collections
import gzip
import hashlib
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import nacl.signing

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import verify  # noqa: E402

COLUMNS = "seq, kind, boot, t_ms, utc_ms, clock, body, hash"
RUNS = 20


class Ledger:
    """A ledger in the hands of somebody."""

    def __init__(self, state):
        self.database = sqlite3.connect(os.path.join(state, "ledger.db"), isolation_level=None)
        self.triggers = self.database.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        self.database.execute("PRAGMA synchronous = OFF")
        self.database.execute("BEGIN")
        for name, _ in self.triggers:
            self.database.execute(f"DROP TRIGGER {name}")

    def run(self, sql, *parameters):
        return self.database.execute(sql, parameters)

    def row(self, seq):
        return list(self.run(f"SELECT {COLUMNS} FROM ledger WHERE seq = ?", seq).fetchone())

    def put(self, row):
        self.run("INSERT OR REPLACE INTO ledger VALUES(?,?,?,?,?,?,?,?)", *row)

    def last(self):
        return self.run("SELECT max(seq) FROM ledger").fetchone()[0]

    def shift(self, start, by):
        """Numbers rows from `start` on anew; SQLite checks uniqueness row by row."""
        self.run("UPDATE ledger SET seq = -(seq + ?) WHERE seq >= ?", by, start)
        self.run("UPDATE ledger SET seq = -seq WHERE seq < 0")

    def origin(self):
        return self.run("SELECT id, public_key, imported_seq FROM ledger_meta").fetchone()

    def before(self, seq):
        found = self.run("SELECT hash FROM ledger WHERE seq = ?", seq - 1).fetchone()
        return found[0] if found else verify.genesis(*self.origin())

    @staticmethod
    def hashed(before, row):
        seq, kind, boot, t_ms, utc_ms, clock, body = row[:7]
        return verify.row_hash(before, seq, kind.encode(), boot.encode(), t_ms, utc_ms,
                               clock.encode(), body.encode())

    def chain(self, start, mend=None):
        """Computes all hashes from `start` on anew; `mend` may change rows on the way."""
        digest = self.before(start)
        for row in self.run(f"SELECT {COLUMNS} FROM ledger WHERE seq >= ? ORDER BY seq",
                            start).fetchall():
            row = list(row)
            if mend:
                mend(row, digest)
            row[7] = digest = self.hashed(digest, row)
            self.put(row)

    def close(self):
        for _, sql in self.triggers:
            self.database.execute(sql)
        self.database.execute("COMMIT")
        self.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.database.close()


def edit_body(row, change):
    body = json.loads(row[6])
    change(body)
    row[6] = json.dumps(body, separators=(",", ":"), ensure_ascii=False)


# ---- ten kinds: each takes the ledger, a row's number and a source of chance ------------------


def flip(ledger, seq, chance):
    """One bit of one field, a different field at each place."""
    row = ledger.row(seq)
    field = chance.randrange(1, 8)
    if field == 4 and row[4] is None:
        row[4] = 0  # unknown is not 1970
    elif field in (3, 4):
        row[field] ^= 1 << chance.randrange(40)
    elif field == 7:
        at = chance.randrange(32)
        row[7] = row[7][:at] + bytes([row[7][at] ^ 1 << chance.randrange(8)]) + row[7][at + 1:]
    else:
        old = row[field].encode()
        at = chance.randrange(len(old))
        new = old[:at] + bytes([old[at] ^ 1 << chance.randrange(8)]) + old[at + 1:]
        names = COLUMNS.split(", ")
        ledger.run(f"UPDATE ledger SET {names[field]} = CAST(? AS TEXT) WHERE seq = ?", new, seq)
        return seq
    ledger.put(row)
    return seq


def delete(ledger, seq, _):
    ledger.run("DELETE FROM ledger WHERE seq = ?", seq)
    # The last of all is a cut, and the first may pass for a purge.
    return seq


def cut(ledger, seq, _):
    ledger.run("DELETE FROM ledger WHERE seq >= ?", seq)
    return seq


def insert(ledger, seq, chance):
    """A row that never was, with its right hash, and those behind it numbered anew."""
    row = ledger.row(seq)
    ledger.shift(seq, 1)
    if row[1] == "deposit":
        edit_body(row, lambda body: body.update(weight_g=chance.randrange(20000)))
    row[3] += chance.randrange(3)
    row[7] = ledger.hashed(ledger.before(seq), row)
    ledger.put(row)
    return None


def swap(ledger, seq, chance):
    other = chance.randrange(1, ledger.last() + 1)
    if other == seq:
        other = seq - 1 if seq > 1 else 2
    a, b = ledger.row(seq), ledger.row(other)
    a[0], b[0] = b[0], a[0]
    ledger.put(a)
    ledger.put(b)
    return min(seq, other)


def duplicate(ledger, seq, _):
    row = ledger.row(seq)
    ledger.shift(seq + 1, 1)
    row[0] += 1
    ledger.put(row)
    return seq + 1


def renumber(ledger, seq, chance):
    ledger.shift(seq, chance.randrange(1, 9))
    return seq


def edit_clock(ledger, seq, chance):
    """The next row about the clock: another step, time or quality; hash made to fit or not."""
    found = ledger.run("SELECT min(seq) FROM ledger WHERE kind = 'clock' AND seq >= ?",
                       seq).fetchone()[0]
    seq = found or ledger.run("SELECT max(seq) FROM ledger WHERE kind = 'clock'").fetchone()[0]
    row = ledger.row(seq)
    what = chance.randrange(3)
    if what == 0:
        more = chance.randrange(1, 10 ** 9)
        edit_body(row, lambda body: body.update(step_ms=body["step_ms"] + more))
    elif what == 1 and row[4] is not None:
        row[4] += chance.choice((-1, 1)) * chance.randrange(1, 10 ** 9)
    else:
        row[5] = "rtc" if row[5] == "ntp" else "ntp"
    fits = chance.randrange(2)
    if fits:
        row[7] = ledger.hashed(ledger.before(seq), row)
    ledger.put(row)
    return (seq, seq + 1) if fits else seq


def rechain(ledger, seq, chance):
    """What a row says is changed and the whole chain behind it made to fit, without the key."""
    row = ledger.row(seq)
    while row[1] in ("checkpoint", "key"):
        seq -= 1
        row = ledger.row(seq)
    row[3] += 1
    ledger.put(row)
    own = nacl.signing.SigningKey(bytes(chance.randrange(256) for _ in range(32)))
    public = bytes(own.verify_key)
    how = chance.randrange(5)
    ledger_id = ledger.origin()[0]

    def sign(row, digest):
        if row[1] != "checkpoint" or how == 0:
            return
        body = json.loads(row[6])
        body["covers"], body["hash"] = row[0] - 1, digest.hex()
        if how >= 2:
            body["key"] = public.hex()
            message = verify.checkpoint_message(ledger_id, body["site"].encode(), row[0] - 1,
                                                digest, row[4], public)
            body["signature"] = own.sign(message).signature.hex()
        row[6] = json.dumps(body, separators=(",", ":"), ensure_ascii=False)

    if how == 3:
        # A new key, announced in a row of its own as if the old one had been lost.
        ledger.shift(seq, 1)
        last = ledger.run("SELECT body FROM ledger WHERE kind = 'key'"
                          " ORDER BY seq DESC").fetchone()
        old = json.loads(last[0])["key"] if last else ledger.origin()[1].hex()
        body = {"v": 1, "key": public.hex(), "previous": old, "reason": "missing"}
        row = ledger.row(seq + 1)
        ledger.put([seq, "key", row[2], row[3], row[4], row[5],
                    json.dumps(body, separators=(",", ":")), b""])
    if how == 4:
        # Another ledger altogether, under a key that nobody knows.
        ledger.run("UPDATE ledger_meta SET public_key = ?", public)
        seq = 1
    ledger.chain(seq, sign)
    return None


KINDS = collections.OrderedDict(
    flip=flip, delete=delete, cut=cut, insert=insert, swap=swap, duplicate=duplicate,
    renumber=renumber, edit_clock=edit_clock, old_backup=None, rechain=rechain)


# ---- forged checkpoints: each takes the ledger, the row of a checkpoint, a source of chance ---


def resign(ledger, seq, key, tag=b"", ledger_id=None, covers=None, digest=None):
    row = ledger.row(seq)
    ledger_id = ledger_id or ledger.origin()[0]
    covers = seq - 1 if covers is None else covers
    digest = digest or ledger.before(seq)
    body = json.loads(row[6])
    public = bytes(key.verify_key)
    message = verify.checkpoint_message(ledger_id, body["site"].encode(), covers, digest, row[4],
                                        public)
    if tag:
        message = message.replace(b"biaogan checkpoint 1\0", tag, 1)
    body.update(covers=covers, hash=digest.hex(), key=public.hex(),
                signature=key.sign(message).signature.hex())
    row[6] = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    ledger.put(row)
    ledger.chain(seq)


def newer_key(ledger, seq, own, other):
    """Old rows under a key that was announced only later."""
    resign(ledger, seq, other)


def middle_link(ledger, seq, own, other):
    """The right key, on rows other than those that stand there."""
    resign(ledger, seq, own, covers=seq - 2, digest=ledger.before(seq - 1))


def wrong_tag(ledger, seq, own, other):
    """The right key under a message of another kind."""
    resign(ledger, seq, own, tag=b"biaogan checkpoint 2\0")


def other_device(ledger, seq, own, other):
    """The same key in another device's ledger."""
    resign(ledger, seq, own, ledger_id=os.urandom(16))


FORGERIES = (newer_key, middle_link, wrong_tag, other_device)


# ---- the two verifiers ------------------------------------------------------------------------


class Judges:
    def __init__(self, program):
        self.program = program

    def first(self, state, anchors=()):
        """(seq, reason) of the program's first fault, or None."""
        command = [self.program, "verify", "--state", state]
        for anchor in anchors:
            command += ["--anchor", anchor]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1):
            return ("refused", done.stderr.strip())
        faults = [line.split("\t") for line in done.stdout.splitlines() if line.startswith("fault")]
        if (done.returncode == 1) != bool(faults):
            return ("exit code", str(done.returncode))
        return (faults[0][1], faults[0][2]) if faults else None

    @staticmethod
    def second(state, anchors=()):
        fault = verify.Verifier(state, anchors).verify()
        return (str(fault.seq or "-"), fault.reason) if fault else None


class Matrix:
    def __init__(self, options, work):
        self.options, self.work = options, work
        self.judges = Judges(options.program)
        self.base = os.path.join(work, "base")
        self.failures = 0
        self.snapshots = []

    def wrong(self, what):
        self.failures += 1
        if self.failures <= 20:
            print(f"wrong: {what}")

    def make(self, state, runs, rows, seed):
        return int(subprocess.run([self.options.make, state, str(runs), str(rows), str(seed)],
                                  check=True, capture_output=True, text=True).stdout)

    def make_base(self):
        """The ledger, and what it looked like at every place on the way."""
        runs = max(RUNS, self.options.places)
        while not self.snapshots or self.last < self.options.rows:
            self.last = self.make(self.base, 1, self.options.rows // runs - 4, len(self.snapshots))
            self.snapshots.append({})
            for name in ("ledger.db", "head"):
                with open(os.path.join(self.base, name), "rb") as file:
                    self.snapshots[-1][name] = gzip.compress(file.read(), 1)
        with open(os.path.join(self.base, "head"), encoding="utf-8") as file:
            statement = re.search("biaogan-checkpoint [^\n]*", file.read())[0]
        self.anchor = os.path.join(self.work, "anchor.json")
        with open(self.anchor, "w", encoding="utf-8") as file:
            json.dump({"checkpoint": statement.strip()}, file)

    def copy(self):
        state = os.path.join(self.work, "state")
        shutil.rmtree(state, ignore_errors=True)
        os.mkdir(state)
        for name in ("ledger.db", "head", "ledger.key"):
            shutil.copy(os.path.join(self.base, name), state)
        return state

    def restore(self, state, place):
        """An old backup of the file; at every second place of the head as well, when only somebody
        who kept a statement can know."""
        snapshot = self.snapshots[place % (len(self.snapshots) - 1)]
        names = ("ledger.db", "head") if place % 2 else ("ledger.db",)
        for name in names:
            with open(os.path.join(state, name), "wb") as file:
                file.write(gzip.decompress(snapshot[name]))
        return [self.anchor] if place % 2 else []

    def judge(self, what, state, anchors, expected):
        first, second = self.judges.first(state, anchors), self.judges.second(state, anchors)
        if first is None or second is None:
            self.wrong(f"{what}: not found by {'the program' if first is None else 'the second'}")
        elif first != second:
            self.wrong(f"{what}: the program says {first}, the second {second}")
        elif expected is not None and first[0] not in map(str, expected if isinstance(
                expected, tuple) else (expected,)):
            self.wrong(f"{what}: {first}, tampered at {expected}")
        else:
            return True
        return False

    def tamper(self):
        for kind, hand in KINDS.items():
            found, reasons = 0, collections.Counter()
            for place in range(self.options.places):
                chance = random.Random(f"{kind} {place} {self.options.seed}")
                seq = 2 + (self.last - 3) * place // self.options.places
                state, anchors, expected = self.copy(), [], None
                if hand is None:
                    anchors = self.restore(state, place)
                else:
                    ledger = Ledger(state)
                    expected = hand(ledger, seq, chance)
                    ledger.close()
                if self.judge(f"{kind} at {seq}", state, anchors, expected):
                    found += 1
                    reasons[self.judges.second(state, anchors)[1]] += 1
            print(f"{kind}: {found} of {self.options.places} found alike {dict(reasons)}",
                  flush=True)

    def clean(self):
        alarms = 0
        for number in range(self.options.clean):
            state = os.path.join(self.work, "clean")
            shutil.rmtree(state, ignore_errors=True)
            chance = random.Random(number)
            self.make(state, chance.randrange(1, 4), chance.randrange(5, 250), 1000 + number)
            for name, verdict in (("program", self.judges.first(state)),
                                  ("second", self.judges.second(state))):
                if verdict is not None:
                    alarms += 1
                    self.wrong(f"clean ledger {number}: the {name} says {verdict}")
        print(f"clean: {alarms} alarms on {self.options.clean} ledgers", flush=True)

    def forged(self):
        """The hand has the old key here, or another, and still not all that it takes."""
        with open(os.path.join(self.base, "ledger.key"), encoding="ascii") as file:
            own = nacl.signing.SigningKey(bytes.fromhex(file.read().split()[2]))
        refused = 0
        for number in range(self.options.forged):
            chance = random.Random(number)
            state = self.copy()
            ledger = Ledger(state)
            seqs = [seq for (seq,) in ledger.run("SELECT seq FROM ledger WHERE kind = 'checkpoint'"
                                                 " AND seq > 2 ORDER BY seq")]
            seq = chance.choice(seqs)
            other = nacl.signing.SigningKey(hashlib.sha256(b"%d" % number).digest())
            FORGERIES[number % len(FORGERIES)](ledger, seq, own, other)
            ledger.close()
            refused += self.judge(f"{FORGERIES[number % len(FORGERIES)].__name__} at {seq}", state,
                                  [], seq)
        print(f"forged: {self.options.forged - refused} of {self.options.forged} accepted",
              flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--make", required=True)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--places", type=int, default=10)
    parser.add_argument("--clean", type=int, default=20)
    parser.add_argument("--forged", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="biaogan-matrix-") as work:
        matrix = Matrix(options, work)
        matrix.make_base()
        print(f"{matrix.last} rows, seed {options.seed}", flush=True)
        matrix.tamper()
        matrix.clean()
        matrix.forged()
    print(f"{matrix.failures} wrong")
    return 1 if matrix.failures else 0


if __name__ == "__main__":
    sys.exit(main())
