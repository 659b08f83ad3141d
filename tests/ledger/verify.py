#!/usr/bin/python3
"""A second verifier of ledgers, written from the comments of kiosk/store/chain.h and from nothing
else: it shares no code with the program. Standard library, and libsodium for Ed25519.

    verify.py --state DIR [--anchor FILE]... [--any-key]

prints the same first line as `biaogan verify` finds first: level, seq, reason; exit 0 or 1.
"""

import argparse
import collections
import hashlib
import hmac
import json
import os
import re
import sqlite3
import struct
import sys

import nacl.exceptions
import nacl.signing

SIGNED_ROWS = 100
AT_ONCE = {b"collection", b"export", b"purge", b"key", b"set_aside", b"stop"}
OWN_TIME = {b"checkpoint", b"key", b"settings", b"export", b"storage", b"set_aside", b"purge",
            b"calibration"}
CLOCKS = {b"unset", b"rtc", b"ntp"}
TRIGGERS = {"ledger_no_update", "ledger_no_delete", "ledger_no_gap",
            "ledger_meta_no_update", "ledger_meta_no_delete"}
TYPES = ({"integer"}, {"text"}, {"text"}, {"integer"}, {"integer", "null"}, {"text"}, {"text"},
         {"blob"})
CHECKPOINT_KEYS = ["v", "covers", "hash", "site", "key", "signature"]
LEAP_MS = 1000


class Fault(Exception):
    def __init__(self, reason, seq):
        super().__init__(f"{reason} at {seq}")
        self.reason, self.seq = reason, seq


def u32(value):
    return struct.pack(">I", value)


def i64(value):
    return struct.pack(">q", value)


def text(value):
    return u32(len(value)) + value


def utc(value):
    return b"\0" + i64(0) if value is None else b"\1" + i64(value)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def genesis(ledger_id, public_key, imported_seq):
    return sha256(b"biaogan genesis 1\0", ledger_id, public_key, i64(imported_seq))


def row_hash(before, seq, kind, boot, t_ms, utc_ms, clock, body):
    return sha256(b"biaogan row 1\0", before, i64(seq), text(kind), text(boot), i64(t_ms),
                  utc(utc_ms), text(clock), text(body))


def checkpoint_message(ledger_id, site, covers, digest, utc_ms, key):
    return b"".join((b"biaogan checkpoint 1\0", ledger_id, text(site), i64(covers), digest,
                     utc(utc_ms), key))


def is_signed(message, signature, key):
    try:
        nacl.signing.VerifyKey(key).verify(message, signature)
        return True
    except (nacl.exceptions.BadSignatureError, ValueError):
        return False


def unhex(value, size):
    if not isinstance(value, str) or not re.fullmatch("[0-9a-f]{%d}" % (2 * size), value):
        raise ValueError("not hexadecimal")
    return bytes.fromhex(value)


def parse_statement(line):
    """(id, covers, hash, key) of a statement that its own key signed; None where it is none."""
    fields = line.split()
    try:
        word, version, ledger_id, site, covers, digest, utc_ms, key, signature = fields
        if (word, version) != ("biaogan-checkpoint", "1"):
            return None
        said = (unhex(ledger_id, 16), int(covers), unhex(digest, 32), unhex(key, 32))
        message = checkpoint_message(said[0], b"" if site == "-" else site.encode(), said[1],
                                     said[2], None if utc_ms == "-" else int(utc_ms), said[3])
        return said if is_signed(message, unhex(signature, 64), said[3]) else None
    except ValueError:
        return None


class Known:
    def __init__(self, ledger_id, seq, digest, key=None):
        self.id, self.seq, self.hash, self.key = ledger_id, seq, digest, key
        self.same = self.forged = None


