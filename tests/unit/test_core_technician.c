/* The technician's board: who may see it, and what a wiring check says. */
#include "core_site.h"

static void enter(struct test_site *t)
{
    site_intent(t, INTENT_SERVICE, 0);
    struct kiosk_input pin = {.kind = INPUT_PIN, .u.pin = "86420"};
    site_input(t, pin);
    site_input(t,
               (struct kiosk_input){.kind = INPUT_PIN_RESULT,
                                    .u.pin_result = {.accepted = true, .role = ROLE_TECHNICIAN}});
}

static void the_technicians_pin_opens_the_devices(void **state)
{
    struct test_site *t = *state;
    enter(t);
    struct view view = site_view(t);
    assert_int_equal(view.screen, SCREEN_DEVICES);
    assert_int_equal(view.device_count, t->site.port_count);
    assert_true(view.devices[0].weighs);
    assert_true(view.devices[0].has_grams);
    assert_int_equal(view.devices[LID_PORT].bins, BINS);
    assert_string_equal(view.devices[LID_PORT].lids, "CCCC");
    assert_string_equal(site_event(t, EVENT_LOGIN, 0)->body.login.who, "technician");
    site_intent(t, INTENT_LEAVE, 0);
    assert_int_equal(site_view(t).screen, SCREEN_CHOOSE);
}

static void a_wrong_pin_is_nobodys(void **state)
{
    struct test_site *t = *state;
    site_intent(t, INTENT_SERVICE, 0);
    site_pin(t, "1111", false);
    assert_string_equal(site_event(t, EVENT_LOGIN, 0)->body.login.who, "unknown");
    assert_int_equal(site_view(t).screen, SCREEN_KEYPAD);
}

static void the_right_lid_is_confirmed_and_makes_no_deposit(void **state)
{
    struct test_site *t = *state;
    enter(t);
    site_intent(t, INTENT_WIRING, t->site.bins[1].number);
    assert_int_equal(site_view(t).wiring.result, WIRING_WAITING);
    assert_int_equal(site_view(t).wiring.bin, 1);
    site_lid(t, 1, true);
    struct view view = site_view(t);
    assert_int_equal(view.wiring.result, WIRING_RIGHT);
    assert_string_equal(view.wiring.port, t->site.ports[LID_PORT]);
    assert_int_equal(view.wiring.channel, t->site.bins[1].lid.channel);
    site_lid(t, 1, false);
    site_run(t, 5000);
    assert_int_equal(site_count(t, EVENT_OPENING), 0);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
}

static void another_lid_is_named_with_the_bin_that_has_it(void **state)
{
    struct test_site *t = *state;
    enter(t);
    site_intent(t, INTENT_WIRING, t->site.bins[1].number);
    site_lid(t, 3, true);
    struct view view = site_view(t);
    assert_int_equal(view.wiring.result, WIRING_OTHER);
    assert_int_equal(view.wiring.other_bin, 3);
    assert_int_equal(view.wiring.channel, t->site.bins[3].lid.channel);
}

static void nothing_that_moves_is_told_after_a_while(void **state)
{
    struct test_site *t = *state;
    enter(t);
    site_intent(t, INTENT_WIRING, t->site.bins[0].number);
    site_run(t, 29000);
    assert_int_equal(site_view(t).wiring.result, WIRING_WAITING);
    site_run(t, 2000);
    assert_int_equal(site_view(t).wiring.result, WIRING_NOTHING);
    /* Back first to the question, then out. */
    site_intent(t, INTENT_CANCEL, 0);
    assert_int_equal(site_view(t).wiring.result, WIRING_OFF);
    assert_int_equal(site_view(t).screen, SCREEN_DEVICES);
    site_intent(t, INTENT_CANCEL, 0);
    assert_int_equal(site_view(t).screen, SCREEN_CHOOSE);
}

