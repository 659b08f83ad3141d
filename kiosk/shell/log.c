#include "kiosk/shell/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 512 };

void log_line(enum log_level level, const char *module, const char *format, ...)
{
    static const char *const names[] = {
        [LOG_ERROR] = "error", [LOG_WARNING] = "warning", [LOG_INFO] = "info"};
    char line[LINE_MAX_BYTES];
    int used = snprintf(line, sizeof line, "biaogan: %s %s: ", names[level], module);
    va_list arguments;
    va_start(arguments, format);
    int more = vsnprintf(line + used, sizeof line - (size_t)used, format, arguments);
    va_end(arguments);
    size_t length = (size_t)used + (more > 0 ? (size_t)more : 0);
    if (length > sizeof line - 2) {
        length = sizeof line - 2;
    }
    line[length++] = '\n';
    /* One write, so that lines of several threads never mix; a closed stderr is nobody's fault. */
    ssize_t ignored = write(STDERR_FILENO, line, length);
    (void)ignored;
}
