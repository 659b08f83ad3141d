#include "hw/text_line.h"

#include <assert.h>
#include <string.h>

/* Letters, the first in the highest byte, as the reader below puts them together. */
#define WORD2(a, b)    ((uint32_t)(a) << 8 | (b))
#define WORD3(a, b, c) (WORD2(a, b) << 8 | (c))

/* The commonest first. */
static const uint32_t units[] = {
    WORD2('k', 'g'),
    'g',
    't',
    WORD2('l', 'b'),
    WORD2('o', 'z'),
    WORD3('j', 'i', 'n'),
    WORD2('m', 'g'),
    WORD2('c', 't'),
    WORD3('o', 'z', 't'),
    WORD3('d', 'w', 't'),
    WORD2('g', 'n'),
    WORD2('t', 'l'),
    WORD3('p', 'c', 's'),
    WORD2('p', 'c'),
    '%',
    WORD3('m', 'o', 'm'),
    WORD3('t', 'l', 'h'),
    WORD3('t', 'l', 's'),
    WORD3('t', 'l', 't'),
    WORD3('t', 'l', 'c'),
    WORD3('t', 'o', 'l'),
    WORD3('b', 'a', 't'),
};

static bool is_unit(uint32_t folded)
{
    size_t i = 0;
    while (i < sizeof units / sizeof units[0] && units[i] != folded) {
        i++;
    }
    return i < sizeof units / sizeof units[0];
}

bool text_any_unit(struct text *text, struct hw_value *value)
{
    enum { LETTERS_MAX = 3 };
    uint32_t folded = 0;
    size_t length = 0;
    for (; text->at + length < text->end && length <= LETTERS_MAX; length++) {
        const uint8_t byte = text->at[length];
        if (!byte_is_of_unit(byte)) {
            break;
        }
        folded = folded << 8 | (byte | 0x20);
    }
    if (length == 0 || length > LETTERS_MAX || !is_unit(folded)) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        value->unit[i] = (char)text->at[i];
    }
    text->at += length;
    return true;
}

size_t text_split(struct text text, struct text *part, size_t most)
{
    for (size_t count = 0; count < most; count++) {
        const uint8_t *comma = memchr(text.at, ',', (size_t)(text.end - text.at));
        part[count] = (struct text){text.at, comma ? comma : text.end};
        if (!comma) {
            return count + 1;
        }
        text.at = comma + 1;
    }
    return 0;
}

void text_code(struct hw_value *value, const uint8_t *bytes, size_t count)
{
    const size_t most = sizeof value->text - 1;
    const size_t length = count < most ? count : most;
    memcpy(value->text, bytes, length);
    value->text[length] = '\0';
}

size_t text_request(const char *request, uint8_t bytes[HW_REQUEST_MAX])
{
    const size_t length = strlen(request);
    assert(length <= HW_REQUEST_MAX);
    memcpy(bytes, request, length);
    return length;
}

size_t text_zero_or_tare(const struct hw_options *options, enum hw_command command,
                         uint8_t request[HW_REQUEST_MAX])
{
    (void)options;
    static const char *const requests[] = {
        [HW_COMMAND_ZERO] = "Z\r\n",
        [HW_COMMAND_TARE] = "T\r\n",
        [HW_COMMAND_CLEAR_TARE] = "",
    };
    return text_request(requests[command], request);
}

bool text_is_clean(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length;) {
        const uint8_t lead = bytes[i];
        if (lead < 0x20 || lead == 0x7F || (lead >= 0x80 && lead < 0xC2) || lead > 0xF4) {
            return false;
        }
        const size_t follow = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
        if (follow >= length - i) {
            return false;
        }
        for (size_t k = 1; k <= follow; k++) {
            if ((bytes[i + k] & 0xC0) != 0x80) {
                return false;
            }
        }
        const uint8_t second = follow > 0 ? bytes[i + 1] : 0;
        if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
            (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) {
            return false;
        }
        i += follow + 1;
    }
    return true;
}

static enum text_verdict parse(const struct text_format *format, const struct hw_options *options,
                               const uint8_t *line, size_t length)
{
    struct hw_value value;
    hw_value_begin(&value, READING_WEIGHT);
    return format->parse(options, line, length, &value);
}

/* Where in the line a whole one begins that follows a broken one, or `end`. */
static size_t whole_line_inside(const struct text_format *format, const struct hw_options *options,
                                const uint8_t *bytes, size_t end)
{
    for (size_t i = 1; format->begins && i < end; i++) {
        if (format->begins(bytes + i, end - i) &&
            parse(format, options, bytes + i, end - i) != TEXT_BROKEN) {
            return i;
        }
    }
    return end;
}

static size_t possible_beginning(const struct text_format *format, const uint8_t *bytes, size_t end)
{
    size_t i = 1;
    while (i < end && !(format->begins && format->begins(bytes + i, end - i))) {
        i++;
    }
    return i;
}

struct frame_result text_line_unfit(const struct text_format *format,
                                    const struct hw_options *options, const uint8_t *bytes,
                                    size_t count, size_t end)
{
    if (end == 0) {
        while (end < count && byte_is_line_end(bytes[end])) {
            end++;
        }
        return frame_skip(end);
    }
    if (end >= format->longest) {
        return frame_reject(REJECT_LENGTH, possible_beginning(format, bytes, format->longest));
    }
    if (end == count) {
        return frame_wait();
    }
    return frame_reject(REJECT_LAYOUT, whole_line_inside(format, options, bytes, end));
}
