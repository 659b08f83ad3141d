/* From lids and weights to deposits: what a person does, and what the ledger says of it. */
#include "core_site.h"

/* ---- choices and lids ------------------------------------------------------------------------ */

static void chosen_class_in_its_bin_is_consistent(void **state)
{
    struct test_site *t = *state;
    t->ack_delay_ms = 300;
    site_choose(t, WASTE_KITCHEN);
    assert_int_equal(site_view(t).screen, SCREEN_GUIDE);
    assert_int_equal(site_view(t).target_bin, WASTE_KITCHEN);
    site_run(t, 2000);
    int64_t opened_ms = t->now_ms;
    site_drop(t, WASTE_KITCHEN, 1500);
    int64_t closed_ms = t->now_ms;
    while (site_count(t, EVENT_DEPOSIT) == 0) {
        site_run(t, 10);
    }
    assert_int_equal(site_view(t).screen, SCREEN_RECEIPT);
    assert_false(site_view(t).receipt.recorded); /* not before the ledger has it */
    assert_int_equal(t->sounds[SOUND_RECEIPT], 1);
    site_run(t, 310);
    assert_true(site_view(t).receipt.recorded);
    assert_int_equal(site_view(t).receipt.weight_g, 1500);
    assert_false(site_view(t).receipt.asking);

    const struct event_deposit *deposit = site_deposit(t, 0);
    assert_int_equal(deposit->outcome, OUTCOME_CONSISTENT);
    assert_int_equal(deposit->quality, QUALITY_SETTLED);
    assert_int_equal(deposit->bin, 3);
    assert_int_equal(deposit->bin_class, WASTE_KITCHEN);
    assert_int_equal(deposit->chosen, WASTE_KITCHEN);
    assert_int_equal(deposit->weight_g, 1500);
    assert_int_equal(deposit->base_g, EMPTY_G);
    assert_int_equal(deposit->final_g, EMPTY_G + 1500);
    assert_int_equal(deposit->opened_ms, opened_ms);
    assert_int_equal(deposit->closed_ms, closed_ms);
    assert_string_equal(deposit->scale, "s3");
    assert_int_equal(t->sounds[SOUND_WRONG_LID], 0);
}

static void wrong_lid_is_answered_at_once_and_can_be_corrected(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_run(t, 1000);
    site_lid(t, WASTE_RESIDUAL, true);
    assert_int_equal(t->sounds[SOUND_WRONG_LID], 1); /* in the same step */
    struct view view = site_view(t);
    assert_int_equal(view.screen, SCREEN_WRONG);
    assert_int_equal(view.wrong_bin, WASTE_RESIDUAL);
    assert_int_equal(view.target_bin, WASTE_KITCHEN);
    site_run(t, 1000);
    site_lid(t, WASTE_RESIDUAL, false);
    site_run(t, 300);
    site_drop(t, WASTE_KITCHEN, 900); /* opened before the other lid's weight had settled */
    site_run(t, 2000);
    const struct event_closing *closing = &site_event(t, EVENT_CLOSING, 0)->body.closing;
    assert_true(closing->wrong_lid);
    assert_int_equal(closing->bin, 4);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_CORRECTED);
    site_run(t, 2000);
    site_drop(t, WASTE_KITCHEN, 500); /* the next bag needed no warning */
    site_run(t, 15000);
    assert_int_equal(site_deposit(t, 1)->outcome, OUTCOME_CONSISTENT);
    const struct event_visit *visit = &site_event(t, EVENT_VISIT, 0)->body.visit;
    assert_int_equal(visit->near_misses, 1);
    assert_int_equal(visit->deposits, 2);
    assert_int_equal(visit->grams, 1400);
}

/* Two people with the same choice at two bins of its class. */
static void near_miss_is_made_good_by_the_bag_that_fell_first(void **state)
{
    enum { FIRST = WASTE_HAZARDOUS, SECOND = WASTE_KITCHEN };
    struct test_site *t = *state;
    t->site.bins[FIRST].class = WASTE_KITCHEN;
    site_choose(t, WASTE_KITCHEN);
    site_open_for(t, WASTE_RESIDUAL, 1000);
    site_lid(t, FIRST, true);
    site_run(t, 2000);
    site_lid(t, SECOND, true);
    site_run(t, 500);
    t->load_g[FIRST] += 900;
    site_run(t, 800);
    t->load_g[SECOND] += 700;
    site_run(t, 700);
    site_lid(t, SECOND, false);
    site_run(t, 2000);
    site_lid(t, FIRST, false);
    site_run(t, 3000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 2);
    assert_int_equal(site_deposit(t, 0)->bin, SECOND + 1);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_CONSISTENT);
    assert_int_equal(site_deposit(t, 1)->bin, FIRST + 1);
    assert_int_equal(site_deposit(t, 1)->outcome, OUTCOME_CORRECTED);
}

