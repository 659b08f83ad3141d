/* Old rows go when somebody has them, and only then; the chain goes on behind them. */
#include "kiosk/store/changes.h"
#include "kiosk/store/purge.h"
#include "kiosk/store/verify.h"
#include "tests/unit/store_fixture.h"

enum { DAYS = 120, PER_DAY = 8 };

#define DAY_MS   (INT64_C(24) * 3600 * 1000)
#define FIRST_MS INT64_C(1700000000000) /* 2023-11-15 06:13 in China */

static int64_t utc_of(int day)
{
    return FIRST_MS + day * DAY_MS;
}

static moment_t moment_of(int day, int n)
{
    return (moment_t){day * DAY_MS + n * 1000, utc_of(day) + n * 1000, CLOCK_NTP};
}

static struct kiosk_event deposit_of(int day, int n)
{
    struct kiosk_event event = {.kind = EVENT_DEPOSIT, .at = moment_of(day, n)};
    event.body.deposit = (struct event_deposit){
        .visit = day * PER_DAY + n,
        .bin = 1,
        .bin_class = WASTE_KITCHEN,
        .chosen = WASTE_KITCHEN,
        .outcome = OUTCOME_CONSISTENT,
        .quality = QUALITY_SETTLED,
        .weight_g = 1000 + n,
        .final_g = 1000 + n,
        .scale = "s1",
    };
    return event;
}

static struct ledger *filled(void)
{
    struct ledger *ledger = opened("boot-a");
    struct kiosk_event start = {.kind = EVENT_START, .at = moment_of(0, 0)};
    strcpy(start.body.start.site, "site-1");
    append(ledger, &start);
    for (int day = 0; day < DAYS; day++) {
        for (int n = 1; n <= PER_DAY; n++) {
            struct kiosk_event event = deposit_of(day, n);
            append(ledger, &event);
        }
    }
    return ledger;
}

static void note_export(struct ledger *ledger, const char *what, const char *from, const char *to,
                        int day)
{
    struct kiosk_event event = {.kind = EVENT_EXPORT, .at = moment_of(day, 500)};
    struct event_export *export = &event.body.export;
    strcpy(export->what, what);
    strcpy(export->format, "csv");
    strcpy(export->from, from);
    strcpy(export->to, to);
    strcpy(export->who, "command line");
    export->last_seq = ledger_last_seq(ledger);
    append(ledger, &event);
}

static void note_exports(struct ledger *ledger, const char *from, const char *to, int day)
{
    static const char *const kinds[] = {"deposits",    "visits", "collections",
                                        "inspections", "alarms", "changes"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        note_export(ledger, kinds[i], from, to, day);
    }
}

/* Long enough after that the rows of the first 90 days are older than six months. */
static struct purge purge_at(int day)
{
    return (struct purge){.months = PURGE_MONTHS_MIN, .now = moment_of(day, 600)};
}

static int days_older(const struct purge *purge)
{
    return (int)((purge->old_to - 1) / PER_DAY);
}

static bool verifies(void)
{
    const struct verify_request request = {.directory = directory};
    static struct verify_report report;

    assert_int_equal(ledger_verify(&request, &report, error), LEDGER_OK);
    for (int i = 0; i < report.finding_count && !report.is_good; i++) {
        printf("row %lld: %s\n", (long long)report.findings[i].seq, report.findings[i].text);
    }
    return report.is_good;
}

static void nothing_goes_that_nobody_has(void **state)
{
    (void)state;
    struct ledger *ledger = filled();
    struct purge purge = purge_at(DAYS + 150);

    assert_int_equal(ledger_purge(ledger, &purge, error), LEDGER_OK);
    assert_true(purge.old_to > 200);
    assert_true(purge.last_seq < purge.first_seq);
    note_export(ledger, "deposits", "", "", DAYS + 100);
    note_export(ledger, "visits", "", "", DAYS + 100);
    assert_int_equal(ledger_purge(ledger, &purge, error), LEDGER_OK);
    assert_true(purge.last_seq < purge.first_seq);
    ledger_close(ledger);
    assert_int_equal(ask("SELECT min(seq) FROM ledger"), 1);
}

