/* A look at a ledger from outside, read-only: for `biaogan doctor`. Any thread, its own handle. */
#ifndef KIOSK_STORE_HEALTH_H
#define KIOSK_STORE_HEALTH_H

#include "kiosk/store/ledger.h"

struct ledger_health {
    bool exists;
    int64_t schema_version;
    int64_t last_seq;
    int64_t wal_bytes; /* of the file beside it; what is in it is not in the main file yet */
    bool is_wal;       /* the journal mode that the ledger needs */
    bool is_whole;     /* SQLite's quick check found no damage */
    char sqlite_version[16];
};

/* Reads the whole file once. LEDGER_OK also where no ledger exists yet; anything else comes with
 * its reason and remedy in `error`. */
enum ledger_result ledger_look(const char *directory, struct ledger_health *health,
                               char error[LEDGER_ERROR_MAX]);

#endif
