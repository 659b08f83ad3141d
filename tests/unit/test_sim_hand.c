/* The site by hand: a person at the real window opens lids and throws bags. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "sim_record.h"

static struct record record;

static struct sim *site(struct sim_sink *sink)
{
    struct sim *sim = malloc(sim_size());
    assert_non_null(sim);
    *sink = record_sink(&record);
    sim_init(sim, 1000, 9, 0);
    sim_advance(sim, 5000, sink);
    return sim;
}

static void a_bag_thrown_by_hand_is_a_deposit(void **state)
{
    (void)state;
    struct sim_sink sink;
    struct sim *sim = site(&sink);
    int32_t before_g = sim_grams(sim, 2);
    assert_false(sim_lid_is_open(sim, 2));
    sim_lid(sim, 2, true);
    assert_true(sim_lid_is_open(sim, 2));
    sim_advance(sim, 7000, &sink);
    sim_throw(sim, 2, 1234);
    assert_int_equal(sim_grams(sim, 2), before_g + 1234);
    sim_advance(sim, 9000, &sink);
    sim_lid(sim, 2, false);
    assert_int_equal(record.truth_count, 0);
    sim_advance(sim, sim_deadline(sim), &sink);
    assert_int_equal(record.truth_count, 1);
    assert_int_equal(record.truths[0].bin, 2);
    assert_int_equal(record.truths[0].grams, 1234);
    assert_int_equal(record.truths[0].opened_ms, 5000);
    assert_int_equal(record.truths[0].closed_ms, 9000);
    assert_string_equal(record.truths[0].outcome, "undeclared");
    free(sim);
}

static void a_lid_moved_by_hand_is_told_at_once(void **state)
{
    (void)state;
    struct sim_sink sink;
    struct sim *sim = site(&sink);
    uint64_t lines = record.frames_of[SIM_PORT_LIDS];
    sim_lid(sim, 0, true);
    assert_int_equal(sim_deadline(sim), 5000);
    sim_advance(sim, 5000, &sink);
    assert_int_equal(record.frames_of[SIM_PORT_LIDS], lines + 1);
    free(sim);
}

static void opening_an_open_lid_changes_nothing(void **state)
{
    (void)state;
    struct sim_sink sink;
    struct sim *sim = site(&sink);
    sim_lid(sim, 1, true);
    sim_advance(sim, 6000, &sink);
    sim_throw(sim, 1, 100);
    sim_lid(sim, 1, true);
    sim_advance(sim, 7000, &sink);
    sim_lid(sim, 1, false);
    sim_advance(sim, 8000, &sink);
    assert_int_equal(record.truth_count, 1);
    assert_int_equal(record.truths[0].opened_ms, 5000);
    assert_int_equal(record.truths[0].grams, 100);
    free(sim);
}

static void an_emptied_bin_is_empty(void **state)
{
    (void)state;
    struct sim_sink sink;
    struct sim *sim = site(&sink);
    assert_true(sim_grams(sim, 3) > 0);
    sim_empty(sim, 3);
    assert_int_equal(sim_grams(sim, 3), 0);
    free(sim);
}

static void a_sink_may_be_deaf(void **state)
{
    (void)state;
    const struct sim_sink deaf = {.context = NULL};
    struct sim *sim = malloc(sim_size());
    assert_non_null(sim);
    sim_init(sim, 0, 4, 200);
    sim_advance(sim, 3600 * 1000, &deaf);
    assert_true(sim_deadline(sim) > 3600 * 1000);
    free(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bag_thrown_by_hand_is_a_deposit),
        cmocka_unit_test(a_lid_moved_by_hand_is_told_at_once),
        cmocka_unit_test(opening_an_open_lid_changes_nothing),
        cmocka_unit_test(an_emptied_bin_is_empty),
        cmocka_unit_test(a_sink_may_be_deaf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
