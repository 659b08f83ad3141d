#include "hw/text_line.h"

#include "hw/bytes.h"
#include "hw/decimal.h"

#include <assert.h>
#include <string.h>

void text_blanks(struct text *text)
{
    while (text->at < text->end && *text->at == ' ') {
        text->at++;
    }
}

bool text_byte(struct text *text, uint8_t byte)
{
    if (text->at == text->end || *text->at != byte) {
        return false;
    }
    text->at++;
    return true;
}

bool text_word(struct text *text, const char *word)
{
    const size_t length = strlen(word);
    if ((size_t)(text->end - text->at) < length || memcmp(text->at, word, length) != 0) {
        return false;
    }
    text->at += length;
    return true;
}

bool text_ends(const struct text *text)
{
    return text->at == text->end;
}

static size_t span_of_digits(const struct text *text, size_t at)
{
    const size_t length = (size_t)(text->end - text->at);
    while (at < length && (byte_is_digit(text->at[at]) || text->at[at] == '.')) {
        at++;
    }
    return at;
}

bool text_digits(struct text *text, struct hw_value *value)
{
    const size_t width = span_of_digits(text, 0);
    if (!decimal_read(text->at, width, value)) {
        return false;
    }
    text->at += width;
    return true;
}

bool text_number(struct text *text, struct hw_value *value)
{
    struct text rest = *text;
    text_blanks(&rest);
    if (text_byte(&rest, '-') || text_byte(&rest, '+')) {
        text_blanks(&rest);
    }
    const size_t width = span_of_digits(text, (size_t)(rest.at - text->at));
    if (!decimal_read(text->at, width, value)) {
        return false;
    }
    text->at += width;
    return true;
}

static bool is_unit(const uint8_t *bytes, size_t length)
{
    static const char *const units[] = {
        "kg", "g",   "t",  "lb", "oz",  "jin", "mg",  "ct",  "ozt", "dwt", "gn",
        "tl", "pcs", "pc", "%",  "mom", "tlh", "tls", "tlt", "tlc", "tol", "bat",
    };
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t fit = 0;
        while (fit < length && units[i][fit] != '\0' &&
               (bytes[fit] == (uint8_t)units[i][fit] ||
                (bytes[fit] >= 'A' && (bytes[fit] | 0x20) == (uint8_t)units[i][fit]))) {
            fit++;
        }
        if (fit == length && units[i][fit] == '\0') {
            return true;
        }
    }
    return false;
}

bool text_unit(struct text *text, struct hw_value *value)
{
    size_t length = 0;
    while (text->at + length < text->end &&
           (text->at[length] == '%' || (uint8_t)((text->at[length] | 0x20) - 'a') < 26)) {
        length++;
    }
    if (length == 0 || length >= sizeof value->unit || !is_unit(text->at, length)) {
        return false;
    }
    memcpy(value->unit, text->at, length);
    value->unit[length] = '\0';
    text->at += length;
    return true;
}

bool text_weight(struct text *text, struct hw_value *value)
{
    if (!text_number(text, value)) {
        return false;
    }
    text_blanks(text);
    const bool has_unit = text_unit(text, value);
    text_blanks(text);
    return has_unit;
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
                               const uint8_t *line, size_t length, struct hw_value *value)
{
    hw_value_begin(value, READING_WEIGHT);
    return format->parse(options, line, length, value);
}

/* Where in the line a whole one begins that follows a broken one, or `end`. */
static size_t whole_line_inside(const struct text_format *format, const struct hw_options *options,
                                const uint8_t *bytes, size_t end)
{
    struct hw_value value;
    for (size_t i = 1; format->begins && i < end; i++) {
        if (format->begins(bytes + i, end - i) &&
            parse(format, options, bytes + i, end - i, &value) != TEXT_BROKEN) {
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

struct frame_result text_line_frame(const struct text_format *format,
                                    const struct hw_options *options, const uint8_t *bytes,
                                    size_t count)
{
    size_t end = 0;
    while (end < count && byte_is_line_end(bytes[end])) {
        end++;
    }
    if (end > 0) {
        return frame_skip(end);
    }
    const size_t limit = count < format->longest ? count : format->longest;
    while (end < limit && !byte_is_line_end(bytes[end])) {
        end++;
    }
    if (end == limit) {
        return count < format->longest
                   ? frame_wait()
                   : frame_reject(REJECT_LENGTH, possible_beginning(format, bytes, end));
    }
    struct hw_value value;
    if (parse(format, options, bytes, end, &value) == TEXT_BROKEN) {
        return frame_reject(REJECT_LAYOUT, whole_line_inside(format, options, bytes, end));
    }
    return frame_ok(end + 1);
}

size_t text_line_decode(const struct text_format *format, const struct hw_options *options,
                        const uint8_t *frame, size_t length, struct hw_value values[HW_VALUES_MAX])
{
    return parse(format, options, frame, length - 1, &values[0]) == TEXT_VALUE ? 1 : 0;
}
