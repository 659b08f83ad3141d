/* The lid line; hw/lid_board.h has its grammar byte by byte. */
#include "hw/lid_board.h"

#include "hw/bytes.h"
#include "hw/crc16.h"
#include "hw/drivers.h"

#include <assert.h>
#include <string.h>

enum { STATES_AT = 11, CHECK_DIGITS = 4 };

/* What stands before the states: '9' a decimal digit, 'F' a hex digit, else the byte itself. */
static const uint8_t head[STATES_AT + 1] = "$LID,99,FF,";

static bool fits(uint8_t pattern, uint8_t byte)
{
    return pattern == '9'   ? byte_is_digit(byte)
           : pattern == 'F' ? byte_hex_value(byte) >= 0
                            : byte == pattern;
}

static bool is_state(uint8_t byte)
{
    return byte == LID_LINE_OPEN || byte == LID_LINE_CLOSED || byte == LID_LINE_FAULT;
}

static bool check_fits(const uint8_t *bytes, size_t star)
{
    const uint16_t crc = crc16_modbus(bytes + 1, star - 1);
    for (size_t i = 0; i < CHECK_DIGITS; i++) {
        if (bytes[star + 1 + i] != byte_hex_digit((unsigned)crc >> (12 - 4 * i))) {
            return false;
        }
    }
    return true;
}

static struct frame_result lid_frame(const struct hw_options *options, const uint8_t *bytes,
                                     size_t count)
{
    if (bytes[0] != '$') {
        const uint8_t *start = memchr(bytes, '$', count);
        return frame_reject(REJECT_NOISE, start ? (size_t)(start - bytes) : count);
    }
    /* No '$' can stand inside a line, so that everything before an unfit byte may be dropped. */
    for (size_t i = 1; i < STATES_AT; i++) {
        if (i == count) {
            return frame_wait();
        }
        if (!fits(head[i], bytes[i])) {
            return frame_reject(REJECT_LAYOUT, i);
        }
    }
    size_t star = STATES_AT;
    while (star < count && star < STATES_AT + HW_CHANNELS_MAX && is_state(bytes[star])) {
        star++;
    }
    if (star == count) {
        return frame_wait();
    }
    if (bytes[star] != '*' || star == STATES_AT) {
        return frame_reject(is_state(bytes[star]) ? REJECT_LENGTH : REJECT_LAYOUT, star);
    }
    static const uint8_t tail[] = "FFFF\r\n";
    for (size_t i = 0; i < sizeof tail - 1; i++) {
        if (star + 1 + i == count) {
            return frame_wait();
        }
        if (!fits(tail[i], bytes[star + 1 + i])) {
            return frame_reject(REJECT_LAYOUT, star + 1 + i);
        }
    }
    const size_t length = star + sizeof tail;
    if (options->checksum && !check_fits(bytes, star)) {
        return frame_reject(REJECT_CHECKSUM, length);
    }
    return frame_ok(length);
}

static size_t lid_decode(const struct hw_options *options, const uint8_t *frame, size_t length,
                         struct hw_value values[HW_VALUES_MAX])
{
    (void)options;
    (void)length;
    size_t count = 0;
    for (const uint8_t *state = frame + STATES_AT; *state != '*'; state++) {
        values[count] = (struct hw_value){
            .kind = READING_LID,
            .status = *state == LID_LINE_FAULT ? READING_ERROR : READING_OK,
            .channel = (uint8_t)(count + 1),
            .unit = "bits",
            .lid_open = *state == LID_LINE_OPEN,
        };
        count++;
    }
    return count;
}

size_t lid_line_write(uint8_t board, uint8_t sequence, const char *states,
                      uint8_t line[LID_LINE_MAX])
{
    const size_t channels = strlen(states);
    assert(board <= 99 && channels >= 1 && channels <= HW_CHANNELS_MAX);
    memcpy(line, head, STATES_AT);
    line[5] = (uint8_t)('0' + board / 10);
    line[6] = (uint8_t)('0' + board % 10);
    line[8] = byte_hex_digit(sequence >> 4);
    line[9] = byte_hex_digit(sequence);
    memcpy(line + STATES_AT, states, channels);
    size_t length = STATES_AT + channels;
    const uint16_t crc = crc16_modbus(line + 1, length - 1);
    line[length++] = '*';
    for (unsigned i = 0; i < CHECK_DIGITS; i++) {
        line[length++] = byte_hex_digit((unsigned)crc >> (12 - 4 * i));
    }
    line[length++] = '\r';
    line[length++] = '\n';
    return length;
}

const struct hw_driver lid_board_lid_line = {
    .name = "lid_line",
    .kind = READING_LID,
    .line = "9600/8n1",
    .checksum_default = true,
    .summary = "lid switches on a microcontroller board, our own line, CRC-16",
    .frame = lid_frame,
    .decode = lid_decode,
};
