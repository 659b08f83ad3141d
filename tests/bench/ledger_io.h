/* What the ledger does to the medium, counted: SQLite's file system with a counter in front of its
 * writes and syncs. Installed as the default, so that the ledger's own code runs unchanged.
 */
#ifndef TESTS_BENCH_LEDGER_IO_H
#define TESTS_BENCH_LEDGER_IO_H

#include <stdbool.h>
#include <stdint.h>

struct ledger_io {
    uint64_t syncs, writes;
    uint64_t wal_bytes;   /* written to files called *-wal */
    uint64_t other_bytes; /* written to the database and to everything else */
};

/* Counts from now on for every connection opened from now on. Without `syncs` nothing reaches the
 * medium in time: for filling big ledgers. */
void ledger_io_install(bool syncs);

/* What was counted since the last call. */
struct ledger_io ledger_io_take(void);

#endif