class Verifier:
    def __init__(self, state, anchors=(), any_key=False):
        self.state, self.next, self.any_key = state, 0, any_key
        self.known, self.late = [], []  # what is known outside; faults that come after the rows
        self.seed = self.read_seed()
        self.read_head()
        for path in anchors:
            self.read_anchor(path)

    # ---- outside

    def path(self, name):
        return os.path.join(self.state, name)

    def read_seed(self):
        try:
            with open(self.path("ledger.key"), encoding="ascii") as file:
                match = re.fullmatch("biaogan-key 1 ([0-9a-f]{64})\n?", file.read())
                return bytes.fromhex(match[1]) if match else None
        except (OSError, ValueError):
            return None

    def mac_is_right(self, ledger_id, seq, digest, mac):
        if self.seed is None:
            return True
        key = sha256(b"biaogan head key 1\0", self.seed)
        right = hmac.new(key, b"biaogan head 1\0" + ledger_id + i64(seq) + digest, "sha256")
        return hmac.compare_digest(right.digest(), mac)

    def read_head(self):
        self.has_head = False
        try:
            with open(self.path("head"), "rb") as file:
                blocks = file.read()
        except OSError:
            return
        ends = []
        for start in (0, 512):
            try:
                line = blocks[start:start + 512].split(b"\0")[0].decode("ascii").split()
                word, version, ledger_id, seq, digest, mac = line
                end = (int(seq), unhex(ledger_id, 16), unhex(digest, 32))
                if (word, version) == ("biaogan-head", "1") and \
                        self.mac_is_right(end[1], end[0], end[2], unhex(mac, 32)):
                    ends.append(end)
            except (ValueError, UnicodeDecodeError):
                pass
        if ends:
            self.has_head = True
            seq, ledger_id, digest = max(ends)
            self.known.append(Known(ledger_id, seq, digest))
        statement = parse_statement(blocks[1024:1536].decode("utf-8", "replace"))
        if statement:
            self.known.append(Known(*statement))

    def read_anchor(self, path):
        with open(path, encoding="utf-8", errors="replace") as file:
            match = re.search(r'biaogan-checkpoint [^"\r\n]*', file.read())
        statement = parse_statement(match[0]) if match else None
        if statement:
            self.known.append(Known(*statement))
        else:
            self.late.append(Fault("anchor", 0))

    # ---- rows

    def begin(self, database):
        origins = database.execute("SELECT id, public_key, imported_seq"
                                   " FROM ledger_meta").fetchall()
        if len(origins) != 1 or len(origins[0][0]) != 16 or len(origins[0][1]) != 32:
            raise Fault("malformed", 0)
        self.id, self.key, self.imported = origins[0]
        self.key_seq = 0
        self.hash, self.next = genesis(self.id, self.key, self.imported), 1
        self.waiting, self.must_sign = 0, False
        self.time = None
        first = database.execute("SELECT min(seq) FROM ledger").fetchone()[0]
        if first is not None and first > 1:
            self.skip_purged(database, first)

    def skip_purged(self, database, first):
        newest = database.execute("SELECT body FROM ledger WHERE kind = 'purge'"
                                  " ORDER BY seq DESC LIMIT 1").fetchone()
        purge = json.loads(newest[0]) if newest else {}
        if purge.get("last_seq") == first - 1:
            self.hash, self.next = unhex(purge["hash"], 32), first
            named = database.execute(
                "SELECT body, 'previous' FROM ledger WHERE seq = (SELECT min(seq) FROM ledger"
                " WHERE kind = 'key') UNION ALL SELECT body, 'key' FROM ledger WHERE seq ="
                " 1 + (SELECT max(seq) FROM ledger WHERE kind = 'purge')").fetchone()
            try:
                self.key = unhex(json.loads(named[0])[named[1]], 32)
            except (ValueError, KeyError, TypeError):
                pass  # found when the row's turn comes

    def check_cadence(self, seq, kind):
        if kind == b"checkpoint":
            self.waiting, self.must_sign = 0, False
            return
        if self.must_sign:
            raise Fault("unsigned", seq)
        if seq > self.imported:
            self.waiting += 1
            if self.waiting > SIGNED_ROWS:
                raise Fault("unsigned", seq)
            self.must_sign = kind in AT_ONCE

    def check_checkpoint(self, seq, before, utc_ms, body):
        try:
            said = json.loads(body)
            if list(said) != CHECKPOINT_KEYS or said["v"] != 1:
                raise ValueError("other fields")
            digest, key = unhex(said["hash"], 32), unhex(said["key"], 32)
            message = checkpoint_message(self.id, said["site"].encode(), said["covers"], digest,
                                         utc_ms, key)
            good = (said["covers"] == seq - 1 and digest == before and key == self.key and
                    is_signed(message, unhex(said["signature"], 64), key))
        except (ValueError, TypeError, AttributeError, struct.error):
            good = False
        if not good:
            raise Fault("forged", seq)

    def change_key(self, seq, body):
        try:
            said = json.loads(body)
            if unhex(said["previous"], 32) != self.key:
                raise ValueError("does not follow")
            self.key, self.key_seq = unhex(said["key"], 32), seq
        except (ValueError, KeyError, TypeError):
            raise Fault("forged", seq) from None

    def check_times(self, seq, kind, boot, t_ms, utc_ms, clock, body):
        if clock not in CLOCKS or (clock == b"unset") != (utc_ms is None):
            raise Fault("clock", seq)
        if kind in OWN_TIME:
            return
        if self.time is not None and kind != b"start":
            last_boot, last_t, last_utc = self.time
            if boot != last_boot:
                raise Fault("boot", seq)
            passed = t_ms - last_t
            if passed < 0:
                raise Fault("order", seq)
            if utc_ms is not None and last_utc is not None:
                leap = utc_ms - last_utc - passed
                if kind == b"clock":
                    leap -= json.loads(body)["step_ms"]
                if abs(leap) > LEAP_MS + passed // 500:
                    raise Fault("clock", seq)
        self.time = (boot, t_ms, utc_ms)

    def check_row(self, row):
        seq, kind, boot, t_ms, utc_ms, clock, body, digest = row[:8]
        if seq != self.next:
            raise Fault("missing", self.next)
        if any(name not in TYPES[i] for i, name in enumerate(row[8:])) or len(digest) != 32:
            raise Fault("malformed", seq)
        self.next += 1
        before, self.hash = self.hash, row_hash(self.hash, seq, kind, boot, t_ms, utc_ms, clock,
                                                body)
        if self.hash != digest:
            raise Fault("hash", seq)
        self.check_cadence(seq, kind)
        if kind == b"checkpoint":
            self.check_checkpoint(seq, before, utc_ms, body)
        elif kind == b"key":
            self.change_key(seq, body)
        self.check_times(seq, kind, boot, t_ms, utc_ms, clock, body)
        for known in self.known:
            if known.seq == seq:
                known.same = known.hash == self.hash
                known.forged = known.key is not None and known.key != self.key

    def check_rows(self, database):
        columns = ("seq", "kind", "boot", "t_ms", "utc_ms", "clock", "body", "hash")
        query = ", ".join(columns) + ", " + ", ".join(f"typeof({name})" for name in columns)
        database.text_factory = bytes
        names = {b: b.decode() for b in (b"integer", b"text", b"blob", b"null", b"real")}
        for row in database.execute(f"SELECT {query} FROM ledger ORDER BY seq"):
            self.check_row(row[:8] + tuple(names[name] for name in row[8:]))
        if self.must_sign:
            raise Fault("unsigned", self.next)
        database.text_factory = str

    # ---- the end, and what the rows mean

    def check_known(self):
        for known in self.known:
            if known.id != self.id:
                raise Fault("foreign", 0)
            if known.seq >= self.next:
                raise Fault("cut", self.next)
            if known.forged:
                raise Fault("anchor", known.seq)
            if known.same is False:
                raise Fault("replaced", known.seq)

    def check_key(self):
        if self.any_key:
            return  # somebody has compared its fingerprint with the screen
        if self.key_seq:
            raise Fault("key", self.key_seq)
        if self.seed is not None:
            if bytes(nacl.signing.SigningKey(self.seed).verify_key) != self.key:
                raise Fault("key", 0)

    def check_figures(self, database):
        """The figures that the evaluation rests on: every deposit, and the sums of days."""
        fields = ("visit", "bin", "bin_class", "chosen", "outcome", "quality", "weight_g", "base_g",
                  "final_g", "spread_g", "opened_ms", "closed_ms", "scale")
        rows = database.execute("SELECT seq, utc_ms, body FROM ledger WHERE kind = 'deposit'"
                                " ORDER BY seq")
        figures = database.execute(f"SELECT seq, day, {', '.join(fields)} FROM deposits"
                                   " WHERE seq >= (SELECT min(seq) FROM ledger) ORDER BY seq")
        added = collections.Counter()
        for seq, deposit, grams in database.execute(
                "SELECT seq, json_extract(body, '$.deposit_seq'), json_extract(body, '$.change_g')"
                " FROM ledger WHERE kind = 'addition'"):
            if deposit < seq:
                added[deposit] += grams
        undone = {deposit for seq, deposit in database.execute(
            "SELECT seq, json_extract(body, '$.deposit_seq') FROM ledger WHERE kind = 'undone'")
                  if deposit < seq}
        sums = {}
        for seq, utc_ms, body in rows:
            said = json.loads(body)
            weighed = said["quality"] != "none"
            if weighed:
                said["weight_g"] += added[seq]
                said["final_g"] += added[seq]
            day = -1 if utc_ms is None else (utc_ms + 8 * 3600000) // 86400000
            if figures.fetchone() != (seq, day, *(said[name] for name in fields)):
                raise Fault("projection", seq)
            outcome = "undone" if seq in undone else said["outcome"]
            cell = sums.setdefault((day, said["bin_class"] or "", outcome), [0, 0, 0])
            cell[0] += 1
            cell[1] += weighed
            cell[2] += said["weight_g"] if weighed else 0
        beyond = figures.fetchone()
        if beyond is not None:
            raise Fault("projection", beyond[0])
        daily = database.execute("SELECT day, bin_class, outcome, count, weighed, grams"
                                 " FROM daily WHERE count > 0").fetchall()
        if {row[:3]: list(row[3:]) for row in daily} != sums:
            raise Fault("projection", 0)

    def check_triggers(self, database):
        found = database.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'"
                                 " AND sql LIKE '%raise(ABORT%'")
        if not TRIGGERS <= {name for (name,) in found}:
            raise Fault("trigger", 0)

    def verify(self):
        """The first fault, or None."""
        try:
            database = sqlite3.connect(f"file:{self.path('ledger.db')}?mode=ro", uri=True)
            try:
                self.begin(database)
                if self.late:
                    raise self.late[0]
                self.check_rows(database)
                self.check_known()
                self.check_key()
                if not self.has_head and self.next - 1 > self.imported:
                    raise Fault("head", 0)
                self.check_figures(database)
                self.check_triggers(database)
            finally:
                database.close()
        except Fault as fault:
            return fault
        except sqlite3.DatabaseError:
            return Fault("unreadable", self.next)
        return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", required=True)
    parser.add_argument("--anchor", action="append", default=[])
    parser.add_argument("--any-key", action="store_true")
    options = parser.parse_args()
    verifier = Verifier(options.state, options.anchor, options.any_key)
    fault = verifier.verify()
    if fault:
        print(f"fault\t{fault.seq or '-'}\t{fault.reason}")
        return 1
    print(f"ok\t{verifier.next - 1}\twhole")
    return 0


if __name__ == "__main__":
    sys.exit(main())
