/* The lid line: what a microcontroller board at the lids says and hears. The protocol is ours, so
 * that any board with a UART can speak it: 9600/8n1, lines of text. `hw/firmware` is such a board;
 * the host's driver is `lid_line`.
 *
 *     byte   text   meaning
 *     0      $      start; stands nowhere else
 *     1-4    LID,   kind of line: LID, LVL, or LCK,
 *     5-6    01     board id, two decimal digits
 *     7      ,
 *     8-9    2A     sequence number, two upper-case hex digits; +1 with every line of the board,
 *                   whatever its kind, FF -> 00
 *     10     ,
 *     11-           1 to 8 channels, channel 1 first (below)
 *     n      *      end of the checked part
 *     n+1-4  1220   CRC-16/MODBUS of everything between $ and * (both excluded), four upper-case
 *                   hex digits, most significant first
 *     n+5-6  CR LF  end
 *
 *     kind   channels     meaning
 *     LID    OCC?         lids, one character each: O open, C closed, ? the board knows that
 *                         this switch or its wire is faulty
 *     LVL    0350,----    level sensors, separated by commas: four decimal digits, the distance
 *                         from the sensor to the contents in mm, 0001 to 9999; ---- nothing
 *                         heard (no echo, or out of the sensor's range). 0000 is not sent, and
 *                         heard it means nothing heard: never a full bin
 *     LCK    LU?L         locks, one character each: L locked, U unlocked, ? the board cannot tell
 *
 *     $LID,01,2A,OCCC*1220    $LVL,01,2B,0350,----*D7D1    $LCK,01,2C,LU?L*AAAC
 *
 * A board sends LID and LCK at once whenever a channel changes, and every LID_LINE_KEEPALIVE_MS
 * without a change, so that silence means a broken wire and not a closed lid; LVL it sends every
 * LID_LINE_LEVELS_MS. A board without level sensors or without locks leaves that kind out.
 *
 * The host says one thing, to open one lock; there is no answer but the lock's own LCK line:
 *
 *     byte   text   meaning
 *     0-4    $UNL,
 *     5-6    01     board id; other boards on the wire do not listen
 *     7      ,
 *     8      3      channel, 1 to 8
 *     9-15   *DCB6 CR LF, as above
 *
 * Pure; any thread. C99 and <string.h> only, because boards compile this file, too.
 */
#ifndef HW_LID_LINE_H
#define HW_LID_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LID_LINE_CHANNELS_MAX = 8,
    LID_LINE_BOARD_MAX = 99,
    LID_LINE_MAX = 57,           /* bytes of the longest line: eight levels */
    LID_LINE_KEEPALIVE_MS = 500, /* longest time between two LID or LCK lines of a healthy board */
    LID_LINE_LEVELS_MS = 1000,   /* from one LVL line to the next */
    LID_LINE_OPEN = 'O',
    LID_LINE_CLOSED = 'C',
    LID_LINE_LOCKED = 'L',
    LID_LINE_UNLOCKED = 'U',
    LID_LINE_FAULT = '?',
    LID_LINE_NOTHING_HEARD = 0, /* as mm */
    LID_LINE_MM_MAX = 9999
};

enum lid_line_kind { LID_LINE_LIDS, LID_LINE_LEVELS, LID_LINE_LOCKS, LID_LINE_UNLOCK };

enum lid_line_verdict {
    LID_LINE_WAIT,       /* a line may have begun: more bytes are needed */
    LID_LINE_WHOLE,      /* the first `length` bytes are one whole line */
    LID_LINE_NOISE,      /* the first `length` bytes begin no line: drop them */
    LID_LINE_BROKEN,     /* likewise: began like a line, then a byte that cannot stand there */
    LID_LINE_TOO_MANY,   /* likewise: more channels than a line may have */
    LID_LINE_WRONG_CHECK /* likewise: whole, but its check does not fit */
};

/* What stands at the beginning of some bytes. */
struct lid_line {
    enum lid_line_verdict verdict;
    enum lid_line_kind kind; /* this and what follows only for LID_LINE_WHOLE */
    uint8_t board;
    uint8_t channels;     /* how many; LID_LINE_UNLOCK: 1 */
    size_t length;        /* at least 1, but for LID_LINE_WAIT */
    const uint8_t *cells; /* where the channels begin, in the caller's bytes */
};

/* Looks at the beginning of `bytes` (count >= 1), never past `count`; waits only while count <
 * LID_LINE_MAX. `is_checked` false: the check may be wrong. */
struct lid_line lid_line_read(const uint8_t *bytes, size_t count, bool is_checked);

/* Of channel 1 to line->channels. LID and LCK: its character. */
char lid_line_state(const struct lid_line *line, uint8_t channel);

/* LVL: its distance or LID_LINE_NOTHING_HEARD. */
uint16_t lid_line_mm(const struct lid_line *line, uint8_t channel);

/* UNL: the channel whose lock shall open. */
uint8_t lid_line_unlock_channel(const struct lid_line *line);

/* Write one line, as a board would send it. `board` 0 to LID_LINE_BOARD_MAX; `states` holds 1 to
 * LID_LINE_CHANNELS_MAX of the characters of that kind; mm up to LID_LINE_MM_MAX. Return its
 * length. */
size_t lid_line_write(uint8_t board, uint8_t sequence, const char *states,
                      uint8_t line[LID_LINE_MAX]);
size_t lid_line_write_locks(uint8_t board, uint8_t sequence, const char *states,
                            uint8_t line[LID_LINE_MAX]);
size_t lid_line_write_levels(uint8_t board, uint8_t sequence, const uint16_t *mm, uint8_t channels,
                             uint8_t line[LID_LINE_MAX]);

/* As the host would send it: open the lock of `channel`, from 1. Returns its length. */
size_t lid_line_write_unlock(uint8_t board, uint8_t channel, uint8_t line[LID_LINE_MAX]);

#endif
