/* Lines of text: what the text formats share. A format is a line ended by CR, LF or both, and a
 * pure function that reads one line; framing, resynchronisation and the small readers are here.
 * Private to hw/. Pure; any thread. */
#ifndef HW_TEXT_LINE_H
#define HW_TEXT_LINE_H

#include "hw/driver.h"

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

/* The driver's frame() and decode(). */
struct frame_result text_line_frame(const struct text_format *format,
                                    const struct hw_options *options, const uint8_t *bytes,
                                    size_t count);
size_t text_line_decode(const struct text_format *format, const struct hw_options *options,
                        const uint8_t *frame, size_t length, struct hw_value values[HW_VALUES_MAX]);

/* Whole UTF-8 characters without control characters. */
bool text_is_clean(const uint8_t *bytes, size_t length);

/* A text being read: `at` walks to `end`. */
struct text {
    const uint8_t *at;
    const uint8_t *end;
};

/* Each takes what it names if that stands next, and otherwise leaves the text alone. */
void text_blanks(struct text *text);
bool text_byte(struct text *text, uint8_t byte);
bool text_word(struct text *text, const char *word);
bool text_ends(const struct text *text);

/* Digits with at most one point, which may stand first or last. Sets digits, decimals and
 * has_digits. False without a digit, with more than 15, or with more than 9 decimals. */
bool text_digits(struct text *text, struct hw_value *value);

/* Blanks, '+', '-' or nothing, blanks, digits. Sets `negative` as well. */
bool text_number(struct text *text, struct hw_value *value);

/* One of the units that scales send, in any case, kept as sent. */
bool text_unit(struct text *text, struct hw_value *value);

/* A number, blanks, a unit, blanks: the end of many lines. False where something is missing. */
bool text_weight(struct text *text, struct hw_value *value);

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
