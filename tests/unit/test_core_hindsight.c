/* What a scale swallowed before it was found out to be frozen is told in hindsight. */
#include "core_site.h"

enum { BIN = WASTE_KITCHEN, RIGHT = (BIN + 1) % BINS };

/* Each with its own times, choice and visit, in the order in which they happened. */
static void openings_that_prove_it_become_unweighed(void **state)
{
    struct test_site *t = *state;
    int64_t opened_ms[FREEZE_OPENINGS];
    for (int i = 0; i < FREEZE_OPENINGS; i++) {
        if (i != 1) {
            site_choose(t, (enum waste_class)BIN);
        }
        opened_ms[i] = t->now_ms;
        site_open_for(t, BIN, 2500);
        assert_int_equal(site_count(t, EVENT_DEPOSIT),
                         i == FREEZE_OPENINGS - 1 ? FREEZE_OPENINGS : 0);
        site_run(t, 30000);
    }
    assert_int_equal(site_count(t, EVENT_CLOSING), FREEZE_OPENINGS - 1);
    for (int i = 0; i < FREEZE_OPENINGS; i++) {
        const struct event_deposit *deposit = site_deposit(t, i);
        assert_int_equal(deposit->outcome, OUTCOME_UNWEIGHED);
        assert_int_equal(deposit->quality, QUALITY_NONE);
        assert_false(deposit->has_base);
        assert_int_equal(deposit->weight_g, 0);
        assert_int_equal(deposit->opened_ms, opened_ms[i]);
        assert_int_equal(deposit->closed_ms, opened_ms[i] + 2500);
        assert_int_equal(deposit->chosen, i == 1 ? WASTE_NONE : BIN);
        assert_int_equal(deposit->visit, site_event(t, EVENT_OPENING, i)->body.opening.visit);
    }
}

/* A visit that still goes on counts them; each visit is recorded once. */
static void visit_that_goes_on_counts_them(void **state)
{
    struct test_site *t = *state;
    site_choose(t, (enum waste_class)BIN);
    site_freeze(t, BIN);
    site_intent(t, INTENT_FINISH, 0);
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_VISIT), 1);
    assert_int_equal(site_event(t, EVENT_VISIT, 0)->body.visit.deposits, FREEZE_OPENINGS);
}

/* Too short to prove anything, but a bag is thrown quickly. */
static void shorter_openings_between_are_not_lost(void **state)
{
    struct test_site *t = *state;
    site_open_for(t, BIN, 2500);
    site_open_for(t, BIN, 1500);
    site_open_for(t, BIN, 200); /* only rattled */
    site_open_for(t, BIN, 2500);
    site_open_for(t, BIN, 2500);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), FREEZE_OPENINGS + 1);
    assert_int_equal(site_deposit(t, 1)->closed_ms - site_deposit(t, 1)->opened_ms, 1500);
}

static void openings_before_its_last_sign_of_life_stay_as_told(void **state)
{
    struct test_site *t = *state;
    site_open_for(t, BIN, 2500);
    site_open_for(t, BIN, 2500);
    t->load_g[BIN] += DIVISION_G;
    site_run(t, 5000);
    site_freeze(t, BIN); /* FREEZE_OPENINGS deposits, not more */
}

static void warned_wrong_lid_and_nothing_after_it_is_a_deposit_in_hindsight(void **state)
{
    struct test_site *t = *state;
    site_choose(t, (enum waste_class)RIGHT);
    site_open_for(t, BIN, 2500);
    assert_true(site_event(t, EVENT_CLOSING, 0)->body.closing.wrong_lid);
    site_run(t, 30000);
    site_open_for(t, BIN, 2500);
    site_run(t, 30000);
    site_open_for(t, BIN, 2500);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), FREEZE_OPENINGS);
    assert_int_equal(site_deposit(t, 0)->chosen, RIGHT);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_UNWEIGHED);
    assert_int_equal(site_deposit(t, 1)->chosen, WASTE_NONE);
}

static void warned_wrong_lid_that_was_made_good_is_no_deposit_in_hindsight(void **state)
{
    struct test_site *t = *state;
    site_choose(t, (enum waste_class)RIGHT);
    site_open_for(t, BIN, 2500);
    site_drop(t, RIGHT, 3000);
    site_run(t, 30000);
    site_open_for(t, BIN, 2500);
    site_run(t, 30000);
    site_open_for(t, BIN, 2500);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1 + FREEZE_OPENINGS - 1);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_CORRECTED);
}

