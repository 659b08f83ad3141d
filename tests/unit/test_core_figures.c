/* The figures: one definition each, in integers. */
#include "kiosk/core/figures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define HOUR_MS ((int64_t)3600 * 1000)
#define DAY_MS  (24 * HOUR_MS)

static int64_t last_seq;

static struct kiosk_event deposit_event(int64_t utc_ms, enum outcome outcome, int32_t grams)
{
    struct kiosk_event event = {.kind = EVENT_DEPOSIT,
                                .at = {.utc_ms = utc_ms, .quality = CLOCK_NTP}};
    event.body.deposit.outcome = outcome;
    event.body.deposit.bin_class = WASTE_KITCHEN;
    event.body.deposit.quality = outcome == OUTCOME_UNWEIGHED ? QUALITY_NONE : QUALITY_SETTLED;
    event.body.deposit.weight_g = outcome == OUTCOME_UNWEIGHED ? 0 : grams;
    return event;
}

static int64_t add(struct figures_calendar *calendar, int64_t utc_ms, enum outcome outcome,
                   int32_t grams)
{
    const struct kiosk_event event = deposit_event(utc_ms, outcome, grams);
    figures_apply(calendar, &event, ++last_seq);
    return last_seq;
}

static void undo(struct figures_calendar *calendar, int64_t utc_ms, int64_t deposit_seq)
{
    struct kiosk_event event = {.kind = EVENT_UNDONE,
                                .at = {.utc_ms = utc_ms, .quality = CLOCK_NTP}};
    event.body.undone.deposit_seq = deposit_seq;
    figures_apply(calendar, &event, ++last_seq);
}

static struct figure_sum all_of(const struct figures *figures)
{
    return figures_deposits(figures, FIGURES_ALL, FIGURES_ALL);
}

/* ---- 操作一致率 ------------------------------------------------------------------------------ */

static void consistent_is_consistent_and_corrected(void **state)
{
    (void)state;
    struct figures_calendar calendar = {0};
    const int64_t now = utc_from_local_date(2026, 1, 7) + 9 * HOUR_MS;
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        add(&calendar, now, (enum outcome)i, 100 * (i + 1));
    }
    const struct figures today = figures_of_day(&calendar, now);
    assert_int_equal(figures_consistency(&today).whole, OUTCOME_COUNT);
    assert_int_equal(figures_consistency(&today).part, 2);
    /* 100 + 200 of 100 + 200 + 300 + 400 + 600: the unweighed one is not 0 kg, it is unknown */
    assert_int_equal(figures_consistency_by_weight(&today).part, 300);
    assert_int_equal(figures_consistency_by_weight(&today).whole, 1600);
    assert_int_equal(all_of(&today).weighed, OUTCOME_COUNT - 1);
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        assert_int_equal(figures_share(&today, (enum outcome)i).part, 1);
        assert_int_equal(figures_share(&today, (enum outcome)i).whole, OUTCOME_COUNT);
    }
    assert_int_equal(figures_deposits(&today, WASTE_KITCHEN, FIGURES_ALL).grams, 1600);
    assert_int_equal(figures_deposits(&today, WASTE_RESIDUAL, FIGURES_ALL).grams, 0);
}

static void a_share_never_looks_better_than_it_is(void **state)
{
    (void)state;
    assert_int_equal(ratio_permille((ratio_t){0, 0}), -1);
    assert_int_equal(ratio_permille((ratio_t){9999, 10000}), 999);
    assert_int_equal(ratio_permille((ratio_t){10000, 10000}), 1000);
    assert_int_equal(ratio_permille((ratio_t){-1, 10}), -1);
}

/* ---- what was taken back --------------------------------------------------------------------- */

static void an_undone_deposit_is_in_no_figure_but_its_own(void **state)
{
    (void)state;
    struct figures_calendar calendar = {0};
    const int64_t now = utc_from_local_date(2026, 1, 7) + 9 * HOUR_MS;
    add(&calendar, now, OUTCOME_CONSISTENT, 500);
    const int64_t wrong = add(&calendar, now, OUTCOME_WRONG_BIN, 1200);
    undo(&calendar, now, wrong);
    undo(&calendar, now, wrong); /* once only */
    undo(&calendar, now, wrong + 1000);
    const struct figures today = figures_of_day(&calendar, now);
    assert_int_equal(all_of(&today).count, 1);
    assert_int_equal(all_of(&today).grams, 500);
    assert_int_equal(figures_consistency(&today).part, 1);
    assert_int_equal(figures_consistency(&today).whole, 1);
    assert_int_equal(today.undone.count, 1);
    assert_int_equal(today.undone.grams, 1200);
}

