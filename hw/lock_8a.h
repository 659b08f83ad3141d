/* The lock board with header 8A: opens one of its locks and tells whether it did. Driver `lock8a`,
 * 9600/8n1; the board speaks only when it is spoken to.
 *
 *     byte   command              reply
 *     0      8A open, 80 read     the same, or 81
 *     1      board, from 1        the same
 *     2      lock, from 1;        the same
 *            00 = all (open)
 *     3      11 open, 33 read     00 opened, 11 closed
 *     4      XOR of bytes 0 to 3  the same way
 *
 * 00 and 11 are how the lock's contact stands: open and closed. What that means is wiring: above
 * is a contact that closes when the lock locks; one that closes when the lock opens turns it round,
 * and hw_options.open_is_set says so. In either case the command to open is byte for byte a reply
 * with 11, and its echo on an RS-485 line looks like one: use adapters without echo.
 *
 * Sources: the maker's protocol sheet, blog.csdn.net/u012909822/article/details/147892413; public
 * code for boards of this kind reads 11 as opened.
 *
 * Pure; any thread.
 */
#ifndef HW_LOCK_8A_H
#define HW_LOCK_8A_H

#include <stddef.h>
#include <stdint.h>

enum { LOCK_8A_LENGTH = 5, LOCK_8A_ALL = 0, LOCK_8A_BOARDS_MAX = 32 };

/* Writes the command; returns its length. `board` 1 to 32; `lock` from 1, or LOCK_8A_ALL. */
size_t lock_8a_open(uint8_t board, uint8_t lock, uint8_t request[LOCK_8A_LENGTH]);

/* Writes the question whether a lock is open; returns its length. */
size_t lock_8a_read(uint8_t board, uint8_t lock, uint8_t request[LOCK_8A_LENGTH]);

#endif
