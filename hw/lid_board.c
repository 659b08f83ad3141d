/* Boards at the lids that speak the lid line; hw/lid_line.h has its grammar byte by byte. */
#include "hw/bytes.h"
#include "hw/drivers.h"
#include "hw/lid_line.h"

#include <assert.h>
#include <string.h>

_Static_assert((int)LID_LINE_CHANNELS_MAX <= (int)HW_VALUES_MAX &&
                   (int)LID_LINE_CHANNELS_MAX <= (int)HW_CHANNELS_MAX,
               "a line's channels are one frame's values");
_Static_assert((int)LID_LINE_MAX <= (int)HW_FRAME_MAX, "a line is a frame");

static const enum reject_reason reasons[] = {
    [LID_LINE_NOISE] = REJECT_NOISE,
    [LID_LINE_BROKEN] = REJECT_LAYOUT,
    [LID_LINE_TOO_MANY] = REJECT_LENGTH,
    [LID_LINE_WRONG_CHECK] = REJECT_CHECKSUM,
};

static void set_bit(struct hw_value *value, enum reading_kind kind, char state, char open)
{
    hw_value_begin(value, kind);
    value->status = state == LID_LINE_FAULT ? READING_ERROR : READING_OK;
    value->lid_open = state == open;
    memcpy(value->unit, HW_UNIT_BITS, sizeof HW_UNIT_BITS);
}

static void set_level(struct hw_value *value, uint16_t mm)
{
    hw_value_begin(value, READING_LEVEL);
    value->has_digits = mm != LID_LINE_NOTHING_HEARD;
    value->status = value->has_digits ? READING_OK : READING_ERROR;
    value->digits = mm;
    memcpy(value->unit, "mm", sizeof "mm");
}

static size_t read_channels(const struct lid_line *line, struct hw_value values[HW_VALUES_MAX])
{
    for (uint8_t channel = 1; channel <= line->channels; channel++) {
        struct hw_value *value = &values[channel - 1];
        if (line->kind == LID_LINE_LIDS) {
            set_bit(value, READING_LID, lid_line_state(line, channel), LID_LINE_OPEN);
        } else if (line->kind == LID_LINE_LOCKS) {
            set_bit(value, READING_LOCK, lid_line_state(line, channel), LID_LINE_UNLOCKED);
        } else {
            set_level(value, lid_line_mm(line, channel));
        }
        value->channel = channel;
    }
    return line->channels;
}

static struct frame_result lid_frame(const struct hw_options *options, const uint8_t *bytes,
                                     size_t count, struct hw_value values[HW_VALUES_MAX])
{
    const struct lid_line line = lid_line_read(bytes, count, options->checksum);
    if (line.verdict == LID_LINE_WAIT) {
        return frame_wait();
    }
    if (line.verdict != LID_LINE_WHOLE) {
        return frame_reject(reasons[line.verdict], line.length);
    }
    /* Our own command comes back where the wire is shared: it is no sign of the board. */
    return line.kind == LID_LINE_UNLOCK ? frame_skip(line.length)
                                        : frame_ok(line.length, read_channels(&line, values));
}

/* A line has one board, number 1. */
static size_t board_unlock(const struct hw_options *options, uint8_t channel,
                           uint8_t request[HW_REQUEST_MAX])
{
    (void)options;
    uint8_t line[LID_LINE_MAX];
    const size_t length = lid_line_write_unlock(1, channel, line);
    assert(length <= HW_REQUEST_MAX);
    memcpy(request, line, length);
    return length;
}

const struct hw_driver lid_board_lid_line = {
    .name = "lid_line",
    .kind = READING_LID,
    .line = "9600/8n1",
    .checksum_default = true,
    .equal_frames = 1,
    .summary = "lid switches, levels and locks on a microcontroller board, our own line, CRC-16",
    .frame = lid_frame,
    .unlock = board_unlock,
};
