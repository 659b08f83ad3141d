/* A row for what somebody did beside the running kiosk: an export, a calibration. */
#ifndef KIOSK_SHELL_NOTED_H
#define KIOSK_SHELL_NOTED_H

#include "kiosk/core/events.h"

/* Has it recorded: at once, or by the kiosk that is running. False where neither can be, with a
 * message of `biaogan COMMAND` on stderr that says what the ledger will not know of. Before
 * clock_start() nothing else may have called it. Main thread. */
bool noted_record(const char *directory, const struct kiosk_event *event, const char *command);

#endif
