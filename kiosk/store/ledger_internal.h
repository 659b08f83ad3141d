/* The inside of a ledger handle, for the files of this folder only. */
#ifndef KIOSK_STORE_LEDGER_INTERNAL_H
#define KIOSK_STORE_LEDGER_INTERNAL_H

#include "kiosk/store/db.h"
#include "kiosk/store/ledger.h"
#include "kiosk/store/schema.h"

struct ledger {
    struct db db;
    bool writer;
    bool failed;  /* no append until reopened */
    bool damaged; /* the file is broken: set it aside on close */

    /* Of the writer, as of the last commit. */
    int64_t last_seq;
    char boot[BOOT_ID_MAX];
    char site[SITE_ID_MAX]; /* of the last start; "" before the first */
    bool boot_known;        /* the last row is of this boot */
    int64_t last_day;       /* a day that `days` holds; SCHEMA_DAY_UNKNOWN: none */
    bool unsure;            /* the last row may be one whose append failed when it was synced */

    char notice[LEDGER_ERROR_MAX];
};

/* The local day of a moment; SCHEMA_DAY_UNKNOWN while the clock is unset. */
int64_t ledger_day(const moment_t *at);

/* Writes what `event`, row `seq`, changes in the projections, inside the open transaction. Returns
 * an SQLite code. */
int projections_apply(struct ledger *ledger, const struct kiosk_event *event, int64_t seq);

/* A column that holds text; "" for NULL. Borrowed until the statement moves on. */
const char *ledger_column_text(sqlite3_stmt *row, int column);

/* Reads t_ms, utc_ms and clock from three columns. False where they contradict each other. */
bool ledger_column_moment(sqlite3_stmt *row, int first, moment_t *at);

/* Reports an SQLite error of this handle and remembers what it means for the next append. */
enum ledger_result ledger_fail(struct ledger *ledger, const char *doing, int code,
                               char error[LEDGER_ERROR_MAX]);

#endif
