/* Card readers with a serial line. Both print the number as ten decimal digits of the last four
 * bytes, as it stands on most cards.
 *
 * `rdm630`: RDM630, RDM6300; EM-18 sends the same without bytes 0 and 13:
 *
 *     byte     meaning
 *     0        02
 *     1-10     five bytes of the card as upper-case hex digits
 *     11-12    XOR of the five bytes as upper-case hex digits
 *     13       03; ID-12, ID-20: 0D 0A 03
 *
 * Sources: fifteen recordings of RDM630 and EM-18 in sigrok-dumps; ID-12 data sheet. Without 02 and
 * 03, twelve digits count only where they stand alone: nothing follows them, or no digit and no 03,
 * or twelve more that fit. In a longer run one place in 256 would fit by chance.
 *
 * `em_bin`: 7941E and many USB-serial readers, 125 kHz and 13.56 MHz:
 *
 *     byte     meaning
 *     0        02
 *     1        length of all of it: 0A, or 09 where the card has four bytes
 *     2        kind of card: 02 EM4100, 01 Mifare 1K, 03 Mifare 4K, others
 *     3-       five or four bytes of the card, high byte first
 *     n-2      XOR of everything between the first and this byte
 *     n-1      03
 *
 * Source: 7941E data sheet, section UART output. 02 and 03 may stand inside.
 */
#include "hw/bytes.h"
#include "hw/drivers.h"

#include <string.h>

enum {
    STX = 0x02,
    ETX = 0x03,
    CARD_BYTES = 5,
    HEX_DIGITS = 2 * CARD_BYTES + 2,
    RDM_LENGTH = HEX_DIGITS + 2,
    ID_LENGTH = RDM_LENGTH + 2,
    NUMBER_BYTES = 4,
    NUMBER_DIGITS = 10,
    EM_SHORTEST = 9,
    EM_LONGEST = 10,
    EM_DATA_AT = 3,
    EM_TAIL = 2
};

static void take_number(const uint8_t number[NUMBER_BYTES], struct hw_value *value)
{
    hw_value_begin(value, READING_CARD);
    memcpy(value->unit, "card", sizeof "card");
    uint32_t rest = 0;
    for (size_t i = 0; i < NUMBER_BYTES; i++) {
        rest = rest << 8 | number[i];
    }
    for (size_t i = NUMBER_DIGITS; i > 0; i--) {
        value->text[i - 1] = (char)('0' + rest % 10);
        rest /= 10;
    }
    value->text[NUMBER_DIGITS] = '\0';
}

static uint8_t hex_byte(const uint8_t *digits)
{
    return (uint8_t)(byte_hex_value(digits[0]) << 4 | byte_hex_value(digits[1]));
}

static void take_digits(const uint8_t *digits, struct hw_value *value)
{
    uint8_t number[NUMBER_BYTES];
    for (size_t i = 0; i < NUMBER_BYTES; i++) {
        number[i] = hex_byte(digits + 2 * (CARD_BYTES - NUMBER_BYTES + i));
    }
    take_number(number, value);
}

static bool rdm_check_fits(const uint8_t *digits)
{
    uint8_t sum = 0;
    for (size_t i = 0; i < HEX_DIGITS; i += 2) {
        sum = (uint8_t)(sum ^ hex_byte(digits + i));
    }
    return sum == 0;
}

static size_t count_digits(const uint8_t *bytes, size_t count)
{
    size_t digits = 0;
    while (digits < count && byte_hex_value(bytes[digits]) >= 0) {
        digits++;
    }
    return digits;
}

/* Digits without STX: those of an EM-18. */
static struct frame_result bare_frame(const struct hw_options *options, const uint8_t *bytes,
                                      size_t count, struct hw_value *value)
{
    const size_t known = count < 2 * HEX_DIGITS ? count : 2 * HEX_DIGITS;
    const size_t digits = count_digits(bytes, known);
    if (digits == known && known < 2 * HEX_DIGITS) {
        return frame_wait();
    }
    const bool is_alone = digits == HEX_DIGITS && bytes[HEX_DIGITS] != ETX;
    const bool is_followed = digits == 2 * HEX_DIGITS && rdm_check_fits(bytes + HEX_DIGITS);
    const bool fits = !options->checksum || (digits >= HEX_DIGITS && rdm_check_fits(bytes));
    if (fits && (is_alone || is_followed)) {
        take_digits(bytes, value);
        return frame_ok(HEX_DIGITS, 1);
    }
    return frame_reject(REJECT_NOISE, digits < 2 * HEX_DIGITS ? digits : 1);
}

