/* Mettler Toledo continuous output, and the 8217 protocol of its checkout scales.
 *
 * mt_cont; also Fairbanks, Cardinal, Kern FTC, Liden, Vector VI-200, DingSong "Addr4":
 *     0       02              STX
 *     1       SWA             bits 0-2: 000 XXXX00, 001 XXXXX0, 010 to 111 none to five decimals;
 *                             bits 3-4: display step; bit 5 = 1, bit 6 = 0
 *     2       SWB             bit 0 net, 1 negative, 2 out of range, 3 motion, 4 kg (0 = lb),
 *                             5 mostly 1, 6 not zeroed since it was switched on
 *     3       SWC             bits 0-2: 0 as SWB says, 1 g, 2 t, 3 oz, 4 ozt, 5 dwt, 6 ton,
 *                             7 other; bit 3 print key, 4 expanded (x 10), 5 = 1, 6 tare by hand
 *     4-9     30-39 20        weight, six digits, blanks for leading zeros, no sign, no point
 *     10-15   30-39 20        tare, likewise or all blank; the short form leaves it out
 *     16      0D              CR; the short form has it in place 10
 *     17      00-7F           check, if the device is set to send one: two's complement of the
 *                             7-bit sum of everything before it, STX and CR included
 *
 * SWA 000 and 001: the digits already hold the dummy zeros and are taken as they stand, as four
 * field recordings show; a reader that multiplies is wrong by 10 or 100. Expanded output is
 * reported as an error, because no source says where its point stands. Not zeroed counts as moving.
 * Bit 5 of SWB and SWC is 0 in one manual and decides nothing here.
 *
 * With `checksum` on, a check that is there is verified: which of the two it is shows in the byte
 * after CR, so that a frame without one is known to be whole only when the next one begins. With
 * `checksum` off a frame ends at its CR, and a byte that follows is passed over.
 *
 * mt_8217:
 *     0       02              STX
 *     1-n     text            four to eight characters: digits with at most one point; three
 *                             decimals are the kg layout WW.WWW, others leave the unit to the port
 *     n+1     4E              'N' for net, or nothing
 *     n+2     0D              CR
 *   or, where there is no weight to tell:
 *     0-1     02 3F           STX '?'
 *     2       status          bit 0 motion, 1 over, 2 under zero, 3 outside the zero range,
 *                             4 centre of zero, 5 net, 6 = 1
 *     3       0D              CR
 *
 * Some models send a weight once and then statuses without a cause until it changes.
 *
 * Sources: WILDCAT technical manual 12/00 p.6-4, 6-5; Kern FTC p.42; Fairbanks FB3000 p.53, 55;
 * Cardinal 225 p.126; Rockwell DC1 app. D; DIVA service manual p.39, 45.
 */
#include "hw/bytes.h"
#include "hw/decimal.h"
#include "hw/drivers.h"

#include <string.h>

enum {
    STX = 0x02,
    CR = 0x0D,
    SWA_AT = 1,
    SWB_AT = 2,
    SWC_AT = 3,
    WEIGHT_AT = 4,
    DIGITS = 6,
    TARE_AT = 10,
    SHORT_LENGTH = 11, /* with CR, without check */
    LONG_LENGTH = 17
};

enum { SWB_NEGATIVE = 0x02, SWB_RANGE = 0x04, SWB_MOTION = 0x08, SWB_KG = 0x10, SWB_ZERO = 0x40 };
enum { SWC_UNIT = 0x07, SWC_EXPANDED = 0x10 };
enum { SWA_DECIMALS = 0x07, SWA_NO_DECIMALS = 2, SWA_FIXED = 0x60, SWA_FIXED_VALUE = 0x20 };

static bool are_digits_or_blanks(const uint8_t *bytes)
{
    for (size_t i = 0; i < DIGITS; i++) {
        if (!byte_is_digit(bytes[i]) && bytes[i] != ' ') {
            return false;
        }
    }
    return true;
}

static bool is_tare(const uint8_t *bytes)
{
    struct hw_value tare;
    return are_digits_or_blanks(bytes) &&
           (memcmp(bytes, "      ", DIGITS) == 0 || decimal_read(bytes, DIGITS, &tare));
}

/* Blanks stand only before the digits; out of range there may be blanks alone. */
static bool read_weight(const uint8_t *frame, struct hw_value *value)
{
    hw_value_begin(value, READING_WEIGHT);
    return decimal_read_six(frame + WEIGHT_AT, value) ||
           ((frame[SWB_AT] & SWB_RANGE) && are_digits_or_blanks(frame + WEIGHT_AT));
}

static uint8_t check_of(const uint8_t *frame, size_t length)
{
    unsigned sum = 0;
    for (size_t i = 0; i < length; i++) {
        sum += frame[i];
    }
    return (uint8_t)(-sum & 0x7F);
}