static void near_miss_is_its_own_choice_s_whatever_others_choose(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_lid(t, WASTE_RESIDUAL, true);
    site_run(t, 1000);
    site_lid(t, WASTE_RESIDUAL, false);
    site_run(t, 300);
    site_lid(t, WASTE_KITCHEN, true);
    site_run(t, 100);
    site_choose(t, WASTE_RECYCLABLE); /* the next person, before the wrong lid was decided */
    site_lid(t, WASTE_RECYCLABLE, true);
    site_run(t, 1500);
    t->load_g[WASTE_KITCHEN] += 900;
    t->load_g[WASTE_RECYCLABLE] += 400;
    site_run(t, 500);
    site_lid(t, WASTE_KITCHEN, false);
    site_lid(t, WASTE_RECYCLABLE, false);
    site_run(t, 3000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 2);
    for (int i = 0; i < 2; i++) {
        const struct event_deposit *deposit = site_deposit(t, i);
        bool warned = deposit->bin_class == WASTE_KITCHEN;
        assert_int_equal(deposit->outcome, warned ? OUTCOME_CORRECTED : OUTCOME_CONSISTENT);
    }
}

static void wrong_bin_is_wrong_bin(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_HAZARDOUS);
    site_drop(t, WASTE_RESIDUAL, 700);
    site_run(t, 2000);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_WRONG_BIN);
    assert_int_equal(site_deposit(t, 0)->chosen, WASTE_HAZARDOUS);
    assert_int_equal(site_deposit(t, 0)->bin_class, WASTE_RESIDUAL);
}

static void meaning_the_wrong_bin_is_kept_as_said_afterwards(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_HAZARDOUS);
    site_lid(t, WASTE_RESIDUAL, true);
    site_intent(t, INTENT_MEANT_IT, 0);
    assert_int_equal(site_view(t).screen, SCREEN_GUIDE);
    site_drop(t, WASTE_RESIDUAL, 700);
    site_run(t, 2000);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_WRONG_BIN);
    assert_int_equal(site_deposit(t, 0)->chosen, WASTE_HAZARDOUS);
    const struct event_declared *declared = &site_event(t, EVENT_DECLARED, 0)->body.declared;
    assert_int_equal(declared->declared_after, WASTE_RESIDUAL);
    assert_int_equal(t->ledger[declared->deposit_seq - 1].kind, EVENT_DEPOSIT);
    site_drop(t, WASTE_RESIDUAL, 700); /* the choice is the new one from now on */
    site_run(t, 2000);
    assert_int_equal(site_deposit(t, 1)->outcome, OUTCOME_CONSISTENT);
}

static void undeclared_is_asked_and_answered(void **state)
{
    struct test_site *t = *state;
    site_drop(t, WASTE_KITCHEN, 800);
    site_run(t, 2000);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_UNDECLARED);
    assert_int_equal(site_deposit(t, 0)->chosen, WASTE_NONE);
    assert_true(site_view(t).receipt.asking);
    assert_true(site_view(t).receipt.recorded);
    site_choose(t, WASTE_RESIDUAL);
    assert_false(site_view(t).receipt.asking);
    assert_int_equal(site_view(t).receipt.declared_after, WASTE_RESIDUAL);
    const struct event_declared *declared = &site_event(t, EVENT_DECLARED, 0)->body.declared;
    assert_int_equal(declared->declared_after, WASTE_RESIDUAL);
    assert_int_equal(declared->deposit_seq, site_view(t).receipt.seq);
    assert_int_equal(site_count(t, EVENT_DECLARED), 1);
}

static void answer_before_the_acknowledgement_waits_for_the_number(void **state)
{
    struct test_site *t = *state;
    t->store_down = true;
    site_drop(t, WASTE_KITCHEN, 800);
    site_run(t, 2000);
    assert_true(site_view(t).receipt.asking);
    site_choose(t, WASTE_KITCHEN);
    site_run(t, 1000);
    assert_int_equal(site_count(t, EVENT_DECLARED), 0);
    t->store_down = false;
    site_run(t, 100);
    const struct event_declared *declared = &site_event(t, EVENT_DECLARED, 0)->body.declared;
    assert_int_equal(t->ledger[declared->deposit_seq - 1].kind, EVENT_DEPOSIT);
    assert_int_equal(declared->declared_after, WASTE_KITCHEN);
}

