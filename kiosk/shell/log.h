/* The text log on stderr: one line, one write, from any thread.
 *
 *     biaogan: LEVEL module: what happened, where, and what to do
 */
#ifndef KIOSK_SHELL_LOG_H
#define KIOSK_SHELL_LOG_H

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO };

#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void log_line(enum log_level level, const char *module, const char *format, ...);

#endif