static void what_is_old_and_exported_goes_and_the_chain_goes_on(void **state)
{
    (void)state;
    struct ledger *ledger = filled();
    struct purge purge = purge_at(DAYS + 150);
    struct purge look = purge;

    note_exports(ledger, "", "", DAYS + 100);
    look.dry_run = true;
    assert_int_equal(ledger_purge(ledger, &look, error), LEDGER_OK);
    assert_int_equal(ledger_purge(ledger, &purge, error), LEDGER_OK);
    assert_int_equal(purge.first_seq, 1);
    assert_int_equal(purge.last_seq, look.last_seq);
    assert_int_equal(purge.last_seq, purge.old_to);
    assert_true(days_older(&purge) > 30 && days_older(&purge) < DAYS);
    struct kiosk_event event = deposit_of(DAYS + 151, 1);
    append(ledger, &event);
    ledger_close(ledger);

    assert_int_equal(ask("SELECT min(seq) FROM ledger"), purge.last_seq + 1);
    assert_int_equal(ask("SELECT min(seq) FROM deposits"), purge.last_seq + 1);
    assert_int_equal(ask("SELECT count(*) FROM ledger WHERE kind = 'purge'"), 1);
    assert_int_equal(ask("SELECT sum(count) FROM daily"), ask("SELECT count(*) FROM deposits"));
    assert_int_equal(ask("SELECT sum(grams) FROM daily"),
                     ask("SELECT sum(weight_g) FROM deposits"));
    assert_int_equal(ask("SELECT count(*) FROM daily WHERE count = 0"), 0);
    assert_int_not_equal(tamper("DELETE FROM ledger"), SQLITE_OK);
    assert_true(verifies());

    /* Nothing is left that could go, and a new start finds its way. */
    ledger = opened("boot-b");
    assert_string_equal(ledger_notice(ledger), "");
    purge = purge_at(DAYS + 151);
    assert_int_equal(ledger_purge(ledger, &purge, error), LEDGER_OK);
    assert_true(purge.last_seq - purge.first_seq < 2 * PER_DAY);
    ledger_close(ledger);
    assert_true(verifies());
}

static void only_whole_days_that_were_over_count(void **state)
{
    (void)state;
    struct ledger *ledger = filled();
    struct purge purge = purge_at(DAYS + 150);

    /* Two months one after the other, then a gap. */
    note_exports(ledger, "2023-11-01", "2023-11-30", DAYS + 100);
    note_exports(ledger, "2023-12-01", "2023-12-10", DAYS + 100);
    note_exports(ledger, "2023-12-12", "2023-12-31", DAYS + 100);
    assert_int_equal(ledger_purge(ledger, &purge, error), LEDGER_OK);
    ledger_close(ledger);
    const char last_day[] = "SELECT utc_ms FROM ledger WHERE kind = 'deposit' ORDER BY seq LIMIT 1";
    civil_t first_left = civil_from_utc(ask(last_day));
    assert_int_equal(first_left.month, 12);
    assert_int_equal(first_left.day, 11);
    assert_true(verifies());

    /* An export made on the last of its days has not seen all of that day. */
    ledger = opened("boot-a");
    note_exports(ledger, "2023-12-11", "2023-12-11", 26); /* the clock stands on that day */
    purge = purge_at(DAYS + 150);
    assert_int_equal(ledger_purge(ledger, &purge, error), LEDGER_OK);
    assert_true(purge.last_seq < purge.first_seq);
    ledger_close(ledger);
}

static void records_without_a_clock_wait_for_an_export_of_all(void **state)
{
    (void)state;
    struct ledger *ledger = opened("boot-a");
    struct kiosk_event undated = deposit_of(0, 1);
    undated.at.quality = CLOCK_UNSET;
    undated.at.utc_ms = 0;
    append(ledger, &undated);
    for (int i = 0; i < 3 * LEDGER_RECENT; i++) {
        struct kiosk_event event = deposit_of(i / PER_DAY, i % PER_DAY + 1);
        append(ledger, &event);
    }
    note_exports(ledger, "2023-11-01", "2024-02-29", DAYS + 100);
    struct purge purge = purge_at(DAYS + 300);
    assert_int_equal(ledger_purge(ledger, &purge, error), LEDGER_OK);
    assert_true(purge.last_seq < purge.first_seq);
    note_exports(ledger, "", "", DAYS + 100);
    assert_int_equal(ledger_purge(ledger, &purge, error), LEDGER_OK);
    assert_true(purge.last_seq > LEDGER_RECENT);
    ledger_close(ledger);
    assert_true(verifies());
}