static void an_answer_is_not_lost_when_another_receipt_follows_before_the_number(void **state)
{
    struct test_site *t = *state;
    t->store_down = true;
    site_drop(t, WASTE_KITCHEN, 800);
    site_run(t, 2000);
    site_choose(t, WASTE_RESIDUAL);
    site_drop(t, WASTE_RESIDUAL, 500);
    site_run(t, 2000);
    assert_int_equal(site_view(t).receipt.bin_class, WASTE_RESIDUAL);
    t->store_down = false;
    site_run(t, 100);
    assert_int_equal(site_count(t, EVENT_DECLARED), 1);
    const struct event_declared *declared = &site_event(t, EVENT_DECLARED, 0)->body.declared;
    const struct kiosk_event *answered = &t->ledger[declared->deposit_seq - 1];
    assert_int_equal(answered->kind, EVENT_DEPOSIT);
    assert_int_equal(answered->body.deposit.outcome, OUTCOME_UNDECLARED);
    assert_int_equal(declared->declared_after, WASTE_RESIDUAL);
}

/* ---- weights that say less ------------------------------------------------------------------- */

static void silent_scale_makes_it_unweighed(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_mute_scale(t, WASTE_KITCHEN, true);
    site_run(t, 3000);
    site_drop(t, WASTE_KITCHEN, 800);
    site_run(t, 3000);
    const struct event_deposit *deposit = site_deposit(t, 0);
    assert_int_equal(deposit->outcome, OUTCOME_UNWEIGHED);
    assert_int_equal(deposit->quality, QUALITY_NONE);
    assert_int_equal(deposit->chosen, WASTE_KITCHEN);
    assert_int_equal(site_view(t).receipt.quality, QUALITY_NONE);
    site_mute_scale(t, WASTE_KITCHEN, false);
    site_run(t, 5000);
    site_drop(t, WASTE_KITCHEN, 400);
    site_run(t, 2000);
    assert_int_equal(site_deposit(t, 1)->weight_g, 400);
}

static void overloaded_scale_makes_it_unweighed(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_lid(t, WASTE_KITCHEN, true);
    t->scale_status[WASTE_KITCHEN] = READING_OVERLOAD;
    site_run(t, 2000);
    assert_int_equal(site_view(t).bins[WASTE_KITCHEN].scale, SENSOR_OVERLOAD);
    assert_false(site_view(t).has_live);
    site_lid(t, WASTE_KITCHEN, false);
    site_run(t, 3000);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_UNWEIGHED);
    assert_int_equal(site_count(t, EVENT_ADJUSTMENT), 0);
}

static void never_settling_is_the_best_estimate_with_its_spread(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_lid(t, WASTE_KITCHEN, true);
    site_run(t, 500);
    t->load_g[WASTE_KITCHEN] += 3000;
    t->noise_g[WASTE_KITCHEN] = 200;
    site_run(t, 500);
    site_lid(t, WASTE_KITCHEN, false);
    site_run(t, 7000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
    assert_int_equal(site_view(t).step, STEP_WEIGHING);
    site_run(t, 1100);
    const struct event_deposit *deposit = site_deposit(t, 0);
    assert_int_equal(deposit->outcome, OUTCOME_CONSISTENT);
    assert_int_equal(deposit->quality, QUALITY_UNSETTLED);
    assert_in_range(deposit->weight_g, 2800, 3200);
    assert_in_range(deposit->spread_g, 50, 400);
}

/* Empty or not, nobody can say: no bag is lost, and none gets a weight that nobody saw. */
static void a_spread_as_large_as_the_change_is_no_weight(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_lid(t, WASTE_KITCHEN, true);
    site_run(t, 500);
    t->load_g[WASTE_KITCHEN] += 300;
    t->noise_g[WASTE_KITCHEN] = 3000;
    site_run(t, 500);
    site_lid(t, WASTE_KITCHEN, false);
    site_run(t, 8100);
    const struct event_deposit *deposit = site_deposit(t, 0);
    assert_int_equal(deposit->outcome, OUTCOME_UNWEIGHED);
    assert_int_equal(deposit->quality, QUALITY_NONE);
    assert_int_equal(deposit->weight_g, 0);
}

/* A fast scale whose last digits never stand still: what it does at rest is learnt. */
static void a_scale_that_always_flickers_still_weighs(void **state)
{
    struct test_site *t = *state;
    t->scale_period_ms = 20;
    t->noise_g[WASTE_KITCHEN] = 4 * DIVISION_G;
    site_run(t, 12000);
    site_choose(t, WASTE_KITCHEN);
    site_drop(t, WASTE_KITCHEN, 500);
    site_run(t, 2000);
    const struct event_deposit *deposit = site_deposit(t, 0);
    assert_int_equal(deposit->outcome, OUTCOME_CONSISTENT);
    assert_int_equal(deposit->quality, QUALITY_SETTLED);
    assert_in_range(deposit->weight_g, 500 - DIVISION_G, 500 + DIVISION_G);
    for (int i = 0; i < 20; i++) {
        site_drop(t, WASTE_KITCHEN, 0);
        site_run(t, 3000);
    }
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_count(t, EVENT_CLOSING), 20);
    for (int i = 0; i < site_count(t, EVENT_ADJUSTMENT); i++) {
        const struct event_adjustment *a = &site_event(t, EVENT_ADJUSTMENT, i)->body.adjustment;
        assert_int_equal(a->cause, ADJUST_DRIFT);
    }
    /* Quiet again, it is believed to the last digit as before. */
    t->noise_g[WASTE_KITCHEN] = 0;
    site_run(t, 12000);
    site_drop(t, WASTE_KITCHEN, 3 * DIVISION_G);
    site_run(t, 3000);
    assert_int_equal(site_deposit(t, 1)->weight_g, 3 * DIVISION_G);
}

