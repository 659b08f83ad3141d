/* QR and bar-code readers that send what they read as a line: GM65, GM812 and most others.
 *
 *     bytes   meaning
 *     1-63    the text, UTF-8 without control characters
 *     0-2     CR LF, either or both, or ETX; nothing, and then silence, where the reader is set so
 *
 * Between lines, STX and ETX are dropped: some readers put them around the line or the text. A GM65
 * answers its set-up commands in binary, which is no code that was read:
 *
 *     0-1     02 00
 *     2       status, 00 = done
 *     3       n, number of data bytes
 *     4-      n data bytes
 *             check, 2 bytes ("33 31" stands for none)
 *
 * Sources: GM65 manual; serialdoc.md of cv-scanner. There is no check: what a reader sends, it has
 * already verified against the code. A text too long for a card number is refused with its tail.
 */
#include "hw/bytes.h"
#include "hw/drivers.h"
#include "hw/text_line.h"

#include <string.h>

enum {
    STX = 0x02,
    ETX = 0x03,
    LINE_LONGEST = HW_CARD_MAX, /* the end stands where the NUL of the text will be */
    REPLY_HEAD = 4,
    REPLY_CHECK = 2,
    REPLY_COUNT_AT = 3,
    REPLY_LONGEST = 16
};

static bool is_end(uint8_t byte)
{
    return byte_is_line_end(byte) || byte == ETX;
}

/* A set-up answer, or an STX that stands alone before a line. */
static struct frame_result reply_frame(const uint8_t *bytes, size_t count)
{
    if (count >= 2 && bytes[1] != 0) {
        return frame_skip(1);
    }
    if (count < REPLY_HEAD) {
        return frame_wait();
    }
    const size_t length = (size_t)REPLY_HEAD + bytes[REPLY_COUNT_AT] + REPLY_CHECK;
    if (length > REPLY_LONGEST) {
        return frame_reject(REJECT_LAYOUT, 2);
    }
    return count < length ? frame_wait() : frame_ok(length, 0);
}

static bool is_blank(const uint8_t *bytes, size_t count)
{
    struct text text = {bytes, bytes + count};
    text_blanks(&text);
    return text_ends(&text);
}

static void take_text(const uint8_t *text, size_t length, struct hw_value *value)
{
    hw_value_begin(value, READING_CARD);
    memcpy(value->unit, "card", sizeof "card");
    text_code(value, text, length);
}

static struct frame_result qr_frame(const struct hw_options *options, const uint8_t *bytes,
                                    size_t count, struct hw_value values[HW_VALUES_MAX])
{
    (void)options;
    if (is_end(bytes[0])) {
        return frame_skip(1);
    }
    if (bytes[0] == STX) {
        return reply_frame(bytes, count);
    }
    const size_t limit = count < LINE_LONGEST ? count : LINE_LONGEST;
    size_t end = 0;
    while (end < limit && !is_end(bytes[end])) {
        end++;
    }
    if (end == limit) {
        return count < LINE_LONGEST ? frame_wait() : frame_reject(REJECT_LENGTH, end);
    }
    if (is_blank(bytes, end)) {
        return frame_reject(REJECT_VALUE, end);
    }
    if (!text_is_clean(bytes, end)) {
        return frame_reject(REJECT_LAYOUT, end);
    }
    take_text(bytes, end, &values[0]);
    return frame_ok(end + 1, 1);
}

static struct frame_result qr_last_frame(const struct hw_options *options, const uint8_t *bytes,
                                         size_t count, struct hw_value values[HW_VALUES_MAX])
{
    (void)options;
    if (bytes[0] == STX || is_blank(bytes, count) || !text_is_clean(bytes, count)) {
        return frame_reject(REJECT_LAYOUT, count);
    }
    take_text(bytes, count, &values[0]);
    return frame_ok(count, 1);
}

const struct hw_driver reader_qr_line = {
    .name = "qr_line",
    .kind = READING_CARD,
    .line = "9600/8n1",
    .whole_lines = true,
    .equal_frames = 1,
    .summary = "QR and bar-code readers GM65, GM812: one line of text a code",
    .frame = qr_frame,
    .last_frame = qr_last_frame,
};
