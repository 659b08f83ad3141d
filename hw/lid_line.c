/* The lid line; hw/lid_line.h has its grammar byte by byte. */
#include "hw/lid_line.h"

#include "hw/ascii.h"
#include "hw/crc16.h"

#include <assert.h>
#include <string.h>

enum {
    BOARD_AT = 5,
    SEQUENCE_AT = 8,
    HEAD_MAX = 11,
    LEVEL_DIGITS = 4,
    CHECK_DIGITS = 4,
    TAIL_LENGTH = CHECK_DIGITS + 2 /* behind the star */
};

struct kind {
    char head[HEAD_MAX + 1]; /* '9' a decimal digit, 'F' a hex digit, else the byte itself */
    uint8_t head_length;
    uint8_t cell_length;  /* bytes of one channel */
    char cell_letters[9]; /* the bytes a channel of one byte may be; "" = a level */
    uint8_t channels_max;
};

static const struct kind kinds[] = {
    [LID_LINE_LIDS] = {"$LID,99,FF,", HEAD_MAX, 1, "OC?", LID_LINE_CHANNELS_MAX},
    [LID_LINE_LEVELS] = {"$LVL,99,FF,", HEAD_MAX, LEVEL_DIGITS, "", LID_LINE_CHANNELS_MAX},
    [LID_LINE_LOCKS] = {"$LCK,99,FF,", HEAD_MAX, 1, "LU?", LID_LINE_CHANNELS_MAX},
    [LID_LINE_UNLOCK] = {"$UNL,99,", SEQUENCE_AT, 1, "12345678", 1},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static bool fits(char pattern, uint8_t byte)
{
    return pattern == '9'   ? byte_is_digit(byte)
           : pattern == 'F' ? byte_hex_value(byte) >= 0
                            : byte == (uint8_t)pattern;
}

/* How many of the first bytes fit the pattern. */
static size_t fitting(const char *pattern, size_t length, const uint8_t *bytes, size_t count)
{
    size_t fit = 0;
    while (fit < length && fit < count && fits(pattern[fit], bytes[fit])) {
        fit++;
    }
    return fit;
}

/* The kind whose whole head stands there, which nearly always one does; KINDS where none does. */
static unsigned kind_of_head(const uint8_t bytes[HEAD_MAX])
{
    unsigned kind = LID_LINE_LIDS;
    while (kind <= LID_LINE_LOCKS && memcmp(bytes, kinds[kind].head, BOARD_AT) != 0) {
        kind++;
    }
    const bool fits_all = kind <= LID_LINE_LOCKS && byte_is_digit(bytes[BOARD_AT]) &&
                          byte_is_digit(bytes[BOARD_AT + 1]) && bytes[SEQUENCE_AT - 1] == ',' &&
                          byte_hex_value(bytes[SEQUENCE_AT]) >= 0 &&
                          byte_hex_value(bytes[SEQUENCE_AT + 1]) >= 0 && bytes[HEAD_MAX - 1] == ',';
    return fits_all ? kind : KINDS;
}

static bool is_letter(const struct kind *kind, uint8_t byte)
{
    for (const char *letter = kind->cell_letters; *letter; letter++) {
        if (byte == (uint8_t)*letter) {
            return true;
        }
    }
    return false;
}

/* How many of the first bytes fit one channel; kind->cell_length of them are it. */
static size_t fitting_cell(const struct kind *kind, const uint8_t *bytes, size_t count)
{
    if (kind->cell_letters[0] != '\0') {
        return count > 0 && is_letter(kind, bytes[0]) ? 1 : 0;
    }
    const size_t digits = fitting("9999", LEVEL_DIGITS, bytes, count);
    return digits > 0 ? digits : fitting("----", LEVEL_DIGITS, bytes, count);
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

static struct lid_line ended(struct lid_line line, enum lid_line_verdict verdict, size_t length)
{
    line.verdict = verdict;
    line.length = length;
    return line;
}

static struct lid_line read_tail(struct lid_line line, const uint8_t *bytes, size_t count,
                                 size_t star, bool is_checked)
{
    const uint8_t *const tail = bytes + star + 1;
    const size_t left = count - star - 1;
    const bool has_end = left >= TAIL_LENGTH && memcmp(tail + CHECK_DIGITS, "\r\n", 2) == 0;
    if (has_end && check_fits(bytes, star)) {
        return ended(line, LID_LINE_WHOLE, star + 1 + TAIL_LENGTH);
    }
    const size_t fit = fitting("FFFF\r\n", TAIL_LENGTH, tail, left);
    const size_t end = star + 1 + fit;
    if (fit < TAIL_LENGTH) {
        return end == count ? line : ended(line, LID_LINE_BROKEN, end);
    }
    return ended(line, is_checked ? LID_LINE_WRONG_CHECK : LID_LINE_WHOLE, end);
}

/* From the first channel on. */
static struct lid_line read_cells(struct lid_line line, const uint8_t *bytes, size_t count,
                                  bool is_checked)
{
    const struct kind *kind = &kinds[line.kind];
    size_t at = kind->head_length;
    line.cells = bytes + at;
    for (;;) {
        const size_t fit = fitting_cell(kind, bytes + at, count - at);
        at += fit;
        if (at == count) {
            return line;
        }
        if (fit < kind->cell_length) {
            return ended(line, LID_LINE_BROKEN, at);
        }
        line.channels++;
        if (bytes[at] == '*') {
            return read_tail(line, bytes, count, at, is_checked);
        }
        const bool is_level = kind->cell_letters[0] == '\0';
        const bool is_last = line.channels == kind->channels_max;
        if (is_level ? bytes[at] != ',' : is_last && !is_letter(kind, bytes[at])) {
            return ended(line, LID_LINE_BROKEN, at);
        }
        if (is_last) {
            return ended(line, LID_LINE_TOO_MANY, at);
        }
        at += is_level;
    }
}

static uint8_t board_of(const uint8_t *bytes)
{
    return (uint8_t)(10 * (bytes[BOARD_AT] - '0') + bytes[BOARD_AT + 1] - '0');
}

struct lid_line lid_line_read(const uint8_t *bytes, size_t count, bool is_checked)
{
    struct lid_line line = {.verdict = LID_LINE_WAIT};
    if (bytes[0] != '$') {
        const uint8_t *start = memchr(bytes, '$', count);
        return ended(line, LID_LINE_NOISE, start ? (size_t)(start - bytes) : count);
    }
    const unsigned whole = count >= HEAD_MAX ? kind_of_head(bytes) : KINDS;
    if (whole < KINDS) {
        line.kind = (enum lid_line_kind)whole;
        line.board = board_of(bytes);
        return read_cells(line, bytes, count, is_checked);
    }
    /* No '$' can stand inside a line, so that everything before an unfit byte may be dropped. */
    size_t best = 0;
    for (unsigned i = 0; i < KINDS && best < kinds[line.kind].head_length; i++) {
        const size_t fit = fitting(kinds[i].head, kinds[i].head_length, bytes, count);
        if (fit > best) {
            best = fit;
            line.kind = (enum lid_line_kind)i;
        }
    }
    if (best == count) {
        return line;
    }
    if (best < kinds[line.kind].head_length) {
        return ended(line, LID_LINE_BROKEN, best);
    }
    line.board = board_of(bytes);
    return read_cells(line, bytes, count, is_checked);
}

char lid_line_state(const struct lid_line *line, uint8_t channel)
{
    assert(line->kind == LID_LINE_LIDS || line->kind == LID_LINE_LOCKS);
    assert(channel >= 1 && channel <= line->channels);
    return (char)line->cells[channel - 1];
}

uint16_t lid_line_mm(const struct lid_line *line, uint8_t channel)
{
    assert(line->kind == LID_LINE_LEVELS && channel >= 1 && channel <= line->channels);
    const uint8_t *digits = line->cells + (size_t)(channel - 1) * (LEVEL_DIGITS + 1);
    uint16_t mm = 0;
    for (unsigned i = 0; i < LEVEL_DIGITS; i++) {
        if (digits[i] == '-') {
            return LID_LINE_NOTHING_HEARD;
        }
        mm = (uint16_t)(10 * mm + (digits[i] - '0'));
    }
    return mm;
}

uint8_t lid_line_unlock_channel(const struct lid_line *line)
{
    assert(line->kind == LID_LINE_UNLOCK);
    return (uint8_t)(line->cells[0] - '0');
}

/* Returns how many bytes are written. */
static size_t write_head(enum lid_line_kind kind, uint8_t board, uint8_t sequence, uint8_t *line)
{
    assert(board <= LID_LINE_BOARD_MAX);
    memcpy(line, kinds[kind].head, kinds[kind].head_length);
    line[BOARD_AT] = (uint8_t)('0' + board / 10);
    line[BOARD_AT + 1] = (uint8_t)('0' + board % 10);
    if (kinds[kind].head_length > SEQUENCE_AT) {
        line[SEQUENCE_AT] = byte_hex_digit(sequence >> 4);
        line[SEQUENCE_AT + 1] = byte_hex_digit(sequence);
    }
    return kinds[kind].head_length;
}

/* Returns the length of the line. */
static size_t write_tail(uint8_t *line, size_t length)
{
    const uint16_t crc = crc16_modbus(line + 1, length - 1);
    line[length++] = '*';
    for (unsigned i = 0; i < CHECK_DIGITS; i++) {
        line[length++] = byte_hex_digit((unsigned)crc >> (12 - 4 * i));
    }
    line[length++] = '\r';
    line[length++] = '\n';
    return length;
}

static size_t write_states(enum lid_line_kind kind, uint8_t board, uint8_t sequence,
                           const char *states, uint8_t *line)
{
    const size_t channels = strlen(states);
    assert(channels >= 1 && channels <= LID_LINE_CHANNELS_MAX);
    assert(strspn(states, kinds[kind].cell_letters) == channels);
    const size_t length = write_head(kind, board, sequence, line);
    memcpy(line + length, states, channels);
    return write_tail(line, length + channels);
}

size_t lid_line_write(uint8_t board, uint8_t sequence, const char *states,
                      uint8_t line[LID_LINE_MAX])
{
    return write_states(LID_LINE_LIDS, board, sequence, states, line);
}

size_t lid_line_write_locks(uint8_t board, uint8_t sequence, const char *states,
                            uint8_t line[LID_LINE_MAX])
{
    return write_states(LID_LINE_LOCKS, board, sequence, states, line);
}

size_t lid_line_write_levels(uint8_t board, uint8_t sequence, const uint16_t *mm, uint8_t channels,
                             uint8_t line[LID_LINE_MAX])
{
    assert(channels >= 1 && channels <= LID_LINE_CHANNELS_MAX);
    size_t length = write_head(LID_LINE_LEVELS, board, sequence, line);
    for (uint8_t i = 0; i < channels; i++) {
        assert(mm[i] <= LID_LINE_MM_MAX);
        if (i > 0) {
            line[length++] = ',';
        }
        uint16_t rest = mm[i];
        for (unsigned place = LEVEL_DIGITS; place-- > 0; rest = (uint16_t)(rest / 10)) {
            line[length + place] =
                mm[i] == LID_LINE_NOTHING_HEARD ? '-' : (uint8_t)('0' + rest % 10);
        }
        length += LEVEL_DIGITS;
    }
    return write_tail(line, length);
}

size_t lid_line_write_unlock(uint8_t board, uint8_t channel, uint8_t line[LID_LINE_MAX])
{
    assert(channel >= 1 && channel <= LID_LINE_CHANNELS_MAX);
    const size_t length = write_head(LID_LINE_UNLOCK, board, 0, line);
    line[length] = (uint8_t)('0' + channel);
    return write_tail(line, length + 1);
}