static void lid_without_a_gain_is_a_closing(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_drop(t, WASTE_KITCHEN, 0);
    site_run(t, 2000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
    const struct event_closing *closing = &site_event(t, EVENT_CLOSING, 0)->body.closing;
    assert_false(closing->wrong_lid);
    assert_int_equal(closing->change_g, 0);
}

static void removal_is_a_closing_with_what_was_taken(void **state)
{
    struct test_site *t = *state;
    site_drop(t, WASTE_RECYCLABLE, 5000);
    site_run(t, 3000);
    site_drop(t, WASTE_RECYCLABLE, -2000);
    site_run(t, 3000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_event(t, EVENT_CLOSING, 0)->body.closing.change_g, -2000);
}

static void negative_zero_offset_changes_nothing(void **state)
{
    struct test_site *t = *state;
    site_prepare(t);
    t->load_g[WASTE_KITCHEN] = -25600;
    kiosk_init(&t->kiosk, &t->site);
    site_begin_kiosk(t);
    site_run(t, 2000);
    site_choose(t, WASTE_KITCHEN);
    site_drop(t, WASTE_KITCHEN, 1230);
    site_run(t, 2000);
    assert_int_equal(site_deposit(t, 0)->weight_g, 1230);
    assert_int_equal(site_deposit(t, 0)->base_g, -25600);
    assert_int_equal(site_deposit(t, 0)->final_g, -24370);
}

/* ---- visits ---------------------------------------------------------------------------------- */

static void three_bags_in_a_row_are_one_visit(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    for (int i = 0; i < 3; i++) {
        site_drop(t, WASTE_KITCHEN, 1000 + i);
        site_run(t, 2000);
        assert_int_equal(site_deposit(t, i)->outcome, OUTCOME_CONSISTENT);
    }
    assert_int_equal(site_view(t).visit_deposits, 3);
    site_run(t, 15000);
    const struct event_visit *visit = &site_event(t, EVENT_VISIT, 0)->body.visit;
    assert_int_equal(visit->deposits, 3);
    assert_int_equal(visit->visit, site_deposit(t, 0)->visit);
    assert_int_equal(site_count(t, EVENT_VISIT), 1);
}

static void two_people_in_a_row_are_two_visits(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_drop(t, WASTE_KITCHEN, 1000);
    site_run(t, 2000);
    site_intent(t, INTENT_FINISH, 0);
    assert_int_equal(site_count(t, EVENT_VISIT), 1);
    assert_int_equal(site_view(t).screen, SCREEN_CHOOSE);
    site_drop(t, WASTE_RESIDUAL, 500); /* the choice went with who made it */
    site_run(t, 2000);
    assert_int_equal(site_deposit(t, 1)->outcome, OUTCOME_UNDECLARED);
    assert_true(site_deposit(t, 1)->visit > site_deposit(t, 0)->visit);
}

/* The first is gone before the scale has settled: the bag is still theirs. */
static void bag_still_weighed_belongs_to_who_brought_it(void **state)
{
    struct test_site *t = *state;
    site_drop(t, WASTE_KITCHEN, 1000);
    site_intent(t, INTENT_FINISH, 0);
    assert_int_equal(site_count(t, EVENT_VISIT), 0);
    site_choose(t, WASTE_RESIDUAL);
    site_run(t, 2000);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_UNDECLARED);
    const struct event_visit *visit = &site_event(t, EVENT_VISIT, 0)->body.visit;
    assert_int_equal(visit->visit, site_deposit(t, 0)->visit);
    assert_int_equal(visit->deposits, 1);
    /* Nor does the next person see the receipt, or answer for it. */
    assert_int_equal(site_view(t).screen, SCREEN_GUIDE);
    site_choose(t, WASTE_RECYCLABLE);
    assert_int_equal(site_count(t, EVENT_DECLARED), 0);
}

