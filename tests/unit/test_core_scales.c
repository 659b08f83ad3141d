/* Scales that are out of range or frozen: named on screen, a pair of rows in the ledger, and never
 * a weight.
 */
#include "core_site.h"

enum { HOUR_MS = 3600 * 1000, BIN = WASTE_KITCHEN };

/* ---- overload -------------------------------------------------------------------------------- */

static void overload_is_one_pair(void **state)
{
    struct test_site *t = *state;
    t->scale_status[BIN] = READING_OVERLOAD;
    site_run(t, 20000);
    assert_int_equal(site_view(t).bins[BIN].scale, SENSOR_OVERLOAD);
    assert_int_equal(site_count(t, EVENT_OVERLOAD), 1);
    const struct kiosk_event *began = site_event(t, EVENT_OVERLOAD, 0);
    assert_int_equal(began->body.overload.bin, BIN + 1);
    assert_true(began->body.overload.began);
    assert_int_equal(began->at.t_ms - began->body.overload.since_ms, 1000);
    t->scale_status[BIN] = READING_OK;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_OVERLOAD), 2);
    const struct event_overload *ended = &site_event(t, EVENT_OVERLOAD, 1)->body.overload;
    assert_int_equal(ended->bin, BIN + 1);
    assert_false(ended->began);
    assert_int_equal(ended->since_ms, began->body.overload.since_ms);
    assert_int_equal(site_count(t, EVENT_DEVICE_LOST), 0);
}

static void underload_is_out_of_range_too(void **state)
{
    struct test_site *t = *state;
    t->scale_status[BIN] = READING_UNDERLOAD;
    site_run(t, 2000);
    assert_true(site_event(t, EVENT_OVERLOAD, 0)->body.overload.began);
}

/* A bag that drops hard, and a load at the very end of the range. */
static void moments_out_of_range_are_not_recorded(void **state)
{
    struct test_site *t = *state;
    for (int i = 0; i < 50; i++) {
        t->scale_status[BIN] = i % 2 == 0 ? READING_OVERLOAD : READING_OK;
        site_run(t, 700);
    }
    assert_int_equal(site_count(t, EVENT_OVERLOAD), 0);
    t->scale_status[BIN] = READING_OVERLOAD;
    site_run(t, 2000);
    for (int i = 0; i < 50; i++) {
        t->scale_status[BIN] = i % 2 == 0 ? READING_OVERLOAD : READING_OK;
        site_run(t, 700);
    }
    assert_int_equal(site_count(t, EVENT_OVERLOAD), 1);
}

static void lost_port_does_not_end_an_overload(void **state)
{
    struct test_site *t = *state;
    t->scale_status[BIN] = READING_OVERLOAD;
    site_run(t, 2000);
    site_port(t, BIN, false);
    site_run(t, 20000);
    site_port(t, BIN, true);
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_OVERLOAD), 1);
    t->scale_status[BIN] = READING_OK;
    site_run(t, 2000);
    assert_int_equal(site_count(t, EVENT_OVERLOAD), 2);
}

static void overload_goes_on_over_a_restart(void **state)
{
    struct test_site *t = *state;
    t->scale_status[BIN] = READING_OVERLOAD;
    site_run(t, 2000);
    site_restart(t);
    site_run(t, 5000);
    assert_int_equal(site_count(t, EVENT_OVERLOAD), 1);
    t->scale_status[BIN] = READING_OK;
    site_run(t, 2000);
    assert_int_equal(site_count(t, EVENT_OVERLOAD), 2);
    assert_false(site_event(t, EVENT_OVERLOAD, 1)->body.overload.began);
    site_restart(t);
    site_run(t, 5000);
    assert_int_equal(site_count(t, EVENT_OVERLOAD), 2);
}

/* ---- frozen ---------------------------------------------------------------------------------- */

static void three_unanswered_openings_are_a_frozen_scale(void **state)
{
    struct test_site *t = *state;
    site_open_for(t, BIN, 2500);
    site_open_for(t, BIN, 2500);
    assert_int_equal(site_count(t, EVENT_FROZEN), 0);
    assert_int_equal(site_view(t).bins[BIN].scale, SENSOR_OK);
    site_open_for(t, BIN, 2500);
    assert_int_equal(site_count(t, EVENT_FROZEN), 1);
    const struct event_frozen *frozen = &site_event(t, EVENT_FROZEN, 0)->body.frozen;
    assert_int_equal(frozen->bin, BIN + 1);
    assert_true(frozen->began);
    assert_int_equal(frozen->grams, EMPTY_G);
    assert_int_equal(frozen->since_ms, 10 * BIN); /* its very first reading */
    struct view view = site_view(t);
    assert_int_equal(view.bins[BIN].scale, SENSOR_FROZEN);
    assert_false(view.bins[BIN].has_grams);
    assert_false(view.bins[BIN].has_fill);
    site_run(t, HOUR_MS);
    assert_int_equal(site_count(t, EVENT_FROZEN), 1);
}

