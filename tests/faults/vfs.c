#include "tests/faults/vfs.h"

#include "tests/faults/medium.h"

#include <assert.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

struct file {
    sqlite3_file base;
    struct medium *medium; /* NULL: not watched */
    const char *name;      /* in it; SQLite keeps the path while the file is open */
    bool syncs_directory;  /* with its first sync, as the default VFS does for a journal */
    bool is_wal, sync_failed, written_since;
    sqlite3_file *real; /* behind this struct */
};

static sqlite3_vfs wrapper, *below;
static struct {
    const struct vfs_fault *fault;
    long nth, calls, failures, retried_syncs;
    bool sticky;
    int number; /* errno of the call that failed last, 0 where none did since */
    int sector;
    bool powersafe;
} shared = {.sector = 4096, .powersafe = true};

void vfs_set_device(int sector, bool powersafe)
{
    shared.sector = sector;
    shared.powersafe = powersafe;
}

void vfs_set_fault(const struct vfs_fault *fault, long nth, bool sticky)
{
    shared.fault = fault;
    shared.nth = nth;
    shared.sticky = sticky;
    shared.calls = shared.failures = 0;
    shared.number = 0;
}

long vfs_failures(void)
{
    return shared.failures;
}

long vfs_retried_syncs(void)
{
    return shared.retried_syncs;
}

/* The code that this call must fail with, or SQLITE_OK. */
static int failure_of(enum vfs_call call)
{
    if (shared.fault == NULL || shared.fault->call != call) {
        return SQLITE_OK;
    }
    shared.calls++;
    if (shared.calls < shared.nth || (shared.calls > shared.nth && !shared.sticky)) {
        return SQLITE_OK;
    }
    shared.failures++;
    shared.number = errno = shared.fault->number;
    return shared.fault->code;
}

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((struct file *)(void *)file)->real;
}

/* ---- a file ---------------------------------------------------------------------------------- */

static int file_close(sqlite3_file *base)
{
    return real_of(base)->pMethods->xClose(real_of(base));
}

static int file_read(sqlite3_file *base, void *to, int size, sqlite3_int64 offset)
{
    int failure = failure_of(VFS_READ);
    if (failure == SQLITE_OK) {
        return real_of(base)->pMethods->xRead(real_of(base), to, size, offset);
    }
    if (shared.fault->partial) {
        (void)real_of(base)->pMethods->xRead(real_of(base), to, size, offset);
        memset((char *)to + size / 2, 0, (size_t)(size - size / 2));
    }
    return failure;
}

static int write_through(struct file *file, const void *from, int size, sqlite3_int64 offset)
{
    int code = file->real->pMethods->xWrite(file->real, from, size, offset);
    file->written_since = true;
    if (code == SQLITE_OK && file->medium != NULL) {
        medium_write(file->medium, file->name, from, (size_t)size, offset);
    }
    return code;
}

static int file_write(sqlite3_file *base, const void *from, int size, sqlite3_int64 offset)
{
    struct file *file = (struct file *)(void *)base;
    int failure = failure_of(VFS_WRITE);
    if (failure == SQLITE_OK) {
        return write_through(file, from, size, offset);
    }
    if (shared.fault->partial) {
        (void)write_through(file, from, size / 2, offset);
        errno = shared.fault->number;
    }
    return failure;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct file *file = (struct file *)(void *)base;
    int code = failure_of(VFS_TRUNCATE);
    if (code == SQLITE_OK) {
        code = file->real->pMethods->xTruncate(file->real, size);
        file->written_since = true;
    }
    if (code == SQLITE_OK && file->medium != NULL) {
        medium_truncate(file->medium, file->name, size);
    }
    return code;
}

static int file_sync(sqlite3_file *base, int flags)
{
    struct file *file = (struct file *)(void *)base;
    /* A rollback writes what it restores before it syncs; the log is never written again. */
    shared.retried_syncs += file->sync_failed && (file->is_wal || !file->written_since);
    int failure = failure_of(VFS_SYNC);
    if (failure != SQLITE_OK) {
        file->sync_failed = true;
        file->written_since = false;
        if (file->medium != NULL) {
            medium_fail_sync(file->medium, file->name, (uint64_t)shared.nth);
        }
        return failure;
    }
    /* The files live in memory or will be thrown away: syncing them would only take time. */
    (void)flags;
    if (file->medium != NULL) {
        medium_sync(file->medium, file->name);
        if (file->syncs_directory) {
            medium_sync_directory(file->medium);
        }
        file->syncs_directory = false;
    }
    return SQLITE_OK;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size)
{
    int failure = failure_of(VFS_FILE_SIZE);
    return failure != SQLITE_OK ? failure : real_of(base)->pMethods->xFileSize(real_of(base), size);
}

