/* The service screens: PIN, and handing a full bin over. */
#include "core_site.h"

static const struct event_collection *collection(const struct test_site *t, int index)
{
    return &site_event(t, EVENT_COLLECTION, index)->body.collection;
}

static void enter(struct test_site *t)
{
    site_intent(t, INTENT_SERVICE, 0);
    site_pin(t, "1234", true);
    assert_int_equal(site_view(t).screen, SCREEN_FILL);
}

/* A bin with some waste, its cleaner before the fill board. */
static void begin(struct test_site *t)
{
    t->load_g[WASTE_KITCHEN] = EMPTY_G + 30000;
    site_run(t, 8000);
    assert_int_equal(site_count(t, EVENT_ADJUSTMENT), 1);
    enter(t);
}

static void swap(struct test_site *t)
{
    site_lid(t, WASTE_KITCHEN, true);
    t->load_g[WASTE_KITCHEN] = 0;
    site_run(t, 20000);
    t->load_g[WASTE_KITCHEN] = EMPTY_G;
    site_run(t, 1000);
    site_lid(t, WASTE_KITCHEN, false);
}

/* ---- PIN ------------------------------------------------------------------------------------- */

static void pin_is_typed_checked_and_recorded(void **state)
{
    struct test_site *t = *state;
    site_intent(t, INTENT_SERVICE, 0);
    assert_int_equal(site_view(t).screen, SCREEN_KEYPAD);
    for (int digit = 9; digit > 4; digit--) {
        site_intent(t, INTENT_DIGIT, digit);
    }
    site_intent(t, INTENT_ERASE, 0);
    assert_int_equal(site_view(t).keypad_digits, 4);
    site_intent(t, INTENT_ENTER, 0);
    assert_int_equal(t->pins_asked, 1);
    assert_string_equal(t->pin, "9876");
    assert_int_equal(site_view(t).keypad, KEYPAD_CHECKING);
    site_input(t, (struct kiosk_input){.kind = INPUT_PIN_RESULT, .u.pin_result = {true}});
    assert_int_equal(site_view(t).screen, SCREEN_FILL);
    assert_true(site_event(t, EVENT_LOGIN, 0)->body.login.accepted);
    assert_string_equal(site_event(t, EVENT_LOGIN, 0)->body.login.who, "cleaner");
}

static void wrong_pins_lock_the_keypad(void **state)
{
    struct test_site *t = *state;
    site_intent(t, INTENT_SERVICE, 0);
    for (int i = 0; i < ACCESS_FREE_TRIES; i++) {
        site_pin(t, "0000", false);
    }
    assert_int_equal(site_view(t).keypad, KEYPAD_LOCKED);
    assert_int_equal(site_view(t).keypad_wait_s, ACCESS_FIRST_WAIT_MS / 1000);
    int asked = t->pins_asked;
    site_pin(t, "1234", true);
    assert_int_equal(t->pins_asked, asked);
    assert_int_equal(site_view(t).screen, SCREEN_KEYPAD);
    site_run(t, ACCESS_FIRST_WAIT_MS);
    site_pin(t, "1234", true);
    assert_int_equal(site_view(t).screen, SCREEN_FILL);
}

/* Or whoever is quick on the cancel key may guess for ever. */
static void leaving_before_the_answer_still_counts_the_wrong_pin(void **state)
{
    struct test_site *t = *state;
    for (int i = 0; i < ACCESS_FREE_TRIES; i++) {
        struct kiosk_input pin = {.kind = INPUT_PIN, .u.pin = "0000"};
        site_intent(t, INTENT_SERVICE, 0);
        site_input(t, pin);
        site_intent(t, INTENT_LEAVE, 0);
        site_input(t, (struct kiosk_input){.kind = INPUT_PIN_RESULT, .u.pin_result = {false}});
    }
    site_intent(t, INTENT_SERVICE, 0);
    assert_int_equal(site_view(t).keypad, KEYPAD_LOCKED);
    assert_int_equal(site_count(t, EVENT_LOGIN), ACCESS_FREE_TRIES);
}

static void right_pin_after_leaving_opens_nothing(void **state)
{
    struct test_site *t = *state;
    struct kiosk_input pin = {.kind = INPUT_PIN, .u.pin = "1234"};
    site_intent(t, INTENT_SERVICE, 0);
    site_input(t, pin);
    site_intent(t, INTENT_LEAVE, 0);
    site_input(t, (struct kiosk_input){.kind = INPUT_PIN_RESULT, .u.pin_result = {true}});
    assert_int_equal(site_view(t).screen, SCREEN_CHOOSE);
}

