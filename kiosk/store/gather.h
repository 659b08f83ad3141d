/* The writer's file system: what a commit writes to the WAL goes to the system in one call.
 *
 * SQLite writes each page of a commit in two calls, its header and itself, one behind the other,
 * and then syncs. Here they wait until somebody could tell the difference: the sync, a read, a
 * write elsewhere. Only for connections with synchronous=FULL, which sync a commit before any
 * reader hears of it. A failed write is told by the sync, which comes before the commit all the
 * same; pages of a transaction that failed are dropped with it. All other files are the default
 * file system's own. It belongs to its connection and that one's thread.
 */
#ifndef KIOSK_STORE_GATHER_H
#define KIOSK_STORE_GATHER_H

#include "kiosk/store/through.h"

enum { GATHER_BYTES = 32 * 1024 };

struct gather {
    struct through through; /* first: its name is for opening; to be removed by the caller */
    sqlite3_int64 offset;   /* where the bytes that wait belong */
    int count;
    unsigned char bytes[GATHER_BYTES];
};

/* See through_add(). */
int gather_add(struct gather *gather);

#endif
