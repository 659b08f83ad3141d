/* A copy on another medium: one state of the ledger, whole, in place of the old one or not at all.
 */
#include <sys/stat.h>

#include "kiosk/store/backup.h"
#include "kiosk/store/verify.h"
#include "tests/unit/store_fixture.h"

static char medium[300];

static int begin_with_medium(void **state)
{
    begin(state);
    snprintf(medium, sizeof medium, "%s-medium", directory);
    return mkdir(medium, 0700);
}

static int end_with_medium(void **state)
{
    remove_directory(medium);
    return end(state);
}

static void append_ticks(struct ledger *ledger, int from, int count)
{
    for (int i = from; i < from + count; i++) {
        struct kiosk_event event = tick(1000 * i, 1700000000000 + 1000 * i);
        event.kind = i == 0 ? EVENT_START : EVENT_CLOCK;
        if (i == 0) {
            event.body.start = (struct event_start){.version = "1", .site = "site-1"};
        }
        append(ledger, &event);
    }
}

static const struct verify_report *verified(const char *where)
{
    const struct verify_request request = {.directory = where};
    static struct verify_report report;

    assert_int_equal(ledger_verify(&request, &report, error), LEDGER_OK);
    return &report;
}

static void backup(struct backup_report *report)
{
    if (ledger_backup(directory, medium, NULL, report, error) != LEDGER_OK) {
        fail_msg("%s", error);
    }
}

static bool is_in_medium(const char *name)
{
    char path[400];
    snprintf(path, sizeof path, "%s/%s", medium, name);
    return access(path, F_OK) == 0;
}

static void a_copy_is_made_while_the_writer_works(void **state)
{
    (void)state;
    struct backup_report report;
    struct ledger *ledger = opened("boot-a");

    append_ticks(ledger, 0, 300);
    backup(&report);
    const int64_t copied = ledger_last_seq(ledger);
    assert_int_equal(report.last_seq, copied);
    append_ticks(ledger, 300, 50);
    ledger_close(ledger);
    assert_false(is_in_medium("ledger.db-wal"));
    assert_false(is_in_medium("ledger.db.part"));
    assert_false(is_in_medium("ledger.key"));

    struct ledger *copy = NULL;
    assert_int_equal(ledger_open_reader(&copy, medium, error), LEDGER_OK);
    assert_int_equal(ledger_last_seq(copy), copied);
    ledger_close(copy);
    const struct verify_report *verdict = verified(medium);
    assert_int_equal(verdict->last_seq, copied);
    for (int i = 0; i < verdict->finding_count; i++) { /* the head stays with the kiosk */
        assert_int_equal(verdict->findings[i].reason, VERIFY_HEAD);
    }

    /* And again: the new copy takes the place of the old one. */
    backup(&report);
    assert_true(report.last_seq > copied);
}

static void a_copy_that_is_put_back_is_known_to_be_old(void **state)
{
    (void)state;
    struct backup_report report;
    char command[1200];
    struct ledger *ledger = opened("boot-a");

    append_ticks(ledger, 0, 30);
    backup(&report);
    append_ticks(ledger, 30, 5);
    ledger_close(ledger);
    assert_true(verified(directory)->is_good);
    snprintf(command, sizeof command, "cp '%s/ledger.db' '%s/ledger.db'", medium, directory);
    assert_int_equal(system(command), 0);
    const struct verify_report *verdict = verified(directory);
    assert_false(verdict->is_good);
    assert_int_equal(verdict->findings[0].reason, VERIFY_CUT);

    /* A start does not make it forgotten: no number is given twice, and the new ledger says where
     * the one ended that was lost. */
    ledger = opened("boot-b");
    assert_non_null(strstr(ledger_notice(ledger), "set aside"));
    struct kiosk_event event = tick(90000, 1700000090000);
    append(ledger, &event);
    ledger_close(ledger);
    assert_true(ask("SELECT json_extract(body, '$.last_seq') FROM ledger WHERE seq = 1") >
                report.last_seq);
}

static void every_refusal_names_the_remedy(void **state)
{
    (void)state;
    struct backup_report report;
    char wal[400];
    struct ledger *ledger = opened("boot-a");
    append_ticks(ledger, 0, 3);
    ledger_close(ledger);

    assert_int_equal(ledger_backup(directory, "/nonexistent/medium", NULL, &report, error),
                     LEDGER_UNWRITABLE);
    assert_non_null(strstr(error, "plug the medium in"));
    assert_int_equal(ledger_backup(directory, directory, NULL, &report, error), LEDGER_UNWRITABLE);
    assert_non_null(strstr(error, "another medium"));
    snprintf(wal, sizeof wal, "%s/ledger.db-wal", medium);
    FILE *file = fopen(wal, "w");
    assert_non_null(file);
    fclose(file);
    assert_int_equal(ledger_backup(directory, medium, NULL, &report, error), LEDGER_UNWRITABLE);
    assert_non_null(strstr(error, "another directory"));
}

static bool at_once(const void *context)
{
    (void)context;
    return true;
}

static void a_copy_that_is_stopped_leaves_the_one_before(void **state)
{
    (void)state;
    struct backup_report first, second;
    const struct backup_stop stop = {at_once, NULL};
    struct ledger *ledger = opened("boot-a");

    append_ticks(ledger, 0, 30);
    backup(&first);
    append_ticks(ledger, 30, 30);
    assert_int_not_equal(ledger_backup(directory, medium, &stop, &second, error), LEDGER_OK);
    ledger_close(ledger);
    assert_false(is_in_medium("ledger.db.part"));
    struct ledger *copy = NULL;
    assert_int_equal(ledger_open_reader(&copy, medium, error), LEDGER_OK);
    assert_int_equal(ledger_last_seq(copy), first.last_seq);
    ledger_close(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_copy_is_made_while_the_writer_works, begin_with_medium,
                                        end_with_medium),
        cmocka_unit_test_setup_teardown(a_copy_that_is_put_back_is_known_to_be_old,
                                        begin_with_medium, end_with_medium),
        cmocka_unit_test_setup_teardown(every_refusal_names_the_remedy, begin_with_medium,
                                        end_with_medium),
        cmocka_unit_test_setup_teardown(a_copy_that_is_stopped_leaves_the_one_before,
                                        begin_with_medium, end_with_medium),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
