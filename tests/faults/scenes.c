#include "tests/faults/scenes.h"

#include "kiosk/report/export.h"
#include "kiosk/store/ledger_internal.h"
#include "kiosk/store/purge.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEPOSITS = 10, ROWS_BEFORE = 40, PATH_SIZE = 512 };

#define DAY_MS (INT64_C(24) * 3600 * 1000)

static int rounds_of(const struct witness *witness)
{
    return witness->size > 6 ? 6 : witness->size + 1;
}

/* ---- what is there before -------------------------------------------------------------------- */

static void append_some(struct witness *witness, int from, int count)
{
    static const enum event_kind kinds[] = {EVENT_OPENING, EVENT_DEPOSIT, EVENT_VISIT};
    for (int i = from; i < from + count; i++) {
        if (!witness_append(witness, kinds[i % 3], i)) {
            return;
        }
    }
}

static void prepare_rows(struct witness *witness)
{
    witness_append(witness, EVENT_START, 0);
    append_some(witness, 0, ROWS_BEFORE);
    witness_close(witness);
}

/* Runs a file of SQL; what a version before the chain has left. */
static void prepare_first_version(struct witness *witness)
{
    char path[PATH_SIZE], *text = NULL;
    size_t size = 0;
    sqlite3 *handle = NULL;
    snprintf(path, sizeof path, "%s/ledger.db", witness->directory);
    FILE *file = fopen(FAULTS_DIRECTORY "/ledger_v1.sql", "r");
    if (file == NULL || getdelim(&text, &size, '\0', file) <= 0 ||
        sqlite3_open(path, &handle) != SQLITE_OK ||
        sqlite3_exec(handle, text, NULL, NULL, NULL) != SQLITE_OK) {
        fprintf(stderr, "ledger_v1.sql: %s\n", handle ? sqlite3_errmsg(handle) : "not there");
        abort();
    }
    fclose(file);
    free(text);
    sqlite3_close(handle);

    /* What it holds is told by a copy, so that the scene is the first to migrate the file. */
    char copy[PATH_SIZE], command[3 * PATH_SIZE];
    struct witness reader = {.directory = copy};
    snprintf(copy, sizeof copy, "%s.copy", witness->directory);
    snprintf(command, sizeof command, "rm -rf '%s' && cp -r '%s' '%s'", copy, witness->directory,
             copy);
    if (system(command) != 0) {
        abort();
    }
    witness_read(&reader);
    witness->count = reader.count;
    witness->t_ms = reader.t_ms;
    memcpy(witness->acknowledged, reader.acknowledged, sizeof reader.acknowledged);
    snprintf(command, sizeof command, "rm -rf '%s'", copy);
    if (system(command) != 0) {
        abort();
    }
}

/* ---- the scenes ------------------------------------------------------------------------------ */

static void play_create(struct witness *witness)
{
    if (witness_open(witness) && witness_append(witness, EVENT_START, 0)) {
        append_some(witness, 0, 6);
    }
    witness_close(witness);
}

static void play_migrate(struct witness *witness)
{
    if (witness_open(witness) && witness_append(witness, EVENT_START, 0)) {
        append_some(witness, 0, 3);
    }
    witness_close(witness);
}

static void play_deposits(struct witness *witness)
{
    witness_append(witness, EVENT_START, 0);
    for (int i = 0; i < DEPOSITS * witness->size; i++) {
        if (!witness_append(witness, EVENT_DEPOSIT, i)) {
            break;
        }
    }
    witness_append(witness, EVENT_STOP, 0);
    witness_close(witness);
}

/* The journal is copied into the file and begun anew: by the writer while it runs, and when it
 * closes. */
static void play_checkpoint(struct witness *witness)
{
    for (int i = 0; i < rounds_of(witness); i++) {
        append_some(witness, 10 * i, 5);
        if (witness->ledger != NULL && db_checkpoint(&witness->ledger->db) != SQLITE_OK) {
            witness->ledger->failed = true;
        }
        append_some(witness, 10 * i + 5, 5);
        if (i % 2 == 1) {
            witness_close(witness);
        }
    }
    witness_close(witness);
}

static void play_hand_over(struct witness *witness)
{
    for (int i = 0; i < rounds_of(witness); i++) {
        append_some(witness, 10 * i, 4);
        witness_append(witness, EVENT_OPENING, i);
        witness_append(witness, EVENT_COLLECTION, i);
    }
    witness_append(witness, EVENT_STOP, 0);
    witness_close(witness);
}

/* A reader takes everything out while the writer is open; then the writer notes it. */
static void play_export(struct witness *witness)
{
    char error[EXPORT_ERROR_MAX], bytes[4096];
    struct export_request request;
    if (!export_parse(&request, "deposits", NULL, NULL, "csv", error)) {
        abort();
    }
    for (int i = 0; i < rounds_of(witness); i++) {
        append_some(witness, 10 * i, 4);
        struct export *export = export_open(witness->directory, &request, error);
        while (export != NULL && export_read(export, bytes, sizeof bytes) > 0) {
        }
        witness_append(witness, EVENT_DEPOSIT, i);
        export_close(export);
        witness_append(witness, EVENT_EXPORT, i);
    }
    witness_close(witness);
}

/* Rows of years ago, which somebody has. */
static void prepare_old_rows(struct witness *witness)
{
    static const char *const kinds[] = {"deposits",    "visits", "collections",
                                        "inspections", "alarms", "changes"};
    enum { KINDS = sizeof kinds / sizeof *kinds };
    witness_append(witness, EVENT_START, 0);
    append_some(witness, 0, LEDGER_RECENT + ROWS_BEFORE);
    witness->t_ms += PURGE_MONTHS * INT64_C(31) * DAY_MS;
    for (int i = 0; i < KINDS * 50; i++) {
        witness->export_what = kinds[i % KINDS];
        witness_append(witness, i < KINDS ? EVENT_EXPORT : EVENT_VISIT, i);
        witness->t_ms += i == KINDS - 1 ? DAY_MS : 0;
    }
    witness_close(witness);
}

static void play_purge(struct witness *witness)
{
    char error[LEDGER_ERROR_MAX];
    for (int i = 0; i < rounds_of(witness); i++) {
        append_some(witness, 10 * i, 4);
        struct purge purge = {
            .months = PURGE_MONTHS, .now = witness_moment(witness), .dry_run = true};
        if (witness->ledger == NULL || ledger_purge(witness->ledger, &purge, error) != LEDGER_OK) {
            witness_close(witness);
            continue;
        }
        if (purge.last_seq > witness->purged_to) {
            witness->purged_to = purge.last_seq;
        }
        purge.dry_run = false;
        if (ledger_purge(witness->ledger, &purge, error) == LEDGER_FAILED) {
            witness_close(witness);
        }
    }
    witness_append(witness, EVENT_STOP, 0);
    witness_close(witness);
}

const struct scene scenes[] = {
    {"create", NULL, play_create},
    {"migrate", prepare_first_version, play_migrate},
    {"deposits", prepare_rows, play_deposits},
    {"checkpoint", prepare_rows, play_checkpoint},
    {"hand-over", prepare_rows, play_hand_over},
    {"export", prepare_rows, play_export},
    {"purge", prepare_old_rows, play_purge},
};
const int scene_count = (int)(sizeof scenes / sizeof *scenes);
