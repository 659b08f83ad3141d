/* The writer's file system: what a commit writes to the WAL goes to the system in one call.
 *
 * SQLite writes each page of a commit in two calls, its header and itself, one behind the other,
 * and then syncs. Here they wait until somebody could tell the difference: the sync, a read, a
 * write elsewhere. Only for connections with synchronous=FULL, which sync a commit before any
 * reader hears of it. A failed write is told by the sync, which comes before the commit all the
 * same; pages of a transaction that failed are dropped with it. All other files are the default
 * file system's own.
 */
#ifndef KIOSK_STORE_GATHER_H
#define KIOSK_STORE_GATHER_H

#include <sqlite3.h>

enum { GATHER_NAME_MAX = 32 };

struct gather {
    sqlite3_vfs vfs;   /* first: SQLite hands us this */
    sqlite3_vfs *real; /* the default at the time */
    char name[GATHER_NAME_MAX];
};

/* Registers it under gather->name, for one connection. The struct must stay where it is until
 * gather_remove(), behind the close of that connection. Returns an SQLite code. */
int gather_add(struct gather *gather);
void gather_remove(struct gather *gather); /* also where it was never added */

#endif