static void without_a_clock_nothing_goes(void **state)
{
    (void)state;
    struct ledger *ledger = filled();
    struct purge purge = {.months = PURGE_MONTHS_MIN, .now = {.t_ms = 1}};

    note_exports(ledger, "", "", DAYS + 100);
    assert_int_equal(ledger_purge(ledger, &purge, error), LEDGER_OK);
    assert_true(purge.last_seq < purge.first_seq);
    ledger_close(ledger);
}

/* Whoever has the file and not the key takes one day more and says that the purge did it. */
static void a_boundary_that_somebody_moved_is_found(void **state)
{
    (void)state;
    static const char *const forgeries[] = {
        /* One row more is gone; the purge row names it, with its right hash. */
        "DROP TRIGGER ledger_no_delete; DROP TRIGGER ledger_no_update;"
        "UPDATE ledger SET body = replace(substr(body, 1, length(body) - 66),"
        " '\"last_seq\":'||(SELECT min(seq) - 1 FROM ledger),"
        " '\"last_seq\":'||(SELECT min(seq) FROM ledger))"
        " || (SELECT lower(hex(hash)) FROM ledger ORDER BY seq LIMIT 1) || '\"}'"
        " WHERE kind = 'purge';"
        "DELETE FROM ledger WHERE seq = (SELECT min(seq) FROM ledger);",
        /* One row more is gone, and nothing else is done. */
        "DROP TRIGGER ledger_no_delete;"
        "DELETE FROM ledger WHERE seq = (SELECT min(seq) FROM ledger);",
        /* The first row that is left is another. */
        "DROP TRIGGER ledger_no_update;"
        "UPDATE ledger SET t_ms = t_ms + 1 WHERE seq = (SELECT min(seq) FROM ledger);",
        /* The hash at the boundary is another. */
        "DROP TRIGGER ledger_no_update;"
        "UPDATE ledger SET body = replace(body, '\"hash\":\"', '\"hash\":\"00') WHERE kind ="
        " 'purge';",
    };
    for (size_t i = 0; i < sizeof forgeries / sizeof *forgeries; i++) {
        remove_directory(directory);
        make_directory_name(directory);
        struct ledger *ledger = filled();
        struct purge purge = purge_at(DAYS + 150);
        note_exports(ledger, "", "", DAYS + 100);
        assert_int_equal(ledger_purge(ledger, &purge, error), LEDGER_OK);
        ledger_close(ledger);
        assert_true(verifies());
        assert_int_equal(tamper(forgeries[i]), SQLITE_OK);
        assert_false(verifies());
    }
}

static void note_setting(struct ledger *ledger, int day, const char *value)
{
    const moment_t at = moment_of(day, 1);
    struct ledger_setting setting = {.name = "retention_months"};
    strcpy(setting.value, value);
    assert_int_equal(ledger_note_settings(ledger, &at, &setting, 1, error), LEDGER_OK);
}

/* Two years after the last change nobody shall be able to make one unseen. */
static void a_change_of_settings_has_its_old_value_behind_a_purge(void **state)
{
    (void)state;
    struct ledger *ledger = opened("boot-a");
    note_setting(ledger, 0, "24");
    ledger_close(ledger);
    ledger = filled();
    note_exports(ledger, "", "", DAYS + 100);
    struct purge purge = purge_at(DAYS + 150);
    assert_int_equal(ledger_purge(ledger, &purge, error), LEDGER_OK);
    assert_true(purge.last_seq > 1);
    note_setting(ledger, DAYS + 152, "6");
    ledger_close(ledger);
    assert_int_equal(ask("SELECT json_extract(body, '$.old_value') FROM ledger WHERE"
                         " kind = 'settings' ORDER BY seq DESC LIMIT 1"),
                     24);
    assert_true(verifies());
}

/* It stays behind one boundary and must not stand in the way of the next, when nobody has the
 * export any more that it was in. */