/* The first and the last of three, which proves the scale to be frozen, are told at once. */
static void prove_frozen_around_a_warned_lid(struct test_site *t)
{
    site_open_for(t, BIN, 2500);
    site_run(t, 30000);
    site_choose(t, (enum waste_class)RIGHT);
    site_open_for(t, BIN, 2500);
    site_open_for(t, BIN, 2500);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), FREEZE_OPENINGS - 1);
}

static void warned_wrong_lid_waits_for_the_right_one(void **state)
{
    struct test_site *t = *state;
    prove_frozen_around_a_warned_lid(t);
    site_drop(t, RIGHT, 3000);
    site_run(t, 60000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), FREEZE_OPENINGS);
    assert_int_equal(site_deposit(t, FREEZE_OPENINGS - 1)->outcome, OUTCOME_CORRECTED);
}

static void warned_wrong_lid_waits_until_its_visit_is_over(void **state)
{
    struct test_site *t = *state;
    prove_frozen_around_a_warned_lid(t);
    site_run(t, 120000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), FREEZE_OPENINGS);
    assert_int_equal(site_deposit(t, FREEZE_OPENINGS - 1)->outcome, OUTCOME_UNWEIGHED);
    assert_int_equal(site_deposit(t, FREEZE_OPENINGS - 1)->chosen, RIGHT);
}

static void many_short_openings_between_are_not_lost(void **state)
{
    struct test_site *t = *state;
    site_open_for(t, BIN, 2500);
    for (int i = 0; i < 10; i++) {
        site_open_for(t, BIN, 1500);
    }
    site_open_for(t, BIN, 2500);
    site_open_for(t, BIN, 2500);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), FREEZE_OPENINGS + 10);
}

/* It wakes up before it was found out, and shows at once what came meanwhile. */
static void scale_that_hung_through_two_openings_is_found_out_when_it_wakes(void **state)
{
    struct test_site *t = *state;
    for (int i = 0; i < 2; i++) {
        site_choose(t, (enum waste_class)BIN);
        site_open_for(t, BIN, 2500);
        site_run(t, 20000);
    }
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
    t->load_g[BIN] += 3000;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 2);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_UNWEIGHED);
    assert_int_equal(site_event(t, EVENT_ADJUSTMENT, 0)->body.adjustment.change_g, 3000);
}

/* A look into the bin, and then somebody who lays something on it. */
static void one_look_before_a_gain_is_no_deposit(void **state)
{
    struct test_site *t = *state;
    site_open_for(t, BIN, 2500);
    site_run(t, 20000);
    t->load_g[BIN] += 3000;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
}

static void rows_stay_when_it_wakes_up(void **state)
{
    struct test_site *t = *state;
    site_freeze(t, BIN);
    t->load_g[BIN] += DIVISION_G;
    site_run(t, 10000);
    assert_int_equal(site_view(t).bins[BIN].scale, SENSOR_OK);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), FREEZE_OPENINGS);
    site_drop(t, BIN, 700);
    site_run(t, 5000);
    site_open_for(t, BIN, 2500);
    site_open_for(t, BIN, 2500);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), FREEZE_OPENINGS + 1);
}

static void next_opening_survives_a_power_cut(void **state)
{
    struct test_site *t = *state;
    site_freeze(t, BIN);
    site_lid(t, BIN, true);
    site_run(t, 1000);
    site_restart(t);
    site_lid(t, BIN, false);
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), FREEZE_OPENINGS + 1);
    assert_int_equal(site_deposit(t, FREEZE_OPENINGS)->outcome, OUTCOME_INTERRUPTED);
}

/* One that never stood still for so long needs no second opening. */
int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(openings_that_prove_it_become_unweighed),
        SITE_TEST(visit_that_goes_on_counts_them),
        SITE_TEST(shorter_openings_between_are_not_lost),
        SITE_TEST(openings_before_its_last_sign_of_life_stay_as_told),
        SITE_TEST(warned_wrong_lid_and_nothing_after_it_is_a_deposit_in_hindsight),
        SITE_TEST(warned_wrong_lid_that_was_made_good_is_no_deposit_in_hindsight),
        SITE_TEST(warned_wrong_lid_waits_for_the_right_one),
        SITE_TEST(warned_wrong_lid_waits_until_its_visit_is_over),
        SITE_TEST(many_short_openings_between_are_not_lost),
        SITE_TEST(scale_that_hung_through_two_openings_is_found_out_when_it_wakes),
        SITE_TEST(one_look_before_a_gain_is_no_deposit),
        SITE_TEST(rows_stay_when_it_wakes_up),
        SITE_TEST(next_opening_survives_a_power_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
