/* Reading one group of the site file by its table: key, type and range of every setting.
 *
 * Private to settings.c and its tables. Messages are "FILE:LINE: what and why".
 */
#ifndef KIOSK_SHELL_SETTINGS_ROWS_H
#define KIOSK_SHELL_SETTINGS_ROWS_H

#include <libconfig.h>
#include <stdbool.h>
#include <stddef.h>

enum row_type { ROW_TEXT, ROW_INT, ROW_BOOL };

struct row {
    const char *key;
    enum row_type type;
    size_t offset;   /* of the field in the struct that `base` points to */
    size_t size;     /* ROW_TEXT: bytes with the NUL */
    int least, most; /* ROW_INT */
    bool required;
};

#define ROW_TEXT_OF(type, key, field, needed)                                                      \
    {                                                                                              \
        key, ROW_TEXT, offsetof(type, field), sizeof(((type *)0)->field), 0, 0, needed             \
    }
#define ROW_INT_OF(type, key, field, least, most, needed)                                          \
    {                                                                                              \
        key, ROW_INT, offsetof(type, field), 0, least, most, needed                                \
    }
#define ROW_BOOL_OF(type, key, field)                                                              \
    {                                                                                              \
        key, ROW_BOOL, offsetof(type, field), 0, 0, 1, false                                       \
    }
#define ROWS(table) table, sizeof(table) / sizeof(table[0])

struct settings_reader {
    const char *file;
    char *error; /* SETTINGS_ERROR_MAX */
};

/* Writes the message, with the line of `at` where it has one; returns -1. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
int settings_fail(const struct settings_reader *reader, const config_setting_t *at,
                  const char *format, ...);

/* Fills `base` from `group`, which messages call `what`. 0 or -1. */
int settings_read_group(const struct settings_reader *reader, config_setting_t *group,
                        const char *what, const struct row *rows, size_t count, void *base);

#endif
