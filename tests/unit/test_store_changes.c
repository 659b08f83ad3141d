/* What changes beside the rows becomes rows: settings, and notes of other programs. */
#include <dirent.h>

#include "kiosk/store/changes.h"
#include "kiosk/store/notes.h"
#include "kiosk/store/verify.h"
#include "tests/unit/store_fixture.h"

static const moment_t at = {.t_ms = 5000, .utc_ms = 1795406400000, .quality = CLOCK_NTP};

static struct ledger *started(void)
{
    struct ledger *ledger = opened("a");
    struct kiosk_event start = tick(1000, 1795406396000);

    start.kind = EVENT_START;
    strcpy(start.body.start.site, "p1");
    append(ledger, &start);
    return ledger;
}

static void note(struct ledger *ledger, const struct ledger_setting *settings, int count)
{
    assert_int_equal(ledger_note_settings(ledger, &at, settings, count, error), LEDGER_OK);
}

static void expect_whole(void)
{
    const struct verify_request request = {.directory = directory};
    struct verify_report report;

    assert_int_equal(ledger_verify(&request, &report, error), LEDGER_OK);
    assert_true(report.is_good);
}

static void a_changed_setting_is_a_row_with_both_values(void **state)
{
    struct ledger_setting settings[] = {
        {"site.id", "p1", false}, {"screen.sound", "true", false}, {"web.port", "8080", false}};
    struct ledger *ledger = started();

    (void)state;
    note(ledger, settings, 3); /* the first time: what they are, by a digest */
    assert_int_equal(ledger_last_seq(ledger), 2);
    note(ledger, settings, 3);
    assert_int_equal(ledger_last_seq(ledger), 2);
    strcpy(settings[1].value, "false");
    strcpy(settings[2].name, "web.address");
    note(ledger, settings, 3);
    assert_int_equal(ledger_last_seq(ledger), 6);
    ledger_close(ledger);
    assert_int_equal(ask("SELECT body ->> 'old_value' = 'true' AND body ->> 'new_value' = 'false'"
                         " FROM ledger WHERE body ->> 'name' = 'screen.sound'"),
                     1);
    assert_int_equal(ask("SELECT body ->> 'old_value' IS NULL AND body ->> 'new_value' = '8080'"
                         " FROM ledger WHERE body ->> 'name' = 'web.address'"),
                     1);
    assert_int_equal(ask("SELECT body ->> 'old_value' = '8080' AND body ->> 'new_value' IS NULL"
                         " FROM ledger WHERE body ->> 'name' = 'web.port'"),
                     1);
    expect_whole();
}

static void a_secret_only_says_that_it_changed(void **state)
{
    struct ledger_setting settings[] = {{"access.cleaner_pin", "$argon2id$first", true}};
    struct ledger *ledger = started();

    (void)state;
    note(ledger, settings, 1);
    strcpy(settings[0].value, "$argon2id$second");
    note(ledger, settings, 1);
    assert_int_equal(ledger_last_seq(ledger), 4);
    note(ledger, settings, 1);
    assert_int_equal(ledger_last_seq(ledger), 4);
    ledger_close(ledger);
    assert_int_equal(ask("SELECT body ->> 'old_value' = '(secret)' AND body ->> 'new_value' ="
                         " '(secret)' FROM ledger WHERE seq = 4"),
                     1);
    assert_int_equal(ask("SELECT count(*) FROM ledger, settings WHERE body LIKE '%argon%' OR text"
                         " LIKE '%argon%'"),
                     0);
    expect_whole();
}

static void a_text_that_was_never_recorded_is_not_compared_with(void **state)
{
    struct ledger_setting settings[] = {{"site.id", "p1", false}};
    struct ledger *ledger = started();

    (void)state;
    note(ledger, settings, 1);
    ledger_close(ledger);
    assert_int_equal(tamper("UPDATE settings SET text = 'site.id=p7' || x'0a'"), SQLITE_OK);
    ledger = opened("a");
    note(ledger, settings, 1);
    assert_int_equal(ledger_last_seq(ledger), 3); /* the digest alone */
    ledger_close(ledger);
}

