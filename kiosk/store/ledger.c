#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kiosk/store/body.h"
#include "kiosk/store/ledger_internal.h"

int64_t ledger_day(const moment_t *at)
{
    return at->quality == CLOCK_UNSET ? SCHEMA_DAY_UNKNOWN : local_day(at->utc_ms);
}

const char *ledger_column_text(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text ? text : "";
}

bool ledger_column_moment(sqlite3_stmt *row, int first, moment_t *at)
{
    at->t_ms = sqlite3_column_int64(row, first);
    at->utc_ms = sqlite3_column_int64(row, first + 1);
    at->quality = clock_quality_find(ledger_column_text(row, first + 2));
    bool has_utc = sqlite3_column_type(row, first + 1) != SQLITE_NULL;
    return at->quality != CLOCK_QUALITY_COUNT && has_utc == (at->quality != CLOCK_UNSET);
}

enum ledger_result ledger_fail(struct ledger *ledger, const char *doing, int code,
                               char error[LEDGER_ERROR_MAX])
{
    enum ledger_result result = db_explain(&ledger->db, doing, code, error);

    if (db_is_damage(code)) {
        ledger->damaged = true;
    }
    if (result == LEDGER_FAILED) {
        ledger->failed = true;
    }
    return result;
}

/* ---- opening --------------------------------------------------------------------------------- */

static struct ledger *create_handle(const char *directory, char error[LEDGER_ERROR_MAX])
{
    struct ledger *ledger = calloc(1, sizeof *ledger);

    if (!ledger) {
        snprintf(error, LEDGER_ERROR_MAX, "%.160s: out of memory; stop other programs", directory);
        return NULL;
    }
    ledger->db.lock = -1;
    ledger->head.file = -1;
    int length = snprintf(ledger->db.path, DB_PATH_MAX, "%s/ledger.db", directory);
    if (*directory == '\0' || length >= DB_PATH_MAX) {
        snprintf(error, LEDGER_ERROR_MAX, "the state directory's name is %s; give another one",
                 *directory ? "too long" : "empty");
        free(ledger);
        return NULL;
    }
    return ledger;
}

static enum ledger_result make_directory(const char *directory, char error[LEDGER_ERROR_MAX])
{
    char path[DB_PATH_MAX];
    struct stat found;

    snprintf(path, sizeof path, "%s", directory);
    for (char *slash = path + 1; *slash; slash++) {
        if (*slash == '/') {
            *slash = '\0';
            (void)mkdir(path, 0750);
            *slash = '/';
        }
    }
    if (mkdir(path, 0750) == 0 || (stat(path, &found) == 0 && S_ISDIR(found.st_mode))) {
        return LEDGER_OK;
    }
    snprintf(error, LEDGER_ERROR_MAX,
             "%.120s: cannot make this directory (%s): make it, or give another with --state",
             directory, strerror(errno));
    return errno == ENOSPC || errno == EDQUOT ? LEDGER_FULL : LEDGER_UNWRITABLE;
}

/* The head belongs to the file that it tells the end of. */
static void set_head_aside(const char *path, int number)
{
    char from[DB_PATH_MAX + 8], to[DB_PATH_MAX + 32];
    const int folder = (int)(strrchr(path, '/') - path);

    snprintf(from, sizeof from, "%.*s/head", folder, path);
    snprintf(to, sizeof to, "%.*s/head.damaged-%d", folder, path, number);
    (void)rename(from, to);
}

/* Renames the database and its WAL, which belong together, to the first free number. */
static bool set_aside(const char *path, char aside[DB_PATH_MAX + 16])
{
    char from[DB_PATH_MAX + 8], to[DB_PATH_MAX + 32];
    int number = 1;

    do {
        snprintf(aside, DB_PATH_MAX + 16, "%s.damaged-%d", path, number);
    } while (access(aside, F_OK) == 0 && number++ < 9999);
    if (rename(path, aside) != 0) {
        /* A log alone: a name to keep it under. */
        int file = errno == ENOENT ? open(aside, O_WRONLY | O_CREAT | O_CLOEXEC, 0640) : -1;
        if (file < 0) {
            return false;
        }
        close(file);
    }
    snprintf(from, sizeof from, "%s-wal", path);
    snprintf(to, sizeof to, "%s-wal", aside);
    (void)rename(from, to);
    /* The index of that WAL; SQLite makes it anew. */
    snprintf(from, sizeof from, "%s-shm", path);
    (void)unlink(from);
    set_head_aside(path, number);
    return true;
}

