/* Lids that do not behave, sensors that go away, weight that nobody brought through a lid. */
#include "core_site.h"

/* ---- lids that do not behave ----------------------------------------------------------------- */

static void two_lids_at_once_are_two_deposits(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_lid(t, WASTE_KITCHEN, true);
    site_choose(t, WASTE_RESIDUAL);
    site_lid(t, WASTE_RESIDUAL, true);
    site_run(t, 1000);
    t->load_g[WASTE_KITCHEN] += 1100;
    t->load_g[WASTE_RESIDUAL] += 2200;
    site_run(t, 1000);
    site_lid(t, WASTE_RESIDUAL, false);
    site_lid(t, WASTE_KITCHEN, false);
    site_run(t, 2000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 2);
    for (int i = 0; i < 2; i++) {
        const struct event_deposit *deposit = site_deposit(t, i);
        assert_int_equal(deposit->outcome, OUTCOME_CONSISTENT);
        assert_int_equal(deposit->weight_g, deposit->bin == 3 ? 1100 : 2200);
    }
}

static void lid_left_open_is_decided_by_rest(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_lid(t, WASTE_KITCHEN, true);
    t->load_g[WASTE_KITCHEN] += 1000;
    site_run(t, 7000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
    site_run(t, 3000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_CONSISTENT);
    site_run(t, 30000); /* gone, the lid still open; what stays is not said twice */
    site_lid(t, WASTE_KITCHEN, false);
    site_run(t, 3000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_count(t, EVENT_CLOSING), 0);
    assert_int_equal(site_count(t, EVENT_ADJUSTMENT), 0);
    assert_int_equal(site_event(t, EVENT_VISIT, 0)->body.visit.deposits, 1);
}

/* It came to rest at the least deposit, and crept below it before the time was up. */
static void lid_left_open_over_next_to_nothing_waits_for_its_closing(void **state)
{
    struct test_site *t = *state;
    site_lid(t, WASTE_KITCHEN, true);
    t->load_g[WASTE_KITCHEN] += 20;
    site_run(t, 5000);
    t->load_g[WASTE_KITCHEN] -= 10;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_CLOSING), 0);
    site_lid(t, WASTE_KITCHEN, false);
    site_run(t, 2000);
    assert_int_equal(site_count(t, EVENT_CLOSING), 1);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
}

/* Later weight under the same open lid is somebody else's. */
static void next_bag_under_a_lid_left_open_is_of_the_next_visit(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_lid(t, WASTE_KITCHEN, true);
    t->load_g[WASTE_KITCHEN] += 1000;
    site_run(t, 40000);
    assert_int_equal(site_count(t, EVENT_VISIT), 1);
    t->load_g[WASTE_KITCHEN] += 500;
    site_run(t, 2000);
    site_lid(t, WASTE_KITCHEN, false);
    site_run(t, 15000);
    assert_int_equal(site_deposit(t, 1)->weight_g, 500);
    assert_int_equal(site_deposit(t, 1)->outcome, OUTCOME_UNDECLARED);
    assert_int_equal(site_count(t, EVENT_VISIT), 2);
    for (int i = 0; i < 2; i++) {
        const struct event_visit *visit = &site_event(t, EVENT_VISIT, i)->body.visit;
        assert_int_equal(visit->visit, site_deposit(t, i)->visit);
        assert_int_equal(visit->deposits, 1);
    }
}

