/* Records what happens at a live site as a capture (hw/capture.h), for `biaogan replay`.
 *
 * recorder_open() and recorder_close() belong to the main thread, recorder_note() as well; all else
 * to the io thread, which writes the file. Digits of PINs are never written: an accepted one is
 * "*", which a replay accepts. Every call takes NULL for "not recording".
 */
#ifndef KIOSK_SHELL_RECORDER_H
#define KIOSK_SHELL_RECORDER_H

#include "hw/capture.h"
#include "kiosk/core/events.h"
#include "kiosk/shell/settings.h"

enum { RECORDER_NOTES = 1024 }; /* several seconds of a full bus */

struct recorder;

/* NULL with a message when the file cannot be written. Times in the file count from `start_ms`. */
struct recorder *recorder_open(const char *path, const struct settings *settings, int64_t start_ms,
                               char error[CAPTURE_ERROR_MAX]);
void recorder_close(struct recorder *recorder);

/* CAPTURE_UI, CAPTURE_CLOCK, and what buses told main: CAPTURE_VALUE, CAPTURE_LOST, CAPTURE_BACK.
 * With kiosk time in t_ms; written when the io thread comes by. */
void recorder_note(struct recorder *recorder, const struct capture_event *event);
/* What a person did; whole PINs are noted apart. */
void recorder_touch(struct recorder *recorder, int64_t t_ms, const struct kiosk_input *input);
void recorder_clock(struct recorder *recorder, const moment_t *moment);

void recorder_bytes(struct recorder *recorder, int64_t t_ms, const char *port, const uint8_t *bytes,
                    size_t count);
void recorder_line(struct recorder *recorder, int64_t t_ms, const char *port, bool up);
void recorder_flush_due(struct recorder *recorder, int64_t now_ms);

#endif
