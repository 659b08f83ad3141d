/* The board at the lids under any pins, echoes, times and bytes: every line that it tells is whole
 * and its own, and a lock is driven only after a whole command for this board, never for longer
 * than its pulse.
 *
 * Bytes 0-3: number, lids, levels, locks of the board; then steps of a letter and what it takes:
 * 'h' a byte from the host, 'u' a whole command, 'p' pins, 'e' an echo, everything else passes
 * time. */
#include "hw/firmware/board.h"
#include "tests/fuzz/fuzz.h"

#include <stdbool.h>
#include <string.h>

struct input {
    const uint8_t *data;
    size_t size;
};

struct fuzzed {
    struct board board;
    struct board_input pins;
    uint32_t now_ms;
    uint32_t asked_ms[LID_LINE_CHANNELS_MAX]; /* when a command last drove a lock */
};

static uint8_t next_byte(struct input *input)
{
    if (input->size == 0) {
        return 0;
    }
    input->size--;
    return *input->data++;
}

static void hear(struct fuzzed *fuzzed, const uint8_t *bytes, size_t count)
{
    bool was_driven[LID_LINE_CHANNELS_MAX];
    for (uint8_t i = 0; i < LID_LINE_CHANNELS_MAX; i++) {
        was_driven[i] = board_drives(&fuzzed->board, (uint8_t)(i + 1), fuzzed->now_ms);
    }
    for (size_t i = 0; i < count; i++) {
        board_hear(&fuzzed->board, bytes[i], fuzzed->now_ms);
    }
    for (uint8_t i = 0; i < LID_LINE_CHANNELS_MAX; i++) {
        if (!was_driven[i] && board_drives(&fuzzed->board, (uint8_t)(i + 1), fuzzed->now_ms)) {
            FUZZ_CHECK(i < fuzzed->board.config.locks && bytes[count - 1] == '\n');
            fuzzed->asked_ms[i] = fuzzed->now_ms;
        }
    }
    FUZZ_CHECK(fuzzed->board.heard_count < LID_LINE_MAX);
}

static void command(struct fuzzed *fuzzed, struct input *input)
{
    uint8_t line[LID_LINE_MAX];
    const uint8_t board = (uint8_t)(next_byte(input) % (LID_LINE_BOARD_MAX + 1));
    const uint8_t channel = (uint8_t)(1 + next_byte(input) % LID_LINE_CHANNELS_MAX);
    hear(fuzzed, line, lid_line_write_unlock(board, channel, line));
}

static void set_pins(struct fuzzed *fuzzed, struct input *input)
{
    const unsigned channel = next_byte(input) % LID_LINE_CHANNELS_MAX;
    const uint8_t states = next_byte(input);
    fuzzed->pins.lids[channel] = (uint8_t)(states % (BOARD_CONTACT_FAULTY + 1));
    fuzzed->pins.locks[channel] = (uint8_t)(states / 16 % (BOARD_CONTACT_FAULTY + 1));
}

static void echo(struct fuzzed *fuzzed, struct input *input)
{
    const uint8_t channel = (uint8_t)(1 + next_byte(input) % LID_LINE_CHANNELS_MAX);
    const uint32_t high = next_byte(input);
    board_echo(&fuzzed->board, channel, high << 7 | next_byte(input));
    const uint16_t mm = board_level(&fuzzed->board, channel);
    FUZZ_CHECK(mm == LID_LINE_NOTHING_HEARD || (mm >= BOARD_MM_LEAST && mm <= BOARD_MM_MOST));
}

static void tick(struct fuzzed *fuzzed)
{
    const struct board_config *config = &fuzzed->board.config;
    uint8_t out[BOARD_OUT_MAX];
    const size_t length = board_tick(&fuzzed->board, &fuzzed->pins, fuzzed->now_ms, out);
    FUZZ_CHECK(length <= sizeof out);
    for (size_t at = 0; at < length;) {
        const struct lid_line line = lid_line_read(out + at, length - at, true);
        FUZZ_CHECK(line.verdict == LID_LINE_WHOLE && line.board == config->id);
        FUZZ_CHECK(line.channels == (line.kind == LID_LINE_LIDS     ? config->lids
                                     : line.kind == LID_LINE_LEVELS ? config->levels
                                                                    : config->locks));
        at += line.length;
    }
    for (uint8_t i = 0; i < LID_LINE_CHANNELS_MAX; i++) {
        FUZZ_CHECK(!board_drives(&fuzzed->board, (uint8_t)(i + 1), fuzzed->now_ms) ||
                   fuzzed->now_ms - fuzzed->asked_ms[i] < BOARD_PULSE_MS);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    struct fuzzed fuzzed = {.now_ms = UINT32_MAX - 1000}; /* the clock wraps on the way */
    const struct board_config config = {
        .id = (uint8_t)(next_byte(&input) % (LID_LINE_BOARD_MAX + 1)),
        .lids = (uint8_t)(1 + next_byte(&input) % LID_LINE_CHANNELS_MAX),
        .levels = (uint8_t)(next_byte(&input) % (LID_LINE_CHANNELS_MAX + 1)),
        .locks = (uint8_t)(next_byte(&input) % (LID_LINE_CHANNELS_MAX + 1)),
    };
    board_start(&fuzzed.board, &config, fuzzed.now_ms);
    while (input.size > 0) {
        const uint8_t letter = next_byte(&input);
        if (letter == 'h') {
            const uint8_t byte = next_byte(&input);
            hear(&fuzzed, &byte, 1);
        } else if (letter == 'u') {
            command(&fuzzed, &input);
        } else if (letter == 'p') {
            set_pins(&fuzzed, &input);
        } else if (letter == 'e') {
            echo(&fuzzed, &input);
        } else {
            fuzzed.now_ms += letter % (BOARD_TICK_MOST_MS + 1);
            tick(&fuzzed);
        }
    }
    return 0;
}
