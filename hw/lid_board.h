/* The lid line: what a microcontroller board with lid switches says. The protocol is ours, so that
 * any board with a UART can speak it; driver name `lid_line`, 9600/8n1, streaming.
 *
 *     byte   text   meaning
 *     0      $      start
 *     1-4    LID,   kind of line
 *     5-6    01     board id, two decimal digits
 *     7      ,
 *     8-9    2A     sequence number, two upper-case hex digits; +1 with every line, FF -> 00
 *     10     ,
 *     11-    OCC?   one character a channel, 1 to 8 channels, channel 1 first:
 *                   O open, C closed, ? the board knows that this sensor is faulty
 *     n      *      end of the checked part
 *     n+1-4  F321   CRC-16/MODBUS of everything between $ and * (both excluded), four
 *                   upper-case hex digits, most significant first
 *     n+5-6  CR LF  end
 *
 * A board sends a line at once whenever a channel changes, and every LID_LINE_KEEPALIVE_MS without
 * a change, so that silence means a broken wire and not a closed lid.
 *
 * Pure; any thread.
 */
#ifndef HW_LID_BOARD_H
#define HW_LID_BOARD_H

#include <stddef.h>
#include <stdint.h>

enum {
    LID_LINE_MAX = 26,           /* bytes of the longest line */
    LID_LINE_KEEPALIVE_MS = 500, /* longest time between two lines of a healthy board */
    LID_LINE_OPEN = 'O',
    LID_LINE_CLOSED = 'C',
    LID_LINE_FAULT = '?'
};

/* Writes one line, as a board would send it (simulators, tests, probes). `board` 0 to 99; `states`
 * holds 1 to 8 of the three characters. Returns its length. */
size_t lid_line_write(uint8_t board, uint8_t sequence, const char *states,
                      uint8_t line[LID_LINE_MAX]);

#endif