static void who_leaves_while_it_is_weighed_still_gets_the_receipt(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_drop(t, WASTE_KITCHEN, 1000);
    site_intent(t, INTENT_FINISH, 0);
    site_run(t, 2000);
    assert_int_equal(site_view(t).screen, SCREEN_RECEIPT);
    site_run(t, 10000);
    assert_int_equal(site_view(t).screen, SCREEN_CHOOSE);
}

static void visit_ends_by_itself(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    assert_int_equal(site_view(t).countdown_s, 10);
    site_run(t, 9999);
    assert_int_equal(site_count(t, EVENT_VISIT), 0);
    assert_int_equal(site_view(t).countdown_s, 1);
    site_run(t, 1);
    assert_int_equal(site_count(t, EVENT_VISIT), 1);
    assert_int_equal(site_view(t).screen, SCREEN_CHOOSE);
    site_drop(t, WASTE_KITCHEN, 300);
    site_run(t, 2000);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_UNDECLARED);
}

static void choice_lives_until_another_is_made(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_drop(t, WASTE_KITCHEN, 300);
    site_run(t, 2000);
    site_intent(t, INTENT_MORE, 0);
    assert_int_equal(site_view(t).screen, SCREEN_CHOOSE);
    site_drop(t, WASTE_KITCHEN, 300);
    site_run(t, 2000);
    site_choose(t, WASTE_RESIDUAL);
    site_drop(t, WASTE_RESIDUAL, 300);
    site_run(t, 2000);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(site_deposit(t, i)->outcome, OUTCOME_CONSISTENT);
    }
}

static void what_weighs_just_enough_is_found_though_weighed_a_division_too_light(void **state)
{
    struct test_site *t = *state;
    t->site.timing.min_deposit_g = 10 * DIVISION_G;
    site_choose(t, WASTE_KITCHEN);
    site_drop(t, WASTE_KITCHEN, 8 * DIVISION_G);
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
    site_choose(t, WASTE_KITCHEN);
    site_drop(t, WASTE_KITCHEN, 9 * DIVISION_G);
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_deposit(t, 0)->weight_g, 9 * DIVISION_G);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(chosen_class_in_its_bin_is_consistent),
        SITE_TEST(wrong_lid_is_answered_at_once_and_can_be_corrected),
        SITE_TEST(near_miss_is_made_good_by_the_bag_that_fell_first),
        SITE_TEST(near_miss_is_its_own_choice_s_whatever_others_choose),
        SITE_TEST(wrong_bin_is_wrong_bin),
        SITE_TEST(meaning_the_wrong_bin_is_kept_as_said_afterwards),
        SITE_TEST(undeclared_is_asked_and_answered),
        SITE_TEST(answer_before_the_acknowledgement_waits_for_the_number),
        SITE_TEST(an_answer_is_not_lost_when_another_receipt_follows_before_the_number),
        SITE_TEST(silent_scale_makes_it_unweighed),
        SITE_TEST(overloaded_scale_makes_it_unweighed),
        SITE_TEST(never_settling_is_the_best_estimate_with_its_spread),
        SITE_TEST(a_spread_as_large_as_the_change_is_no_weight),
        SITE_TEST(a_scale_that_always_flickers_still_weighs),
        SITE_TEST(lid_without_a_gain_is_a_closing),
        SITE_TEST(removal_is_a_closing_with_what_was_taken),
        SITE_TEST(negative_zero_offset_changes_nothing),
        SITE_TEST(three_bags_in_a_row_are_one_visit),
        SITE_TEST(two_people_in_a_row_are_two_visits),
        SITE_TEST(bag_still_weighed_belongs_to_who_brought_it),
        SITE_TEST(who_leaves_while_it_is_weighed_still_gets_the_receipt),
        SITE_TEST(visit_ends_by_itself),
        SITE_TEST(choice_lives_until_another_is_made),
        SITE_TEST(what_weighs_just_enough_is_found_though_weighed_a_division_too_light),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