static bool stopped_uncleanly(const char *path)
{
    char wal[DB_PATH_MAX + 8];
    struct stat found;

    snprintf(wal, sizeof wal, "%s-wal", path);
    return stat(wal, &found) == 0 && found.st_size > 0;
}

/* SQLite would delete the log of an empty file. */
static bool has_log_alone(const char *path)
{
    struct stat found;

    return stopped_uncleanly(path) && (stat(path, &found) != 0 || found.st_size == 0);
}

/* A power cut on a cheap medium may damage pages that were not being written. */
static int check_pages(sqlite3 *handle)
{
    sqlite3_stmt *check = NULL;
    int code = sqlite3_prepare_v2(handle, "PRAGMA quick_check(1)", -1, &check, NULL);

    if (code == SQLITE_OK) {
        code = sqlite3_step(check);
    }
    if (code == SQLITE_ROW) {
        code = strcmp(ledger_column_text(check, 0), "ok") == 0 ? SQLITE_OK : SQLITE_CORRUPT;
    }
    sqlite3_finalize(check);
    if (code != SQLITE_OK) {
        return code;
    }
    bool whole = schema_integer(handle,
                                "SELECT count(*) = coalesce(max(seq) - min(seq) + 1, 0)"
                                " FROM ledger",
                                0, &code) != 0;
    return code == SQLITE_OK && !whole ? SQLITE_CORRUPT : code;
}

static enum ledger_result refuse_schema(struct ledger *ledger, enum schema_state state,
                                        char error[LEDGER_ERROR_MAX])
{
    static const char *const reasons[] = {
        [SCHEMA_OLDER] = "holds no ledger of this version yet; run the kiosk on it once",
        [SCHEMA_FOREIGN] = "is a database of another program; move it away",
        [SCHEMA_NEWER] = "was written by a newer version; install that version",
    };
    if (state == SCHEMA_ERROR) {
        return ledger_fail(ledger, "read it", sqlite3_extended_errcode(ledger->db.handle), error);
    }
    snprintf(error, LEDGER_ERROR_MAX, "%.120s: %s", ledger->db.path, reasons[state]);
    return LEDGER_FAILED;
}

/* The head is written after each commit: a ledger that ends before it, or has another row there,
 * has lost rows that were acknowledged or is another one. Going on would number rows twice and make
 * the head forget it. */
static int check_head(struct ledger *ledger, const char *directory)
{
    sqlite3_stmt *row = NULL;
    struct head head;

    head_read(directory, &ledger->key, &head);
    if (!head.has_end || !head.is_proven ||
        memcmp(head.id, ledger->origin.id, sizeof head.id) != 0) {
        return SQLITE_OK;
    }
    int code = sqlite3_prepare_v2(ledger->db.handle, "SELECT hash FROM ledger WHERE seq = ?", -1,
                                  &row, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_bind_int64(row, 1, head.seq);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_step(row);
    }
    if (code == SQLITE_ROW) {
        bool same = sqlite3_column_bytes(row, 0) == CHAIN_HASH_SIZE &&
                    memcmp(sqlite3_column_blob(row, 0), head.hash, CHAIN_HASH_SIZE) == 0;
        code = same ? SQLITE_OK : SQLITE_CORRUPT;
    } else if (code == SQLITE_DONE) {
        code = SQLITE_CORRUPT;
    }
    sqlite3_finalize(row);
    return code;
}

/* While a damaged file and its log still are as they were found. */
static int check_before_writing(struct ledger *ledger, const char *directory, bool unclean,
                                enum schema_state state)
{
    int code = SQLITE_OK;
    int64_t version = schema_integer(ledger->db.handle, "PRAGMA user_version", 0, &code);

