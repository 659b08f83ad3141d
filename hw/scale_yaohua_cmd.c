/* 耀华 Yaohua indicators, command mode: the host asks, the indicator answers.
 *
 *     byte    value           meaning
 *     0       02              STX
 *     1       41-5A           address, 'A' to 'Z' for 1 to 26
 *     2       41-5A 72 30     command; an answer repeats it
 *   answers that carry a value:
 *     3       2B or 2D        sign
 *     4-9     30-39           six digits, high digit first
 *     10      30-34           how many of them stand after the point; or (Keli XK3118K9-R) bytes 4
 *                             to 10 are six digits and one point, 2E
 *   all frames:
 *     n-3 n-2 30-39 41-46     XOR of everything between STX and here, high nibble first
 *     n-1     03              ETX; n is 6 without a value, 14 with one
 *
 * Commands: A handshake, B gross, C tare, D net; E and F differ by model (A9+ truck and cargo, A23p
 * price and amount) and are therefore never shown; A22 alone has 0 zero, T tare, R and r read. The
 * A22 sends a check nibble 10-15 as 3A-3F instead of letters; both are read.
 *
 * The kiosk asks for the gross weight: net follows whoever presses the tare key, and bins are
 * weighed by differences.
 *
 * Sources: XK3190-A9+ manual p.11, A23p p.26, DS3 p.6, A22 p.13; Keli K9-R manual p.10.
 */
#include "hw/bytes.h"
#include "hw/decimal.h"
#include "hw/drivers.h"

#include <string.h>

enum {
    STX = 0x02,
    ETX = 0x03,
    ADDRESS_AT = 1,
    COMMAND_AT = 2,
    SIGN_AT = 3,
    DECIMALS_AT = 10,
    SHORT_LENGTH = 6,
    VALUE_LENGTH = 14,
    TAIL_LENGTH = 3, /* two check characters and ETX */
    DECIMALS_MAX = 4,
    POLL_MS = 250
};

/* -1 where the byte is no check character. */
static int nibble_value(uint8_t byte)
{
    return byte >= ':' && byte <= '?' ? byte - ':' + 10 : byte_hex_value(byte);
}

static bool is_sign(uint8_t byte)
{
    return byte == '+' || byte == '-';
}

static bool is_command(uint8_t byte)
{
    return (byte >= 'A' && byte <= 'Z') || byte == 'r' || byte == '0';
}

static unsigned sum_of(const uint8_t *frame, size_t check_at)
{
    unsigned sum = 0;
    for (size_t i = ADDRESS_AT; i < check_at; i++) {
        sum ^= frame[i];
    }
    return sum;
}

static bool fits_place(uint8_t byte, size_t place, size_t length)
{
    if (place == ADDRESS_AT) {
        return byte >= 'A' && byte <= 'Z';
    }
    if (place == COMMAND_AT) {
        return is_command(byte);
    }
    if (place == length - 1) {
        return byte == ETX;
    }
    if (place >= length - TAIL_LENGTH) {
        return nibble_value(byte) >= 0;
    }
    return place == SIGN_AT ? is_sign(byte) : byte_is_digit(byte) || byte == '.';
}

/* Sign, digits and decimals of bytes 3 to 10, in either way of writing them. */
static bool read_value(const uint8_t *frame, struct hw_value *value)
{
    const uint8_t *digits = frame + SIGN_AT + 1;
    const uint8_t last = frame[DECIMALS_AT];
    bool fits = decimal_read_six(digits, value);
    if (!fits) {
        fits = decimal_read(digits, DECIMALS_AT - SIGN_AT, value);
    } else if (last != '.') {
        value->decimals = (uint8_t)(last - '0');
        fits = value->decimals <= DECIMALS_MAX;
    }
    value->negative = frame[SIGN_AT] == '-';
    value->tare = frame[COMMAND_AT] == 'C';
    return fits;
}

/* Whether the frame is an answer of our device to a question for a weight. */
static bool is_shown(const struct hw_options *options, const uint8_t *frame)
{
    const bool is_ours = options->address == '\0' || frame[ADDRESS_AT] == (uint8_t)options->address;
    return is_ours && strchr("BCDRr", frame[COMMAND_AT]) != NULL;
}

static struct frame_result cmd_frame(const struct hw_options *options, const uint8_t *bytes,
                                     size_t count, struct hw_value values[HW_VALUES_MAX])
{
    if (bytes[0] != STX) {
        const uint8_t *start = memchr(bytes, STX, count);
        return frame_reject(REJECT_NOISE, start ? (size_t)(start - bytes) : count);
    }
    if (count < SHORT_LENGTH) {
        return frame_wait_for(SHORT_LENGTH);
    }
    const size_t length = is_sign(bytes[SIGN_AT]) ? VALUE_LENGTH : SHORT_LENGTH;
    /* No STX fits anywhere inside, so that everything before an unfit byte may be dropped. */
    const size_t known = count < length ? count : length;
    for (size_t i = ADDRESS_AT; i < known; i++) {
        if (!fits_place(bytes[i], i, length)) {
            return frame_reject(REJECT_LAYOUT, i);
        }
    }
    if (known < length) {
        return frame_wait();
    }
    const size_t check_at = length - TAIL_LENGTH;
    const unsigned sum = sum_of(bytes, check_at);
    if (options->checksum && (nibble_value(bytes[check_at]) != (int)(sum >> 4) ||
                              nibble_value(bytes[check_at + 1]) != (int)(sum & 0x0F))) {
        return frame_reject(REJECT_CHECKSUM, length);
    }
    hw_value_begin(&values[0], READING_WEIGHT);
    if (length == VALUE_LENGTH && !read_value(bytes, &values[0])) {
        return frame_reject(REJECT_LAYOUT, length);
    }
    return frame_ok(length, length == VALUE_LENGTH && is_shown(options, bytes));
}

static size_t request(const struct hw_options *options, char command, uint8_t bytes[HW_REQUEST_MAX])
{
    bytes[0] = STX;
    bytes[ADDRESS_AT] = (uint8_t)(options->address ? options->address : 'A');
    bytes[COMMAND_AT] = (uint8_t)command;
    const size_t check_at = SHORT_LENGTH - TAIL_LENGTH;
    const unsigned sum = sum_of(bytes, check_at);
    bytes[check_at] = byte_hex_digit(sum >> 4);
    bytes[check_at + 1] = byte_hex_digit(sum);
    bytes[check_at + 2] = ETX;
    return SHORT_LENGTH;
}

static size_t cmd_poll(const struct hw_options *options, uint8_t bytes[HW_REQUEST_MAX])
{
    return request(options, 'B', bytes);
}

static size_t cmd_command(const struct hw_options *options, enum hw_command command,
                          uint8_t bytes[HW_REQUEST_MAX])
{
    static const char letters[] = {[HW_COMMAND_ZERO] = '0', [HW_COMMAND_TARE] = 'T'};
    return (size_t)command < sizeof letters ? request(options, letters[command], bytes) : 0;
}

const struct hw_driver scale_yaohua_cmd = {
    .name = "yaohua_cmd",
    .kind = READING_WEIGHT,
    .line = "9600/8n1",
    .polled = true,
    .poll_ms = POLL_MS,
    .checksum_default = true,
    .equal_frames = 2,
    .summary = "Yaohua XK3190 A9+, A22, A23p, DS3, Keli K9-R command mode, gross weight",
    .frame = cmd_frame,
    .poll = cmd_poll,
    .command = cmd_command,
};
