#include "kiosk/store/gather.h"

#include <string.h>

static struct gather *of(sqlite3_file *file)
{
    return (struct gather *)(void *)through_of(file);
}

static int flush(sqlite3_file *file)
{
    struct gather *gather = of(file);
    int count = gather->count;

    gather->count = 0;
    return count == 0 ? SQLITE_OK : through_write(file, gather->bytes, count, gather->offset);
}

static int write_bytes(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset)
{
    struct gather *gather = of(file);
    int code = SQLITE_OK;

    if (offset != gather->offset + gather->count || count > GATHER_BYTES - gather->count) {
        code = flush(file);
    }
    if (code != SQLITE_OK) {
        return code;
    }
    if (count > GATHER_BYTES) {
        return through_write(file, bytes, count, offset);
    }
    if (gather->count == 0) {
        gather->offset = offset;
    }
    memcpy(gather->bytes + gather->count, bytes, (size_t)count);
    gather->count += count;
    return SQLITE_OK;
}

/* What waits now is of a transaction that nobody committed. */
static int close_file(sqlite3_file *file)
{
    of(file)->count = 0;
    return through_close(file);
}

static int read_bytes(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset)
{
    int code = flush(file);
    return code == SQLITE_OK ? through_read(file, bytes, count, offset) : code;
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size)
{
    int code = flush(file);
    return code == SQLITE_OK ? through_truncate(file, size) : code;
}

static int sync_file(sqlite3_file *file, int flags)
{
    int code = flush(file);
    return code == SQLITE_OK ? through_sync(file, flags) : code;
}

static int size_of_file(sqlite3_file *file, sqlite3_int64 *size)
{
    int code = flush(file);
    return code == SQLITE_OK ? through_size(file, size) : code;
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
    .xLock = through_lock,
    .xUnlock = through_unlock,
    .xCheckReservedLock = through_check_lock,
    .xFileControl = through_control,
    .xSectorSize = through_sector_size,
    .xDeviceCharacteristics = through_characteristics,
};

int gather_add(struct gather *gather)
{
    gather->count = 0;
    return through_add(&gather->through, SQLITE_OPEN_WAL, &methods);
}