static void an_alarm_that_never_ends_holds_no_purge_up(void **state)
{
    (void)state;
    struct ledger *ledger = opened("boot-a");
    struct kiosk_event frozen = {.kind = EVENT_FROZEN, .at = moment_of(0, 0)};
    frozen.body.frozen = (struct event_frozen){.bin = 1, .began = true, .grams = 5};
    const int64_t alarm_seq = append(ledger, &frozen);
    ledger_close(ledger);
    ledger = filled();
    note_exports(ledger, "2023-11-01", "2024-01-31", DAYS + 1);
    struct purge purge = purge_at(DAYS + 150);
    assert_int_equal(ledger_purge(ledger, &purge, error), LEDGER_OK);
    const int64_t first_boundary = purge.last_seq;
    assert_true(first_boundary > alarm_seq);
    for (int i = 0; i < 3 * LEDGER_RECENT; i++) {
        struct kiosk_event event = deposit_of(DAYS + 160 + i / PER_DAY, i % PER_DAY + 1);
        append(ledger, &event);
    }
    note_exports(ledger, "2024-02-01", "2024-10-31", DAYS + 300);
    purge = (struct purge){.months = PURGE_MONTHS_MIN, .now = moment_of(DAYS + 420, 1)};
    assert_int_equal(ledger_purge(ledger, &purge, error), LEDGER_OK);
    assert_true(purge.last_seq > first_boundary + LEDGER_RECENT);
    ledger_close(ledger);
    assert_int_equal(ask("SELECT min(seq) FROM alarms"), alarm_seq);
    assert_true(verifies());
}

/* The clock was put back into a day that somebody has: what was recorded then, nobody has. */
static void what_came_into_an_exported_day_later_stays(void **state)
{
    (void)state;
    struct ledger *ledger = filled();
    note_exports(ledger, "2023-11-01", "2023-12-31", DAYS + 10);
    struct kiosk_event step = {.kind = EVENT_CLOCK, .at = moment_of(DAYS + 11, 1)};
    step.body.clock.step_ms = -(DAYS + 1) * DAY_MS;
    step.at.utc_ms += step.body.clock.step_ms;
    append(ledger, &step);
    struct kiosk_event late = deposit_of(DAYS + 11, 2);
    late.at.utc_ms += step.body.clock.step_ms;
    const int64_t late_seq = append(ledger, &late);
    step.at.t_ms += 5000;
    step.body.clock.step_ms = (DAYS + 1) * DAY_MS;
    step.at.utc_ms = moment_of(DAYS + 11, 6).utc_ms;
    append(ledger, &step);
    for (int i = 0; i < 2 * LEDGER_RECENT; i++) {
        struct kiosk_event event = deposit_of(DAYS + 12 + i / PER_DAY, i % PER_DAY + 1);
        append(ledger, &event);
    }
    note_exports(ledger, "2024-01-01", "2024-06-30", DAYS + 300);
    struct purge purge = {.months = PURGE_MONTHS_MIN, .now = moment_of(DAYS + 600, 1)};
    assert_int_equal(ledger_purge(ledger, &purge, error), LEDGER_OK);
    assert_int_equal(purge.last_seq, late_seq - 1);
    ledger_close(ledger);
    assert_int_equal(ask("SELECT min(seq) FROM deposits"), late_seq);
    assert_true(verifies());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_change_of_settings_has_its_old_value_behind_a_purge,
                                        begin, end),
        cmocka_unit_test_setup_teardown(an_alarm_that_never_ends_holds_no_purge_up, begin, end),
        cmocka_unit_test_setup_teardown(what_came_into_an_exported_day_later_stays, begin, end),
        cmocka_unit_test_setup_teardown(nothing_goes_that_nobody_has, begin, end),
        cmocka_unit_test_setup_teardown(what_is_old_and_exported_goes_and_the_chain_goes_on, begin,
                                        end),
        cmocka_unit_test_setup_teardown(only_whole_days_that_were_over_count, begin, end),
        cmocka_unit_test_setup_teardown(records_without_a_clock_wait_for_an_export_of_all, begin,
                                        end),
        cmocka_unit_test_setup_teardown(without_a_clock_nothing_goes, begin, end),
        cmocka_unit_test_setup_teardown(a_boundary_that_somebody_moved_is_found, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