/* A cleaner empties the bin under a lid that was left open: said, not swallowed. */
static void removal_under_a_lid_left_open_is_an_adjustment(void **state)
{
    struct test_site *t = *state;
    site_lid(t, WASTE_KITCHEN, true);
    t->load_g[WASTE_KITCHEN] += 4000;
    site_run(t, 12000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    t->load_g[WASTE_KITCHEN] -= 3000;
    site_run(t, 2000);
    site_lid(t, WASTE_KITCHEN, false);
    site_run(t, 3000);
    assert_int_equal(site_event(t, EVENT_ADJUSTMENT, 0)->body.adjustment.change_g, -3000);
}

/* Or a wedged lid would keep the next person from the first question. */
static void lid_left_open_does_not_hold_the_screen(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_lid(t, WASTE_RESIDUAL, true);
    assert_int_equal(site_view(t).screen, SCREEN_WRONG);
    site_run(t, VISIT_OPEN_LIMIT_MS + 1000);
    assert_int_equal(site_view(t).screen, SCREEN_CHOOSE);
    assert_true(site_view(t).bins[WASTE_RESIDUAL].lid_open);
    site_choose(t, WASTE_RECYCLABLE);
    assert_int_equal(site_view(t).screen, SCREEN_GUIDE);
    assert_int_equal(site_view(t).target_bin, WASTE_RECYCLABLE);
    /* And what that person then throws into the open bin is judged by their own choice. */
    t->load_g[WASTE_RESIDUAL] += 600;
    site_run(t, 9500);
    assert_int_equal(site_deposit(t, 0)->chosen, WASTE_RECYCLABLE);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_WRONG_BIN);
    site_run(t, 20000);
    assert_int_equal(site_event(t, EVENT_VISIT, 0)->body.visit.deposits, 0);
    assert_int_equal(site_event(t, EVENT_VISIT, 1)->body.visit.deposits, 1);
}

/* Found open at the start, whichever of its two sensors speaks first. */
static void lid_open_at_the_start_is_no_deposit(void **state)
{
    struct test_site *t = *state;
    for (int bin = 0; bin < BINS; bin++) {
        site_prepare(t);
        t->lid_open[bin] = true;
        kiosk_init(&t->kiosk, &t->site);
        site_begin_kiosk(t);
        site_run(t, 30000);
        site_lid(t, bin, false);
        site_run(t, 5000);
        assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
        assert_int_equal(site_count(t, EVENT_CLOSING), 1);
        site_drop(t, bin, 700);
        site_run(t, 2000);
        assert_int_equal(site_deposit(t, 0)->weight_g, 700);
    }
}

static int32_t deposited(const struct test_site *t)
{
    int32_t sum = 0;
    for (int i = 0; i < site_count(t, EVENT_DEPOSIT); i++) {
        sum += site_deposit(t, i)->weight_g;
    }
    return sum;
}

static void lid_reopened_before_the_weight_settled_loses_nothing(void **state)
{
    /* Reopened so long after closing: between two readings, after one, after a few. */
    static const int pauses_ms[] = {1, 30, 90, 150, 250, 400, 500};
    for (size_t i = 0; i < sizeof pauses_ms / sizeof pauses_ms[0]; i++) {
        struct test_site *t = *state;
        site_begin(t);
        site_choose(t, WASTE_KITCHEN);
        site_drop(t, WASTE_KITCHEN, 1000);
        site_run(t, pauses_ms[i]);
        site_drop(t, WASTE_KITCHEN, 700);
        site_run(t, 15000);
        assert_int_equal(deposited(t), 1700);
        for (int k = 0; k < site_count(t, EVENT_DEPOSIT); k++) {
            assert_int_equal(site_deposit(t, k)->outcome, OUTCOME_CONSISTENT);
        }
        assert_int_equal(site_event(t, EVENT_VISIT, 0)->body.visit.grams, 1700);
    }
}

/* A worn switch chatters: that is one opening and no unweighed deposit. */
/* A gust presses on the lid and lets go: on a noisy scale, five readings of it are as narrow as a
 * light bag at rest. */
static void gusts_at_a_noisy_scale_are_no_deposit(void **state)
{
    static const int32_t pressed_g[] = {30, 40, 50, 50, 40, 30, 20, 10};
    enum { CLOSES_AFTER = 4 };
    struct test_site *t = *state;
    t->noise_g[WASTE_KITCHEN] = DIVISION_G;
    site_run(t, 120000);
    t->noise_g[WASTE_KITCHEN] = 0;
    site_lid(t, WASTE_KITCHEN, true);
    for (int i = 0; i < (int)(sizeof pressed_g / sizeof pressed_g[0]); i++) {
        if (i == CLOSES_AFTER) {
            site_lid(t, WASTE_KITCHEN, false);
        }
        t->load_g[WASTE_KITCHEN] = EMPTY_G + pressed_g[i];
        site_run(t, SCALE_PERIOD_MS);
    }
    site_open_for(t, WASTE_KITCHEN, 100);
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
}

