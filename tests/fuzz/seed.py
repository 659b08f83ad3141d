#!/usr/bin/env python3
"""Writes the corpus of fuzz_decode from the tables of frames.

    seed.py VECTORS_DIRECTORY CORPUS_DIRECTORY

For each protocol up to SEEDS_MOST rows, spread over its rows, and one stream of all its frames.
"""

import pathlib
import sys

SEEDS_MOST = 6
STREAM_MOST = 1500


def hash_of(name):
    """FNV-1a, folded to 16 bits, as in fuzz_decode.c."""
    value = 2166136261
    for byte in name.encode():
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return ((value ^ value >> 16) & 0xFFFF).to_bytes(2, "big")


def option_byte(options):
    return ("--mask7" in options) | ("--checksum off" in options) << 1 | ("--unit" in options) << 2


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    vectors, corpus = map(pathlib.Path, sys.argv[1:])
    rows = {}
    for table in sorted(vectors.glob("*.tsv")):
        for line in table.read_text(encoding="utf-8").splitlines()[1:]:
            fields = (line + "\t" * 7).split("\t")
            rows.setdefault(fields[0], []).append((bytes.fromhex(fields[1]), fields[6]))
    for name, frames in rows.items():
        step = max(1, len(frames) // SEEDS_MOST)
        for number, (frame, options) in enumerate(frames[::step][:SEEDS_MOST]):
            seed = hash_of(name) + bytes([option_byte(options)]) + frame
            (corpus / f"{name}_{number:02}").write_bytes(seed)
        stream = b"".join(frame for frame, _ in frames)[:STREAM_MOST]
        (corpus / f"{name}_stream").write_bytes(hash_of(name) + b"\0" + stream)


if __name__ == "__main__":
    main()