static void taking_back_after_midnight_changes_the_day_before(void **state)
{
    (void)state;
    struct figures_calendar calendar = {0};
    const int64_t midnight = utc_from_local_date(2026, 1, 7);
    const int64_t seq = add(&calendar, midnight - 2000, OUTCOME_CONSISTENT, 500);
    undo(&calendar, midnight + 2000, seq);
    const struct figures before = figures_of_day(&calendar, midnight - 1);
    const struct figures after = figures_of_day(&calendar, midnight + 1);
    assert_int_equal(all_of(&before).count, 0);
    assert_int_equal(before.undone.count, 1);
    assert_int_equal(after.undone.count, 0);
}

/* ---- the week of the screen ------------------------------------------------------------------ */

static void week_begins_at_local_midnight_of_monday(void **state)
{
    (void)state;
    struct figures_calendar calendar = {0};
    const int64_t monday = utc_from_local_date(2026, 1, 5); /* 16:00 UTC on Sunday */
    add(&calendar, monday - 1, OUTCOME_CONSISTENT, 10);
    add(&calendar, monday, OUTCOME_CONSISTENT, 200);
    add(&calendar, monday + DAY_MS, OUTCOME_WRONG_BIN, 3000);
    struct figures week = figures_of_week(&calendar, monday + DAY_MS);
    assert_int_equal(all_of(&week).count, 2);
    assert_int_equal(all_of(&week).grams, 3200);
    assert_int_equal(figures_consistency(&week).part, 1);
    struct figures day = figures_of_day(&calendar, monday);
    assert_int_equal(all_of(&day).count, 1);
    day = figures_of_day(&calendar, monday - 1);
    assert_int_equal(all_of(&day).count, 1);
    week = figures_of_week(&calendar, monday - 1);
    assert_int_equal(all_of(&week).count, 1);
    week = figures_of_week(&calendar, monday + 7 * DAY_MS);
    assert_int_equal(all_of(&week).count, 0);
}

static void days_are_reused_over_a_year(void **state)
{
    (void)state;
    struct figures_calendar calendar = {0};
    const int64_t monday = utc_from_local_date(2026, 1, 5);
    for (int day = 0; day < 365; day++) {
        const int64_t now = monday + day * DAY_MS + 12 * HOUR_MS;
        add(&calendar, now, OUTCOME_CONSISTENT, 100);
        add(&calendar, now, OUTCOME_UNDECLARED, 100);
        const struct figures today = figures_of_day(&calendar, now);
        const struct figures week = figures_of_week(&calendar, now);
        assert_int_equal(all_of(&today).count, 2);
        assert_int_equal(all_of(&week).count, 2 * (day % 7 + 1));
        assert_int_equal(figures_consistency(&week).part, day % 7 + 1);
    }
}

/* A dead battery must not wipe the day that happens to share the place of 1970-01-01. */
static void deposits_without_a_clock_leave_the_week_alone(void **state)
{
    (void)state;
    struct figures_calendar calendar = {0};
    const int64_t monday = utc_from_local_date(2026, 1, 5);
    for (int day = 0; day < 7; day++) {
        add(&calendar, monday + day * DAY_MS, OUTCOME_CONSISTENT, 100);
    }
    struct kiosk_event event = deposit_event(0, OUTCOME_CONSISTENT, 100);
    event.at.quality = CLOCK_UNSET;
    figures_apply(&calendar, &event, ++last_seq);
    const struct figures week = figures_of_week(&calendar, monday);
    assert_int_equal(all_of(&week).count, 7);
}

/* A clock that ran a week ahead for an hour. */
static void a_wrong_clock_takes_no_day_of_this_week(void **state)
{
    (void)state;
    struct figures_calendar calendar = {0};
    const int64_t now = utc_from_local_date(2026, 1, 7) + 9 * HOUR_MS;
    add(&calendar, now, OUTCOME_CONSISTENT, 100);
    for (int ahead = 7; ahead < 18; ahead++) {
        add(&calendar, now + ahead * DAY_MS, OUTCOME_CONSISTENT, 100);
    }
    add(&calendar, now, OUTCOME_CONSISTENT, 100);
    const struct figures today = figures_of_day(&calendar, now);
    assert_int_equal(all_of(&today).count, 2);
}

