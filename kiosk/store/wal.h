/* The write-ahead log after a failed sync.
 *
 * When a sync fails, the system may forget what was written and still show it to whoever reads: the
 * next sync then succeeds and brings nothing onto the medium. A transaction that was in doubt and
 * is found in the log when the ledger is opened again would be taken for whole, rows would be
 * written and acknowledged behind it, and after a power cut the log would end where it began.
 * Therefore the log is cut back to what was acknowledged before anybody opens it again.
 */
#ifndef KIOSK_STORE_WAL_H
#define KIOSK_STORE_WAL_H

/* Cuts the log beside the database `path` back to its first `frames`, those of the commits that
 * succeeded; to nothing where it was begun anew since. Readers are not disturbed: they know of no
 * frame behind. Returns an SQLite code. Only by the writer, whose connection is closed and whose
 * lock is held. */
int wal_cut_back(const char *path, int frames);

#endif
