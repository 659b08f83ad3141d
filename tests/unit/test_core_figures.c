/* The figures of the first screen. */
#include "kiosk/core/figures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define HOUR_MS ((int64_t)3600 * 1000)
#define DAY_MS  (24 * HOUR_MS)

static void add(struct figures *figures, int64_t utc_ms, enum outcome outcome, int32_t grams)
{
    moment_t at = {.utc_ms = utc_ms, .quality = CLOCK_NTP};
    struct event_deposit deposit = {.outcome = outcome, .weight_g = grams};
    deposit.quality = outcome == OUTCOME_UNWEIGHED ? QUALITY_NONE : QUALITY_SETTLED;
    figures_add(figures, &at, &deposit);
}

static void consistent_is_consistent_and_corrected(void **state)
{
    (void)state;
    struct figures figures = {0};
    int64_t now = utc_from_local_date(2026, 1, 7) + 9 * HOUR_MS;
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        add(&figures, now, (enum outcome)i, 100);
    }
    struct day_figures today = figures_of_day(&figures, now);
    assert_int_equal(today.deposits, OUTCOME_COUNT);
    assert_int_equal(today.consistent, 2);
    assert_int_equal(today.grams, 500); /* the unweighed one is not 0 kg, it is unknown */
}

static void week_begins_at_local_midnight_of_monday(void **state)
{
    (void)state;
    struct figures figures = {0};
    int64_t monday = utc_from_local_date(2026, 1, 5); /* 16:00 UTC on Sunday */
    add(&figures, monday - 1, OUTCOME_CONSISTENT, 10);
    add(&figures, monday, OUTCOME_CONSISTENT, 200);
    add(&figures, monday + DAY_MS, OUTCOME_WRONG_BIN, 3000);
    struct day_figures week = figures_of_week(&figures, monday + DAY_MS);
    assert_int_equal(week.deposits, 2);
    assert_int_equal(week.grams, 3200);
    assert_int_equal(week.consistent, 1);
    assert_int_equal(figures_of_day(&figures, monday).deposits, 1);
    assert_int_equal(figures_of_day(&figures, monday - 1).deposits, 1);
    assert_int_equal(figures_of_week(&figures, monday - 1).deposits, 1);
    assert_int_equal(figures_of_week(&figures, monday + 7 * DAY_MS).deposits, 0);
}

static void days_are_reused_over_a_year(void **state)
{
    (void)state;
    struct figures figures = {0};
    int64_t monday = utc_from_local_date(2026, 1, 5);
    for (int day = 0; day < 365; day++) {
        int64_t now = monday + day * DAY_MS + 12 * HOUR_MS;
        add(&figures, now, OUTCOME_CONSISTENT, 100);
        add(&figures, now, OUTCOME_UNDECLARED, 100);
        assert_int_equal(figures_of_day(&figures, now).deposits, 2);
        struct day_figures week = figures_of_week(&figures, now);
        assert_int_equal(week.deposits, 2 * (day % 7 + 1));
        assert_int_equal(week.consistent, day % 7 + 1);
    }
}

/* A dead battery must not wipe the day that happens to share the place of 1970-01-01. */
static void deposits_without_a_clock_leave_the_week_alone(void **state)
{
    (void)state;
    struct figures figures = {0};
    int64_t monday = utc_from_local_date(2026, 1, 5);
    for (int day = 0; day < 7; day++) {
        add(&figures, monday + day * DAY_MS, OUTCOME_CONSISTENT, 100);
    }
    moment_t unset = {.quality = CLOCK_UNSET};
    struct event_deposit deposit = {.outcome = OUTCOME_CONSISTENT, .weight_g = 100};
    figures_add(&figures, &unset, &deposit);
    assert_int_equal(figures_of_week(&figures, monday).deposits, 7);
}

static void a_kiosk_without_a_clock_still_counts(void **state)
{
    (void)state;
    struct figures figures = {0};
    moment_t unset = {.quality = CLOCK_UNSET};
    struct event_deposit deposit = {.outcome = OUTCOME_CONSISTENT, .weight_g = 100};
    figures_add(&figures, &unset, &deposit);
    figures_add(&figures, &unset, &deposit);
    assert_int_equal(figures_of_day(&figures, 0).deposits, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(consistent_is_consistent_and_corrected),
        cmocka_unit_test(week_begins_at_local_midnight_of_monday),
        cmocka_unit_test(days_are_reused_over_a_year),
        cmocka_unit_test(deposits_without_a_clock_leave_the_week_alone),
        cmocka_unit_test(a_kiosk_without_a_clock_still_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
