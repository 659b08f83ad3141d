/* Reading the site file's bytes. */
#include "kiosk/shell/settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES_MAX = 256 * 1024 };

/* libconfig's own reader ends the program where a read fails, and stops at a zero byte. The text is
 * the caller's to free; NULL with a message. */
static char *read_whole(FILE *file, const char *path, char error[SETTINGS_ERROR_MAX])
{
    char *text = calloc(1, FILE_BYTES_MAX + 1);
    size_t length = text == NULL ? 0 : fread(text, 1, FILE_BYTES_MAX + 1, file);
    const char *zero = text == NULL ? NULL : memchr(text, '\0', length);
    if (text == NULL) {
        snprintf(error, SETTINGS_ERROR_MAX, "%s: no memory to read it", path);
    } else if (ferror(file)) {
        snprintf(error, SETTINGS_ERROR_MAX, "%s: %s; name the site file with --config", path,
                 strerror(errno));
    } else if (length > FILE_BYTES_MAX) {
        snprintf(error, SETTINGS_ERROR_MAX, "%s: larger than %d bytes, no site file", path,
                 FILE_BYTES_MAX);
    } else if (zero != NULL) {
        int line = 1;
        for (const char *at = text; at < zero; at++) {
            line += *at == '\n';
        }
        snprintf(error, SETTINGS_ERROR_MAX, "%s:%d: a zero byte: the file is damaged or no text",
                 path, line);
    } else {
        return text;
    }
    free(text);
    return NULL;
}

int settings_read_file(const char *path, struct settings *settings, char error[SETTINGS_ERROR_MAX])
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        snprintf(error, SETTINGS_ERROR_MAX, "%s: %s; name the site file with --config", path,
                 strerror(errno));
        return -1;
    }
    char *text = read_whole(file, path, error);
    fclose(file);
    int result = text == NULL ? -1 : settings_read_text(text, path, settings, error);
    free(text);
    return result;
}
