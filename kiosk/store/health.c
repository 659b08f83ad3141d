#include "kiosk/store/health.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "kiosk/store/ledger_internal.h"

/* True where the one-row, one-column answer to `sql` is `text`. */
static bool answers(sqlite3 *handle, const char *sql, const char *text, int *code)
{
    sqlite3_stmt *statement = NULL;
    bool is_so = false;
    *code = sqlite3_prepare_v2(handle, sql, -1, &statement, NULL);
    if (*code == SQLITE_OK) {
        *code = sqlite3_step(statement);
        is_so = *code == SQLITE_ROW && strcmp(ledger_column_text(statement, 0), text) == 0;
        *code = *code == SQLITE_ROW || *code == SQLITE_DONE ? SQLITE_OK : *code;
    }
    sqlite3_finalize(statement);
    return is_so;
}

/* Of the group's columns, those beside max() are of the row that has it: the newest of its kind. */
static const char faults_sql[] =
    "SELECT 'port ' || part, fault FROM alarms WHERE cleared_seq IS NULL AND source = 'device'"
    " UNION ALL SELECT 'bin ' || bin, kind FROM (SELECT kind, json_extract(body, '$.bin') AS bin,"
    " json_extract(body, '$.began') AS began, max(seq) FROM ledger"
    " WHERE kind IN ('overload', 'frozen') GROUP BY kind, bin) WHERE began ORDER BY 1, 2";

static int read_faults(sqlite3 *handle, struct ledger_health *health)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(handle, faults_sql, -1, &statement, NULL);
    while (code == SQLITE_OK && health->fault_count < LEDGER_FAULTS_MAX) {
        code = sqlite3_step(statement);
        if (code != SQLITE_ROW) {
            break;
        }
        code = SQLITE_OK;
        struct ledger_fault *fault = &health->faults[health->fault_count++];
        snprintf(fault->thing, sizeof fault->thing, "%s", ledger_column_text(statement, 0));
        snprintf(fault->fault, sizeof fault->fault, "%s", ledger_column_text(statement, 1));
    }
    sqlite3_finalize(statement);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static enum ledger_result look_inside(struct ledger *ledger, struct ledger_health *health,
                                      char error[LEDGER_ERROR_MAX])
{
    int code = SQLITE_OK;
    sqlite3 *handle = ledger->db.handle;
    health->schema_version = schema_integer(handle, "PRAGMA user_version", 0, &code);
    if (code == SQLITE_OK) {
        health->is_wal = answers(handle, "PRAGMA journal_mode", "wal", &code);
    }
    if (code == SQLITE_OK) {
        health->is_whole = answers(handle, "PRAGMA quick_check(1)", "ok", &code);
    }
    if (code == SQLITE_OK && health->is_whole) {
        code = read_faults(handle, health);
    }
    if (code != SQLITE_OK) {
        return ledger_fail(ledger, "check it", code, error);
    }
    health->last_seq = ledger_last_seq(ledger);
    return LEDGER_OK;
}

enum ledger_result ledger_look(const char *directory, struct ledger_health *health,
                               char error[LEDGER_ERROR_MAX])
{
    *health = (struct ledger_health){0};
    snprintf(health->sqlite_version, sizeof health->sqlite_version, "%s", sqlite3_libversion());
    char path[DB_PATH_MAX];
    struct stat state;
    if (snprintf(path, sizeof path, "%s/ledger.db", directory) < (int)sizeof path &&
        access(path, F_OK) != 0) {
        return LEDGER_OK;
    }
    health->exists = true;
    if (snprintf(path, sizeof path, "%s/ledger.db-wal", directory) < (int)sizeof path &&
        stat(path, &state) == 0) {
        health->wal_bytes = state.st_size;
    }
    struct ledger *ledger = NULL;
    enum ledger_result result = ledger_open_reader(&ledger, directory, error);
    if (result == LEDGER_OK) {
        result = look_inside(ledger, health, error);
        ledger_close(ledger);
    }
    return result;
}

bool ledger_room(const char *directory, int64_t *free_bytes)
{
    struct statvfs medium;

    if (statvfs(directory, &medium) != 0) {
        return false;
    }
    *free_bytes = (int64_t)medium.f_bavail * (int64_t)medium.f_frsize;
    return true;
}
