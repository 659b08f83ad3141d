/* The shape of ledger.db: tables, triggers, and how an older file becomes a newer one.
 *
 * `ledger` is the truth. Everything else is a projection of it, written in the same transaction,
 * holding nothing that its rows do not say.
 */
#ifndef KIOSK_STORE_SCHEMA_H
#define KIOSK_STORE_SCHEMA_H

#include <stdint.h>

#include <sqlite3.h>

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
 */
int schema_migrate(sqlite3 *handle);

/* The value of a one-row, one-column query; `fallback` when it has no row or is NULL. `code` is
 * SQLITE_OK or the error. */
int64_t schema_integer(sqlite3 *handle, const char *sql, int64_t fallback, int *code);

#endif
