/* A copy of the ledger on another medium, made while the kiosk runs.
 *
 * The copy is one state of the ledger, that of the moment the backup began; the writer is not held
 * up, and nothing is written in the ledger's own directory. It goes to a name beside the old copy,
 * is synced, read back, checked page by page and row by row, and takes the old copy's place only
 * then: a cut or a pulled stick leaves the old copy or the new one. The key is not copied: a stick
 * that goes away must not let anybody sign.
 *
 * A copy that is put back is an older state, and verifying says so: the head beside it is ahead.
 * Any thread, its own connections.
 */
#ifndef KIOSK_STORE_BACKUP_H
#define KIOSK_STORE_BACKUP_H

#include <stdint.h>

#include "kiosk/store/ledger.h"

struct backup_report {
    int64_t last_seq; /* of the copy */
    int64_t bytes;
};

/* Asked between two steps; true ends the copy early. */
struct backup_stop {
    bool (*is_asked)(const void *context);
    const void *context;
};

/* Copies DIRECTORY/ledger.db to TO/ledger.db; TO exists. `stop` may be NULL. Anything but LEDGER_OK
 * comes with its reason and remedy in `error`; the copy that was there before is as it was. */
enum ledger_result ledger_backup(const char *directory, const char *to,
                                 const struct backup_stop *stop, struct backup_report *report,
                                 char error[LEDGER_ERROR_MAX]);

#endif