static void short_openings_prove_nothing(void **state)
{
    struct test_site *t = *state;
    for (int i = 0; i < 20; i++) {
        site_open_for(t, BIN, 1500);
    }
    assert_int_equal(site_count(t, EVENT_FROZEN), 0);
}

/* One division, up and down again, is life. */
static void least_change_is_life(void **state)
{
    struct test_site *t = *state;
    for (int i = 0; i < 20; i++) {
        site_open_for(t, BIN, 2500);
        if (i % 2 == 1) {
            t->load_g[BIN] += DIVISION_G;
            site_run(t, 200);
            t->load_g[BIN] -= DIVISION_G;
            site_run(t, 200);
        }
    }
    assert_int_equal(site_count(t, EVENT_FROZEN), 0);
}

static void other_bins_do_not_count(void **state)
{
    struct test_site *t = *state;
    for (int i = 0; i < 12; i++) {
        site_open_for(t, i % 4, i % 4 == BIN ? 500 : 2500);
    }
    assert_int_equal(site_view(t).bins[BIN].scale, SENSOR_OK);
    assert_int_equal(site_count(t, EVENT_FROZEN), 3); /* the three others */
}

static void deposit_into_a_frozen_scale_is_unweighed(void **state)
{
    struct test_site *t = *state;
    site_freeze(t, BIN);
    site_choose(t, (enum waste_class)BIN);
    assert_false(site_view(t).has_live);
    site_open_for(t, BIN, 2500);
    const struct event_deposit *deposit = site_deposit(t, FREEZE_OPENINGS);
    assert_int_equal(deposit->outcome, OUTCOME_UNWEIGHED);
    assert_int_equal(deposit->quality, QUALITY_NONE);
    assert_false(deposit->has_base);
}

static void first_change_ends_it(void **state)
{
    struct test_site *t = *state;
    site_freeze(t, BIN);
    t->load_g[BIN] += DIVISION_G;
    site_run(t, 100);
    assert_int_equal(site_count(t, EVENT_FROZEN), 2);
    const struct event_frozen *ended = &site_event(t, EVENT_FROZEN, 1)->body.frozen;
    assert_false(ended->began);
    assert_int_equal(ended->bin, BIN + 1);
    assert_int_equal(ended->grams, EMPTY_G + DIVISION_G);
    assert_int_equal(ended->since_ms, site_event(t, EVENT_FROZEN, 0)->body.frozen.since_ms);
    site_run(t, 10000);
    assert_int_equal(site_view(t).bins[BIN].scale, SENSOR_OK);
    site_choose(t, (enum waste_class)BIN);
    site_drop(t, BIN, 700);
    site_run(t, 3000);
    assert_int_equal(site_deposit(t, FREEZE_OPENINGS)->weight_g, 700);
}

/* What came while it was frozen belongs to no deposit, and is not lost either. */
static void weight_of_the_frozen_time_is_an_adjustment(void **state)
{
    struct test_site *t = *state;
    site_freeze(t, BIN);
    site_open_for(t, BIN, 2500);
    t->load_g[BIN] += 4000; /* it shows all at once what came meanwhile */
    site_run(t, 20000);
    assert_int_equal(site_deposit(t, FREEZE_OPENINGS)->outcome, OUTCOME_UNWEIGHED);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), FREEZE_OPENINGS + 1);
    const struct event_adjustment *change = &site_event(t, EVENT_ADJUSTMENT, 0)->body.adjustment;
    assert_int_equal(change->change_g, 4000);
    assert_int_equal(change->base_g, EMPTY_G);
}

/* It wakes up under an open lid: how much of the change is this bag's, nobody knows. */
static void scale_that_wakes_under_an_open_lid_weighs_nothing(void **state)
{
    struct test_site *t = *state;
    site_freeze(t, BIN);
    site_choose(t, (enum waste_class)BIN);
    site_drop(t, BIN, 5000);
    site_run(t, 20000);
    assert_int_equal(site_deposit(t, FREEZE_OPENINGS)->outcome, OUTCOME_UNWEIGHED);
    assert_int_equal(site_event(t, EVENT_ADJUSTMENT, 0)->body.adjustment.change_g, 5000);
    site_choose(t, (enum waste_class)BIN);
    site_drop(t, BIN, 600);
    site_run(t, 3000);
    assert_int_equal(site_deposit(t, FREEZE_OPENINGS + 1)->weight_g, 600);
}

