/* What goes with an export: a row of the ledger that says what was given away, and a sidecar file
 * beside it, FILE.manifest.json, by which anybody can check later that the ledger still says so.
 */
#ifndef KIOSK_SHELL_MANIFEST_H
#define KIOSK_SHELL_MANIFEST_H

#include "kiosk/core/events.h"

/* Has the export recorded: at once, or by the kiosk that is running. False where neither can be,
 * with a message on stderr. Before clock_start() nothing else may have called it. */
bool manifest_record(const char *directory, const struct event_export *export);

/* Writes FILE.manifest.json with the newest checkpoint of the ledger; synced before it has its
 * name. False with a message on stderr. */
bool manifest_write(const char *directory, const char *file, const struct event_export *export);

#endif
