"""Make the dictionary of things and their classes: items.csv -> one C file of const tables.

    items.py UCONV ITEMS SOURCES READINGS ITEMS_H OUT

ICU's uconv is asked once for the pinyin of every character of GB2312 and of the names. READINGS
says where its reading is not the one that names of things have; a row's own column `pinyin` says
more ("行hang"). The same files and the same ICU give the same bytes. A mistake in a file ends the
build with the file, the line and the reason.
"""

import csv
import re
import subprocess
import sys

FIRST, LAST = 0x4E00, 0x9FFF  # CJK unified ideographs
COLUMNS = ["name", "aliases", "class", "group", "tip", "source", "local", "pinyin"]
CLASSES = {"recyclable", "hazardous", "kitchen", "residual"}


def wrong(path, line, reason):
    sys.exit(f"{path}:{line}: {reason}")


def is_han(character):
    return FIRST <= ord(character) <= LAST


def capacities(path):
    """The enum of items.h: every capacity is named there, and nowhere else."""
    with open(path, encoding="utf-8") as header:
        source = header.read()
    sizes = {name: int(value) for name, value in re.findall(r"(ITEMS?_\w*MAX) = (\d+)", source)}
    groups = re.findall(r'X\((ITEM_\w+), "(\w+)"\)', source)
    return sizes, {text: name for name, text in groups}


def table(path, columns):
    """Rows as dictionaries, each with its line."""
    with open(path, encoding="utf-8", newline="") as text:
        reader = csv.DictReader(text)
        if reader.fieldnames != columns:
            wrong(path, 1, f"the columns are {','.join(columns)}")
        for row in reader:
            if None in row or None in row.values():
                wrong(path, reader.line_num, f"not {len(columns)} columns")
            yield reader.line_num, row


def gb2312():
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                yield bytes((high, low)).decode("gb2312")
            except UnicodeDecodeError:
                pass


def icu_readings(uconv, characters):
    """One character a line: ICU's own way of running syllables together does not matter then."""
    command = [uconv, "-f", "utf-8", "-t", "utf-8", "-x", "Han-Latin; Latin-ASCII; Lower"]
    run = subprocess.run(command, input="\n".join(characters) + "\n", stdout=subprocess.PIPE,
                         encoding="utf-8", check=True)
    lines = run.stdout.split("\n")[:-1]
    if len(lines) != len(characters):
        sys.exit(f"{uconv}: {len(lines)} answers to {len(characters)} characters")
    return {c: line for c, line in zip(characters, lines) if re.fullmatch("[a-z]+", line)}


def own_readings(path, line, text):
    readings = dict(re.findall(r"(\S)([a-z]+)", text))
    if text and "".join(c + r for c, r in readings.items()) != text.replace(" ", ""):
        wrong(path, line, f'pinyin "{text}": write a character and its reading, as 行hang')
    return readings


def spell(path, line, name, readings):
    """Initials and whole pinyin of a name."""
    syllables = []
    for character in name:
        if is_han(character):
            if character not in readings:
                wrong(path, line, f'"{name}": no reading of {character}; give it in column pinyin')
            syllables.append(readings[character])
        elif character.isascii() and character.isalpha():
            syllables.append(character.lower())
    if not syllables:
        wrong(path, line, f'"{name}" has no letters to search it by')
    return "".join(s[0] for s in syllables), "".join(syllables)


def check_row(path, line, row, names, sizes, groups, sources, seen):
    if row["class"] not in CLASSES:
        wrong(path, line, f'class "{row["class"]}": one of {", ".join(sorted(CLASSES))}')
    if row["group"] not in groups:
        wrong(path, line, f'group "{row["group"]}": one of {", ".join(groups)}')
    if row["source"] not in sources:
        wrong(path, line, f'source "{row["source"]}" has no row in sources.csv')
    if row["local"] not in ("0", "1"):
        wrong(path, line, f'local "{row["local"]}": 0 or 1')
    if len(names) > sizes["ITEM_WORDS_MAX"]:
        wrong(path, line, f"more than {sizes['ITEM_WORDS_MAX']} names")
    if len(row["tip"].encode()) >= sizes["ITEM_TIP_MAX"]:
        wrong(path, line, f"the tip is longer than {sizes['ITEM_TIP_MAX'] - 1} bytes")
    for name in names:
        if not name or len(name.encode()) >= sizes["ITEM_NAME_MAX"]:
            wrong(path, line, f'"{name}" is empty or over {sizes["ITEM_NAME_MAX"] - 1} bytes')
        if name in seen:
            wrong(path, line, f'"{name}" is in line {seen[name]} as well')
        seen[name] = line


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write_table(out, items, readings):
    print('/* Made by assets/items/items.py. */\n#include "assets/items.h"\n', file=out)
    print("static const struct item_word words[] = {", file=out)
    for _, words, _ in items:
        for text, initials, pinyin in words:
            print(f'    {{{quoted(text)}, "{initials}", "{pinyin}"}},', file=out)
    print("};\n\nstatic const struct item list[] = {", file=out)
    at = 0
    for _, words, row in items:
        print(f'    {{words + {at}, {len(words)}, {row["class"]}, {row["group"]}, {row["local"]}, '
              f'{quoted(row["tip"])}, {quoted(row["source"])}}},', file=out)
        at += len(words)
    print(f"}};\n\nconst struct items items_builtin = {{list, {len(items)}}};\n", file=out)
    print("const char items_letters[ITEMS_LETTERS] = {", file=out)
    letters = [readings.get(chr(code), "\0")[0] for code in range(FIRST, LAST + 1)]
    for start in range(0, len(letters), 32):
        row = ",".join("0" if c == "\0" else f"'{c}'" for c in letters[start:start + 32])
        print(f"    {row},", file=out)
    print("};", file=out)


def main():
    uconv, items_path, sources_path, readings_path, header, out_path = sys.argv[1:]
    sizes, groups = capacities(header)
    sources = {row["id"]: row for _, row in table(sources_path, ["id", "title", "trust", "backs"])}
    rows = list(table(items_path, COLUMNS))
    if len(rows) > sizes["ITEMS_MAX"]:
        wrong(items_path, rows[-1][0], f"more than {sizes['ITEMS_MAX']} entries")

    characters = set(gb2312())
    for _, row in rows:
        characters.update(c for c in row["name"] + row["aliases"] if is_han(c))
    readings = icu_readings(uconv, sorted(characters))
    readings.update((row["character"], row["reading"])
                    for _, row in table(readings_path, ["character", "reading"]))

    seen, items = {}, []
    for line, row in rows:
        names = [row["name"]] + [alias for alias in row["aliases"].split("|") if alias]
        check_row(items_path, line, row, names, sizes, groups, sources, seen)
        own = {**readings, **own_readings(items_path, line, row["pinyin"])}
        words = [(name, *spell(items_path, line, name, own)) for name in names]
        row["class"] = "WASTE_" + row["class"].upper()
        row["group"] = groups[row["group"]]
        items.append(((words[0][1], words[0][2], words[0][0]), words, row))
    items.sort(key=lambda item: item[0])
    with open(out_path, "w", encoding="utf-8") as out:
        write_table(out, items, readings)


if __name__ == "__main__":
    main()
