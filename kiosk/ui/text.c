#include "kiosk/ui/text.h"

#include <assert.h>
#include <string.h>

enum { REPLACEMENT = 0xFFFD, CLAUSE_PERCENT = 45 };

int text_decode(const char *text, uint32_t *code_point)
{
    const unsigned char *bytes = (const unsigned char *)text;
    static const struct {
        unsigned char mask, lead;
        int more;
        uint32_t least;
    } forms[] = {{0x80, 0x00, 0, 0},
                 {0xE0, 0xC0, 1, 0x80},
                 {0xF0, 0xE0, 2, 0x800},
                 {0xF8, 0xF0, 3, 0x10000}};

    *code_point = REPLACEMENT;
    if (bytes[0] == '\0') {
        return 0;
    }
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if ((bytes[0] & forms[i].mask) != forms[i].lead) {
            continue;
        }
        uint32_t value = bytes[0] & (unsigned char)~forms[i].mask;
        for (int k = 1; k <= forms[i].more; k++) {
            if ((bytes[k] & 0xC0) != 0x80) {
                return 1;
            }
            value = value << 6 | (bytes[k] & 0x3F);
        }
        if (value < forms[i].least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
            return 1;
        }
        *code_point = value;
        return 1 + forms[i].more;
    }
    return 1;
}

static bool is_one_of(uint32_t code_point, const char *set)
{
    uint32_t member;
    for (int step; (step = text_decode(set, &member)) > 0; set += step) {
        if (member == code_point) {
            return true;
        }
    }
    return false;
}

/* Ideographs, kana, full-width forms and their punctuation: each stands alone. */
static bool is_wide(uint32_t code_point)
{
    return (code_point >= 0x2E80 && code_point <= 0x9FFF) ||
           (code_point >= 0xF900 && code_point <= 0xFAFF) ||
           (code_point >= 0xFE30 && code_point <= 0xFE4F) ||
           (code_point >= 0xFF00 && code_point <= 0xFFEF) || code_point >= 0x20000;
}

bool text_may_break(uint32_t before, uint32_t after)
{
    if (is_one_of(after, "，。、；：！？）】」』》〉”’…—·%,.;:!?)]}") ||
        is_one_of(before, "（【「『《〈“‘([{")) {
        return false;
    }
    if (before == ' ') {
        return true;
    }
    return after == ' ' || is_wide(before) || is_wide(after);
}

int text_width(struct text_face face, int size, const char *text, int count)
{
    if (count == 0) {
        return 0;
    }
    return face.metrics->text_width(face.metrics->context, face.weight, size, text, count);
}

/* Bytes from `text` to the next place where a line may end, blanks that follow included. */
static int unbreakable(const char *text)
{
    uint32_t before, after;
    int length = text_decode(text, &before);
    for (;;) {
        const int step = text_decode(text + length, &after);
        if (step == 0 || (text_may_break(before, after) && after != ' ')) {
            return length;
        }
        length += step;
        before = after;
    }
}

static int without_blanks(const char *text, int count)
{
    while (count > 0 && text[count - 1] == ' ') {
        count--;
    }
    return count;
}

static bool ends_clause(const char *text, int length)
{
    int start = length - 1;
    while (start > 0 && ((unsigned char)text[start] & 0xC0) == 0x80) {
        start--;
    }
    uint32_t last;
    text_decode(text + start, &last);
    return is_one_of(last, "，。；！？");
}

/* Bytes of the line that begins at `text`: as many whole pieces as fit, and of a piece wider than
 * the line as many code points as fit, at least one. A clause that ends past CLAUSE_PERCENT of
 * the line ends it: sentences read better broken where one would breathe. */
static int line_length(struct text_face face, int size, const char *text, int width)
{
    int length = 0;
    int used = 0;
    int clause = 0;
    while (text[length] != '\0') {
        const int piece = unbreakable(text + length);
        const int visible = without_blanks(text + length, piece);
        if (used + text_width(face, size, text + length, visible) > width) {
            break;
        }
        used += text_width(face, size, text + length, piece);
        length += piece;
        if (used * 100 >= width * CLAUSE_PERCENT && ends_clause(text, length)) {
            clause = length;
        }
    }
    if (length > 0) {
        return clause > 0 ? clause : length;
    }
    do {
        uint32_t code_point;
        const int step = text_decode(text + length, &code_point);
        if (length > 0 && text_width(face, size, text, length + step) > width) {
            break;
        }
        length += step;
    } while (text[length] != '\0');
    return length;
}

int text_wrap(struct text_face face, int size, const char *text, int width, struct text_line *lines,
              int lines_max)
{
    int count = 0;
    int start = 0;
    while (text[start] != '\0') {
        if (count == lines_max) {
            return lines_max + 1;
        }
        /* Measuring the rest at once saves measuring its pieces, most texts being one line. */
        const int rest = (int)strlen(text + start);
        const int length = text_width(face, size, text + start, rest) <= width
                               ? rest
                               : line_length(face, size, text + start, width);
        lines[count].start = start;
        lines[count].count = without_blanks(text + start, length);
        count++;
        start += length;
    }
    return count;
}

int text_shrink(struct text_face face, int size, int least, const char *text, int width)
{
    const int count = (int)strlen(text);
    while (size > least) {
        const int wide = text_width(face, size, text, count);
        if (wide <= width) {
            return size;
        }
        const int proportional = size * width / wide;
        size = proportional < size ? proportional : size - 1;
    }
    return least;
}

int text_ellipsise(struct text_face face, int size, const char *text, int count, int width,
                   char *out, size_t out_size)
{
    assert(count >= 0 && out_size > sizeof TEXT_ELLIPSIS);
    const int most = (int)(out_size - sizeof TEXT_ELLIPSIS);
    if (count > most) {
        count = most;
        while (count > 0 && ((unsigned char)text[count] & 0xC0) == 0x80) {
            count--;
        }
    }
    memcpy(out, text, (size_t)count);
    out[count] = '\0';
    int wide = text_width(face, size, out, count);
    if (wide <= width) {
        return wide;
    }
    for (int keep = count; keep > 0;) {
        do {
            keep--;
        } while (keep > 0 && ((unsigned char)text[keep] & 0xC0) == 0x80);
        memcpy(out + keep, TEXT_ELLIPSIS, sizeof TEXT_ELLIPSIS);
        wide = text_width(face, size, out, keep + (int)sizeof TEXT_ELLIPSIS - 1);
        if (wide <= width) {
            return wide;
        }
    }
    out[0] = '\0';
    return 0;
}