static void one_pin_is_checked_at_a_time(void **state)
{
    struct test_site *t = *state;
    struct kiosk_input pin = {.kind = INPUT_PIN, .u.pin = "0000"};
    site_intent(t, INTENT_SERVICE, 0);
    site_input(t, pin);
    site_input(t, pin);
    assert_int_equal(t->pins_asked, 1);
}

static void pins_outside_the_keypad_are_ignored(void **state)
{
    struct test_site *t = *state;
    site_pin(t, "1234", true);
    assert_int_equal(t->pins_asked, 0);
    assert_int_equal(site_view(t).screen, SCREEN_CHOOSE);
    site_intent(t, INTENT_SERVICE, 0);
    site_pin(t, "", true);
    assert_int_equal(t->pins_asked, 0);
    assert_int_equal(site_view(t).screen, SCREEN_KEYPAD);
}

static void service_ends_the_visit_and_times_out(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_intent(t, INTENT_SERVICE, 0);
    assert_int_equal(site_count(t, EVENT_VISIT), 1);
    site_run(t, t->site.timing.service_idle_ms - 1);
    assert_int_equal(site_view(t).screen, SCREEN_KEYPAD);
    site_run(t, 1);
    assert_int_equal(site_view(t).screen, SCREEN_CHOOSE);
}

/* ---- handing over ---------------------------------------------------------------------------- */

static void collection_is_no_deposit(void **state)
{
    struct test_site *t = *state;
    begin(t);
    site_intent(t, INTENT_COLLECT, 3);
    struct view view = site_view(t);
    assert_int_equal(view.screen, SCREEN_COLLECT);
    assert_int_equal(view.collect_bin, WASTE_KITCHEN);
    assert_int_equal(view.collect, COLLECT_SWAP);
    assert_int_equal(view.collect_before_g, EMPTY_G + 30000);
    assert_true(view.bins[WASTE_KITCHEN].in_service);
    swap(t);
    site_intent(t, INTENT_COLLECT_DONE, 0);
    assert_int_equal(site_view(t).collect, COLLECT_WEIGHING);
    site_run(t, 1000);
    view = site_view(t);
    assert_int_equal(view.collect, COLLECT_DONE);
    assert_true(view.collect_weighed);
    assert_int_equal(collection(t, 0)->removed_g, 30000);
    assert_int_equal(collection(t, 0)->before_g, EMPTY_G + 30000);
    assert_int_equal(collection(t, 0)->after_g, EMPTY_G);
    assert_int_equal(collection(t, 0)->quality, QUALITY_SETTLED);
    assert_int_equal(collection(t, 0)->bin, 3);
    assert_int_equal(collection(t, 0)->bin_class, WASTE_KITCHEN);
    site_run(t, 70000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
    assert_int_equal(site_count(t, EVENT_ADJUSTMENT), 1);
    assert_int_equal(site_view(t).screen, SCREEN_CHOOSE);
    site_choose(t, WASTE_KITCHEN);
    site_drop(t, WASTE_KITCHEN, 500);
    site_run(t, 2000);
    assert_int_equal(site_deposit(t, 0)->weight_g, 500);
}

static void collection_is_called_recorded_once_it_is(void **state)
{
    struct test_site *t = *state;
    begin(t);
    site_intent(t, INTENT_COLLECT, 3);
    t->ack_delay_ms = 20000;
    swap(t);
    site_intent(t, INTENT_COLLECT_DONE, 0);
    site_run(t, 1000);
    assert_int_equal(site_view(t).collect, COLLECT_DONE);
    assert_true(site_view(t).collect_less);
    assert_false(site_view(t).collect_recorded);
    site_run(t, 20000);
    assert_int_equal(site_view(t).screen, SCREEN_COLLECT);
    assert_true(site_view(t).collect_recorded);
}

static void collection_of_nothing_is_not_said_to_be_one(void **state)
{
    struct test_site *t = *state;
    begin(t);
    site_intent(t, INTENT_COLLECT, 3);
    site_run(t, 1000);
    site_intent(t, INTENT_COLLECT_DONE, 0);
    site_run(t, 1000);
    assert_int_equal(site_view(t).collect, COLLECT_DONE);
    assert_true(site_view(t).collect_weighed);
    assert_false(site_view(t).collect_less);
}

static void several_bins_one_after_another(void **state)
{
    struct test_site *t = *state;
    enter(t);
    for (int number = 1; number <= BINS; number++) {
        site_intent(t, INTENT_COLLECT, number);
        site_run(t, 1000);
        site_intent(t, INTENT_COLLECT_DONE, 0);
        site_run(t, 1000);
        assert_int_equal(site_view(t).collect, COLLECT_DONE);
    }
    assert_int_equal(site_count(t, EVENT_COLLECTION), BINS);
    site_intent(t, INTENT_CANCEL, 0);
    assert_int_equal(site_view(t).screen, SCREEN_FILL);
    site_intent(t, INTENT_CANCEL, 0);
    assert_int_equal(site_view(t).screen, SCREEN_CHOOSE);
}

static void cancelled_collection_keeps_the_account(void **state)
{
    struct test_site *t = *state;
    begin(t);
    site_intent(t, INTENT_COLLECT, 3);
    swap(t);
    site_intent(t, INTENT_CANCEL, 0);
    assert_int_equal(site_view(t).screen, SCREEN_FILL);
    site_run(t, 8000);
    assert_int_equal(site_count(t, EVENT_COLLECTION), 0);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
    assert_int_equal(site_event(t, EVENT_ADJUSTMENT, 1)->body.adjustment.change_g, -30000);
}

static void cancelled_with_the_lid_open_keeps_it_too(void **state)
{
    struct test_site *t = *state;
    begin(t);
    site_intent(t, INTENT_COLLECT, 3);
    site_lid(t, WASTE_KITCHEN, true);
    t->load_g[WASTE_KITCHEN] -= 20000;
    site_run(t, 3000);
    site_intent(t, INTENT_LEAVE, 0);
    assert_int_equal(site_view(t).screen, SCREEN_CHOOSE);
    site_run(t, 2000);
    site_lid(t, WASTE_KITCHEN, false);
    site_run(t, 8000);
    assert_int_equal(site_event(t, EVENT_ADJUSTMENT, 1)->body.adjustment.change_g, -20000);
    assert_int_equal(site_count(t, EVENT_ADJUSTMENT), 2);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
}

static void bag_under_the_lid_a_cleaner_left_open_is_of_a_visit(void **state)
{
    struct test_site *t = *state;
    begin(t);
    site_intent(t, INTENT_COLLECT, 3);
    site_lid(t, WASTE_KITCHEN, true);
    site_run(t, 1000);
    site_intent(t, INTENT_LEAVE, 0);
    t->load_g[WASTE_KITCHEN] += 700;
    site_run(t, 2000);
    site_lid(t, WASTE_KITCHEN, false);
    site_run(t, 15000);
    assert_int_equal(site_deposit(t, 0)->weight_g, 700);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_UNDECLARED);
    assert_int_equal(site_event(t, EVENT_VISIT, 0)->body.visit.visit, site_deposit(t, 0)->visit);
}

