/* Lines of text: what the text formats share. A format is a line ended by CR, LF or both, and a
 * pure function that reads one line; framing, resynchronisation and the small readers are here.
 * Private to hw/. Pure; any thread. */
#ifndef HW_TEXT_LINE_H
#define HW_TEXT_LINE_H

#include "hw/bytes.h"
#include "hw/driver.h"
#include "hw/text.h"

enum text_verdict {
    TEXT_BROKEN, /* no line of this format */
    TEXT_VALUE,  /* a value, written to *value */
    TEXT_ANSWER  /* an acknowledgement or a host's own command: well-formed, without a value */
};

struct text_format {
    size_t longest; /* bytes of the longest line with the first byte of its end; <= HW_FRAME_MAX */

    /* Reads a line without its end; `length` at least 1. *value is a stable weight of channel 1
     * without digits when it is called. */
    enum text_verdict (*parse)(const struct hw_options *options, const uint8_t *line, size_t length,
                               struct hw_value *value);

    /* NULL where a line has no beginning by which it can be told: then a broken line is dropped
     * whole, because the tail of a number is a number too. Otherwise answers whether a line may
     * begin with `bytes`, of which `count` (at least 1) are known; a broken line is then searched
     * for a whole one that follows it without a line end. */
    bool (*begins)(const uint8_t *bytes, size_t count);
};

/* What frame() says where no line of the format stands whole. `end`: where the first line end is,
 * or `count`. */
struct frame_result text_line_unfit(const struct text_format *format,
                                    const struct hw_options *options, const uint8_t *bytes,
                                    size_t count, size_t end);

/* The driver's frame(): inline, so that the parser of a format is a part of it. */
static inline struct frame_result text_line_frame(const struct text_format *format,
                                                  const struct hw_options *options,
                                                  const uint8_t *bytes, size_t count,
                                                  struct hw_value values[HW_VALUES_MAX])
{
    const size_t end = line_length(bytes, count);
    if (end > 0 && end < count && end < format->longest) {
        hw_value_begin(&values[0], READING_WEIGHT);
        const enum text_verdict verdict = format->parse(options, bytes, end, &values[0]);
        if (verdict != TEXT_BROKEN) {
            const size_t ends =
                bytes[end] == '\r' && end + 1 < count && bytes[end + 1] == '\n' ? 2 : 1;
            return frame_ok(end + ends, verdict == TEXT_VALUE);
        }
    }
    return text_line_unfit(format, options, bytes, count, end);
}

/* A letter or '%'. */
static inline bool byte_is_of_unit(uint8_t byte)
{
    return (uint8_t)((byte | 0x20) - 'a') < 26 || byte == '%';
}

/* Whole UTF-8 characters without control characters. */
bool text_is_clean(const uint8_t *bytes, size_t length);

/* Takes one of the units that scales send, in any case, kept as sent. */
bool text_any_unit(struct text *text, struct hw_value *value);

/* The same; nearly always it is kg. */
static inline bool text_unit(struct text *text, struct hw_value *value)
{
    const ptrdiff_t left = text->end - text->at;
    if (left >= 2 && (text->at[0] | 0x20) == 'k' && (text->at[1] | 0x20) == 'g' &&
        (left == 2 || !byte_is_of_unit(text->at[2]))) {
        memcpy(value->unit, text->at, 2);
        text->at += 2;
        return true;
    }
    return text_any_unit(text, value);
}

/* A number, blanks, a unit, blanks: the end of many lines. False where something is missing. */
static inline bool text_weight(struct text *text, struct hw_value *value)
{
    if (!text_number(text, value)) {
        return false;
    }
    text_blanks(text);
    const bool has_unit = text_unit(text, value);
    text_blanks(text);
    return has_unit;
}

/* The requests of most text scales: Z zero, T tare, each with CR LF; a stored tare cannot be
 * cleared. As hw_driver.command. */
size_t text_zero_or_tare(const struct hw_options *options, enum hw_command command,
                         uint8_t request[HW_REQUEST_MAX]);

/* The parts of a line between commas; `part` gets at most `most` of them. Returns how many there
 * are, or 0 where there are more. */
size_t text_split(struct text text, struct text *part, size_t most);

/* Copies a device's word for its own error (at most HW_CARD_MAX - 1 bytes). */
void text_code(struct hw_value *value, const uint8_t *bytes, size_t count);

/* Copies a request; returns its length, which is at most HW_REQUEST_MAX. */
size_t text_request(const char *request, uint8_t bytes[HW_REQUEST_MAX]);

#endif
