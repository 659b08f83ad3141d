/* The lock board; hw/lock_8a.h has its grammar byte by byte. */
#include "hw/lock_8a.h"

#include "hw/bytes.h"
#include "hw/drivers.h"

#include <assert.h>

enum {
    OPEN_HEAD = 0x8A,
    READ_HEAD = 0x80,
    OTHER_HEAD = 0x81,
    CONTACT_OPEN = 0x00,
    CONTACT_CLOSED = 0x11, /* of a reply; of a command: */
    OPEN = CONTACT_CLOSED,
    READ = 0x33,
    BOARD_AT = 1,
    LOCK_AT = 2,
    STATE_AT = 3,
    CHECK_AT = 4
};

static bool is_head(uint8_t byte)
{
    return byte == OPEN_HEAD || byte == READ_HEAD || byte == OTHER_HEAD;
}

static bool is_state(uint8_t byte)
{
    return byte == CONTACT_OPEN || byte == CONTACT_CLOSED || byte == READ;
}

static uint8_t xor_of(const uint8_t *bytes)
{
    return (uint8_t)(bytes[0] ^ bytes[BOARD_AT] ^ bytes[LOCK_AT] ^ bytes[STATE_AT]);
}

static struct frame_result reject(enum reject_reason reason, const uint8_t *bytes, size_t count)
{
    size_t next = 1;
    while (next < count && !is_head(bytes[next])) {
        next++;
    }
    return frame_reject(reason, next);
}

static struct frame_result lock_frame(const struct hw_options *options, const uint8_t *bytes,
                                      size_t count, struct hw_value values[HW_VALUES_MAX])
{
    if (!is_head(bytes[0])) {
        return reject(REJECT_NOISE, bytes, count);
    }
    if (count > BOARD_AT && (bytes[BOARD_AT] < 1 || bytes[BOARD_AT] > LOCK_8A_BOARDS_MAX)) {
        return frame_reject(REJECT_NOISE, 1);
    }
    if (count < LOCK_8A_LENGTH) {
        return frame_wait();
    }
    if (!is_state(bytes[STATE_AT])) {
        return reject(REJECT_LAYOUT, bytes, LOCK_8A_LENGTH);
    }
    if (options->checksum && bytes[CHECK_AT] != xor_of(bytes)) {
        return reject(REJECT_CHECKSUM, bytes, LOCK_8A_LENGTH);
    }
    hw_value_begin(&values[0], READING_LOCK);
    values[0].channel = bytes[LOCK_AT];
    values[0].lid_open = (bytes[STATE_AT] == CONTACT_CLOSED) == options->open_is_set;
    const bool opens_all = bytes[LOCK_AT] == LOCK_8A_ALL && bytes[STATE_AT] == OPEN;
    const bool is_own_command = bytes[STATE_AT] == READ || opens_all;
    return frame_ok(LOCK_8A_LENGTH, !is_own_command);
}

static size_t write_request(uint8_t head, uint8_t board, uint8_t lock, uint8_t state,
                            uint8_t request[LOCK_8A_LENGTH])
{
    assert(board >= 1 && board <= LOCK_8A_BOARDS_MAX);
    request[0] = head;
    request[BOARD_AT] = board;
    request[LOCK_AT] = lock;
    request[STATE_AT] = state;
    request[CHECK_AT] = xor_of(request);
    return LOCK_8A_LENGTH;
}

size_t lock_8a_open(uint8_t board, uint8_t lock, uint8_t request[LOCK_8A_LENGTH])
{
    return write_request(OPEN_HEAD, board, lock, OPEN, request);
}

size_t lock_8a_read(uint8_t board, uint8_t lock, uint8_t request[LOCK_8A_LENGTH])
{
    assert(lock != LOCK_8A_ALL);
    return write_request(READ_HEAD, board, lock, READ, request);
}

static size_t lock_unlock(const struct hw_options *options, uint8_t channel,
                          uint8_t request[HW_REQUEST_MAX])
{
    (void)options;
    return lock_8a_open(1, channel, request);
}

const struct hw_driver lock_8a_lock8a = {
    .name = "lock8a",
    .kind = READING_LOCK,
    .line = "9600/8n1",
    .checksum_default = true,
    .equal_frames = 1,
    .summary = "lock boards with header 8A; the board answers only to a command",
    .frame = lock_frame,
    .unlock = lock_unlock,
};
