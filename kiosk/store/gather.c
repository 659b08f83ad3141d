#include "kiosk/store/gather.h"

#include <stdio.h>
#include <string.h>

enum { GATHER_BYTES = 32 * 1024 };

/* A WAL. The real file stands behind it in the same memory. */
struct gathered {
    sqlite3_file file;
    sqlite3_file *real;
    sqlite3_int64 offset; /* where the bytes that wait belong */
    int count;
    unsigned char bytes[GATHER_BYTES];
};

static struct gathered *of(sqlite3_file *file)
{
    return (struct gathered *)(void *)file;
}

static int flush(struct gathered *gathered)
{
    int count = gathered->count;

    gathered->count = 0;
    return count == 0 ? SQLITE_OK
                      : gathered->real->pMethods->xWrite(gathered->real, gathered->bytes, count,
                                                         gathered->offset);
}

static int write_bytes(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset)
{
    struct gathered *gathered = of(file);
    int code = SQLITE_OK;

    if (offset != gathered->offset + gathered->count || count > GATHER_BYTES - gathered->count) {
        code = flush(gathered);
    }
    if (code != SQLITE_OK) {
        return code;
    }
    if (count > GATHER_BYTES) {
        return gathered->real->pMethods->xWrite(gathered->real, bytes, count, offset);
    }
    if (gathered->count == 0) {
        gathered->offset = offset;
    }
    memcpy(gathered->bytes + gathered->count, bytes, (size_t)count);
    gathered->count += count;
    return SQLITE_OK;
}

/* What waits now is of a transaction that nobody committed. */
static int close_file(sqlite3_file *file)
{
    return of(file)->real->pMethods->xClose(of(file)->real);
}

static int read_bytes(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset)
{
    int code = flush(of(file));
    return code == SQLITE_OK ? of(file)->real->pMethods->xRead(of(file)->real, bytes, count, offset)
                             : code;
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size)
{
    int code = flush(of(file));
    return code == SQLITE_OK ? of(file)->real->pMethods->xTruncate(of(file)->real, size) : code;
}

static int sync_file(sqlite3_file *file, int flags)
{
    int code = flush(of(file));
    return code == SQLITE_OK ? of(file)->real->pMethods->xSync(of(file)->real, flags) : code;
}

static int size_of_file(sqlite3_file *file, sqlite3_int64 *size)
{
    int code = flush(of(file));
    return code == SQLITE_OK ? of(file)->real->pMethods->xFileSize(of(file)->real, size) : code;
}

static int lock_file(sqlite3_file *file, int level)
{
    return of(file)->real->pMethods->xLock(of(file)->real, level);
}

static int unlock_file(sqlite3_file *file, int level)
{
    return of(file)->real->pMethods->xUnlock(of(file)->real, level);
}

static int check_lock(sqlite3_file *file, int *is_reserved)
{
    return of(file)->real->pMethods->xCheckReservedLock(of(file)->real, is_reserved);
}

static int control(sqlite3_file *file, int what, void *argument)
{
    return of(file)->real->pMethods->xFileControl(of(file)->real, what, argument);
}

static int sector_size(sqlite3_file *file)
{
    return of(file)->real->pMethods->xSectorSize(of(file)->real);
}

static int characteristics(sqlite3_file *file)
{
    return of(file)->real->pMethods->xDeviceCharacteristics(of(file)->real);
}

/* Version 1: a WAL is never locked or shared through its own handle. */
static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = close_file,
    .xRead = read_bytes,
    .xWrite = write_bytes,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = size_of_file,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_lock,
    .xFileControl = control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
};

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *given)
{
    sqlite3_vfs *real = ((struct gather *)(void *)vfs)->real;

    if (!(flags & SQLITE_OPEN_WAL)) {
        return real->xOpen(real, name, file, flags, given);
    }
    struct gathered *gathered = of(file);
    gathered->real = (sqlite3_file *)(void *)(gathered + 1);
    gathered->count = 0;
    gathered->offset = 0;
    int code = real->xOpen(real, name, gathered->real, flags, given);
    file->pMethods = gathered->real->pMethods ? &methods : NULL;
    return code;
}

int gather_add(struct gather *gather)
{
    gather->real = sqlite3_vfs_find(NULL);
    if (!gather->real) {
        return SQLITE_ERROR;
    }
    snprintf(gather->name, sizeof gather->name, "gather-%p", (void *)gather);
    gather->vfs = *gather->real;
    gather->vfs.pNext = NULL;
    gather->vfs.zName = gather->name;
    gather->vfs.szOsFile += (int)sizeof(struct gathered);
    gather->vfs.xOpen = open_file;
    return sqlite3_vfs_register(&gather->vfs, 0);
}

void gather_remove(struct gather *gather)
{
    if (gather->real) {
        sqlite3_vfs_unregister(&gather->vfs);
    }
    gather->real = NULL;
}
