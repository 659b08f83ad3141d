/* Modbus RTU as it is heard on a line, for looking at recorded bytes: `biaogan decode` and ports
 * that only listen. A kiosk that asks for itself is a bus (hw/bus.h).
 *
 *     read answer      addr 01|02|03|04 n data[n] crc crc      n is 2 a register, 1 for 8 bits
 *     read request     addr 01|02|03|04 first first count count crc crc
 *     write coil       addr 05 coil coil FF|00 00 crc crc      request and answer are equal
 *     exception        addr 80+function code crc crc
 *
 * crc is CRC-16/MODBUS of everything before it, low byte first; two bytes, words and bits alike are
 * high first, bit 0 of the first data byte is input 1. (Modbus over serial line V1.02, 2.5.1;
 * recorded frames of a KPR transmitter, a digital-input module and a relay board.)
 *
 * A request and an answer of one function differ only in length, so an answer of the usual 4 data
 * bytes is waited for before bytes count as a request. No frame here is longer than 13 bytes: what
 * looks like a longer one would swallow the good frames behind it.
 */
#include "hw/bytes.h"
#include "hw/crc16.h"
#include "hw/drivers.h"
#include "hw/modbus_map.h"

#include <stdio.h>
#include <string.h>

enum {
    CRC_BYTES = 2,
    HEAD_BYTES = 3,
    SHORT_LENGTH = 5,   /* an exception */
    REQUEST_LENGTH = 8, /* a read request, or a write and its answer */
    DATA_MAX = 8,       /* bytes of one answer */
    EXCEPTION_BIT = 0x80,
    EXCEPTION_ACKNOWLEDGE = 5,
    EXCEPTION_BUSY = 6,
    COIL_ON = 0xFF00,
    COIL_OFF = 0x0000
};

/* What one driver hears. */
struct dialect {
    uint8_t address;  /* usual one; 0: any */
    uint8_t function; /* the answer that carries its values; 0: registers, 03 and 04 */
    uint8_t data;     /* bytes of it; 0: 2, 4, 6 or 8 */

    /* Writes the values of a whole frame; returns how many. */
    size_t (*values)(const struct hw_options *options, const uint8_t *frame, size_t length,
                     struct hw_value values[HW_VALUES_MAX]);
};

static uint8_t address_of(const struct dialect *dialect, const struct hw_options *options)
{
    const uint8_t asked = (uint8_t)options->address;
    return asked != 0 ? asked : dialect->address;
}

static bool is_heard(const struct dialect *dialect, uint8_t function)
{
    return dialect->function != 0
               ? function == dialect->function
               : function == MODBUS_READ_HOLDING || function == MODBUS_READ_REGISTERS;
}

static bool is_data_count(const struct dialect *dialect, uint8_t count)
{
    return dialect->data != 0 ? count == dialect->data
                              : count >= 2 && count <= DATA_MAX && count % 2 == 0;
}

static bool crc_fits(const uint8_t *bytes, size_t length)
{
    const uint16_t crc = crc16_modbus(bytes, length - CRC_BYTES);
    return bytes[length - 2] == (uint8_t)crc && bytes[length - 1] == (uint8_t)(crc >> 8);
}

/* A frame of `length` bytes by the head that stands there. */
static struct frame_result whole(const struct hw_options *options, const uint8_t *bytes,
                                 size_t count, size_t length)
{
    if (count < length) {
        return frame_wait();
    }
    return !options->checksum || crc_fits(bytes, length) ? frame_ok(length, 0)
                                                         : frame_reject(REJECT_CHECKSUM, 1);
}

