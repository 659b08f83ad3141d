/* Random people: every gram is accounted for, and every deposit's truth is unambiguous. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim_record.h"

enum { HOUR_MS = 3600 * 1000, DAY_MS = 10 * HOUR_MS, SETTLE_MS = 2500, VISIT_GAP_MS = 12000 };

struct day {
    struct record record;
    struct sim *sim;
    int32_t begin_g[SIM_BINS]; /* at the beginning, or after the last collection */
    int32_t end_g[SIM_BINS];
    int64_t truth_g[SIM_BINS]; /* since then */
    int64_t closed_ms[SIM_BINS];
    int64_t shortest_settle_ms;
    int collections;
    int64_t last_truth;
};

/* Truth that arrived since the last call must be what the bins gained. */
static void check_balance(struct day *day)
{
    for (; day->last_truth < day->record.truth_count; day->last_truth++) {
        const struct sim_truth *truth = &day->record.truths[day->last_truth];
        day->truth_g[truth->bin] += truth->grams;
    }
    for (int bin = 0; bin < SIM_BINS; bin++) {
        int32_t now_g = sim_grams(day->sim, bin);
        if (now_g < day->end_g[bin]) { /* a collection: weight never goes otherwise */
            assert_true(day->end_g[bin] > 51000);
            assert_in_range(now_g + 100, 0, 300);
            day->begin_g[bin] = now_g;
            day->truth_g[bin] = 0;
            day->collections++;
        }
        day->end_g[bin] = now_g;
        if (!sim_lid_is_open(day->sim, bin)) {
            assert_int_equal(day->begin_g[bin] + day->truth_g[bin], now_g);
        }
    }
}

static struct day *live(uint64_t seed, int visits_per_hour)
{
    struct day *day = calloc(1, sizeof *day);
    assert_non_null(day);
    day->sim = malloc(sim_size());
    assert_non_null(day->sim);
    struct sim_sink sink = record_sink(&day->record);
    sim_init(day->sim, 0, seed, visits_per_hour);
    day->shortest_settle_ms = INT64_MAX;
    bool was_open[SIM_BINS] = {false};
    for (int bin = 0; bin < SIM_BINS; bin++) {
        day->begin_g[bin] = day->end_g[bin] = sim_grams(day->sim, bin);
    }
    for (int64_t t_ms = 0; t_ms <= DAY_MS; t_ms = sim_deadline(day->sim)) {
        sim_advance(day->sim, t_ms, &sink);
        check_balance(day);
        for (int bin = 0; bin < SIM_BINS; bin++) {
            bool open = sim_lid_is_open(day->sim, bin);
            int64_t pause_ms = t_ms - day->closed_ms[bin];
            if (open && !was_open[bin] && day->closed_ms[bin] > 0 &&
                pause_ms < day->shortest_settle_ms) {
                day->shortest_settle_ms = pause_ms;
            } else if (!open && was_open[bin]) {
                day->closed_ms[bin] = t_ms;
            }
            was_open[bin] = open;
        }
    }
    return day;
}

static void end(struct day *day)
{
    free(day->sim);
    free(day);
}

static void mass_is_conserved_between_collections(void **state)
{
    (void)state;
    struct day *day = live(5, 60);
    print_message("seed 5: %d deposits, %d collections\n", day->record.truth_count,
                  day->collections);
    assert_in_range(day->record.truth_count, 300, RECORD_TRUTHS);
    assert_in_range(day->collections, 2, 20);
    end(day);
}

static void a_lid_opens_only_when_the_last_weight_has_settled(void **state)
{
    (void)state;
    struct day *day = live(6, 60);
    assert_true(day->shortest_settle_ms >= SETTLE_MS);
    end(day);
}

static int count(const struct record *record, const char *outcome)
{
    int found = 0;
    for (int i = 0; i < record->truth_count; i++) {
        found += strcmp(record->truths[i].outcome, outcome) == 0;
    }
    return found;
}