static int file_lock(sqlite3_file *base, int level)
{
    int failure = failure_of(VFS_LOCK);
    return failure != SQLITE_OK ? failure : real_of(base)->pMethods->xLock(real_of(base), level);
}

static int file_unlock(sqlite3_file *base, int level)
{
    return real_of(base)->pMethods->xUnlock(real_of(base), level);
}

static int file_check_lock(sqlite3_file *base, int *result)
{
    return real_of(base)->pMethods->xCheckReservedLock(real_of(base), result);
}

static int file_control(sqlite3_file *base, int verb, void *argument)
{
    return real_of(base)->pMethods->xFileControl(real_of(base), verb, argument);
}

static int file_sector(sqlite3_file *base)
{
    (void)base;
    return shared.sector;
}

static int file_device(sqlite3_file *base)
{
    int device = real_of(base)->pMethods->xDeviceCharacteristics(real_of(base));
    return shared.powersafe ? device | SQLITE_IOCAP_POWERSAFE_OVERWRITE
                            : device & ~SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int file_shm_map(sqlite3_file *base, int page, int size, int extend, void volatile **memory)
{
    int failure = failure_of(VFS_SHM_MAP);
    return failure != SQLITE_OK
               ? failure
               : real_of(base)->pMethods->xShmMap(real_of(base), page, size, extend, memory);
}

static int file_shm_lock(sqlite3_file *base, int offset, int count, int flags)
{
    /* Unlocking does not fail: SQLite does not ask. */
    int failure = flags & SQLITE_SHM_LOCK ? failure_of(VFS_SHM_LOCK) : SQLITE_OK;
    return failure != SQLITE_OK
               ? failure
               : real_of(base)->pMethods->xShmLock(real_of(base), offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *base)
{
    real_of(base)->pMethods->xShmBarrier(real_of(base));
}

static int file_shm_unmap(sqlite3_file *base, int remove)
{
    return real_of(base)->pMethods->xShmUnmap(real_of(base), remove);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2, /* no memory mapping: every byte goes through here */
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_device,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

/* ---- the VFS --------------------------------------------------------------------------------- */

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *out)
{
    struct file *file = (struct file *)(void *)base;
    const int journals = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;

    (void)vfs;
    *file = (struct file){.real = (sqlite3_file *)(void *)(file + 1),
                          .is_wal = (flags & SQLITE_OPEN_WAL) != 0};
    memset(file->real, 0, (size_t)below->szOsFile);
    int code = failure_of(VFS_OPEN);
    if (code != SQLITE_OK) {
        return code;
    }
    if (path != NULL) {
        file->medium = medium_of(path, &file->name);
    }
    code = below->xOpen(below, path, file->real, flags, out);
    if (code == SQLITE_OK && file->medium != NULL && (flags & SQLITE_OPEN_CREATE)) {
        medium_create(file->medium, file->name);
        file->syncs_directory = (flags & journals) != 0;
    }
    /* A file whose opening failed must still be closed where the one below says so. */
    file->base.pMethods = file->real->pMethods != NULL ? &methods : NULL;
    return code;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_directory)
{
    const char *name;
    (void)vfs;
    int code = failure_of(VFS_DELETE);
    if (code == SQLITE_OK) {
        code = below->xDelete(below, path, 0);
    }
    struct medium *medium = medium_of(path, &name);
    if (code == SQLITE_OK && medium != NULL) {
        medium_unlink(medium, name);
        if (sync_directory) {
            medium_sync_directory(medium);
        }
    }
    return code;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *result)
{
    (void)vfs;
    int failure = failure_of(VFS_ACCESS);
    return failure != SQLITE_OK ? failure : below->xAccess(below, path, flags, result);
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int size, char *out)
{
    (void)vfs;
    return below->xFullPathname(below, path, size, out);
}

static int vfs_last_error(sqlite3_vfs *vfs, int size, char *text)
{
    (void)vfs;
    int number = shared.number;
    shared.number = 0;
    return number != 0 ? number : below->xGetLastError(below, size, text);
}

void vfs_register(void)
{
    below = sqlite3_vfs_find(NULL);
    assert(below != NULL && below != &wrapper);
    wrapper = *below;
    wrapper.pNext = NULL;
    wrapper.zName = "faults";
    wrapper.szOsFile = (int)sizeof(struct file) + below->szOsFile;
    wrapper.xOpen = vfs_open;
    wrapper.xDelete = vfs_delete;
    wrapper.xAccess = vfs_access;
    wrapper.xFullPathname = vfs_full_path;
    wrapper.xGetLastError = vfs_last_error;
    if (sqlite3_vfs_register(&wrapper, 1) != SQLITE_OK) {
        assert(!"the VFS can be registered");
    }
}
