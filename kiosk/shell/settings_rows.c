#include "kiosk/shell/settings_rows.h"

#include "kiosk/shell/settings.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- messages -------------------------------------------------------------------------------- */

int settings_fail(const struct settings_reader *reader, const config_setting_t *at,
                  const char *format, ...)
{
    unsigned line = at == NULL ? 0 : config_setting_source_line(at);
    int used = line > 0 ? snprintf(reader->error, SETTINGS_ERROR_MAX, "%s:%u: ", reader->file, line)
                        : snprintf(reader->error, SETTINGS_ERROR_MAX, "%s: ", reader->file);
    if (used < 0 || used >= SETTINGS_ERROR_MAX) {
        return -1;
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reader->error + used, (size_t)(SETTINGS_ERROR_MAX - used), format, arguments);
    va_end(arguments);
    return -1;
}

/* ---- one group by its table ------------------------------------------------------------------ */

static const struct row *find_row(const struct row *rows, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].key, key) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

static int read_text(const struct settings_reader *reader, const config_setting_t *setting,
                     const struct row *row, char *to)
{
    const char *text = config_setting_get_string(setting);
    if (text == NULL) {
        return settings_fail(reader, setting, "%s must be a text in quotes", row->key);
    }
    if (strlen(text) >= row->size) {
        return settings_fail(reader, setting, "%s is longer than %zu bytes", row->key,
                             row->size - 1);
    }
    if (row->required && text[0] == '\0') {
        return settings_fail(reader, setting, "%s is empty", row->key);
    }
    memcpy(to, text, strlen(text) + 1);
    return 0;
}

static int read_row(const struct settings_reader *reader, const config_setting_t *setting,
                    const struct row *row, unsigned char *base)
{
    if (row->type == ROW_TEXT) {
        return read_text(reader, setting, row, (char *)(base + row->offset));
    }
    if (row->type == ROW_BOOL) {
        if (config_setting_type(setting) != CONFIG_TYPE_BOOL) {
            return settings_fail(reader, setting, "%s must be true or false", row->key);
        }
        bool value = config_setting_get_bool(setting) != 0;
        memcpy(base + row->offset, &value, sizeof value);
        return 0;
    }
    if (config_setting_type(setting) != CONFIG_TYPE_INT) {
        return settings_fail(reader, setting, "%s must be a whole number", row->key);
    }
    int value = config_setting_get_int(setting);
    if (value < row->least || value > row->most) {
        return settings_fail(reader, setting, "%s = %d is outside %d to %d", row->key, value,
                             row->least, row->most);
    }
    memcpy(base + row->offset, &value, sizeof value);
    return 0;
}

int settings_read_group(const struct settings_reader *reader, config_setting_t *group,
                        const char *what, const struct row *rows, size_t count, void *base)
{
    if (!config_setting_is_group(group)) {
        return settings_fail(reader, group, "%s must be a group: { key = value; ... }", what);
    }
    for (int i = 0; i < config_setting_length(group); i++) {
        config_setting_t *setting = config_setting_get_elem(group, (unsigned)i);
        const struct row *row = find_row(rows, count, config_setting_name(setting));
        if (row == NULL) {
            return settings_fail(reader, setting, "unknown key \"%s\" in %s",
                                 config_setting_name(setting), what);
        }
        if (read_row(reader, setting, row, base) != 0) {
            return -1;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (rows[i].required && config_setting_get_member(group, rows[i].key) == NULL) {
            return settings_fail(reader, group, "%s lacks \"%s\"", what, rows[i].key);
        }
    }
    return 0;
}
