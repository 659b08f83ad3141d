#include "kiosk/store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kiosk/store/ledger_internal.h"

enum { STEP_PAGES = 256 };

struct places {
    char copy[DB_PATH_MAX];      /* TO/ledger.db */
    char part[DB_PATH_MAX + 16]; /* beside it, until it is whole */
};

static enum ledger_result refuse(char error[LEDGER_ERROR_MAX], const char *place, const char *why,
                                 const char *remedy)
{
    snprintf(error, LEDGER_ERROR_MAX, "%.100s: %.60s; %.70s", place, why, remedy);
    return errno == ENOSPC || errno == EDQUOT ? LEDGER_FULL : LEDGER_UNWRITABLE;
}

static enum ledger_result find_places(const char *directory, const char *to, struct places *places,
                                      char error[LEDGER_ERROR_MAX])
{
    char from_path[PATH_MAX], to_path[PATH_MAX], wal[DB_PATH_MAX + 16];
    struct stat state;

    errno = 0;
    if (realpath(to, to_path) == NULL || stat(to_path, &state) != 0 || !S_ISDIR(state.st_mode)) {
        return refuse(error, to, errno ? strerror(errno) : "is no directory",
                      "plug the medium in and make the directory");
    }
    if (realpath(directory, from_path) == NULL) {
        return refuse(error, directory, strerror(errno), "check --state");
    }
    if (strcmp(from_path, to_path) == 0) {
        return refuse(error, to, "is the ledger's own directory",
                      "name a directory on another medium");
    }
    if (snprintf(places->copy, sizeof places->copy, "%s/ledger.db", to_path) >=
        (int)sizeof places->copy) {
        return refuse(error, to, "its name is too long", "choose a shorter one");
    }
    snprintf(places->part, sizeof places->part, "%s.part", places->copy);
    snprintf(wal, sizeof wal, "%s-wal", places->copy);
    if (access(wal, F_OK) == 0) {
        return refuse(error, wal, "a kiosk has written in this copy",
                      "choose another directory for the backup");
    }
    return LEDGER_OK;
}

/* The pages of one read transaction of `from`, in small steps. */
static int copy_pages(sqlite3 *from, sqlite3 *to, const struct backup_stop *stop)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    int code = backup ? SQLITE_OK : sqlite3_extended_errcode(to);

    while (code == SQLITE_OK) {
        code = stop != NULL && stop->is_asked(stop->context)
                   ? SQLITE_INTERRUPT
                   : sqlite3_backup_step(backup, STEP_PAGES);
    }
    int ended = sqlite3_backup_finish(backup);
    return code != SQLITE_DONE ? code : ended;
}

static int write_part(struct ledger *ledger, const char *part, const struct backup_stop *stop)
{
    sqlite3 *to = NULL;

    (void)unlink(part);
    int code = sqlite3_open_v2(
        part, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK) {
        sqlite3_extended_result_codes(to, 1);
        code = copy_pages(ledger->db.handle, to, stop);
    }
    if (code == SQLITE_OK) {
        /* One file that is complete by itself, and that a reader need not write beside. */
        code = sqlite3_exec(to, "PRAGMA synchronous = FULL; PRAGMA journal_mode = DELETE;", NULL,
                            NULL, NULL);
    }
    int closed = sqlite3_close(to);
    return code == SQLITE_OK ? closed : code;
}

static bool sync_path(const char *path, int flags)
{
    int file = open(path, flags | O_CLOEXEC);
    bool synced = file >= 0 && fsync(file) == 0;

    if (file >= 0) {
        close(file);
    }
    return synced;
}

struct ledger_summary {
    int64_t rows, last_seq;
    uint8_t hash[CHAIN_HASH_SIZE];
};

static int summarize(sqlite3 *handle, struct ledger_summary *summary)
{
    static const char query[] = "SELECT count(*), max(seq), (SELECT hash FROM ledger ORDER BY seq"
                                " DESC LIMIT 1) FROM ledger";
    sqlite3_stmt *row = NULL;
    int code = sqlite3_prepare_v2(handle, query, -1, &row, NULL);

    *summary = (struct ledger_summary){0};
    if (code == SQLITE_OK) {
        code = sqlite3_step(row);
    }
    if (code == SQLITE_ROW) {
        summary->rows = sqlite3_column_int64(row, 0);
        summary->last_seq = sqlite3_column_int64(row, 1);
        if (sqlite3_column_bytes(row, 2) == CHAIN_HASH_SIZE) {
            memcpy(summary->hash, sqlite3_column_blob(row, 2), CHAIN_HASH_SIZE);
        }
        code = SQLITE_OK;
    }
    sqlite3_finalize(row);
    return code;
}