    if (code == SQLITE_OK && unclean && version > 0) {
        code = check_pages(ledger->db.handle);
    }
    if (code == SQLITE_OK && state == SCHEMA_OK) {
        code = schema_origin(ledger->db.handle, &ledger->origin);
    }
    return code == SQLITE_OK && state == SCHEMA_OK ? check_head(ledger, directory) : code;
}

static enum ledger_result open_writer(struct ledger *ledger, const char *directory,
                                      char error[LEDGER_ERROR_MAX])
{
    bool made = false;
    if (has_log_alone(ledger->db.path)) {
        return ledger_fail(ledger, "open it for writing", SQLITE_CORRUPT, error);
    }
    bool unclean = stopped_uncleanly(ledger->db.path);
    int code = db_open_writer(&ledger->db);

    if (code == SQLITE_BUSY) {
        snprintf(error, LEDGER_ERROR_MAX,
                 "%.120s: another program writes this ledger; stop it, or give another directory "
                 "with --state",
                 ledger->db.path);
        return LEDGER_UNWRITABLE;
    }
    if (code != SQLITE_OK) {
        return ledger_fail(ledger, "open it for writing", code, error);
    }
    enum schema_state state = schema_check(ledger->db.handle);
    if (state != SCHEMA_OK && state != SCHEMA_OLDER) {
        return refuse_schema(ledger, state, error);
    }
    enum ledger_result result = ledger_open_key(ledger, directory, &made, error);
    if (result != LEDGER_OK) {
        return result;
    }
    code = db_configure_writer(&ledger->db);
    if (code == SQLITE_OK) {
        code = check_before_writing(ledger, directory, unclean, state);
    }
    if (code == SQLITE_OK) {
        /* What is found in the WAL may never have been synced: bring it onto the medium anew. */
        code = db_checkpoint(&ledger->db);
    }
    if (code == SQLITE_OK) {
        code = ledger_migrate(ledger, directory, state);
    }
    if (code == SQLITE_OK) {
        code = db_prepare(&ledger->db);
    }
    if (code == SQLITE_OK) {
        code = ledger_load(ledger);
    }
    if (code == SQLITE_OK) {
        code = ledger_compare_key(ledger, made);
    }
    ledger->unsure = unclean && ledger->end.boot_known;
    if (code != SQLITE_OK) {
        return ledger_fail(ledger, "open it for writing", code, error);
    }
    /* Without a head the ledger is kept all the same; verifying it says what is missing. */
    if (head_open(&ledger->head, directory) && ledger->end.last_seq > 0) {
        head_write_end(&ledger->head, &ledger->key, ledger->origin.id, ledger->end.last_seq,
                       ledger->end.hash);
    }
    return LEDGER_OK;
}

/* Closes what open_writer() opened, as far as it came. */
static void close_writer(struct ledger *ledger, bool clean)
{
    db_close(&ledger->db, clean);
    if (ledger->writer) {
        head_close(&ledger->head, clean);
        recorder_key_close(&ledger->key);
    }
}

