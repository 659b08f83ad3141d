/* A file system of one connection: the default one, with methods of somebody's own in front of one
 * file.
 *
 * Whoever stands in front fills a table with the methods that do something and, for the rest, with
 * those below, which pass the call on. A database or log that nobody stands in front of has all of
 * those below: a read that the medium fails is SQLITE_IOERR_READ, and no damage. Other files are
 * the default file system's own. For one connection and its thread.
 */
#ifndef KIOSK_STORE_THROUGH_H
#define KIOSK_STORE_THROUGH_H

#include <stdbool.h>

#include <sqlite3.h>

enum { THROUGH_NAME_MAX = 32 };

struct through {
    sqlite3_vfs vfs;   /* first: SQLite hands us this */
    sqlite3_vfs *real; /* the default at the time; NULL: not added */
    const sqlite3_io_methods *methods;
    int kind; /* SQLITE_OPEN_WAL, SQLITE_OPEN_MAIN_DB */
    bool is_open;
    char name[THROUGH_NAME_MAX];
};

/* Registers it under through->name; the first file of `kind` that is opened gets `methods`. The
 * struct must stay where it is until through_remove(), behind the close of the connection. Returns
 * an SQLite code. */
int through_add(struct through *through, int kind, const sqlite3_io_methods *methods);
void through_remove(struct through *through); /* also where it was never added */

/* Whose file it is. */
struct through *through_of(sqlite3_file *file);

/* The methods. A table whose own xClose does more calls through_close() in the end. */
int through_close(sqlite3_file *file);
int through_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset);
int through_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset);
int through_truncate(sqlite3_file *file, sqlite3_int64 size);
int through_sync(sqlite3_file *file, int flags);
int through_size(sqlite3_file *file, sqlite3_int64 *size);
int through_lock(sqlite3_file *file, int level);
int through_unlock(sqlite3_file *file, int level);
int through_check_lock(sqlite3_file *file, int *is_reserved);
int through_control(sqlite3_file *file, int what, void *argument);
int through_sector_size(sqlite3_file *file);
int through_characteristics(sqlite3_file *file);
int through_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **memory);
int through_shm_lock(sqlite3_file *file, int offset, int count, int flags);
void through_shm_barrier(sqlite3_file *file);
int through_shm_unmap(sqlite3_file *file, int remove);

#endif