/* Reads every page of what was written. */
static bool is_good(const char *part, const struct ledger_summary *expected)
{
    struct ledger_summary found;
    sqlite3 *handle = NULL;
    sqlite3_stmt *check = NULL;

    bool good =
        sqlite3_open_v2(part, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) ==
            SQLITE_OK &&
        sqlite3_prepare_v2(handle, "PRAGMA integrity_check(1)", -1, &check, NULL) == SQLITE_OK &&
        sqlite3_step(check) == SQLITE_ROW && strcmp(ledger_column_text(check, 0), "ok") == 0;
    sqlite3_finalize(check);
    good = good && summarize(handle, &found) == SQLITE_OK && found.rows == expected->rows &&
           found.last_seq == expected->last_seq &&
           memcmp(found.hash, expected->hash, CHAIN_HASH_SIZE) == 0;
    sqlite3_close(handle);
    return good;
}

static enum ledger_result take_place(const struct places *places, char error[LEDGER_ERROR_MAX])
{
    char directory[DB_PATH_MAX];
    const int length = (int)(strrchr(places->copy, '/') - places->copy);

    snprintf(directory, sizeof directory, "%.*s", length, places->copy);
    errno = 0;
    if (!sync_path(places->part, O_RDONLY) || rename(places->part, places->copy) != 0 ||
        !sync_path(directory, O_RDONLY | O_DIRECTORY)) {
        const int reason = errno;
        (void)unlink(places->part);
        errno = reason;
        return refuse(error, places->copy, strerror(reason), "check the medium and try again");
    }
    return LEDGER_OK;
}

static enum ledger_result copy_ledger(struct ledger *ledger, const struct places *places,
                                      const struct backup_stop *stop, struct backup_report *report,
                                      char error[LEDGER_ERROR_MAX])
{
    struct ledger_summary summary;
    struct stat state;

    /* All steps read one state; otherwise each row of the writer would begin the copy anew. */
    int code = sqlite3_exec(ledger->db.handle, "BEGIN", NULL, NULL, NULL);
    if (code == SQLITE_OK) {
        code = summarize(ledger->db.handle, &summary);
    }
    if (code != SQLITE_OK) {
        return ledger_fail(ledger, "read it", code, error);
    }
    errno = 0;
    code = write_part(ledger, places->part, stop);
    const int reason = errno;
    (void)sqlite3_exec(ledger->db.handle, "COMMIT", NULL, NULL, NULL);
    if (code == SQLITE_OK && !is_good(places->part, &summary)) {
        code = SQLITE_IOERR;
    }
    if (code != SQLITE_OK) {
        (void)unlink(places->part);
        errno = (code & 0xff) == SQLITE_FULL ? ENOSPC : reason;
        return refuse(error, places->copy,
                      code == SQLITE_INTERRUPT ? "the backup was stopped" : sqlite3_errstr(code),
                      (code & 0xff) == SQLITE_FULL ? "free space on that medium"
                                                   : "check the medium and try again");
    }
    enum ledger_result result = take_place(places, error);
    if (result == LEDGER_OK) {
        report->last_seq = summary.last_seq;
        report->bytes = stat(places->copy, &state) == 0 ? (int64_t)state.st_size : 0;
    }
    return result;
}

enum ledger_result ledger_backup(const char *directory, const char *to,
                                 const struct backup_stop *stop, struct backup_report *report,
                                 char error[LEDGER_ERROR_MAX])
{
    struct places places;
    struct ledger *ledger = NULL;

    *report = (struct backup_report){0};
    enum ledger_result result = find_places(directory, to, &places, error);
    if (result == LEDGER_OK) {
        result = ledger_open_reader(&ledger, directory, error);
    }
    if (result == LEDGER_OK) {
        result = copy_ledger(ledger, &places, stop, report, error);
        ledger_close(ledger);
    }
    return result;
}
