/* One SQLite connection: how it is opened, what its errors mean, and its prepared statements.
 *
 * A connection belongs to the thread that opened it. The writing one holds a lock file, so that a
 * second writer is refused instead of two programs numbering the same ledger.
 */
#ifndef KIOSK_STORE_DB_H
#define KIOSK_STORE_DB_H

#include <stdbool.h>
#include <stdint.h>

#include <sqlite3.h>

#include "kiosk/store/ahead.h"
#include "kiosk/store/gather.h"
#include "kiosk/store/ledger.h"
#include "kiosk/store/statements.h"

enum statement {
#define X(name, sql) name,
    STATEMENTS(X)
#undef X
        STATEMENT_COUNT
};

enum { DB_PATH_MAX = 4096, DB_CHECKPOINT_PAGES = 1000 };

struct db {
    sqlite3 *handle;
    struct gather gather;                      /* of a writer */
    struct ahead ahead;                        /* of a reader */
    sqlite3_stmt *statements[STATEMENT_COUNT]; /* of a writer */
    bool is_holding;                           /* STATEMENT_HOLD keeps its read transaction */
    int wal_pages;                             /* in the WAL after the last commit; -1: unknown */
    int run_errno;                             /* errno of the last db_run() that failed, or 0 */
    int lock;                                  /* descriptor of the lock file, or -1 */
    char path[DB_PATH_MAX];                    /* of the database */
};

/* A value to bind. */
typedef struct db_value_t {
    enum { DB_NULL, DB_INTEGER, DB_TEXT, DB_BLOB } type;
    int64_t integer;   /* or the size of a blob */
    const char *text;  /* borrowed until the statement has run */
    const void *bytes; /* likewise */
} db_value_t;

db_value_t db_integer(int64_t value);
db_value_t db_integer_if(bool known, int64_t value); /* NULL where unknown */
db_value_t db_text(const char *text);                /* NULL where "" */
db_value_t db_blob(const void *bytes, size_t size);

/* What an SQLite error means to the caller of the ledger. `system_errno` as of the failed call. */
enum ledger_result db_result(int code, int system_errno);

/* True where the file itself is damaged. */
bool db_is_damage(int code);

/* Writes "WHERE: WHAT (SQLite's words); REMEDY" of the connection's last error; returns its
 * db_result(). */
enum ledger_result db_explain(const struct db *db, const char *doing, int code,
                              char error[LEDGER_ERROR_MAX]);

/* Open db->path; the struct is zeroed but for it, and stays closable on failure. Return an SQLite
 * code. The writer changes nothing in the file before db_configure_writer(), which gives it WAL and
 * synchronous=FULL. */
int db_open_writer(struct db *db);
int db_configure_writer(struct db *db);
int db_open_reader(struct db *db);

/* Prepares the writer's statements; the schema must be complete. */
int db_prepare(struct db *db);

/* Runs a prepared statement to its end. Returns SQLITE_OK or the extended error code. */
int db_run(struct db *db, enum statement statement, const db_value_t *values, int count);

/* Transactions of the writer. The read lock that a transaction stands on is kept from one to the
 * next: taking it and giving it back are four system calls, as many as all else a commit does. A
 * checkpoint gives it back, because a lock on an old frame lets it copy no newer ones. Other
 * connections read as ever. Return an SQLite code. */
int db_begin(struct db *db);
int db_commit(struct db *db);
void db_roll_back(struct db *db); /* where one is open */

/* Copies the WAL into the file. SQLITE_OK also where readers or a full medium put it off; an error
 * means that a sync failed. To be called before the first write, so that whatever is in the WAL is
 * there for good, and when it has DB_CHECKPOINT_PAGES or more. */
int db_checkpoint(struct db *db);

/* Closes; a clean writer folds the WAL into the file and removes it. After a failed sync `clean`
 * must be false: the sync may not be tried again. */
void db_close(struct db *db, bool clean);

#endif