static void lid_still_open_at_done_is_no_deposit(void **state)
{
    struct test_site *t = *state;
    begin(t);
    site_intent(t, INTENT_COLLECT, 3);
    site_lid(t, WASTE_KITCHEN, true);
    t->load_g[WASTE_KITCHEN] = EMPTY_G;
    site_run(t, 3000);
    site_intent(t, INTENT_COLLECT_DONE, 0);
    site_run(t, 3000);
    site_lid(t, WASTE_KITCHEN, false);
    site_run(t, 15000);
    assert_int_equal(site_count(t, EVENT_COLLECTION), 1);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
    assert_int_equal(site_count(t, EVENT_CLOSING), 0);
    assert_int_equal(site_count(t, EVENT_ADJUSTMENT), 1);
}

static void cleaner_may_open_the_lid_before_the_button(void **state)
{
    struct test_site *t = *state;
    begin(t);
    site_lid(t, WASTE_KITCHEN, true);
    site_run(t, 2000);
    site_intent(t, INTENT_COLLECT, 3);
    swap(t);
    site_intent(t, INTENT_COLLECT_DONE, 0);
    site_run(t, 15000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
    assert_int_equal(site_count(t, EVENT_OPENING), 1);
    assert_int_equal(site_count(t, EVENT_CLOSING), 1);
    assert_int_equal(site_event(t, EVENT_VISIT, 0)->body.visit.deposits, 0);
    assert_int_equal(collection(t, 0)->removed_g, 30000);
}

/* What somebody threw in while the cleaner stood there leaves the bin with it: it is said where it
 * came from, or the bin's balance would not close. */
static void weight_before_the_button_is_an_adjustment(void **state)
{
    struct test_site *t = *state;
    begin(t);
    site_lid(t, WASTE_KITCHEN, true);
    t->load_g[WASTE_KITCHEN] += 1500;
    site_run(t, 1000);
    site_intent(t, INTENT_COLLECT, 3);
    site_run(t, 1000);
    assert_int_equal(site_event(t, EVENT_ADJUSTMENT, 1)->body.adjustment.change_g, 1500);
    swap(t);
    site_intent(t, INTENT_COLLECT_DONE, 0);
    site_run(t, 1000);
    assert_int_equal(collection(t, 0)->removed_g, 31500);
    site_run(t, 10000);
    assert_int_equal(site_count(t, EVENT_ADJUSTMENT), 2);
}

static void deposit_under_a_lid_left_open_is_not_counted_again(void **state)
{
    struct test_site *t = *state;
    begin(t);
    site_lid(t, WASTE_KITCHEN, true);
    t->load_g[WASTE_KITCHEN] += 1500;
    site_run(t, 12000);
    assert_int_equal(site_deposit(t, 0)->weight_g, 1500);
    site_lid(t, WASTE_KITCHEN, false);
    site_intent(t, INTENT_COLLECT, 3);
    site_run(t, 1000);
    assert_int_equal(site_count(t, EVENT_ADJUSTMENT), 1);
    assert_int_equal(site_count(t, EVENT_CLOSING), 0);
}

static void silent_scale_makes_an_unweighed_collection(void **state)
{
    struct test_site *t = *state;
    begin(t);
    site_mute_scale(t, WASTE_KITCHEN, true);
    site_run(t, 3000);
    site_intent(t, INTENT_COLLECT, 3);
    assert_int_equal(site_view(t).collect, COLLECT_SETTLING);
    site_run(t, 9000);
    assert_int_equal(site_view(t).collect, COLLECT_SWAP);
    assert_false(site_view(t).collect_weighed);
    swap(t);
    site_intent(t, INTENT_COLLECT_DONE, 0);
    site_run(t, 9000);
    assert_int_equal(collection(t, 0)->quality, QUALITY_NONE);
    assert_int_equal(collection(t, 0)->removed_g, 0);
    assert_false(site_view(t).collect_weighed);
    site_mute_scale(t, WASTE_KITCHEN, false);
    site_run(t, 10000); /* whatever it shows then is where it begins anew */
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
    assert_int_equal(site_count(t, EVENT_ADJUSTMENT), 1);
}

static void a_swap_waits_for_its_cleaner(void **state)
{
    struct test_site *t = *state;
    begin(t);
    site_intent(t, INTENT_COLLECT, 3);
    site_run(t, 3600 * 1000);
    assert_int_equal(site_view(t).screen, SCREEN_COLLECT);
    swap(t);
    site_intent(t, INTENT_COLLECT_DONE, 0);
    site_run(t, 1000);
    site_run(t, t->site.timing.service_idle_ms + 1000);
    assert_int_equal(site_view(t).screen, SCREEN_CHOOSE);
}

static void bins_that_do_not_exist_cannot_be_collected(void **state)
{
    struct test_site *t = *state;
    enter(t);
    static const int numbers[] = {0, 5, -1, 255, 256 + 3, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        site_intent(t, INTENT_COLLECT, numbers[i]);
        assert_int_equal(site_view(t).screen, SCREEN_FILL);
    }
}

/* Deposits at the other bins go on while one is handed over. */
static void other_bins_are_open_to_people_meanwhile(void **state)
{
    struct test_site *t = *state;
    begin(t);
    site_intent(t, INTENT_COLLECT, 3);
    site_drop(t, WASTE_RESIDUAL, 800);
    site_run(t, 2000);
    assert_int_equal(site_deposit(t, 0)->bin, 4);
    assert_int_equal(site_deposit(t, 0)->weight_g, 800);
    assert_int_equal(site_view(t).screen, SCREEN_COLLECT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(pin_is_typed_checked_and_recorded),
        SITE_TEST(wrong_pins_lock_the_keypad),
        SITE_TEST(leaving_before_the_answer_still_counts_the_wrong_pin),
        SITE_TEST(right_pin_after_leaving_opens_nothing),
        SITE_TEST(one_pin_is_checked_at_a_time),
        SITE_TEST(pins_outside_the_keypad_are_ignored),
        SITE_TEST(service_ends_the_visit_and_times_out),
        SITE_TEST(collection_is_no_deposit),
        SITE_TEST(collection_is_called_recorded_once_it_is),
        SITE_TEST(collection_of_nothing_is_not_said_to_be_one),
        SITE_TEST(several_bins_one_after_another),
        SITE_TEST(cancelled_collection_keeps_the_account),
        SITE_TEST(cancelled_with_the_lid_open_keeps_it_too),
        SITE_TEST(bag_under_the_lid_a_cleaner_left_open_is_of_a_visit),
        SITE_TEST(lid_still_open_at_done_is_no_deposit),
        SITE_TEST(cleaner_may_open_the_lid_before_the_button),
        SITE_TEST(weight_before_the_button_is_an_adjustment),
        SITE_TEST(deposit_under_a_lid_left_open_is_not_counted_again),
        SITE_TEST(silent_scale_makes_an_unweighed_collection),
        SITE_TEST(a_swap_waits_for_its_cleaner),
        SITE_TEST(bins_that_do_not_exist_cannot_be_collected),
        SITE_TEST(other_bins_are_open_to_people_meanwhile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
