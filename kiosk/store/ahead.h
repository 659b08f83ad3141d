/* A reader's file system: whoever goes through the ledger from front to back reads it in large
 * pieces.
 *
 * SQLite asks for one page at a time, and the pages of one table lie some pages apart; over a
 * million rows the calls are a fifth of an export. Where each of a few pages lay close behind the
 * one before, a piece of the file is read at once, and further pages come out of it. Who looks here
 * and there reads what SQLite asks for and nothing else. It belongs to its connection and that
 * one's thread.
 *
 * No page is older than its read transaction. Within one, SQLite takes from the file only pages
 * that the log did not have between what had been copied into the file when the transaction began
 * and the end of what it sees. The lock it holds lets nobody copy anything newer (nor, without a
 * log, write at all), so exactly these pages cannot change; others may be torn in what was read
 * ahead, and are not asked for. As each transaction begins and ends with a lock, everything is
 * forgotten with each. A file opened as immutable has no locks, and does not change.
 */
#ifndef KIOSK_STORE_AHEAD_H
#define KIOSK_STORE_AHEAD_H

#include "kiosk/store/through.h"

enum { AHEAD_BYTES = 128 * 1024 };

struct ahead {
    struct through through; /* first: its name is for opening; to be removed by the caller */
    sqlite3_int64 last;     /* where the newest page was */
    int near;               /* how many lay close behind the one before, in a row */
    bool has_failed;        /* nothing more is read ahead of a medium that failed */
    sqlite3_int64 offset;   /* where in the file `bytes` begin */
    int count;
    unsigned char bytes[AHEAD_BYTES];
};

/* See through_add(). */
int ahead_add(struct ahead *ahead);

#endif