static struct frame_result rdm_last_frame(const struct hw_options *options, const uint8_t *bytes,
                                          size_t count, struct hw_value values[HW_VALUES_MAX])
{
    if (count != HEX_DIGITS || count_digits(bytes, count) != HEX_DIGITS ||
        (options->checksum && !rdm_check_fits(bytes))) {
        return frame_reject(REJECT_LAYOUT, count);
    }
    take_digits(bytes, &values[0]);
    return frame_ok(HEX_DIGITS, 1);
}

static struct frame_result rdm_frame(const struct hw_options *options, const uint8_t *bytes,
                                     size_t count, struct hw_value values[HW_VALUES_MAX])
{
    if (byte_hex_value(bytes[0]) >= 0) {
        return bare_frame(options, bytes, count, &values[0]);
    }
    if (bytes[0] != STX) {
        return frame_reject(REJECT_NOISE, 1);
    }
    /* No STX fits among the digits, so that everything before an unfit byte may be dropped. */
    const size_t digits = count_digits(bytes + 1, count - 1);
    if (digits < HEX_DIGITS) {
        return digits == count - 1 ? frame_wait() : frame_reject(REJECT_LAYOUT, digits + 1);
    }
    if (count < RDM_LENGTH) {
        return frame_wait();
    }
    const bool has_line_end = digits == HEX_DIGITS && bytes[RDM_LENGTH - 1] == '\r';
    const size_t length = has_line_end ? ID_LENGTH : RDM_LENGTH;
    if (count < length) {
        return frame_wait();
    }
    if (bytes[length - 1] != ETX || (has_line_end && bytes[RDM_LENGTH] != '\n')) {
        /* The rest of a run that is too long is none of an EM-18's. */
        return digits == count - 1 && count < HW_FRAME_MAX
                   ? frame_wait()
                   : frame_reject(REJECT_LAYOUT, digits + 1);
    }
    if (options->checksum && !rdm_check_fits(bytes + 1)) {
        return frame_reject(REJECT_CHECKSUM, length);
    }
    take_digits(bytes + 1, &values[0]);
    return frame_ok(length, 1);
}

static struct frame_result em_reject(enum reject_reason reason, const uint8_t *bytes, size_t count)
{
    const uint8_t *next = memchr(bytes + 1, STX, count - 1);
    return frame_reject(reason, next ? (size_t)(next - bytes) : count);
}

static struct frame_result em_frame(const struct hw_options *options, const uint8_t *bytes,
                                    size_t count, struct hw_value values[HW_VALUES_MAX])
{
    if (bytes[0] != STX) {
        return em_reject(REJECT_NOISE, bytes, count);
    }
    if (count < 2) {
        return frame_wait();
    }
    const size_t length = bytes[1];
    if (length < EM_SHORTEST || length > EM_LONGEST) {
        return frame_reject(REJECT_NOISE, 1);
    }
    if (count < length) {
        return frame_wait();
    }
    uint8_t sum = 0;
    for (size_t i = 1; i < length - 1; i++) {
        sum = (uint8_t)(sum ^ bytes[i]);
    }
    if (bytes[length - 1] != ETX) {
        return em_reject(REJECT_LAYOUT, bytes, length);
    }
    if (options->checksum && sum != 0) {
        return em_reject(REJECT_CHECKSUM, bytes, length);
    }
    take_number(bytes + length - EM_TAIL - NUMBER_BYTES, &values[0]);
    return frame_ok(length, 1);
}

const struct hw_driver reader_rfid_rdm630 = {
    .name = "rdm630",
    .kind = READING_CARD,
    .line = "9600/8n1",
    .checksum_default = true,
    .equal_frames = 1,
    .summary = "125 kHz readers RDM630, RDM6300, EM-18: hex text with XOR",
    .frame = rdm_frame,
    .last_frame = rdm_last_frame,
};

const struct hw_driver reader_rfid_em_bin = {
    .name = "em_bin",
    .kind = READING_CARD,
    .line = "9600/8n1",
    .checksum_default = true,
    .equal_frames = 1,
    .summary = "card readers 7941E and alike, EM and Mifare: binary with XOR",
    .frame = em_frame,
};