static void chattering_lid_is_one_opening(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_lid(t, WASTE_KITCHEN, true);
    site_run(t, 995);
    t->load_g[WASTE_KITCHEN] += 640;
    site_run(t, 1000);
    for (int i = 0; i < 5; i++) {
        site_lid(t, WASTE_KITCHEN, false);
        site_run(t, 3);
        site_lid(t, WASTE_KITCHEN, true);
        site_run(t, 97);
    }
    site_lid(t, WASTE_KITCHEN, false);
    site_run(t, 2000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_deposit(t, 0)->weight_g, 640);
    assert_int_equal(site_deposit(t, 0)->quality, QUALITY_SETTLED);
}

/* ---- sensors that go away -------------------------------------------------------------------- */

static void without_a_lid_sensor_a_step_decides(void **state)
{
    struct test_site *t = *state;
    site_port(t, LID_PORT, false);
    site_run(t, 5000);
    site_choose(t, WASTE_KITCHEN);
    t->load_g[WASTE_KITCHEN] += 1200;
    site_run(t, 4000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_deposit(t, 0)->weight_g, 1200);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_CONSISTENT);
    assert_true(site_deposit(t, 0)->opened_ms <= site_deposit(t, 0)->closed_ms);
    t->load_g[WASTE_KITCHEN] -= 500; /* but taking out is none */
    site_run(t, 4000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_event(t, EVENT_ADJUSTMENT, 0)->body.adjustment.change_g, -500);
    site_run(t, 20000);
    assert_int_equal(site_event(t, EVENT_VISIT, 0)->body.visit.deposits, 1);
}

static void chosen_bag_is_told_as_soon_as_it_is_known(struct test_site *t)
{
    site_choose(t, WASTE_KITCHEN);
    t->load_g[WASTE_KITCHEN] += 1200;
    site_run(t, 1000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_deposit(t, 0)->weight_g, 1200);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_CONSISTENT);
}

static void without_a_lid_sensor_a_chosen_bag_is_told_within_a_second(void **state)
{
    struct test_site *t = *state;
    site_port(t, LID_PORT, false);
    site_run(t, 5000);
    chosen_bag_is_told_as_soon_as_it_is_known(t);
}

static void under_a_silent_lid_a_chosen_bag_is_told_within_a_second(void **state)
{
    struct test_site *t = *state;
    site_mute_lids(t, true);
    site_run(t, 20000);
    chosen_bag_is_told_as_soon_as_it_is_known(t);
}