static struct frame_result read_frame(const struct dialect *dialect,
                                      const struct hw_options *options, const uint8_t *bytes,
                                      size_t count)
{
    const uint8_t data = bytes[HEAD_BYTES - 1];
    const size_t length = HEAD_BYTES + (size_t)data + CRC_BYTES;
    const bool is_answer = is_data_count(dialect, data);
    if (is_answer && length <= REQUEST_LENGTH + 1) {
        const struct frame_result answer = whole(options, bytes, count, length);
        if (answer.verdict != FRAME_REJECT || count < REQUEST_LENGTH) {
            return answer.verdict == FRAME_REJECT ? frame_wait() : answer;
        }
    }
    if (count < REQUEST_LENGTH) {
        return frame_wait();
    }
    if (crc_fits(bytes, REQUEST_LENGTH)) {
        return frame_ok(REQUEST_LENGTH, 0);
    }
    if (is_answer && length > REQUEST_LENGTH + 1) {
        return whole(options, bytes, count, length);
    }
    return frame_reject(is_answer ? REJECT_CHECKSUM : REJECT_LAYOUT, 1);
}

static struct frame_result find_frame(const struct dialect *dialect,
                                      const struct hw_options *options, const uint8_t *bytes,
                                      size_t count)
{
    const uint8_t address = address_of(dialect, options);
    const bool is_ours =
        address != 0 ? bytes[0] == address : bytes[0] >= 1 && bytes[0] <= MODBUS_ADDRESS_MAX;
    if (!is_ours) {
        return frame_reject(REJECT_NOISE, 1);
    }
    if (count == 1) {
        return frame_wait();
    }
    const uint8_t function = bytes[1] & (uint8_t)~EXCEPTION_BIT;
    if (!is_heard(dialect, function)) {
        return frame_reject(REJECT_NOISE, 1);
    }
    if ((bytes[1] & EXCEPTION_BIT) != 0) {
        return whole(options, bytes, count, SHORT_LENGTH);
    }
    if (function == MODBUS_WRITE_COIL) {
        return whole(options, bytes, count, REQUEST_LENGTH);
    }
    return count < HEAD_BYTES ? frame_wait() : read_frame(dialect, options, bytes, count);
}

static struct frame_result modbus_frame(const struct dialect *dialect,
                                        const struct hw_options *options, const uint8_t *bytes,
                                        size_t count, struct hw_value values[HW_VALUES_MAX])
{
    struct frame_result result = find_frame(dialect, options, bytes, count);
    if (result.verdict == FRAME_OK) {
        result.values = (uint32_t)dialect->values(options, bytes, result.length, values);
    }
    return result;
}

/* ---- values ---------------------------------------------------------------------------------- */

static size_t exception(enum reading_kind kind, const char *unit, uint8_t code,
                        struct hw_value *value)
{
    const bool is_busy = code == EXCEPTION_ACKNOWLEDGE || code == EXCEPTION_BUSY;
    hw_value_begin(value, kind);
    value->status = is_busy ? READING_BUSY : READING_ERROR;
    snprintf(value->unit, sizeof value->unit, "%s", unit);
    snprintf(value->text, sizeof value->text, "%u", code);
    return 1;
}

/* A request carries none. With an odd or no register no answer is as long as a request. */
static bool has_data(size_t length)
{
    return length != REQUEST_LENGTH;
}

static void set_number(struct hw_value *value, int64_t number, uint8_t decimals)
{
    value->has_digits = true;
    value->negative = number < 0;
    value->digits = (uint64_t)(number < 0 ? -number : number);
    value->decimals = decimals;
}

static int64_t signed_number(const uint8_t *bytes, size_t count, bool low_word_first)
{
    if (count == 2) {
        return (int16_t)(bytes[0] << 8 | bytes[1]);
    }
    const size_t high = low_word_first ? 2 : 0;
    const size_t low = 2 - high;
    return (int32_t)((uint32_t)bytes[high] << 24 | (uint32_t)bytes[high + 1] << 16 |
                     (uint32_t)bytes[low] << 8 | bytes[low + 1]);
}

