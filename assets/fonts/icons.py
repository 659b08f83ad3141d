"""Build the icon font from assets/icons/NN-name.svg.

    icons.py OUT SVG...

Each drawing has viewBox "0 0 64 64" and becomes the glyph U+E000+NN, so that the view box is the
em box: ascent 1024, descent 0, advance 1024. A font knows filled outlines under the non-zero rule
and nothing else, so anything a font cannot show is refused here rather than lost on the screen.
"""

import os
import re
import sys
import xml.etree.ElementTree as ElementTree

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.svgLib import SVGPath

VIEW_BOX = 64
EM = 1024
FIRST_CODE = 0xE000
MAX_ERROR = 0.25  # of a quadratic curve against its cubic, in 1/1024 em

SHAPES = {"path", "rect", "circle", "ellipse", "polygon", "polyline", "line"}
PASSIVE = {"svg", "g", "title", "desc", "metadata"}


def refuse(path, why):
    sys.exit(f"{path}: {why}")


def check(path, root):
    if root.get("viewBox", "").split() != ["0", "0", str(VIEW_BOX), str(VIEW_BOX)]:
        refuse(path, f'viewBox must be "0 0 {VIEW_BOX} {VIEW_BOX}"')
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        tag = element.tag.rsplit("}", 1)[-1]
        if tag not in SHAPES | PASSIVE:
            refuse(path, f"<{tag}> cannot become an outline: draw it as a filled path")
        if tag == "g" and element.get("transform"):
            refuse(path, "transform on <g> is not read: put it on the shapes")
        style = element.get("style", "")
        stroke = element.get("stroke", "none")
        if stroke != "none" or re.search(r"stroke\s*:\s*(?!none)", style):
            refuse(path, f"<{tag}> has a stroke: a glyph has only filled outlines")
        if "evenodd" in (element.get("fill-rule"), element.get("clip-rule")) or "evenodd" in style:
            refuse(path, f"<{tag}> fills by the even-odd rule: reverse the inner path instead")


def glyph(path):
    check(path, ElementTree.parse(path).getroot())
    pen = TTGlyphPen(None)
    scale = EM / VIEW_BOX
    upright = TransformPen(Cu2QuPen(pen, MAX_ERROR), (scale, 0, 0, -scale, 0, EM))
    SVGPath(path).draw(upright)
    return pen.glyph()


def main():
    out, *paths = sys.argv[1:]
    glyphs = {".notdef": TTGlyphPen(None).glyph()}
    codes = {}
    for path in sorted(paths):
        match = re.fullmatch(r"(\d\d)-([a-z0-9-]+)\.svg", os.path.basename(path))
        if not match:
            refuse(path, "an icon is named NN-name.svg")
        code = FIRST_CODE + int(match[1])
        if code in codes:
            refuse(path, f"number {match[1]} is taken by {codes[code]}")
        codes[code] = match[2]
        glyphs[match[2]] = glyph(path)

    font = FontBuilder(EM, isTTF=True)
    font.font.recalcTimestamp = False
    font.setupGlyphOrder(list(glyphs))
    font.setupCharacterMap(codes)
    font.setupGlyf(glyphs)
    bounds = font.font["glyf"]
    font.setupHorizontalMetrics({name: (EM, getattr(bounds[name], "xMin", 0)) for name in glyphs})
    font.setupHorizontalHeader(ascent=EM, descent=0)
    font.setupNameTable({"familyName": "Biaogan Icons", "styleName": "Regular"})
    font.setupOS2(sTypoAscender=EM, sTypoDescender=0, usWinAscent=EM, usWinDescent=0)
    font.setupPost(keepGlyphNames=False)
    font.updateHead(created=0, modified=0)
    font.save(out)


if __name__ == "__main__":
    main()
