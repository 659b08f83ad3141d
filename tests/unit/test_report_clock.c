/* Whatever the wall clock does, before, inside and after a deposit: the order of the rows stands,
 * every step is one row, and no time between two things is negative. From the core through the
 * ledger to the export. */
#include "tests/unit/core_site.h"
#include "tests/unit/store_fixture.h"

#include "kiosk/report/export.h"
#include "kiosk/store/verify.h"

enum { STEPS = 200, TWO_YEARS_S = 2 * 365 * 24 * 3600, EXPORT_MAX = 1024 * 1024 };

static int64_t wall_ms; /* what the clock was set to last, and when by kiosk time */
static int64_t set_at_ms;

/* To any moment within two years, a second off at least. The first is the first setting of all by
 * the network. */
static int64_t step_clock(struct test_site *t)
{
    const int64_t now_ms = wall_ms + t->now_ms - set_at_ms;
    int64_t to_ms;

    do {
        to_ms = START_UTC_MS +
                ((int64_t)site_random_below(t, 2 * TWO_YEARS_S) - TWO_YEARS_S) * 1000 +
                site_random_below(t, 1000);
    } while (llabs(to_ms - now_ms) < 1000);
    wall_ms = to_ms;
    set_at_ms = t->now_ms;
    site_input(t, (struct kiosk_input){.kind = INPUT_CLOCK, .u.clock = {to_ms, CLOCK_NTP}});
    return to_ms - now_ms;
}

/* A bag; `at` says when in it the clock is set. */
static int64_t deposit_with_step(struct test_site *t, int at)
{
    const int bin = site_random_below(t, BINS);
    int64_t step_ms = 0;

    site_choose(t, (enum waste_class)bin);
    for (int moment = 0; moment < 5; moment++) {
        if (moment == at) {
            step_ms = step_clock(t);
        }
        switch (moment) {
        case 0:
            site_run(t, 700);
            site_lid(t, bin, true);
            break;
        case 1:
            site_run(t, 900);
            t->load_g[bin] += 300;
            break;
        case 2:
            site_run(t, 1200);
            site_lid(t, bin, false);
            break;
        case 3:
            site_run(t, 400); /* the weight is settling */
            break;
        default:
            site_run(t, 14000); /* recorded, and the visit is over */
            break;
        }
    }
    return step_ms;
}

static void check_events(const struct test_site *t, const int64_t *steps)
{
    int step = 0;

    for (int i = 0; i < t->event_count; i++) {
        const struct kiosk_event *event = &t->events[i];
        assert_true(i == 0 || event->at.t_ms >= t->events[i - 1].at.t_ms);
        switch (event->kind) {
        case EVENT_CLOCK:
            assert_true(step < STEPS);
            assert_int_equal(event->body.clock.step_ms, steps[step]);
            step++;
            break;
        case EVENT_DEPOSIT:
            assert_true(event->body.deposit.closed_ms >= event->body.deposit.opened_ms);
            assert_true(event->at.t_ms >= event->body.deposit.closed_ms);
            assert_int_equal(event->body.deposit.weight_g, 300);
            assert_int_equal(event->body.deposit.outcome, OUTCOME_CONSISTENT);
            break;
        case EVENT_VISIT:
            assert_true(event->at.t_ms >= event->body.visit.started_ms);
            break;
        default:
            break;
        }
    }
    assert_int_equal(step, STEPS);
}

static int64_t number_after(const char *line, const char *name)
{
    const char *at = strstr(line, name);

    assert_non_null(at);
    return strtoll(at + strlen(name), NULL, 10);
}

/* What the administrator gets. */
static void check_export(int deposits)
{
    static char text[EXPORT_MAX];
    struct export_request request;
    size_t length = 0;
    ssize_t count;
    int lines = 0;
    int64_t last_seq = 0;

    assert_true(export_parse(&request, "deposits", NULL, NULL, "jsonl", error));
    struct export *export = export_open(directory, &request, error);
    assert_non_null(export);
    while ((count = export_read(export, text + length, sizeof text - 1 - length)) > 0) {
        length += (size_t)count;
    }
    export_close(export);
    assert_int_equal(count, 0);
    text[length] = '\0';
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        const int64_t seq = number_after(line, "\"seq\":");
        assert_true(seq > last_seq);
        last_seq = seq;
        assert_true(number_after(line, "\"closed_ms\":") >= number_after(line, "\"opened_ms\":"));
        lines++;
    }
    assert_int_equal(lines, deposits);
}

static void the_clock_may_do_what_it_likes(void **state)
{
    static int64_t steps[STEPS];
    struct test_site *t = *state;
    struct verify_report report;
    int deposits = 0;

    site_seed(t, 20261123);
    wall_ms = START_UTC_MS + t->now_ms;
    set_at_ms = t->now_ms;
    for (int i = 0; i < STEPS; i++) {
        if (i % 3 == 2) {
            site_run(t, 1 + site_random_below(t, 5000));
            steps[i] = step_clock(t);
        } else {
            steps[i] = deposit_with_step(t, i % 5);
            deposits++;
        }
    }
    check_events(t, steps);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), deposits);

    make_directory_name(directory);
    struct ledger *ledger = opened("boot-1");
    for (int i = 0; i < t->event_count; i++) {
        append(ledger, &t->events[i]);
    }
    ledger_close(ledger);
    assert_int_equal(ask("SELECT count(*) FROM ledger WHERE kind = 'clock'"), STEPS);
    const struct verify_request request = {.directory = directory};
    assert_int_equal(ledger_verify(&request, &report, error), LEDGER_OK);
    if (!report.is_good) {
        fail_msg("%s", report.findings[0].text);
    }
    check_export(deposits);
    remove_directory(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(the_clock_may_do_what_it_likes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