static void a_kiosk_without_a_clock_still_counts(void **state)
{
    (void)state;
    struct figures_calendar calendar = {0};
    struct kiosk_event event = deposit_event(0, OUTCOME_CONSISTENT, 100);
    event.at.quality = CLOCK_UNSET;
    figures_apply(&calendar, &event, ++last_seq);
    figures_apply(&calendar, &event, ++last_seq);
    const struct figures today = figures_of_day(&calendar, 0);
    assert_int_equal(all_of(&today).count, 2);
}

static void near_misses_and_inspections_count_on_their_day(void **state)
{
    (void)state;
    struct figures_calendar calendar = {0};
    const int64_t now = utc_from_local_date(2026, 1, 7) + 9 * HOUR_MS;
    struct kiosk_event closing = {.kind = EVENT_CLOSING,
                                  .at = {.utc_ms = now, .quality = CLOCK_NTP}};
    struct kiosk_event inspection = {.kind = EVENT_INSPECTION,
                                     .at = {.utc_ms = now, .quality = CLOCK_NTP}};
    figures_apply(&calendar, &closing, ++last_seq);
    closing.body.closing.wrong_lid = true;
    figures_apply(&calendar, &closing, ++last_seq);
    inspection.body.inspection.checked = 20;
    inspection.body.inspection.wrong = 3;
    figures_apply(&calendar, &inspection, ++last_seq);
    figures_apply(&calendar, &inspection, ++last_seq);
    const struct figures today = figures_of_day(&calendar, now);
    assert_int_equal(today.near_misses, 1);
    assert_int_equal(today.inspections, 2);
    assert_int_equal(today.checked, 40);
    assert_int_equal(today.wrong, 6);
}

/* ---- 督导抽检准确率 ---------------------------------------------------------------------------
 */

static void too_few_bags_are_no_figure(void **state)
{
    (void)state;
    const struct figures none = {0};
    const struct figures few = {.inspections = 3, .checked = 29, .wrong = 1};
    const struct figures enough = {.inspections = 3, .checked = 30, .wrong = 1};
    assert_false(figures_accuracy(&none, FIGURES_SAMPLE_LEAST).enough);
    assert_false(figures_accuracy(&none, 0).enough);
    assert_false(figures_accuracy(&few, FIGURES_SAMPLE_LEAST).enough);
    assert_true(figures_accuracy(&enough, FIGURES_SAMPLE_LEAST).enough);
    assert_int_equal(figures_accuracy(&enough, FIGURES_SAMPLE_LEAST).passed.part, 29);
    assert_int_equal(figures_accuracy(&enough, FIGURES_SAMPLE_LEAST).passed.whole, 30);
}

/* From real arithmetic with 50 digits; tests/figures compares many more. */
static void interval_is_that_of_wilson(void **state)
{
    static const struct {
        int64_t passed, checked;
        int32_t low_ppm, high_ppm;
    } cases[] = {
        {0, 1, 0, 793451},          {1, 1, 206549, 1000000},     {0, 10, 0, 277533},
        {9, 10, 595850, 982124},    {30, 30, 886487, 1000000},   {27, 30, 743789, 965400},
        {115, 120, 906159, 982073}, {500, 1000, 469070, 530930},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const interval_t got = wilson_interval(cases[i].passed, cases[i].checked);
        assert_in_range(got.low_ppm - cases[i].low_ppm + 5, 0, 10);
        assert_in_range(got.high_ppm - cases[i].high_ppm + 5, 0, 10);
    }
}

static void interval_holds_the_share_for_any_number(void **state)
{
    static const int64_t numbers[] = {1, 2, 7, 30, 999, 12345, WILSON_CHECKED_MAX, INT32_MAX};
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const int64_t checked = numbers[i];
        for (int part = 0; part <= 10; part++) {
            const int64_t passed = checked * part / 10;
            const interval_t got = wilson_interval(passed, checked);
            const int64_t share = passed * 1000000 / checked;
            assert_true(got.low_ppm >= 0 && got.high_ppm <= 1000000);
            assert_true(got.low_ppm <= share + 1 && share <= got.high_ppm + 1);
        }
    }
}

/* ---- mass balance ---------------------------------------------------------------------------- */