/* Length with CR of the frame that may be here: 0 where it is none, more than `count` where bytes
 * are missing. */
static size_t cont_length(const uint8_t *bytes, size_t count, struct hw_value *value)
{
    if ((bytes[SWA_AT] & (SWA_FIXED | 0x80)) != SWA_FIXED_VALUE || bytes[SWB_AT] > 0x7F ||
        bytes[SWC_AT] > 0x7F || !read_weight(bytes, value)) {
        return 0;
    }
    if (bytes[TARE_AT] == CR) {
        return SHORT_LENGTH;
    }
    if (count < LONG_LENGTH) {
        return LONG_LENGTH;
    }
    return is_tare(bytes + TARE_AT) && bytes[LONG_LENGTH - 1] == CR ? LONG_LENGTH : 0;
}

/* What the byte after CR says of the frame of `length` bytes before it. A check may look like the
 * STX of a next frame; then the byte after it decides, because SWA never looks like STX. */
static struct frame_result judge_check(const uint8_t *bytes, size_t count, size_t length)
{
    if (count == length) {
        return frame_wait_for(length + 1);
    }
    if (bytes[length] == STX) {
        if (count == length + 1) {
            return frame_wait_for(length + 2);
        }
        if (bytes[length + 1] != STX) {
            return frame_ok(length, 1);
        }
    }
    return bytes[length] == check_of(bytes, length)
               ? frame_ok(length + 1, 1)
               : frame_broken(REJECT_CHECKSUM, bytes, length + 1, STX);
}

static void set_unit(const uint8_t *frame, struct hw_value *value)
{
    static const char units[][HW_UNIT_MAX] = {"lb", "g", "t", "oz", "ozt", "dwt", "ton", "custom"};
    const unsigned other = frame[SWC_AT] & SWC_UNIT;
    const bool is_kg = other == 0 && frame[SWB_AT] & SWB_KG;
    memcpy(value->unit, is_kg ? "kg\0\0\0\0\0" : units[other], HW_UNIT_MAX);
}

/* What the three status bytes say of the weight. */
static void set_status(const uint8_t *frame, struct hw_value *value)
{
    static const char expanded[] = "expanded";
    const unsigned swb = frame[SWB_AT];
    const unsigned decimals = frame[SWA_AT] & SWA_DECIMALS;
    set_unit(frame, value);
    if (swb & SWB_RANGE) {
        value->status = swb & SWB_NEGATIVE ? READING_UNDERLOAD : READING_OVERLOAD;
        value->has_digits = false;
        return;
    }
    if (frame[SWC_AT] & SWC_EXPANDED) {
        value->status = READING_ERROR;
        value->has_digits = false;
        memcpy(value->text, expanded, sizeof expanded);
        return;
    }
    value->negative = swb & SWB_NEGATIVE;
    value->decimals = (uint8_t)(decimals > SWA_NO_DECIMALS ? decimals - SWA_NO_DECIMALS : 0);
    if (swb & (SWB_MOTION | SWB_ZERO)) {
        value->status = READING_MOVING;
    }
}

static struct frame_result cont_frame(const struct hw_options *options, const uint8_t *bytes,
                                      size_t count, struct hw_value values[HW_VALUES_MAX])
{
    if (bytes[0] != STX) {
        return frame_between(bytes, count, STX);
    }
    if (count < SHORT_LENGTH) {
        return frame_wait_for(SHORT_LENGTH);
    }
    const size_t length = cont_length(bytes, count, &values[0]);
    if (length == 0) {
        return frame_broken(REJECT_LAYOUT, bytes, count < LONG_LENGTH ? count : LONG_LENGTH, STX);
    }
    if (length > count) {
        return frame_wait_for(length);
    }
    set_status(bytes, &values[0]);
    return options->checksum ? judge_check(bytes, count, length) : frame_ok(length, 1);
}

/* Whether a check follows CR shows in what comes; here nothing does. */
static struct frame_result cont_last_frame(const struct hw_options *options, const uint8_t *bytes,
                                           size_t count, struct hw_value values[HW_VALUES_MAX])
{
    const bool may_be = options->checksum && count >= SHORT_LENGTH && bytes[0] == STX;
    const size_t length = may_be ? cont_length(bytes, count, &values[0]) : 0;
    if (length == 0 ||
        (length != count && (length + 1 != count || bytes[length] != check_of(bytes, length)))) {
        return frame_reject(REJECT_LAYOUT, count);
    }
    set_status(bytes, &values[0]);
    return frame_ok(count, 1);
}

