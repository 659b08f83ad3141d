/* A directory with a ledger in it, and hands that reach past the ledger's own code. */
#ifndef TESTS_UNIT_STORE_FIXTURE_H
#define TESTS_UNIT_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "kiosk/store/ledger.h"
#include "tests/unit/random_event.h"

static char directory[256];
static char error[LEDGER_ERROR_MAX];

static inline int begin(void **state)
{
    (void)state;
    make_directory_name(directory);
    return 0;
}

static inline int end(void **state)
{
    (void)state;
    remove_directory(directory);
    return 0;
}

static inline struct ledger *opened(const char *boot)
{
    struct ledger *ledger = NULL;

    error[0] = '\0';
    if (ledger_open(&ledger, directory, boot, error) != LEDGER_OK) {
        fail_msg("%s", error);
    }
    return ledger;
}

static inline int64_t append(struct ledger *ledger, const struct kiosk_event *event)
{
    int64_t seq = 0;

    if (ledger_append(ledger, event, &seq, error) != LEDGER_OK) {
        fail_msg("%s", error);
    }
    return seq;
}

static inline const char *path_of(const char *name)
{
    static char path[512];

    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

/* Runs SQL beside the ledger's own code, as somebody with the file in hand would. */
static inline int tamper(const char *sql)
{
    sqlite3 *handle = NULL;

    assert_int_equal(sqlite3_open(path_of("ledger.db"), &handle), SQLITE_OK);
    int code = sqlite3_exec(handle, sql, NULL, NULL, NULL);
    sqlite3_close(handle);
    return code;
}

static inline int64_t ask(const char *sql)
{
    sqlite3 *handle = NULL;
    sqlite3_stmt *query = NULL;

    assert_int_equal(sqlite3_open(path_of("ledger.db"), &handle), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(handle, sql, -1, &query, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(query), SQLITE_ROW);
    int64_t value =
        sqlite3_column_type(query, 0) == SQLITE_NULL ? INT64_MIN : sqlite3_column_int64(query, 0);
    sqlite3_finalize(query);
    sqlite3_close(handle);
    return value;
}

static inline struct kiosk_event tick(int64_t t_ms, int64_t utc_ms)
{
    struct kiosk_event event;

    memset(&event, 0, sizeof event);
    event.kind = EVENT_CLOCK;
    event.at = (moment_t){t_ms, utc_ms, utc_ms ? CLOCK_NTP : CLOCK_UNSET};
    return event;
}

#endif
