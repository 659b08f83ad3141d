/* A ledger of an older version becomes one of this version, and says what a new one would say of
 * the same rows. */
#include "store_fixture.h"

#include "kiosk/store/query.h"

static void make_old_ledger(const char *dump)
{
    static char sql[256 * 1024];
    FILE *file = fopen(dump, "r");
    if (file == NULL) {
        fail_msg("%s: cannot be read", dump);
    }
    const size_t length = fread(sql, 1, sizeof sql - 1, file);
    fclose(file);
    sql[length] = '\0';
    assert_int_equal(tamper(sql), SQLITE_OK);
}

static void keep(void *context, const struct kiosk_event *event, int64_t seq)
{
    struct ledger *copy = context;
    assert_int_equal(append(copy, event), seq);
}

/* The same rows in a ledger of this version: `copy` below the directory. */
static void make_new_ledger(void)
{
    char beside[300];
    struct ledger *old = opened("replay"), *copy = NULL;
    snprintf(beside, sizeof beside, "%s/copy", directory);
    assert_int_equal(ledger_open(&copy, beside, "replay", error), LEDGER_OK);
    assert_int_equal(ledger_fold(old, 0, keep, copy, error), LEDGER_OK);
    ledger_close(copy);
    ledger_close(old);
}

static void projections_are_those_of_a_new_ledger(void **state)
{
    static const char *const tables[] = {"days",        "deposits", "visits", "collections",
                                         "inspections", "changes",  "alarms", "daily"};
    char sql[1024];
    (void)state;
    make_old_ledger("unit/ledgers/version1.sql");
    make_new_ledger();
    assert_true(ask("SELECT count(*) FROM changes") > 0);
    assert_true(ask("SELECT count(*) FROM alarms WHERE cleared_seq > 0") > 0);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        sqlite3 *handle = NULL;
        snprintf(sql, sizeof sql,
                 "ATTACH '%s/copy/ledger.db' AS copy;"
                 "CREATE TEMP TABLE same(count CHECK(count = 0));"
                 "INSERT INTO same SELECT count(*) FROM (SELECT * FROM main.%s EXCEPT"
                 " SELECT * FROM copy.%s);"
                 "INSERT INTO same SELECT count(*) FROM (SELECT * FROM copy.%s EXCEPT"
                 " SELECT * FROM main.%s);",
                 directory, tables[i], tables[i], tables[i], tables[i]);
        assert_int_equal(sqlite3_open(path_of("ledger.db"), &handle), SQLITE_OK);
        if (sqlite3_exec(handle, sql, NULL, NULL, NULL) != SQLITE_OK) {
            fail_msg("%s differs: %s", tables[i], sqlite3_errmsg(handle));
        }
        sqlite3_close(handle);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(projections_are_those_of_a_new_ledger, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
