/* The shape of ledger.db: tables, triggers, and how an older file becomes a newer one.
 *
 * `ledger` is the truth. Everything else is a projection of it, written in the same transaction,
 * holding nothing that its rows do not say.
 */
#ifndef KIOSK_STORE_SCHEMA_H
#define KIOSK_STORE_SCHEMA_H

#include <stdint.h>

#include <sqlite3.h>

#include "kiosk/store/chain.h"

enum {
    SCHEMA_APPLICATION_ID = 0x42474C44, /* "BGLD", in the file's header */
    SCHEMA_DAY_UNKNOWN = -1             /* local day of a row written before the clock was set */
};

enum schema_state {
    SCHEMA_OK,
    SCHEMA_OLDER,   /* empty, or to be migrated */
    SCHEMA_FOREIGN, /* a database of another program */
    SCHEMA_NEWER,   /* written by a newer version of this one */
    SCHEMA_ERROR    /* see sqlite3_extended_errcode() */
};

/* Whether the file is a ledger, without changing it. */
enum schema_state schema_check(sqlite3 *handle);

/* Brings the file to this version: one transaction for each missing step. Returns an SQLite code.
 * A file that is not chained yet is chained by `birth`, whose imported_seq counts for nothing. */
int schema_migrate(sqlite3 *handle, const struct chain_origin *birth);

/* The triggers that refuse changes; the file must have each, letter by letter. */
enum { SCHEMA_TRIGGER_COUNT = 5 };
struct schema_trigger {
    const char *name;
    const char *sql; /* that makes it */
};
extern const struct schema_trigger schema_triggers[SCHEMA_TRIGGER_COUNT];

/* How many of them stand in the file as they should; -1 on failure. */
int schema_trigger_count(sqlite3 *handle);

/* The trigger that a purge takes away and brings back inside its transaction. */
#define SCHEMA_NO_DELETE "ledger_no_delete"

/* The few rows that are looked for by their kind have an index of their own, which costs the others
 * nothing: one condition for the index and for who wants to use it. As IN (...) it would cost every
 * insert a temporary table. */
#define SCHEMA_RARE "(kind = 'key' OR kind = 'purge' OR kind = 'set_aside' OR kind = 'settings')"

/* Reads the row of ledger_meta. SQLITE_OK, SQLITE_CORRUPT where there is not exactly one. */
int schema_origin(sqlite3 *handle, struct chain_origin *origin);

/* Reads a row of SCHEMA_ROW_COLUMNS from a statement; its texts are borrowed until the statement
 * moves on. False where a column is of a wrong type. */
#define SCHEMA_ROW_COLUMNS "seq, kind, boot, t_ms, utc_ms, clock, body, hash"
bool schema_read_row(sqlite3_stmt *statement, struct chain_row *row, const uint8_t **hash);

/* The value of a one-row, one-column query; `fallback` when it has no row or is NULL. `code` is
 * SQLITE_OK or the error. */
int64_t schema_integer(sqlite3 *handle, const char *sql, int64_t fallback, int *code);

#endif
