/* What people do, between its two forms: inputs of the core, and `ui` lines of captures. Pure. */
#ifndef KIOSK_SHELL_TOUCH_H
#define KIOSK_SHELL_TOUCH_H

#include "hw/capture.h"
#include "kiosk/core/events.h"

/* `verb` and `argument` as in a capture ("choose kitchen", "item NAME", "tap collect 3",
 * "pin 2580", "cancel").
 * False where they mean nothing to this version. */
bool touch_parse(const char *verb, const char *argument, struct kiosk_input *input);

/* The other way; false where there is no word for it. */
bool touch_format(const intent_t *intent, struct capture_event *event);

/* A thing that was looked up: its place in the dictionary means nothing to another one. */
void touch_format_item(const char *name, struct capture_event *event);

#endif
