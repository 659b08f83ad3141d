/* The site's own dictionary: a CSV file that the administrator edits, merged with the built-in one.
 *
 * Its first line names the columns, in any order, by the English or the Chinese words of
 * assets/strings/items.def: name and class are needed, the others may be missing. A row whose name
 * is that of a built-in entry stands for it, any other adds one. `class` and `group` take the text
 * id or the Chinese word; other names are separated by "|"; `local` is 1 unless it says 0; `pinyin`
 * gives readings that the table of characters does not have right, as "X" followed by its letters.
 *
 * UTF-8, with or without a byte-order mark. What is wrong is refused whole, with file, line, reason
 * and remedy. Main thread, at start.
 */
#ifndef KIOSK_SHELL_ITEMS_FILE_H
#define KIOSK_SHELL_ITEMS_FILE_H

#include "kiosk/core/items.h"

enum { ITEMS_FILE_BYTES_MAX = 512 * 1024, ITEMS_FILE_ERROR_MAX = 320 };

struct items_file; /* a merged dictionary */

/* NULL with the reason in `error`; the caller closes it, after everyone who borrowed its items. */
struct items_file *items_file_open(const char *path, char error[ITEMS_FILE_ERROR_MAX]);

/* The same of `length` bytes; `name` stands for the file in messages. */
struct items_file *items_file_parse(const char *bytes, size_t length, const char *name,
                                    char error[ITEMS_FILE_ERROR_MAX]);

const struct items *items_file_items(const struct items_file *file);

void items_file_close(struct items_file *file); /* NULL is nothing */

#endif
