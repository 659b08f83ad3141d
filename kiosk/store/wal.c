#include "kiosk/store/wal.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kiosk/store/db.h"

/* The format of the log, https://www.sqlite.org/fileformat2.html#walformat */
enum {
    HEADER_SIZE = 32,
    HEADER_PAGE_SIZE = 8,
    HEADER_SALTS = 16,
    FRAME_HEADER_SIZE = 24,
    FRAME_SALTS = 8,
    SALTS_SIZE = 8
};

static int64_t page_size(const uint8_t *header)
{
    const uint8_t *at = header + HEADER_PAGE_SIZE;
    return (int64_t)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
}

static int cut_file(sqlite3_file *file, int frames)
{
    uint8_t header[HEADER_SIZE], frame[FRAME_HEADER_SIZE];
    sqlite3_int64 size = 0, end = 0;

    int code = file->pMethods->xFileSize(file, &size);
    if (code != SQLITE_OK || size < HEADER_SIZE) {
        return code;
    }
    code = file->pMethods->xRead(file, header, HEADER_SIZE, 0);
    if (code != SQLITE_OK) {
        return code;
    }
    const int64_t frame_size = FRAME_HEADER_SIZE + page_size(header);
    const int64_t wanted = HEADER_SIZE + frames * frame_size;
    if (frames > 0 && wanted <= size) {
        code = file->pMethods->xRead(file, frame, FRAME_HEADER_SIZE, wanted - frame_size);
        /* Each beginning of the log has its own salts. */
        end = memcmp(frame + FRAME_SALTS, header + HEADER_SALTS, SALTS_SIZE) == 0 ? wanted : 0;
    }
    return code == SQLITE_OK && end < size ? file->pMethods->xTruncate(file, end) : code;
}

int wal_cut_back(const char *path, int frames)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    char wal[DB_PATH_MAX + 16] = {0}; /* SQLite looks for options behind the first NUL */
    int is_there = 0;

    snprintf(wal, sizeof wal - 2, "%s-wal", path);
    int code = vfs->xAccess(vfs, wal, SQLITE_ACCESS_EXISTS, &is_there);
    if (code != SQLITE_OK || !is_there) {
        return code;
    }
    sqlite3_file *file = calloc(1, (size_t)vfs->szOsFile);
    if (!file) {
        return SQLITE_NOMEM;
    }
    code = vfs->xOpen(vfs, wal, file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL, NULL);
    if (code == SQLITE_OK) {
        code = cut_file(file, frames);
    }
    if (file->pMethods) {
        file->pMethods->xClose(file);
    }
    free(file);
    return code;
}