void ledger_begin_process(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

enum ledger_result ledger_open(struct ledger **ledger, const char *directory, const char *boot_id,
                               char error[LEDGER_ERROR_MAX])
{
    char aside[DB_PATH_MAX + 16];

    assert(strlen(boot_id) < BOOT_ID_MAX);
    *ledger = NULL;
    struct ledger *opened = create_handle(directory, error);
    if (!opened) {
        return LEDGER_UNWRITABLE;
    }
    opened->writer = true;
    snprintf(opened->boot, sizeof opened->boot, "%s", boot_id);

    enum ledger_result result = make_directory(directory, error);
    if (result == LEDGER_OK) {
        result = open_writer(opened, directory, error);
    }
    if (opened->damaged) {
        close_writer(opened, false);
        opened->damaged = opened->failed = false;
        if (set_aside(opened->db.path, aside)) {
            snprintf(opened->notice, sizeof opened->notice,
                     "%.60s is damaged; it was set aside as %.80s and a new ledger was begun: keep "
                     "the old file",
                     opened->db.path, aside);
            result = open_writer(opened, directory, error);
        }
    }
    if (result != LEDGER_OK) {
        close_writer(opened, false);
        free(opened);
        return result;
    }
    *ledger = opened;
    return LEDGER_OK;
}

enum ledger_result ledger_open_reader(struct ledger **ledger, const char *directory,
                                      char error[LEDGER_ERROR_MAX])
{
    *ledger = NULL;
    struct ledger *opened = create_handle(directory, error);
    if (!opened) {
        return LEDGER_UNWRITABLE;
    }

    enum ledger_result result = LEDGER_OK;
    int code = db_open_reader(&opened->db);
    if (code == SQLITE_CANTOPEN) {
        snprintf(error, LEDGER_ERROR_MAX,
                 "%.120s: there is no ledger that can be read; check --state", opened->db.path);
        result = LEDGER_UNWRITABLE;
    } else if (code != SQLITE_OK) {
        result = ledger_fail(opened, "read it", code, error);
    } else {
        enum schema_state state = schema_check(opened->db.handle);
        if (state != SCHEMA_OK) {
            result = refuse_schema(opened, state, error);
        }
    }
    if (result != LEDGER_OK) {
        db_close(&opened->db, false);
        free(opened);
        return result;
    }
    *ledger = opened;
    return LEDGER_OK;
}

const char *ledger_notice(const struct ledger *ledger)
{
    return ledger->notice;
}

void ledger_close(struct ledger *ledger)
{
    char aside[DB_PATH_MAX + 16];

    if (!ledger) {
        return;
    }
    close_writer(ledger, ledger->writer && !ledger->failed);
    if (ledger->writer && ledger->damaged) {
        (void)set_aside(ledger->db.path, aside);
    }
    free(ledger);
}

/* ---- reading --------------------------------------------------------------------------------- */

int64_t ledger_last_seq(struct ledger *ledger)
{
    int code = SQLITE_OK;
    int64_t seq = schema_integer(ledger->db.handle, "SELECT max(seq) FROM ledger", 0, &code);

    return code == SQLITE_OK ? seq : -1;
}

static bool read_row(sqlite3_stmt *row, struct kiosk_event *event, char reason[BODY_REASON_MAX])
{
    const char *kind = ledger_column_text(row, 1);

    memset(event, 0, sizeof *event);
    event->kind = event_kind_find(kind);
    if (event->kind == EVENT_KIND_COUNT) {
        snprintf(reason, BODY_REASON_MAX, "its kind \"%.40s\" is not known to this version", kind);
        return false;
    }
    if (!ledger_column_moment(row, 2, &event->at)) {
        snprintf(reason, BODY_REASON_MAX, "its time or clock is wrong");
        return false;
    }
    const char *body = ledger_column_text(row, 5);
    return body_decode(event, body, (size_t)sqlite3_column_bytes(row, 5), reason);
}

static enum ledger_result fold_rows(struct ledger *ledger, sqlite3_stmt *row, int64_t expected,
                                    int64_t recent, int64_t from_utc_ms, ledger_visitor *visit,
                                    void *context, char error[LEDGER_ERROR_MAX])
{
    char reason[BODY_REASON_MAX];
    struct kiosk_event event;
    int code;

    while ((code = sqlite3_step(row)) == SQLITE_ROW) {
        int64_t seq = sqlite3_column_int64(row, 0);
        if (seq != expected) {
            snprintf(error, LEDGER_ERROR_MAX,
                     "%.120s: row %lld is missing; keep a copy of the file and have it examined",
                     ledger->db.path, (long long)expected);
            return LEDGER_FAILED;
        }
        expected = seq + 1;
        bool wanted = seq >= recent || from_utc_ms == 0 ||
                      (sqlite3_column_type(row, 3) != SQLITE_NULL &&
                       sqlite3_column_int64(row, 3) >= from_utc_ms);
        if (!wanted) {
            continue;
        }
        if (!read_row(row, &event, reason)) {
            snprintf(
                error, LEDGER_ERROR_MAX,
                "%.60s: row %lld cannot be understood: %.80s; install the version that wrote it",
                ledger->db.path, (long long)seq, reason);
            return LEDGER_FAILED;
        }
        visit(context, &event, seq);
    }
    return code == SQLITE_DONE ? LEDGER_OK : ledger_fail(ledger, "read it", code, error);
}

/* Whether a row of the ledger says that all rows up to `seq` were taken out. */
static bool is_purged(struct ledger *ledger, int64_t seq)
{
    struct kiosk_event purge;

    return ledger_find_newest(ledger, EVENT_PURGE, &purge) == SQLITE_OK &&
           purge.body.purge.last_seq == seq;
}

enum ledger_result ledger_statement(struct ledger *ledger, struct ledger_statement *statement,
                                    char error[LEDGER_ERROR_MAX])
{
    char reason[BODY_REASON_MAX];
    struct chain_origin origin;
    struct chain_checkpoint checkpoint;
    struct kiosk_event event;
    sqlite3_stmt *row = NULL;
    bool understood = true;

    memset(statement, 0, sizeof *statement);
    int code = schema_origin(ledger->db.handle, &origin);
    if (code == SQLITE_OK) {
        chain_fingerprint(origin.public_key, statement->fingerprint);
        code = sqlite3_prepare_v2(ledger->db.handle,
                                  "SELECT seq, kind, t_ms, utc_ms, clock, body FROM ledger"
                                  " WHERE kind = 'checkpoint' ORDER BY seq DESC LIMIT 1",
                                  -1, &row, NULL);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_step(row);
    }
    if (code == SQLITE_ROW) {
        understood =
            read_row(row, &event, reason) &&
            checkpoint_from_event(&event.body.checkpoint, &event.at, origin.id, &checkpoint);
        if (understood) {
            statement->covers = checkpoint.covers;
            checkpoint_format(&checkpoint, statement->text);
            chain_fingerprint(checkpoint.key, statement->fingerprint);
        }
    }
    sqlite3_finalize(row);
    code = !understood ? SQLITE_CORRUPT : code == SQLITE_ROW || code == SQLITE_DONE ? 0 : code;
    return code == SQLITE_OK ? LEDGER_OK : ledger_fail(ledger, "read its checkpoint", code, error);
}

int64_t ledger_first_row_of(struct ledger *ledger, int64_t day, int *code)
{
    char query[96];
    struct kiosk_event purge;

    if (ledger_find_newest(ledger, EVENT_PURGE, &purge) == SQLITE_OK &&
        day < local_day(purge.body.purge.before_utc_ms)) {
        return 1;
    }
    snprintf(query, sizeof query, "SELECT min(first_seq) FROM days WHERE day >= %" PRId64, day);
    return schema_integer(ledger->db.handle, query, INT64_MAX, code);
}

enum ledger_result ledger_fold(struct ledger *ledger, int64_t from_utc_ms, ledger_visitor *visit,
                               void *context, char error[LEDGER_ERROR_MAX])
{
    sqlite3_stmt *rows = NULL;
    int64_t first = 1;
    int code = SQLITE_OK;

    int64_t recent = schema_integer(ledger->db.handle, "SELECT max(seq) FROM ledger", 0, &code) -
                     LEDGER_RECENT + 1;
    recent = recent > 1 ? recent : 1;
    int64_t oldest = schema_integer(ledger->db.handle, "SELECT min(seq) FROM ledger", 1, &code);
    if (code == SQLITE_OK && from_utc_ms != 0) {
        first = ledger_first_row_of(ledger, local_day(from_utc_ms), &code);
        first = recent < first ? recent : first;
    }
    /* What was purged is not missing. */
    first = code == SQLITE_OK && first < oldest && is_purged(ledger, oldest - 1) ? oldest : first;
    if (code == SQLITE_OK) {
        code = sqlite3_prepare_v2(ledger->db.handle,
                                  "SELECT seq, kind, t_ms, utc_ms, clock, body FROM ledger"
                                  " WHERE seq >= ? ORDER BY seq",
                                  -1, &rows, NULL);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_bind_int64(rows, 1, first);
    }
    enum ledger_result result = code == SQLITE_OK ? fold_rows(ledger, rows, first, recent,
                                                              from_utc_ms, visit, context, error)
                                                  : ledger_fail(ledger, "read it", code, error);
    sqlite3_finalize(rows);
    return result;
}