static size_t weight_values(const struct hw_options *options, const uint8_t *frame, size_t length,
                            const struct modbus_map *usual, struct hw_value *value)
{
    const char *unit = options->unit[0] != '\0' ? options->unit : usual->unit;
    if ((frame[1] & EXCEPTION_BIT) != 0) {
        return exception(READING_WEIGHT, unit, frame[2], value);
    }
    if (!has_data(length)) {
        return 0;
    }
    const int64_t number = signed_number(frame + HEAD_BYTES, 4, usual->order == MODBUS_CDAB);
    hw_value_begin(value, READING_WEIGHT);
    memcpy(value->unit, unit, HW_UNIT_MAX);
    if (number == INT32_MIN) {
        value->status = READING_ERROR;
        return 1;
    }
    set_number(value, number, options->has_decimals ? options->decimals : (uint8_t)usual->decimals);
    return 1;
}

/* What these two listen for is what the ready maps of the same devices ask for. */
static size_t weight_abcd_values(const struct hw_options *options, const uint8_t *frame,
                                 size_t length, struct hw_value values[HW_VALUES_MAX])
{
    return weight_values(options, frame, length, &modbus_row_find("kpr")->map, values);
}

static const struct dialect weight_abcd_dialect = {1, 0, 4, weight_abcd_values};

static struct frame_result weight_abcd_frame(const struct hw_options *options, const uint8_t *bytes,
                                             size_t count, struct hw_value values[HW_VALUES_MAX])
{
    return modbus_frame(&weight_abcd_dialect, options, bytes, count, values);
}

static size_t weight_cdab_values(const struct hw_options *options, const uint8_t *frame,
                                 size_t length, struct hw_value values[HW_VALUES_MAX])
{
    return weight_values(options, frame, length, &modbus_row_find("ecobin")->map, values);
}

static const struct dialect weight_cdab_dialect = {1, 0, 4, weight_cdab_values};

static struct frame_result weight_cdab_frame(const struct hw_options *options, const uint8_t *bytes,
                                             size_t count, struct hw_value values[HW_VALUES_MAX])
{
    return modbus_frame(&weight_cdab_dialect, options, bytes, count, values);
}

/* Pairs of registers are 32 bits, high word first; an odd number of them are 16 bits each. */
static size_t any_values(const struct hw_options *options, const uint8_t *frame, size_t length,
                         struct hw_value values[HW_VALUES_MAX])
{
    if ((frame[1] & EXCEPTION_BIT) != 0) {
        return exception(READING_WEIGHT, "raw", frame[2], values);
    }
    if (!has_data(length)) {
        return 0;
    }
    const size_t size = frame[HEAD_BYTES - 1] % 4 == 0 ? 4 : 2;
    const size_t count = frame[HEAD_BYTES - 1] / size;
    for (size_t i = 0; i < count; i++) {
        hw_value_begin(&values[i], READING_WEIGHT);
        values[i].channel = (uint8_t)(i + 1);
        memcpy(values[i].unit, "raw", sizeof "raw");
        set_number(&values[i], signed_number(frame + HEAD_BYTES + i * size, size, false),
                   options->has_decimals ? options->decimals : 0);
    }
    return count;
}

static const struct dialect any_dialect = {0, 0, 0, any_values};

static struct frame_result any_frame(const struct hw_options *options, const uint8_t *bytes,
                                     size_t count, struct hw_value values[HW_VALUES_MAX])
{
    return modbus_frame(&any_dialect, options, bytes, count, values);
}

/* The bits as they are: which of 0 and 1 is an open lid is wiring. */
static size_t di_values(const struct hw_options *options, const uint8_t *frame, size_t length,
                        struct hw_value values[HW_VALUES_MAX])
{
    (void)options;
    if ((frame[1] & EXCEPTION_BIT) != 0) {
        return exception(READING_LID, HW_UNIT_BITS, frame[2], values);
    }
    if (!has_data(length)) {
        return 0;
    }
    for (size_t i = 0; i < HW_VALUES_MAX; i++) {
        hw_value_begin(&values[i], READING_LID);
        values[i].channel = (uint8_t)(i + 1);
        values[i].lid_open = (frame[HEAD_BYTES] >> i & 1) != 0;
        memcpy(values[i].unit, HW_UNIT_BITS, sizeof HW_UNIT_BITS);
    }
    return HW_VALUES_MAX;
}

