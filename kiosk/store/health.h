/* A look at a ledger from outside, read-only: for `biaogan doctor`. Any thread, its own handle. */
#ifndef KIOSK_STORE_HEALTH_H
#define KIOSK_STORE_HEALTH_H

#include "kiosk/store/ledger.h"

enum { LEDGER_FAULTS_MAX = 24 };

/* A fault of a device that the ledger began and did not end. */
struct ledger_fault {
    char thing[EVENT_TEXT_MAX]; /* "port s1", "bin 3" */
    char fault[EVENT_TEXT_MAX]; /* its text id: "silent", "frozen" ... */
};

struct ledger_health {
    bool exists;
    int64_t schema_version;
    int64_t last_seq;
    int64_t wal_bytes; /* of the file beside it; what is in it is not in the main file yet */
    bool is_wal;       /* the journal mode that the ledger needs */
    bool is_whole;     /* SQLite's quick check found no damage */
    char sqlite_version[16];
    int fault_count; /* of ports: of the last run alone; of scales: whenever they began */
    struct ledger_fault faults[LEDGER_FAULTS_MAX];
};

/* Less than this, and somebody should make room: a year of a busy site is some 300 MiB. */
enum { LEDGER_ROOM_LOW_MIB = 256 };

/* Room on the medium of `directory`. False where it cannot be told. */
bool ledger_room(const char *directory, int64_t *free_bytes);

/* Reads the whole file once. LEDGER_OK also where no ledger exists yet; anything else comes with
 * its reason and remedy in `error`. */
enum ledger_result ledger_look(const char *directory, struct ledger_health *health,
                               char error[LEDGER_ERROR_MAX]);

#endif