static void a_day_has_every_kind_of_deposit_in_a_real_mix(void **state)
{
    (void)state;
    struct day *day = live(7, 25);
    const struct record *record = &day->record;
    print_message("seed 7: %d deposits\n", record->truth_count);
    assert_in_range(record->truth_count, 180, 380);
    assert_true(count(record, "consistent") * 2 > record->truth_count);
    assert_true(count(record, "corrected") >= 5);
    assert_true(count(record, "wrong_bin") >= 5);
    assert_true(count(record, "undeclared") >= 5);
    assert_int_equal(count(record, "consistent") + count(record, "corrected") +
                         count(record, "wrong_bin") + count(record, "undeclared"),
                     record->truth_count);
    for (int i = 0; i < record->truth_count; i++) {
        const struct sim_truth *truth = &record->truths[i];
        assert_in_range(truth->grams, 60, 6000);
        assert_true(truth->closed_ms > truth->opened_ms);
        bool right = strcmp(truth->chosen, sim_bin_classes[truth->bin]) == 0;
        bool agrees =
            strcmp(truth->outcome, "consistent") == 0 || strcmp(truth->outcome, "corrected") == 0;
        assert_int_equal(right, agrees);
        assert_int_equal(truth->chosen[0] == '\0', strcmp(truth->outcome, "undeclared") == 0);
    }
    end(day);
}

/* Between two deposits there is either one visit, or a touch of "finish", or a long pause. */
struct gaps {
    int64_t last_event_ms;
    bool finished;
    int64_t first_bad_ms;
    int fresh_visits;
};

static void watch_touch(void *context, int64_t t_ms, const char *verb, const char *argument)
{
    struct gaps *gaps = context;
    int64_t gap_ms = t_ms - gaps->last_event_ms;
    bool ambiguous = gap_ms > 9000 && gap_ms < VISIT_GAP_MS && !gaps->finished;
    if (ambiguous && gaps->first_bad_ms == 0) {
        gaps->first_bad_ms = t_ms;
    }
    gaps->fresh_visits += gap_ms >= VISIT_GAP_MS || gaps->finished;
    gaps->finished = strcmp(verb, "tap") == 0 &&
                     (strcmp(argument, "finish") == 0 || strcmp(argument, "leave") == 0);
    gaps->last_event_ms = t_ms;
}

static void visits_can_be_told_apart(void **state)
{
    (void)state;
    struct gaps gaps = {0};
    const struct sim_sink sink = {.context = &gaps, .ui = watch_touch};
    struct sim *sim = malloc(sim_size());
    assert_non_null(sim);
    sim_init(sim, 0, 8, 120);
    bool was_open[SIM_BINS] = {false};
    for (int64_t t_ms = 0; t_ms <= DAY_MS; t_ms = sim_deadline(sim)) {
        sim_advance(sim, t_ms, &sink);
        for (int bin = 0; bin < SIM_BINS; bin++) {
            bool open = sim_lid_is_open(sim, bin);
            int64_t gap_ms = t_ms - gaps.last_event_ms;
            if (open && !was_open[bin] && gap_ms > 9000 && gap_ms < VISIT_GAP_MS &&
                !gaps.finished && gaps.first_bad_ms == 0) {
                gaps.first_bad_ms = t_ms;
            }
            if (open != was_open[bin]) {
                gaps.last_event_ms = t_ms;
                gaps.finished = false;
            }
            was_open[bin] = open;
        }
    }
    assert_int_equal(gaps.first_bad_ms, 0);
    assert_true(gaps.fresh_visits > 200);
    free(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mass_is_conserved_between_collections),
        cmocka_unit_test(a_lid_opens_only_when_the_last_weight_has_settled),
        cmocka_unit_test(a_day_has_every_kind_of_deposit_in_a_real_mix),
        cmocka_unit_test(visits_can_be_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