static void opening_at_once_after_it_woke_weighs_nothing(void **state)
{
    struct test_site *t = *state;
    site_freeze(t, BIN);
    t->load_g[BIN] += 4000;
    site_run(t, 200);
    site_drop(t, BIN, 500);
    site_run(t, 20000);
    assert_int_equal(site_deposit(t, FREEZE_OPENINGS)->outcome, OUTCOME_UNWEIGHED);
    assert_int_equal(site_event(t, EVENT_ADJUSTMENT, 0)->body.adjustment.change_g, 4500);
}

static void frozen_goes_on_over_a_restart(void **state)
{
    struct test_site *t = *state;
    site_freeze(t, BIN);
    site_restart(t);
    site_run(t, 5000);
    assert_int_equal(site_view(t).bins[BIN].scale, SENSOR_FROZEN);
    site_open_for(t, BIN, 2500);
    assert_int_equal(site_deposit(t, FREEZE_OPENINGS)->outcome, OUTCOME_UNWEIGHED);
    assert_int_equal(site_count(t, EVENT_FROZEN), 1);
    t->load_g[BIN] += 300; /* repaired while the power was off */
    site_restart(t);
    site_run(t, 5000);
    assert_int_equal(site_count(t, EVENT_FROZEN), 2);
    assert_int_equal(site_view(t).bins[BIN].scale, SENSOR_OK);
}

static void outage_does_not_thaw(void **state)
{
    struct test_site *t = *state;
    site_freeze(t, BIN);
    site_port(t, BIN, false);
    site_run(t, 20000);
    assert_int_equal(site_view(t).bins[BIN].scale, SENSOR_LOST);
    site_port(t, BIN, true);
    site_run(t, 5000);
    assert_int_equal(site_view(t).bins[BIN].scale, SENSOR_FROZEN);
    assert_int_equal(site_count(t, EVENT_FROZEN), 1);
}

static void openings_on_both_sides_of_an_outage_do_not_add_up(void **state)
{
    struct test_site *t = *state;
    for (int i = 0; i < 6; i++) {
        if (i % 2 == 0) {
            site_port(t, BIN, false);
            site_run(t, 1000);
            site_port(t, BIN, true);
            site_run(t, 3000);
        }
        site_open_for(t, BIN, 2500);
    }
    assert_int_equal(site_count(t, EVENT_FROZEN), 0);
}

/* An indicator that filters well may stand still all night. */
static void still_scale_that_never_flickered_is_well(void **state)
{
    struct test_site *t = *state;
    t->scale_period_ms = 1000;
    t->site.timing.settle_ms = 5000;
    site_run(t, 30 * (int64_t)HOUR_MS);
    assert_int_equal(site_count(t, EVENT_FROZEN), 0);
}

/* Wherever its load comes to rest, it flickers. */
static void flicker_under_many_loads(struct test_site *t)
{
    t->noise_g[BIN] = DIVISION_G;
    site_run(t, 60 * 1000);
    for (int i = 0; i <= FROZEN_PLACES; i++) { /* since when the first rests is not known */
        site_run(t, 60 * 1000);
        site_drop(t, BIN, 500);
    }
    site_run(t, 60 * 1000);
}

static void flickering_scale_that_stands_still_for_a_day_is_frozen(void **state)
{
    struct test_site *t = *state;
    flicker_under_many_loads(t);
    t->noise_g[BIN] = 0;
    t->scale_period_ms = 1000;
    site_run(t, 23 * (int64_t)HOUR_MS);
    assert_int_equal(site_count(t, EVENT_FROZEN), 0);
    site_run(t, 2 * (int64_t)HOUR_MS);
    assert_int_equal(site_count(t, EVENT_FROZEN), 1);
    const struct kiosk_event *began = site_event(t, EVENT_FROZEN, 0);
    assert_int_equal(began->body.frozen.bin, BIN + 1);
    int64_t stood_ms = began->at.t_ms - began->body.frozen.since_ms;
    assert_in_range(stood_ms, 24 * (int64_t)HOUR_MS, 24 * (int64_t)HOUR_MS + t->scale_period_ms);
}

static void flickering_scale_is_found_out_at_once(void **state)
{
    struct test_site *t = *state;
    flicker_under_many_loads(t);
    int deposits = site_count(t, EVENT_DEPOSIT), closings = site_count(t, EVENT_CLOSING);
    t->noise_g[BIN] = 0;
    site_run(t, 10000);
    site_choose(t, (enum waste_class)BIN);
    site_open_for(t, BIN, 2500);
    assert_int_equal(site_view(t).bins[BIN].scale, SENSOR_FROZEN);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), deposits + 1);
    assert_int_equal(site_count(t, EVENT_CLOSING), closings);
    assert_int_equal(site_deposit(t, deposits)->outcome, OUTCOME_UNWEIGHED);
    assert_int_equal(site_deposit(t, deposits)->chosen, BIN);
}