static void weight_that_comes_during_a_check_is_no_deposit_but_not_lost(void **state)
{
    struct test_site *t = *state;
    enter(t);
    site_intent(t, INTENT_WIRING, t->site.bins[0].number);
    t->load_g[2] += 1500;
    site_run(t, 3000);
    site_lid(t, 0, true);
    site_lid(t, 0, false);
    site_run(t, 10000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
    assert_int_equal(site_count(t, EVENT_ADJUSTMENT), 1);
    assert_in_range(site_event(t, EVENT_ADJUSTMENT, 0)->body.adjustment.change_g, 1490, 1510);
}

static void leaving_in_the_middle_puts_the_bins_back_to_work(void **state)
{
    struct test_site *t = *state;
    enter(t);
    site_intent(t, INTENT_WIRING, t->site.bins[0].number);
    site_intent(t, INTENT_LEAVE, 0);
    site_choose(t, WASTE_KITCHEN);
    site_drop(t, WASTE_KITCHEN, 900);
    site_run(t, 2000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_CONSISTENT);
}

static void a_channel_that_only_begins_to_speak_has_not_moved(void **state)
{
    struct test_site *t = *state;
    enter(t);
    site_intent(t, INTENT_WIRING, t->site.bins[0].number);
    reading_t spare = {.kind = READING_LID,
                       .port = LID_PORT,
                       .channel = 7,
                       .has_value = true,
                       .lid_open = true,
                       .t_ms = t->now_ms};
    site_reading(t, spare);
    assert_int_equal(site_view(t).wiring.result, WIRING_WAITING);
    spare.lid_open = false;
    site_reading(t, spare);
    struct view view = site_view(t);
    assert_int_equal(view.wiring.result, WIRING_OTHER);
    assert_int_equal(view.wiring.channel, 7);
    assert_int_equal(view.wiring.other_bin, -1);
}

/* ---- zero and tare --------------------------------------------------------------------------- */

static void order(struct test_site *t, int bin, enum intent_kind kind)
{
    const uint16_t channel = (uint16_t)(1U << t->site.bins[bin].scale.channel);
    t->site.zeroes[t->site.bins[bin].scale.port] = channel;
    t->site.tares[t->site.bins[bin].scale.port] = channel;
    enter(t);
    assert_true(site_view(t).order.is_offered);
    site_intent(t, INTENT_SCALES, 0);
    assert_int_equal(site_view(t).order.step, ORDER_PICK);
    site_intent(t, INTENT_SCALE, t->site.bins[bin].number);
    assert_int_equal(site_view(t).order.step, ORDER_BIN);
    site_intent(t, kind, 0);
    assert_int_equal(site_view(t).order.step, ORDER_CONFIRM);
    assert_int_equal(t->commands, 0);
}

static void a_zero_is_confirmed_sent_recorded_and_no_waste(void **state)
{
    struct test_site *t = *state;
    order(t, 1, INTENT_ZERO);
    const int32_t shown_g = t->kiosk.bins[1].grams;
    site_intent(t, INTENT_CONFIRM, 0);
    assert_int_equal(t->commands, 1);
    assert_int_equal(t->commanded_port, t->site.bins[1].scale.port);
    assert_false(t->commanded_tare);
    const struct event_scale_order *zero = &site_event(t, EVENT_ZERO, 0)->body.scale_order;
    assert_int_equal(zero->bin, t->site.bins[1].number);
    assert_string_equal(zero->scale, t->site.ports[t->site.bins[1].scale.port]);
    assert_string_equal(zero->who, "technician");
    assert_true(zero->has_before);
    assert_in_range(zero->before_g, shown_g - 10, shown_g + 10);
    t->load_g[1] = 0;
    site_run(t, 8000);
    assert_int_equal(site_view(t).order.step, ORDER_DONE);
    assert_int_equal(site_view(t).order.grams, 0);
    assert_int_equal(site_count(t, EVENT_ADJUSTMENT), 1);
    const struct event_adjustment *shift = &site_event(t, EVENT_ADJUSTMENT, 0)->body.adjustment;
    assert_int_equal(shift->cause, ADJUST_ZEROED);
    assert_int_equal(shift->final_g, 0);
    site_intent(t, INTENT_LEAVE, 0);
    /* What comes next is weighed from the new zero. */
    site_choose(t, t->site.bins[1].class);
    site_drop(t, 1, 700);
    site_run(t, 15000);
    assert_int_equal(site_count(t, EVENT_ADJUSTMENT), 1);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_deposit(t, 0)->base_g, 0);
    assert_in_range(site_deposit(t, 0)->weight_g, 690, 710);
}

