/* The canonical body of a ledger row: an event's own fields as one JSON object.
 *
 * Canonical means that an event has exactly one text: `"v":1` first, then the fields in the order
 * of the table in body.c, integers only, no blanks, null where a value is unknown. Decoding takes
 * that text and nothing else, so what is read back is what was written, byte for byte.
 * Pure functions; any thread.
 */
#ifndef KIOSK_STORE_BODY_H
#define KIOSK_STORE_BODY_H

#include <stddef.h>

#include "kiosk/core/events.h"
#include "kiosk/store/ledger.h"

enum { BODY_VERSION = 1, BODY_REASON_MAX = 96 };

/* Writes the body with its NUL and returns its length. Bytes that are not UTF-8 become '?'.
 * `event->kind` and every enum in it must be valid. */
size_t body_encode(const struct kiosk_event *event, char out[LEDGER_BODY_MAX]);

/* Fills event->body for event->kind, which must be valid; unknown values become 0. False: the text
 * is not the body of such an event, and `reason` says why. */
bool body_decode(struct kiosk_event *event, const char *text, size_t length,
                 char reason[BODY_REASON_MAX]);

#endif
