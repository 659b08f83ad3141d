#include "kiosk/store/ahead.h"

#include <string.h>

/* A piece that serves less than four pages costs more than it saves. */
enum { NEAR_BYTES = AHEAD_BYTES / 4, NEAR_PAGES = 2 };

static struct ahead *of(sqlite3_file *file)
{
    return (struct ahead *)(void *)through_of(file);
}

static bool holds(const struct ahead *ahead, int count, sqlite3_int64 offset)
{
    return offset >= ahead->offset && offset + count <= ahead->offset + ahead->count;
}

/* What fails here is not told: perhaps nobody wants the place where the medium is broken, and who
 * does is told by reading it alone. A broken place takes its time, so it is not tried twice. */
static void read_ahead(sqlite3_file *file, int page, sqlite3_int64 offset)
{
    struct ahead *ahead = of(file);
    sqlite3_int64 size = 0;

    ahead->count = 0;
    if (ahead->has_failed || through_size(file, &size) != SQLITE_OK || size - offset <= page) {
        return;
    }
    const int count = size - offset < AHEAD_BYTES ? (int)(size - offset) : AHEAD_BYTES;
    ahead->has_failed = through_read(file, ahead->bytes, count, offset) != SQLITE_OK;
    ahead->offset = offset;
    ahead->count = ahead->has_failed ? 0 : count;
}

static int read_page(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset)
{
    struct ahead *ahead = of(file);
    const bool is_near = offset > ahead->last && offset - ahead->last <= NEAR_BYTES;

    ahead->near = !is_near ? 0 : ahead->near < NEAR_PAGES ? ahead->near + 1 : NEAR_PAGES;
    ahead->last = offset;
    if (ahead->near == NEAR_PAGES && !holds(ahead, count, offset)) {
        read_ahead(file, count, offset);
    }
    if (!holds(ahead, count, offset)) {
        return through_read(file, bytes, count, offset);
    }
    memcpy(bytes, ahead->bytes + (offset - ahead->offset), (size_t)count);
    return SQLITE_OK;
}

static int lock_file(sqlite3_file *file, int level)
{
    of(file)->count = 0;
    return through_lock(file, level);
}

static int unlock_file(sqlite3_file *file, int level)
{
    of(file)->count = 0;
    return through_unlock(file, level);
}

static int lock_shm(sqlite3_file *file, int offset, int count, int flags)
{
    of(file)->count = 0;
    return through_shm_lock(file, offset, count, flags);
}

/* Version 2: with version 3 SQLite may map the file, and an error of the medium ends the program.
 */
static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = through_close,
    .xRead = read_page,
    .xWrite = through_write,
    .xTruncate = through_truncate,
    .xSync = through_sync,
    .xFileSize = through_size,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = through_check_lock,
    .xFileControl = through_control,
    .xSectorSize = through_sector_size,
    .xDeviceCharacteristics = through_characteristics,
    .xShmMap = through_shm_map,
    .xShmLock = lock_shm,
    .xShmBarrier = through_shm_barrier,
    .xShmUnmap = through_shm_unmap,
};

int ahead_add(struct ahead *ahead)
{
    ahead->last = ahead->offset = 0;
    ahead->near = ahead->count = 0;
    ahead->has_failed = false;
    return through_add(&ahead->through, SQLITE_OPEN_MAIN_DB, &methods);
}
