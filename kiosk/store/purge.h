/* Retention: rows that are old enough, and that somebody has, are taken out of the ledger.
 *
 * A row goes when its day, every day before it and every record of those days (deposits, visits,
 * collections, inspections, alarms, changes of weight) is covered by `export` rows made after the
 * day had ended, when it is older than the limit, and when the LEDGER_RECENT rows that a start
 * needs are not touched. What goes is always the beginning of the ledger. In the same transaction a
 * `purge` row says which rows went and holds the hash of the last of them, and a checkpoint signs
 * it: the chain goes on from that hash, and nobody without the key can move it. Sums of the days
 * that are gone go with them.
 */
#ifndef KIOSK_STORE_PURGE_H
#define KIOSK_STORE_PURGE_H

#include "kiosk/store/ledger.h"

enum {
    PURGE_MONTHS = 24,    /* how long rows are kept unless the site says otherwise */
    PURGE_MONTHS_MIN = 6, /* what the law asks of network logs (网络安全法 art. 21) */
    PURGE_MONTHS_MAX = 240,
    PURGE_ROWS_MAX = 20000 /* of one call, so that nobody waits long for his deposit's row */
};

struct purge {
    int32_t months;              /* given: how long rows are kept */
    moment_t now;                /* given; without a clock nothing is purged */
    bool dry_run;                /* given: only look */
    int64_t first_seq, last_seq; /* what went, or would go; first > last: nothing */
    int64_t old_to;              /* rows up to it are old enough, exported or not */
    bool has_more;               /* PURGE_ROWS_MAX ended it */
};

/* Of a writer, or with `dry_run` of a reader. Errors as of ledger_append(); nothing went then. */
enum ledger_result ledger_purge(struct ledger *ledger, struct purge *purge,
                                char error[LEDGER_ERROR_MAX]);

#endif