static const struct dialect di_dialect = {1, MODBUS_READ_INPUTS, 1, di_values};

static struct frame_result di_frame(const struct hw_options *options, const uint8_t *bytes,
                                    size_t count, struct hw_value values[HW_VALUES_MAX])
{
    return modbus_frame(&di_dialect, options, bytes, count, values);
}

static size_t relay_values(const struct hw_options *options, const uint8_t *frame, size_t length,
                           struct hw_value values[HW_VALUES_MAX])
{
    (void)options;
    (void)length;
    if ((frame[1] & EXCEPTION_BIT) != 0) {
        return exception(READING_LOCK, "", frame[2], values);
    }
    const bool on = frame[4] == COIL_ON >> 8;
    hw_value_begin(&values[0], READING_LOCK);
    values[0].lid_open = on;
    snprintf(values[0].text, sizeof values[0].text, "coil%u=%s", (unsigned)frame[2] << 8 | frame[3],
             on ? "on" : "off");
    return 1;
}

static const struct dialect relay_dialect = {1, MODBUS_WRITE_COIL, 0, relay_values};

static struct frame_result relay_frame(const struct hw_options *options, const uint8_t *bytes,
                                       size_t count, struct hw_value values[HW_VALUES_MAX])
{
    const struct frame_result result = modbus_frame(&relay_dialect, options, bytes, count, values);
    if (result.verdict != FRAME_OK || result.length != REQUEST_LENGTH) {
        return result;
    }
    /* 5500 and 5A00 toggle on some boards: such an answer says nothing about the coil. */
    const unsigned coil = (unsigned)bytes[4] << 8 | bytes[5];
    return coil == COIL_ON || coil == COIL_OFF ? result : frame_reject(REJECT_VALUE, result.length);
}

const struct hw_driver modbus_frames_weight_abcd = {
    .name = "modbus_weight_abcd",
    .kind = READING_WEIGHT,
    .line = "19200/8n1",
    .checksum_default = true,
    .equal_frames = 1,
    .summary = "Modbus RTU, heard: 32-bit weight of slave 1, high word first, 0.01 kg (KPR)",
    .frame = weight_abcd_frame,
};

const struct hw_driver modbus_frames_weight_cdab = {
    .name = "modbus_weight_cdab",
    .kind = READING_WEIGHT,
    .line = "9600/8n1",
    .checksum_default = true,
    .equal_frames = 1,
    .summary = "Modbus RTU, heard: 32-bit weight of slave 1, low word first, g (EcoBin)",
    .frame = weight_cdab_frame,
};

const struct hw_driver modbus_frames_rtu = {
    .name = "modbus_rtu",
    .kind = READING_WEIGHT,
    .line = "9600/8n1",
    .checksum_default = true,
    .equal_frames = 1,
    .summary = "Modbus RTU, heard: registers of any slave as raw numbers (to look at a line)",
    .frame = any_frame,
};

const struct hw_driver modbus_frames_di = {
    .name = "modbus_di",
    .kind = READING_LID,
    .line = "19200/8e1",
    .checksum_default = true,
    .equal_frames = 1,
    .summary = "Modbus RTU, heard: eight digital inputs of slave 1",
    .frame = di_frame,
};

const struct hw_driver modbus_frames_relay = {
    .name = "modbus_relay",
    .kind = READING_LOCK,
    .line = "9600/8n1",
    .checksum_default = true,
    .equal_frames = 1,
    .summary = "Modbus RTU, heard: relays of slave 1 being switched",
    .frame = relay_frame,
};