/* A digit that the wire turns now and then is no division. */
static void spikes_of_a_calm_scale_are_not_its_division(void **state)
{
    struct test_site *t = *state;
    for (int i = 0; i < 40; i++) {
        t->load_g[WASTE_KITCHEN] += 46250;
        site_run(t, SCALE_PERIOD_MS);
        t->load_g[WASTE_KITCHEN] -= 46250;
        site_run(t, 5000);
    }
    site_choose(t, WASTE_KITCHEN);
    site_drop(t, WASTE_KITCHEN, 5900);
    site_run(t, 3000);
    assert_int_equal(t->kiosk.bins[WASTE_KITCHEN].learn.terms.division_g, DIVISION_G);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_deposit(t, 0)->weight_g, 5900);
}

/* With little noise it flickers near the edge of a division only: the next load may stand for
 * hours, and is alive. */
static void scale_that_flickers_here_and_stands_there_is_well(void **state)
{
    struct test_site *t = *state;
    for (int i = 0; i < 3 * FROZEN_PLACES; i++) {
        t->noise_g[BIN] = i % FROZEN_PLACES == FROZEN_PLACES - 1 ? 0 : DIVISION_G;
        site_run(t, 5 * 60 * 1000);
        if (t->noise_g[BIN] == 0) {
            site_open_for(t, BIN, 2500);
            assert_int_equal(site_view(t).bins[BIN].scale, SENSOR_OK);
            site_run(t, 30 * (int64_t)HOUR_MS);
        }
        site_drop(t, BIN, 500);
        site_run(t, 5000);
    }
    assert_int_equal(site_count(t, EVENT_FROZEN), 0);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 3 * FROZEN_PLACES);
}

/* Empty openings of one that flickers on are nothing. */
static void flickering_scale_that_lives_invents_nothing(void **state)
{
    struct test_site *t = *state;
    t->noise_g[BIN] = DIVISION_G;
    site_run(t, 5 * 60 * 1000);
    for (int i = 0; i < 100; i++) {
        site_open_for(t, BIN, 2500);
    }
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
    assert_int_equal(site_count(t, EVENT_FROZEN), 0);
}

/* ---- faults of the line ---------------------------------------------------------------------- */

static void every_fault_of_a_port_ends_with_a_reading(void **state)
{
    struct test_site *t = *state;
    static const enum port_fault faults[] = {PORT_FAULT_FRAMES, PORT_FAULT_WRONG_DEVICE,
                                             PORT_FAULT_DUPLICATE};
    for (int i = 0; i < 3; i++) {
        site_input(t, (struct kiosk_input){.kind = INPUT_PORT_STATUS,
                                           .u.port_status = {.port = BIN,
                                                             .state = PORT_CHECKING,
                                                             .fault = (uint8_t)faults[i]}});
        assert_int_equal(site_count(t, EVENT_DEVICE_LOST), i + 1);
        site_scale_reading(t, BIN);
        assert_int_equal(site_count(t, EVENT_DEVICE_BACK), i + 1);
        assert_string_equal(site_event(t, EVENT_DEVICE_BACK, i)->body.device.device, "s3");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(spikes_of_a_calm_scale_are_not_its_division),
        SITE_TEST(overload_is_one_pair),
        SITE_TEST(underload_is_out_of_range_too),
        SITE_TEST(moments_out_of_range_are_not_recorded),
        SITE_TEST(lost_port_does_not_end_an_overload),
        SITE_TEST(overload_goes_on_over_a_restart),
        SITE_TEST(three_unanswered_openings_are_a_frozen_scale),
        SITE_TEST(short_openings_prove_nothing),
        SITE_TEST(least_change_is_life),
        SITE_TEST(other_bins_do_not_count),
        SITE_TEST(deposit_into_a_frozen_scale_is_unweighed),
        SITE_TEST(first_change_ends_it),
        SITE_TEST(weight_of_the_frozen_time_is_an_adjustment),
        SITE_TEST(scale_that_wakes_under_an_open_lid_weighs_nothing),
        SITE_TEST(opening_at_once_after_it_woke_weighs_nothing),
        SITE_TEST(frozen_goes_on_over_a_restart),
        SITE_TEST(outage_does_not_thaw),
        SITE_TEST(openings_on_both_sides_of_an_outage_do_not_add_up),
        SITE_TEST(still_scale_that_never_flickered_is_well),
        SITE_TEST(flickering_scale_that_stands_still_for_a_day_is_frozen),
        SITE_TEST(flickering_scale_is_found_out_at_once),
        SITE_TEST(scale_that_flickers_here_and_stands_there_is_well),
        SITE_TEST(flickering_scale_that_lives_invents_nothing),
        SITE_TEST(every_fault_of_a_port_ends_with_a_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