static void unchosen_weight_is_waited_for(void **state)
{
    struct test_site *t = *state;
    site_port(t, LID_PORT, false);
    site_run(t, 5000);
    t->load_g[WASTE_KITCHEN] += 1200;
    site_run(t, 2000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
    site_run(t, 2000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
}

static void scale_lost_in_an_opening_and_back_weighs_all_of_it(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_lid(t, WASTE_KITCHEN, true);
    site_run(t, 500);
    site_port(t, WASTE_KITCHEN, false);
    t->load_g[WASTE_KITCHEN] += 900;
    site_run(t, 1000);
    assert_int_equal(site_view(t).bins[WASTE_KITCHEN].scale, SENSOR_LOST);
    assert_false(site_view(t).has_live);
    site_port(t, WASTE_KITCHEN, true);
    site_run(t, 1000);
    site_lid(t, WASTE_KITCHEN, false);
    site_run(t, 2000);
    assert_int_equal(site_deposit(t, 0)->weight_g, 900);
    assert_int_equal(site_count(t, EVENT_DEVICE_LOST), 1);
    assert_int_equal(site_count(t, EVENT_DEVICE_BACK), 1);
}

/* The rest was nearly long enough when the scale went: its silence is no weight, and above all the
 * whole content of the bin is no gain afterwards. */
static void scale_lost_under_a_lid_left_open_is_no_deposit(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_lid(t, WASTE_KITCHEN, true);
    t->load_g[WASTE_KITCHEN] += 900;
    site_run(t, 8000);
    site_port(t, WASTE_KITCHEN, false);
    site_run(t, 5000);
    site_lid(t, WASTE_RESIDUAL, true); /* something else goes on */
    site_run(t, 1000);
    site_lid(t, WASTE_RESIDUAL, false);
    site_run(t, 9000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
    site_port(t, WASTE_KITCHEN, true);
    site_run(t, 20000);
    site_lid(t, WASTE_KITCHEN, false);
    site_run(t, 3000);
    assert_int_equal(deposited(t), 900);
}

static void lid_board_lost_in_an_opening_loses_nothing(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_lid(t, WASTE_KITCHEN, true);
    site_run(t, 500);
    site_port(t, LID_PORT, false);
    t->load_g[WASTE_KITCHEN] += 900;
    t->lid_open[WASTE_KITCHEN] = false; /* nobody sees it */
    site_run(t, 12000);
    assert_int_equal(site_deposit(t, 0)->weight_g, 900);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_CONSISTENT);
    site_port(t, LID_PORT, true);
    site_run(t, 15000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    site_drop(t, WASTE_KITCHEN, 300);
    site_run(t, 3000);
    assert_int_equal(site_deposit(t, 1)->weight_g, 300);
}

/* ---- weight with no lid open ----------------------------------------------------------------- */

static void weight_that_stays_under_a_closed_lid_is_an_adjustment(void **state)
{
    struct test_site *t = *state;
    t->load_g[WASTE_KITCHEN] += 2500;
    site_run(t, 5000);
    assert_int_equal(site_count(t, EVENT_ADJUSTMENT), 0);
    site_run(t, 1500);
    const struct event_adjustment *adjustment =
        &site_event(t, EVENT_ADJUSTMENT, 0)->body.adjustment;
    assert_int_equal(adjustment->change_g, 2500);
    assert_int_equal(adjustment->base_g, EMPTY_G);
    assert_int_equal(adjustment->final_g, EMPTY_G + 2500);
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_ADJUSTMENT), 1);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
    assert_int_equal(site_count(t, EVENT_VISIT), 0);
}

static void leaning_that_comes_and_goes_is_a_note(void **state)
{
    struct test_site *t = *state;
    for (int i = 0; i < 5; i++) {
        t->load_g[WASTE_KITCHEN] += 8000;
        site_run(t, 4000);
        t->load_g[WASTE_KITCHEN] -= 8000;
        site_run(t, 2000);
    }
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
    assert_int_equal(site_count(t, EVENT_ADJUSTMENT), 5);
    for (int i = 0; i < 5; i++) {
        const struct event_adjustment *note = &site_event(t, EVENT_ADJUSTMENT, i)->body.adjustment;
        assert_int_equal(note->cause, ADJUST_LEANING);
        assert_int_equal(note->change_g, 0);
        assert_int_equal(note->base_g, note->final_g);
        assert_int_equal(note->peak_g, 8000);
    }
    site_choose(t, WASTE_KITCHEN);
    site_drop(t, WASTE_KITCHEN, 500);
    site_run(t, 2000);
    assert_int_equal(site_deposit(t, 0)->weight_g, 500);
}

/* Weight that came before the lid opened is not of this opening. */
/* A lid that is told of only when it moves looks silent in between. */
static void leaning_under_a_silent_lid_is_no_deposit(void **state)
{
    struct test_site *t = *state;
    site_mute_lids(t, true);
    site_run(t, 4000);
    t->load_g[WASTE_KITCHEN] += 8000;
    site_run(t, 4000);
    t->load_g[WASTE_KITCHEN] -= 8000;
    site_run(t, 10000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
    assert_int_equal(site_count(t, EVENT_ADJUSTMENT), 1);
    assert_int_equal(site_event(t, EVENT_ADJUSTMENT, 0)->body.adjustment.cause, ADJUST_LEANING);
    /* What stays is a bag under a lid that has lost its voice. */
    t->load_g[WASTE_KITCHEN] += 900;
    site_run(t, 10000);
    assert_int_equal(site_deposit(t, 0)->weight_g, 900);
}

static void weight_before_the_lid_is_not_the_bag(void **state)
{
    struct test_site *t = *state;
    t->load_g[WASTE_KITCHEN] += 2000;
    site_run(t, 3000);
    site_drop(t, WASTE_KITCHEN, 500);
    site_run(t, 2000);
    assert_int_equal(site_event(t, EVENT_ADJUSTMENT, 0)->body.adjustment.change_g, 2000);
    assert_int_equal(site_deposit(t, 0)->weight_g, 500);
}

static void drift_is_followed(void **state)
{
    struct test_site *t = *state;
    for (int i = 0; i < 100; i++) {
        t->load_g[WASTE_KITCHEN] += 10;
        site_run(t, 60000);
    }
    int32_t drifted_g = 0;
    for (int i = 0; i < site_count(t, EVENT_ADJUSTMENT); i++) {
        const struct event_adjustment *drift = &site_event(t, EVENT_ADJUSTMENT, i)->body.adjustment;
        assert_int_equal(drift->cause, ADJUST_DRIFT);
        drifted_g += drift->change_g;
    }
    /* All of it but what is not yet worth a row. */
    assert_in_range(drifted_g, 1000 - bin_min_deposit(&t->kiosk.bins[WASTE_KITCHEN]), 1000);
    site_choose(t, WASTE_KITCHEN);
    site_drop(t, WASTE_KITCHEN, 500);
    site_run(t, 2000);
    assert_int_equal(site_deposit(t, 0)->weight_g, 500);
}

/* No digits a device sends may overflow a weight; beyond any scale's range they are a fault. */
static void impossible_weights_are_a_fault_of_the_scale(void **state)
{
    struct test_site *t = *state;
    static const int32_t values[] = {INT32_MAX, INT32_MIN, -INT32_MAX, INT32_MAX};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        site_lid(t, WASTE_KITCHEN, i % 2 == 0);
        for (int k = 0; k < 30; k++) {
            site_reading(t, (reading_t){.kind = READING_WEIGHT,
                                        .port = WASTE_KITCHEN,
                                        .channel = 1,
                                        .has_value = true,
                                        .grams = values[i]});
            assert_int_equal(site_view(t).bins[WASTE_KITCHEN].scale, SENSOR_ERROR);
            site_mute_scale(t, WASTE_KITCHEN, true);
            site_run(t, 100);
        }
    }
    site_mute_scale(t, WASTE_KITCHEN, false);
    site_run(t, 5000);
    for (int i = 0; i < site_count(t, EVENT_DEPOSIT); i++) {
        assert_int_equal(site_deposit(t, i)->outcome, OUTCOME_UNWEIGHED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(two_lids_at_once_are_two_deposits),
        SITE_TEST(lid_left_open_is_decided_by_rest),
        SITE_TEST(lid_left_open_over_next_to_nothing_waits_for_its_closing),
        SITE_TEST(next_bag_under_a_lid_left_open_is_of_the_next_visit),
        SITE_TEST(removal_under_a_lid_left_open_is_an_adjustment),
        SITE_TEST(lid_left_open_does_not_hold_the_screen),
        SITE_TEST(lid_open_at_the_start_is_no_deposit),
        SITE_TEST(lid_reopened_before_the_weight_settled_loses_nothing),
        SITE_TEST(gusts_at_a_noisy_scale_are_no_deposit),
        SITE_TEST(chattering_lid_is_one_opening),
        SITE_TEST(without_a_lid_sensor_a_step_decides),
        SITE_TEST(without_a_lid_sensor_a_chosen_bag_is_told_within_a_second),
        SITE_TEST(under_a_silent_lid_a_chosen_bag_is_told_within_a_second),
        SITE_TEST(unchosen_weight_is_waited_for),
        SITE_TEST(scale_lost_in_an_opening_and_back_weighs_all_of_it),
        SITE_TEST(scale_lost_under_a_lid_left_open_is_no_deposit),
        SITE_TEST(lid_board_lost_in_an_opening_loses_nothing),
        SITE_TEST(weight_that_stays_under_a_closed_lid_is_an_adjustment),
        SITE_TEST(leaning_that_comes_and_goes_is_a_note),
        SITE_TEST(leaning_under_a_silent_lid_is_no_deposit),
        SITE_TEST(weight_before_the_lid_is_not_the_bag),
        SITE_TEST(drift_is_followed),
        SITE_TEST(impossible_weights_are_a_fault_of_the_scale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