static int notes_left(void)
{
    DIR *folder = opendir(path_of("notes"));
    int count = 0;

    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        count += entry->d_name[0] != '.';
    }
    closedir(folder);
    return count;
}

static void a_note_is_taken_in_once(void **state)
{
    struct kiosk_event export = {.kind = EVENT_EXPORT}, login = {.kind = EVENT_LOGIN};
    struct ledger *ledger = started();

    (void)state;
    assert_int_equal(notes_take(directory, ledger, &at, true), 0); /* nobody left any yet */
    strcpy(export.body.export.what, "deposits");
    export.body.export.rows = 7;
    strcpy(login.body.login.who, "web");
    assert_true(notes_leave(directory, &export));
    assert_true(notes_leave(directory, &login));
    assert_int_equal(notes_left(), 2);
    assert_int_equal(notes_take(directory, ledger, &at, true), 2);
    assert_int_equal(notes_left(), 0);
    assert_int_equal(notes_take(directory, ledger, &at, true), 0);
    ledger_close(ledger);
    assert_int_equal(ask("SELECT body ->> 'rows' FROM ledger WHERE kind = 'export'"), 7);
    assert_int_equal(ask("SELECT count(*) FROM ledger WHERE kind = 'login'"), 1);
    expect_whole();
}

/* Somebody may put a file there; it is not for him to say what the ledger holds. */
static void a_note_of_something_else_is_kept_out(void **state)
{
    static const char *const texts[] = {
        "deposit {\"v\":1}", "login {\"v\":1,\"who\":\"web\"}", "login", "",
        "export {}",         "stop {\"v\":1,\"reason\":\"x\"}"};
    struct kiosk_event login = {.kind = EVENT_LOGIN};
    struct ledger *ledger = started();

    (void)state;
    assert_true(notes_leave(directory, &login));
    assert_int_equal(notes_take(directory, ledger, &at, true), 1);
    int64_t last = ledger_last_seq(ledger);
    for (int i = 0; i < (int)(sizeof texts / sizeof *texts); i++) {
        char name[64];
        snprintf(name, sizeof name, "notes/%016d.note", i);
        FILE *file = fopen(path_of(name), "w");
        assert_non_null(file);
        fputs(texts[i], file);
        fclose(file);
    }
    (void)notes_take(directory, ledger, &at, true);
    assert_int_equal(ledger_last_seq(ledger), last);
    assert_int_equal(notes_left(), sizeof texts / sizeof *texts); /* as .bad */
    assert_int_equal(notes_take(directory, ledger, &at, true), 0);
    ledger_close(ledger);
}

/* The kiosk is off, the machine was started anew: what another program takes in has a time of its
 * own. A login would stand in a boot without a start, and waits for one. */
static void a_program_beside_the_kiosk_takes_in_what_needs_no_run(void **state)
{
    struct kiosk_event calibration = {.kind = EVENT_CALIBRATION}, login = {.kind = EVENT_LOGIN};

    (void)state;
    ledger_close(started());
    calibration.body.calibration = (struct event_calibration){.scale = "s1",
                                                              .reference_g = 20000,
                                                              .before_g = 19985,
                                                              .has_after = true,
                                                              .after_g = 20001,
                                                              .who = "计量院"};
    assert_true(notes_leave(directory, &calibration));
    assert_true(notes_leave(directory, &login));
    struct ledger *ledger = opened("boot-z");
    assert_int_equal(notes_take(directory, ledger, &at, false), 1);
    ledger_close(ledger);
    assert_int_equal(notes_left(), 1);
    assert_int_equal(ask("SELECT body ->> 'after_g' FROM ledger WHERE kind = 'calibration'"),
                     20001);
    assert_int_equal(ask("SELECT body ->> 'before_g' FROM ledger WHERE kind = 'calibration'"),
                     19985);
    expect_whole();
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_changed_setting_is_a_row_with_both_values),
        CASE(a_secret_only_says_that_it_changed),
        CASE(a_text_that_was_never_recorded_is_not_compared_with),
        CASE(a_note_is_taken_in_once),
        CASE(a_note_of_something_else_is_kept_out),
        CASE(a_program_beside_the_kiosk_takes_in_what_needs_no_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