static void a_tare_is_another_row(void **state)
{
    struct test_site *t = *state;
    order(t, 2, INTENT_TARE);
    site_intent(t, INTENT_CONFIRM, 0);
    assert_true(t->commanded_tare);
    assert_int_equal(site_count(t, EVENT_TARE), 1);
    assert_int_equal(site_count(t, EVENT_ZERO), 0);
}

static void a_scale_that_does_not_obey_is_told(void **state)
{
    struct test_site *t = *state;
    order(t, 0, INTENT_ZERO);
    site_intent(t, INTENT_CONFIRM, 0);
    site_run(t, 8000);
    assert_int_equal(site_view(t).order.step, ORDER_SAME);
    assert_int_equal(site_view(t).order.grams, EMPTY_G);
    assert_int_equal(site_count(t, EVENT_ADJUSTMENT), 0);
}

static void a_scale_that_falls_silent_ends_the_wait(void **state)
{
    struct test_site *t = *state;
    order(t, 0, INTENT_ZERO);
    site_mute_scale(t, 0, true);
    site_intent(t, INTENT_CONFIRM, 0);
    site_run(t, 11000);
    assert_int_equal(site_view(t).order.step, ORDER_SILENT);
    site_mute_scale(t, 0, false);
    t->load_g[0] = 0;
    site_run(t, 10000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
    assert_int_equal(site_count(t, EVENT_ADJUSTMENT), 1);
    assert_int_equal(t->kiosk.bins[0].base_g, 0);
}

static void nothing_is_sent_without_a_yes_or_to_a_scale_that_cannot(void **state)
{
    struct test_site *t = *state;
    order(t, 1, INTENT_ZERO);
    site_intent(t, INTENT_CANCEL, 0);
    assert_int_equal(site_view(t).order.step, ORDER_OFF);
    site_intent(t, INTENT_CONFIRM, 0);
    site_intent(t, INTENT_SCALES, 0);
    site_intent(t, INTENT_SCALE, t->site.bins[0].number);
    assert_int_equal(site_view(t).order.step, ORDER_PICK);
    site_intent(t, INTENT_ZERO, 0);
    site_intent(t, INTENT_CONFIRM, 0);
    assert_int_equal(t->commands, 0);
    assert_int_equal(site_count(t, EVENT_ZERO), 0);
}

static void leaving_while_a_scale_is_waited_for_invents_nothing(void **state)
{
    struct test_site *t = *state;
    order(t, 1, INTENT_ZERO);
    site_intent(t, INTENT_CONFIRM, 0);
    site_run(t, 500);
    site_intent(t, INTENT_LEAVE, 0);
    assert_int_equal(site_view(t).screen, SCREEN_CHOOSE);
    t->load_g[1] = 0;
    site_run(t, 20000);
    assert_int_equal(site_count(t, EVENT_ADJUSTMENT), 1); /* the shift, not waste */
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
    assert_int_equal(t->kiosk.bins[1].base_g, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(the_technicians_pin_opens_the_devices),
        SITE_TEST(a_wrong_pin_is_nobodys),
        SITE_TEST(the_right_lid_is_confirmed_and_makes_no_deposit),
        SITE_TEST(another_lid_is_named_with_the_bin_that_has_it),
        SITE_TEST(nothing_that_moves_is_told_after_a_while),
        SITE_TEST(weight_that_comes_during_a_check_is_no_deposit_but_not_lost),
        SITE_TEST(leaving_in_the_middle_puts_the_bins_back_to_work),
        SITE_TEST(a_zero_is_confirmed_sent_recorded_and_no_waste),
        SITE_TEST(a_tare_is_another_row),
        SITE_TEST(a_scale_that_does_not_obey_is_told),
        SITE_TEST(a_scale_that_falls_silent_ends_the_wait),
        SITE_TEST(nothing_is_sent_without_a_yes_or_to_a_scale_that_cannot),
        SITE_TEST(leaving_while_a_scale_is_waited_for_invents_nothing),
        SITE_TEST(a_channel_that_only_begins_to_speak_has_not_moved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
