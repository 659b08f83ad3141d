/* The board at the lids; see board.h. */
#include "hw/firmware/board.h"

#include <string.h>

enum {
    ADC_SHORT_BELOW = 256, /* between 0 and 512 */
    ADC_OPEN_FROM = 597,   /* between 512 and 682 */
    ADC_CUT_FROM = 853     /* between 682 and 1023 */
};

static void contact_start(struct board_contact *contact, uint32_t now_ms)
{
    contact->state = BOARD_CONTACT_FAULTY;
    contact->seen = BOARD_CONTACT_FAULTY;
    contact->seen_since_ms = now_ms;
    contact->quiet_ms = now_ms;
}

void board_start(struct board *board, const struct board_config *config, uint32_t now_ms)
{
    memset(board, 0, sizeof *board);
    board->config = *config;
    for (uint8_t i = 0; i < LID_LINE_CHANNELS_MAX; i++) {
        contact_start(&board->lids[i], now_ms);
        contact_start(&board->locks[i], now_ms);
    }
    board->lids_told_ms = now_ms;
    board->levels_told_ms = now_ms;
    board->locks_told_ms = now_ms;
}

enum board_contact_state board_contact_of_adc(uint16_t reading)
{
    if (reading < ADC_SHORT_BELOW || reading >= ADC_CUT_FROM) {
        return BOARD_CONTACT_FAULTY;
    }
    return reading >= ADC_OPEN_FROM ? BOARD_CONTACT_OPEN : BOARD_CONTACT_CLOSED;
}

/* Whether what is told of the contact changed. Differences of times hold across their wrap. */
static bool contact_tick(struct board_contact *contact, uint8_t seen, uint32_t now_ms)
{
    const uint8_t before = contact->state;
    if (seen != contact->seen) {
        contact->seen = seen;
        contact->seen_since_ms = now_ms;
    }
    if (now_ms - contact->seen_since_ms >= BOARD_QUIET_MS) {
        contact->state = seen;
        contact->quiet_ms = now_ms;
    } else if (now_ms - contact->quiet_ms >= BOARD_CHATTER_MS) {
        contact->state = BOARD_CONTACT_FAULTY;
    }
    return contact->state != before;
}

static bool contacts_tick(struct board_contact *contacts, uint8_t count, const uint8_t *seen,
                          uint32_t now_ms)
{
    bool is_changed = false;
    for (uint8_t i = 0; i < count; i++) {
        is_changed = contact_tick(&contacts[i], seen[i], now_ms) || is_changed;
    }
    return is_changed;
}

uint16_t board_mm_of_echo(uint32_t echo_us)
{
    if (echo_us > BOARD_ECHO_MOST_US) {
        return LID_LINE_NOTHING_HEARD;
    }
    /* 343 mm/ms, there and back; at most 26300 * 343 = 9 million. */
    const uint32_t mm = (echo_us * 343 + 1000) / 2000;
    return mm < BOARD_MM_LEAST || mm > BOARD_MM_MOST ? LID_LINE_NOTHING_HEARD : (uint16_t)mm;
}

void board_echo(struct board *board, uint8_t channel, uint32_t echo_us)
{
    if (channel < 1 || channel > board->config.levels) {
        return;
    }
    uint8_t *next = &board->next_echo[channel - 1];
    board->echoes_mm[channel - 1][*next] = board_mm_of_echo(echo_us);
    *next = (uint8_t)((*next + 1) % BOARD_ECHOES);
}

uint16_t board_level(const struct board *board, uint8_t channel)
{
    uint16_t sorted[BOARD_ECHOES];
    uint8_t count = 0;
    for (uint8_t i = 0; i < BOARD_ECHOES; i++) {
        const uint16_t mm = board->echoes_mm[channel - 1][i];
        if (mm == LID_LINE_NOTHING_HEARD) {
            continue;
        }
        uint8_t place = count++;
        for (; place > 0 && sorted[place - 1] > mm; place--) {
            sorted[place] = sorted[place - 1];
        }
        sorted[place] = mm;
    }
    return count < BOARD_ECHOES_LEAST ? LID_LINE_NOTHING_HEARD : sorted[(count - 1) / 2];
}

