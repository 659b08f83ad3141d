"""Subset one weight of Noto Sans CJK SC to the characters the kiosk may show.

    subset.py SOURCE FACE OUT TEXT_FILE...

GB2312 level 1 (3,755 hanzi), its punctuation and full-width rows, ASCII, and every character of
the TEXT_FILEs. Whatever else comes (a rare character in a name) is drawn from the full font.
The same input gives the same bytes: no time stamps are written.
"""

import sys

from fontTools import subset

# What the screens use beyond GB2312: signs of units, arrows and fractions.
EXTRA = "°·×÷—–…‘’“”•≤≥≈±−₀₂→←↑↓✓✕"


def gb2312_rows(first, last):
    """Characters of the GB2312 rows whose first byte runs from `first` to `last`."""
    for high in range(first, last + 1):
        for low in range(0xA1, 0xFF):
            try:
                yield bytes((high, low)).decode("gb2312")
            except UnicodeDecodeError:
                pass


def wanted(text_files):
    characters = {chr(code) for code in range(0x20, 0x7F)} | set(EXTRA)
    for first, last in ((0xA1, 0xA1), (0xA3, 0xA3), (0xB0, 0xD7)):
        characters.update(gb2312_rows(first, last))
    for path in text_files:
        with open(path, encoding="utf-8") as text:
            characters.update(c for c in text.read() if ord(c) > 0x7F)
    return characters


def main():
    source, face, out, *text_files = sys.argv[1:]
    options = subset.Options(
        font_number=int(face),
        hinting=False,
        layout_features=[],
        name_IDs=[0, 1, 2, 13, 14],  # copyright and licence stay with the glyphs
        notdef_outline=True,
        glyph_names=False,
        recalc_timestamp=False,
    )
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG"]
    font = subset.load_font(source, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[ord(c) for c in wanted(text_files)])
    subsetter.subset(font)
    subset.save_font(font, out, options)


if __name__ == "__main__":
    main()
