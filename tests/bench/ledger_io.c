#include "tests/bench/ledger_io.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include <sqlite3.h>

enum { FILES_MAX = 64, METHODS_MAX = 4 };

static sqlite3_vfs *real;
static sqlite3_vfs counting;
static bool is_syncing;
static struct ledger_io counted;

/* The real file keeps its own struct; only its table of methods is exchanged for a copy with ours
 * in front. One row for each table that the real file system uses. */
static struct {
    const sqlite3_io_methods *real;
    sqlite3_io_methods ours;
} tables[METHODS_MAX];
static const sqlite3_file *wals[FILES_MAX];

static const sqlite3_io_methods *real_methods(const sqlite3_file *file)
{
    for (int i = 0; i < METHODS_MAX; i++) {
        if (file->pMethods == &tables[i].ours) {
            return tables[i].real;
        }
    }
    assert(!"a file of another file system");
    return NULL;
}

static bool is_wal(const sqlite3_file *file)
{
    for (int i = 0; i < FILES_MAX; i++) {
        if (wals[i] == file) {
            return true;
        }
    }
    return false;
}

static void remember_wal(const sqlite3_file *from, const sqlite3_file *to)
{
    for (int i = 0; i < FILES_MAX; i++) {
        if (wals[i] == from) {
            wals[i] = to;
            return;
        }
    }
    assert(from != NULL);
}

static int count_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset)
{
    counted.writes++;
    *(is_wal(file) ? &counted.wal_bytes : &counted.other_bytes) += (uint64_t)count;
    return real_methods(file)->xWrite(file, bytes, count, offset);
}

static int count_sync(sqlite3_file *file, int flags)
{
    counted.syncs++;
    return is_syncing ? real_methods(file)->xSync(file, flags) : SQLITE_OK;
}

static int forget_file(sqlite3_file *file)
{
    if (is_wal(file)) {
        remember_wal(file, NULL);
    }
    return real_methods(file)->xClose(file);
}

static const sqlite3_io_methods *ours(const sqlite3_io_methods *methods)
{
    for (int i = 0; i < METHODS_MAX; i++) {
        if (tables[i].real == NULL) {
            tables[i].real = methods;
            tables[i].ours = *methods;
            tables[i].ours.xWrite = count_write;
            tables[i].ours.xSync = count_sync;
            tables[i].ours.xClose = forget_file;
        }
        if (tables[i].real == methods) {
            return &tables[i].ours;
        }
    }
    assert(!"more kinds of files than were thought of");
    return methods;
}

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *given)
{
    int code = real->xOpen(real, name, file, flags, given);

    (void)vfs;
    if (file->pMethods) {
        file->pMethods = ours(file->pMethods);
        if (flags & SQLITE_OPEN_WAL) {
            remember_wal(NULL, file);
        }
    }
    return code;
}

void ledger_io_install(bool syncs)
{
    is_syncing = syncs;
    if (!real) {
        real = sqlite3_vfs_find(NULL);
        counting = *real;
        counting.zName = "counting";
        counting.pNext = NULL;
        counting.xOpen = open_file;
        sqlite3_vfs_register(&counting, 1);
    }
}

struct ledger_io ledger_io_take(void)
{
    struct ledger_io taken = counted;

    memset(&counted, 0, sizeof counted);
    return taken;
}