static size_t cont_command(const struct hw_options *options, enum hw_command command,
                           uint8_t request[HW_REQUEST_MAX])
{
    static const char letters[] = {
        [HW_COMMAND_ZERO] = 'Z', [HW_COMMAND_TARE] = 'T', [HW_COMMAND_CLEAR_TARE] = 'C'};
    (void)options;
    request[0] = (uint8_t)letters[command];
    request[1] = '\r';
    request[2] = '\n';
    return 3;
}

enum {
    MARK_AT = 1,
    STATUS_AT = 2,
    STATUS_LENGTH = 4,
    TEXT_NARROWEST = 4,
    TEXT_WIDEST = 8,
    KG_DECIMALS = 3,
    POLL_MS = 200
};
enum { STATUS_MOTION = 1, STATUS_OVER = 2, STATUS_UNDER = 4, STATUS_OUTSIDE_ZERO = 8 };

static bool read_8217(const struct hw_options *options, const uint8_t *frame, size_t length,
                      struct hw_value *value)
{
    const uint8_t *text = frame + MARK_AT;
    const size_t text_length = length - MARK_AT - 1;
    const size_t width = text_length - (text_length > 0 && text[text_length - 1] == 'N');
    hw_value_begin(value, READING_WEIGHT);
    if (width < TEXT_NARROWEST || width > TEXT_WIDEST || !decimal_read(text, width, value)) {
        return false;
    }
    if (value->decimals == KG_DECIMALS) {
        memcpy(value->unit, "kg", sizeof "kg");
    }
    decimal_set_point(options, text, width, value);
    return true;
}

static void read_8217_status(unsigned status, struct hw_value *value)
{
    hw_value_begin(value, READING_WEIGHT);
    value->status = status & STATUS_OVER           ? READING_OVERLOAD
                    : status & STATUS_UNDER        ? READING_UNDERLOAD
                    : status & STATUS_MOTION       ? READING_MOVING
                    : status & STATUS_OUTSIDE_ZERO ? READING_ERROR
                                                   : READING_BUSY;
}

static struct frame_result m8217_frame(const struct hw_options *options, const uint8_t *bytes,
                                       size_t count, struct hw_value values[HW_VALUES_MAX])
{
    enum { LONGEST = MARK_AT + TEXT_WIDEST + 2 };
    if (bytes[0] != STX) {
        return frame_between(bytes, count, STX);
    }
    if (count < STATUS_LENGTH) {
        return frame_wait_for(STATUS_LENGTH);
    }
    if (bytes[MARK_AT] == '?') {
        read_8217_status(bytes[STATUS_AT], &values[0]);
        return bytes[STATUS_AT] <= 0x7F && bytes[STATUS_LENGTH - 1] == CR
                   ? frame_ok(STATUS_LENGTH, 1)
                   : frame_broken(REJECT_LAYOUT, bytes, STATUS_LENGTH - 1, STX);
    }
    const size_t limit = count < LONGEST ? count : LONGEST;
    const uint8_t *end = memchr(bytes, CR, limit);
    const size_t known = end ? (size_t)(end - bytes) : limit;
    if (end && read_8217(options, bytes, known + 1, &values[0])) {
        return frame_ok(known + 1, 1);
    }
    const uint8_t *next = memchr(bytes + 1, STX, known - 1);
    if (next) {
        return frame_reject(REJECT_LAYOUT, (size_t)(next - bytes));
    }
    if (!end) {
        return count < LONGEST ? frame_wait() : frame_reject(REJECT_LENGTH, LONGEST);
    }
    return frame_reject(REJECT_LAYOUT, known);
}

static size_t m8217_poll(const struct hw_options *options, uint8_t request[HW_REQUEST_MAX])
{
    (void)options;
    request[0] = 'W';
    return 1;
}

static size_t m8217_command(const struct hw_options *options, enum hw_command command,
                            uint8_t request[HW_REQUEST_MAX])
{
    cont_command(options, command, request);
    return 1;
}

const struct hw_driver scale_mettler_mt_8217 = {
    .name = "mt_8217",
    .kind = READING_WEIGHT,
    .line = "9600/7e1",
    .polled = true,
    .poll_ms = POLL_MS,
    .equal_frames = 2,
    .summary = "Mettler Toledo 8217: DIVA, VIVA and other checkout scales",
    .frame = m8217_frame,
    .poll = m8217_poll,
    .command = m8217_command,
};

const struct hw_driver scale_mettler_mt_cont = {
    .name = "mt_cont",
    .kind = READING_WEIGHT,
    .line = "9600/8n1",
    .checksum_default = true,
    .equal_frames = 2,
    .summary = "Mettler Toledo continuous: IND, WILDCAT, Fairbanks, Cardinal, VI-200; DingSong",
    .frame = cont_frame,
    .last_frame = cont_last_frame,
    .command = cont_command,
};