static void a_day_of_a_bin_balances(void **state)
{
    static const struct weight_change day[] = {
        {.kind = CHANGE_DEPOSIT,
         .has_change = true,
         .change_g = 1500,
         .has_before = true,
         .before_g = 8000,
         .has_after = true,
         .after_g = 9500},
        {.kind = CHANGE_CLOSING, .has_change = true, .change_g = -200},
        {.kind = CHANGE_CLOSING, .has_change = true, .change_g = 10},
        {.kind = CHANGE_UNDONE,
         .has_change = true,
         .change_g = 700,
         .has_before = true,
         .before_g = 9310,
         .has_after = true,
         .after_g = 10010},
        {.kind = CHANGE_ADJUSTMENT,
         .has_change = true,
         .change_g = -10,
         .has_before = true,
         .before_g = 10010,
         .has_after = true,
         .after_g = 10000},
        {.kind = CHANGE_COLLECTION,
         .has_change = true,
         .change_g = 2000,
         .has_before = true,
         .before_g = 10000,
         .has_after = true,
         .after_g = 8000},
        {.kind = CHANGE_DEPOSIT, .has_before = true, .before_g = 8000},
    };
    (void)state;
    struct balance balance = {0};
    int64_t gain_g;
    assert_false(balance_gain(&balance, &gain_g));
    for (size_t i = 0; i < sizeof day / sizeof *day; i++) {
        balance_add(&balance, &day[i]);
    }
    assert_int_equal(balance.deposits_g, 1500);
    assert_int_equal(balance.unattributed_g, 710);
    assert_int_equal(balance.removed_g, 210);
    assert_int_equal(balance.cleared_g, 2000);
    assert_int_equal(balance.unknown, 1);
    assert_true(balance_gain(&balance, &gain_g));
    assert_int_equal(gain_g, 2000);
    assert_int_equal(balance_accounted(&balance), 2000);
}

static void a_clearing_nobody_weighed_leaves_the_gain_unknown(void **state)
{
    const struct weight_change cleared = {.kind = CHANGE_COLLECTION};
    struct balance balance = {.has_first = true, .has_last = true};
    int64_t gain_g;
    (void)state;
    balance_add(&balance, &cleared);
    assert_int_equal(balance.unknown_cleared, 1);
    assert_false(balance_gain(&balance, &gain_g));
}

/* ---- uptime ---------------------------------------------------------------------------------- */

static void every_moment_is_up_faulty_or_off(void **state)
{
    static const span_t runs[] = {{0, 100}, {50, 120}, {200, 300}};
    static const span_t faults[] = {{10, 30}, {20, 40}, {110, 210}, {290, 1000}};
    (void)state;
    const struct uptime got = uptime_of((span_t){0, 400}, runs, 3, faults, 4);
    assert_int_equal(got.off_ms, 80 + 100);
    assert_int_equal(got.faulty_ms, 30 + 10 + 10 + 10);
    assert_int_equal(got.up_ms, 400 - 180 - 60);
    const struct uptime clipped = uptime_of((span_t){25, 35}, runs, 3, faults, 4);
    assert_int_equal(clipped.faulty_ms, 10);
    const struct uptime nothing = uptime_of((span_t){5, 5}, runs, 3, faults, 4);
    assert_int_equal(nothing.up_ms + nothing.faulty_ms + nothing.off_ms, 0);
    const struct uptime off = uptime_of((span_t){0, 7}, NULL, 0, faults, 4);
    assert_int_equal(off.off_ms, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(consistent_is_consistent_and_corrected),
        cmocka_unit_test(a_share_never_looks_better_than_it_is),
        cmocka_unit_test(an_undone_deposit_is_in_no_figure_but_its_own),
        cmocka_unit_test(taking_back_after_midnight_changes_the_day_before),
        cmocka_unit_test(week_begins_at_local_midnight_of_monday),
        cmocka_unit_test(days_are_reused_over_a_year),
        cmocka_unit_test(deposits_without_a_clock_leave_the_week_alone),
        cmocka_unit_test(a_wrong_clock_takes_no_day_of_this_week),
        cmocka_unit_test(a_kiosk_without_a_clock_still_counts),
        cmocka_unit_test(near_misses_and_inspections_count_on_their_day),
        cmocka_unit_test(too_few_bags_are_no_figure),
        cmocka_unit_test(interval_is_that_of_wilson),
        cmocka_unit_test(interval_holds_the_share_for_any_number),
        cmocka_unit_test(a_day_of_a_bin_balances),
        cmocka_unit_test(a_clearing_nobody_weighed_leaves_the_gain_unknown),
        cmocka_unit_test(every_moment_is_up_faulty_or_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