static void open_lock(struct board *board, uint8_t channel, uint32_t now_ms)
{
    if (channel > board->config.locks || board->pulses[channel - 1].is_busy) {
        return;
    }
    board->pulses[channel - 1] = (struct board_pulse){.is_busy = true, .begun_ms = now_ms};
}

void board_hear(struct board *board, uint8_t byte, uint32_t now_ms)
{
    board->heard[board->heard_count++] = byte;
    while (board->heard_count > 0) {
        const struct lid_line line = lid_line_read(board->heard, board->heard_count, true);
        if (line.verdict == LID_LINE_WAIT) {
            return;
        }
        if (line.verdict == LID_LINE_WHOLE && line.kind == LID_LINE_UNLOCK &&
            line.board == board->config.id) {
            open_lock(board, lid_line_unlock_channel(&line), now_ms);
        }
        board->heard_count = (uint8_t)(board->heard_count - line.length);
        memmove(board->heard, board->heard + line.length, board->heard_count);
    }
}

static void pulses_tick(struct board *board, uint32_t now_ms)
{
    for (uint8_t i = 0; i < board->config.locks; i++) {
        struct board_pulse *pulse = &board->pulses[i];
        pulse->is_busy =
            pulse->is_busy && now_ms - pulse->begun_ms < BOARD_PULSE_MS + BOARD_REST_MS;
    }
}

bool board_drives(const struct board *board, uint8_t channel, uint32_t now_ms)
{
    const struct board_pulse *pulse = &board->pulses[channel - 1];
    return pulse->is_busy && now_ms - pulse->begun_ms < BOARD_PULSE_MS;
}

/* `letters`: what closed, open and faulty contacts are called. */
static void write_contacts(const struct board_contact *contacts, uint8_t count, const char *letters,
                           char states[LID_LINE_CHANNELS_MAX + 1])
{
    for (uint8_t i = 0; i < count; i++) {
        states[i] = letters[contacts[i].state];
    }
    states[count] = '\0';
}

static size_t tell_lids(struct board *board, uint32_t now_ms, uint8_t *out)
{
    static const char letters[] = {LID_LINE_CLOSED, LID_LINE_OPEN, LID_LINE_FAULT};
    char states[LID_LINE_CHANNELS_MAX + 1];
    write_contacts(board->lids, board->config.lids, letters, states);
    board->lids_told_ms = now_ms;
    return lid_line_write(board->config.id, board->sequence++, states, out);
}

static size_t tell_locks(struct board *board, uint32_t now_ms, uint8_t *out)
{
    static const char letters[] = {LID_LINE_LOCKED, LID_LINE_UNLOCKED, LID_LINE_FAULT};
    char states[LID_LINE_CHANNELS_MAX + 1];
    write_contacts(board->locks, board->config.locks, letters, states);
    board->locks_told_ms = now_ms;
    return lid_line_write_locks(board->config.id, board->sequence++, states, out);
}

static size_t tell_levels(struct board *board, uint32_t now_ms, uint8_t *out)
{
    uint16_t mm[LID_LINE_CHANNELS_MAX];
    for (uint8_t i = 0; i < board->config.levels; i++) {
        mm[i] = board_level(board, (uint8_t)(i + 1));
    }
    board->levels_told_ms = now_ms;
    return lid_line_write_levels(board->config.id, board->sequence++, mm, board->config.levels,
                                 out);
}

size_t board_tick(struct board *board, const struct board_input *input, uint32_t now_ms,
                  uint8_t out[BOARD_OUT_MAX])
{
    const struct board_config *config = &board->config;
    pulses_tick(board, now_ms);
    const bool lids_changed = contacts_tick(board->lids, config->lids, input->lids, now_ms);
    const bool locks_changed = contacts_tick(board->locks, config->locks, input->locks, now_ms);
    size_t length = 0;
    if (lids_changed || now_ms - board->lids_told_ms >= LID_LINE_KEEPALIVE_MS) {
        length += tell_lids(board, now_ms, out + length);
    }
    if (config->locks > 0 &&
        (locks_changed || now_ms - board->locks_told_ms >= LID_LINE_KEEPALIVE_MS)) {
        length += tell_locks(board, now_ms, out + length);
    }
    if (config->levels > 0 && now_ms - board->levels_told_ms >= LID_LINE_LEVELS_MS) {
        length += tell_levels(board, now_ms, out + length);
    }
    return length;
}
