#include "kiosk/store/through.h"

#include <stdio.h>

/* The real file stands behind it in the same memory. */
struct through_file {
    sqlite3_file file;
    struct through *through;
};

static struct through_file *of(sqlite3_file *file)
{
    return (struct through_file *)(void *)file;
}

static sqlite3_file *real_of(sqlite3_file *file)
{
    return (sqlite3_file *)(void *)(of(file) + 1);
}

struct through *through_of(sqlite3_file *file)
{
    return of(file)->through;
}

int through_close(sqlite3_file *file)
{
    struct through *through = of(file)->through;

    through->is_open = through->is_open && file->pMethods != through->methods;
    return real_of(file)->pMethods->xClose(real_of(file));
}

int through_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset)
{
    int code = real_of(file)->pMethods->xRead(real_of(file), bytes, count, offset);

    /* What the default file system makes of EIO, and SQLite takes for a damaged database: one read
     * that a cable spoilt would end a good ledger. */
    return code == SQLITE_IOERR_CORRUPTFS ? SQLITE_IOERR_READ : code;
}

int through_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset)
{
    return real_of(file)->pMethods->xWrite(real_of(file), bytes, count, offset);
}

int through_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

int through_sync(sqlite3_file *file, int flags)
{
    return real_of(file)->pMethods->xSync(real_of(file), flags);
}

int through_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

int through_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

int through_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

int through_check_lock(sqlite3_file *file, int *is_reserved)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), is_reserved);
}

int through_control(sqlite3_file *file, int what, void *argument)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), what, argument);
}

int through_sector_size(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

int through_characteristics(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

/* What SQLite calls first of the shared memory. A file system may have none. */
int through_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **memory)
{
    const sqlite3_io_methods *methods = real_of(file)->pMethods;

    return methods->iVersion >= 2 && methods->xShmMap
               ? methods->xShmMap(real_of(file), region, size, extend, memory)
               : SQLITE_IOERR_SHMMAP;
}

int through_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

void through_shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

int through_shm_unmap(sqlite3_file *file, int remove)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

/* Version 2, as in ahead.c. */
static const sqlite3_io_methods plain = {
    .iVersion = 2,
    .xClose = through_close,
    .xRead = through_read,
    .xWrite = through_write,
    .xTruncate = through_truncate,
    .xSync = through_sync,
    .xFileSize = through_size,
    .xLock = through_lock,
    .xUnlock = through_unlock,
    .xCheckReservedLock = through_check_lock,
    .xFileControl = through_control,
    .xSectorSize = through_sector_size,
    .xDeviceCharacteristics = through_characteristics,
    .xShmMap = through_shm_map,
    .xShmLock = through_shm_lock,
    .xShmBarrier = through_shm_barrier,
    .xShmUnmap = through_shm_unmap,
};

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *given)
{
    struct through *through = (struct through *)(void *)vfs;
    sqlite3_vfs *real = through->real;

    const bool is_theirs = (flags & through->kind) && !through->is_open;
    if (!is_theirs && !(flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL))) {
        return real->xOpen(real, name, file, flags, given);
    }
    of(file)->through = through;
    int code = real->xOpen(real, name, real_of(file), flags, given);
    /* One whose opening failed is closed all the same where it has methods. */
    const bool is_open = real_of(file)->pMethods != NULL;
    through->is_open = through->is_open || (is_theirs && is_open);
    file->pMethods = !is_open ? NULL : is_theirs ? through->methods : &plain;
    return code;
}

int through_add(struct through *through, int kind, const sqlite3_io_methods *methods)
{
    through->real = sqlite3_vfs_find(NULL);
    if (!through->real) {
        return SQLITE_ERROR;
    }
    through->methods = methods;
    through->kind = kind;
    through->is_open = false;
    snprintf(through->name, sizeof through->name, "through-%p", (void *)through);
    through->vfs = *through->real;
    through->vfs.pNext = NULL;
    through->vfs.zName = through->name;
    through->vfs.szOsFile += (int)sizeof(struct through_file);
    through->vfs.xOpen = open_file;
    return sqlite3_vfs_register(&through->vfs, 0);
}

void through_remove(struct through *through)
{
    if (through->real) {
        sqlite3_vfs_unregister(&through->vfs);
    }
    through->real = NULL;
}
