/* Inspections: four touches, numbers that make sense, and no deposit out of a bag put back. */
#include "core_site.h"

static const struct event_inspection *inspection(const struct test_site *t, int index)
{
    return &site_event(t, EVENT_INSPECTION, index)->body.inspection;
}

static void enter(struct test_site *t)
{
    struct kiosk_input pin = {.kind = INPUT_PIN, .u.pin = "3690"};
    site_intent(t, INTENT_SERVICE, 0);
    site_input(t, pin);
    site_input(t, (struct kiosk_input){.kind = INPUT_PIN_RESULT,
                                       .u.pin_result = {.accepted = true, .role = ROLE_INSPECTOR}});
    assert_int_equal(site_view(t).screen, SCREEN_INSPECT);
    assert_int_equal(site_view(t).inspect.step, INSPECT_BIN);
}

/* Bin, checked, wrong, confirm. */
static void inspect(struct test_site *t, int bin, int checked, int wrong)
{
    site_intent(t, INTENT_INSPECT, bin);
    site_intent(t, INTENT_CHECKED, checked);
    site_intent(t, INTENT_WRONG, wrong);
    site_intent(t, INTENT_INSPECT_NEXT, 0);
}

static void four_touches_record_an_inspection(void **state)
{
    struct test_site *t = *state;
    enter(t);
    assert_string_equal(site_event(t, EVENT_LOGIN, 0)->body.login.who, "inspector");
    inspect(t, 3, 20, 2);
    site_run(t, 100);
    const struct view view = site_view(t);
    assert_int_equal(view.inspect.step, INSPECT_DONE);
    assert_true(view.inspect.recorded);
    assert_int_equal(site_count(t, EVENT_INSPECTION), 1);
    assert_int_equal(inspection(t, 0)->bin, 3);
    assert_int_equal(inspection(t, 0)->bin_class, WASTE_KITCHEN);
    assert_int_equal(inspection(t, 0)->checked, 20);
    assert_int_equal(inspection(t, 0)->wrong, 2);
    assert_int_equal(inspection(t, 0)->things, 0);
    assert_string_equal(inspection(t, 0)->who, "inspector");
}

static void the_figure_is_that_of_the_week_and_says_when_it_is_none(void **state)
{
    struct test_site *t = *state;
    enter(t);
    assert_int_equal(site_view(t).inspect.week_inspections, 0);
    inspect(t, 3, 29, 2);
    site_run(t, 100);
    assert_int_equal(site_view(t).inspect.week.passed.whole, 29);
    assert_false(site_view(t).inspect.week.enough);
    inspect(t, 1, 1, 0);
    site_run(t, 100);
    const struct figure_accuracy week = site_view(t).inspect.week;
    assert_true(week.enough);
    assert_int_equal(week.passed.part, 28);
    assert_int_equal(week.passed.whole, 30);
    assert_true(week.interval.low_ppm < 933333 && week.interval.high_ppm > 933333);
}

static void nothing_is_counted_before_it_is_recorded(void **state)
{
    struct test_site *t = *state;
    t->store_down = true;
    enter(t);
    inspect(t, 3, 40, 1);
    site_run(t, 100);
    assert_false(site_view(t).inspect.recorded);
    assert_int_equal(site_view(t).inspect.week_inspections, 0);
    t->store_down = false;
    site_run(t, 100);
    assert_true(site_view(t).inspect.recorded);
    assert_int_equal(site_view(t).inspect.week_inspections, 1);
}

static void no_more_can_be_wrong_than_were_checked(void **state)
{
    struct test_site *t = *state;
    enter(t);
    site_intent(t, INTENT_INSPECT, 2);
    site_intent(t, INTENT_CHECKED, 0);
    site_intent(t, INTENT_CHECKED, -5);
    site_intent(t, INTENT_CHECKED, INSPECT_CHECKED_MAX + 1);
    assert_int_equal(site_view(t).inspect.step, INSPECT_CHECKED);
    site_intent(t, INTENT_CHECKED, 5);
    site_intent(t, INTENT_WRONG, 6);
    site_intent(t, INTENT_WRONG, -1);
    assert_int_equal(site_view(t).inspect.step, INSPECT_WRONG);
    site_intent(t, INTENT_COUNT, 5);
    site_intent(t, INTENT_COUNT, 6);
    assert_int_equal(site_view(t).inspect.wrong, 5);
    /* Back, and fewer checked: what was wrong follows. */
    site_intent(t, INTENT_CANCEL, 0);
    site_intent(t, INTENT_CHECKED, 3);
    assert_int_equal(site_view(t).inspect.wrong, 3);
    site_intent(t, INTENT_INSPECT_NEXT, 0);
    site_intent(t, INTENT_INSPECT_NEXT, 0);
    assert_int_equal(inspection(t, 0)->checked, 3);
    assert_int_equal(inspection(t, 0)->wrong, 3);
}

static void steps_by_one_and_takes_what_stands(void **state)
{
    struct test_site *t = *state;
    enter(t);
    site_intent(t, INTENT_INSPECT, 2);
    site_intent(t, INTENT_COUNT, site_view(t).inspect.checked + 1);
    site_intent(t, INTENT_COUNT, site_view(t).inspect.checked + 1);
    site_intent(t, INTENT_INSPECT_NEXT, 0);
    site_intent(t, INTENT_COUNT, 1);
    site_intent(t, INTENT_INSPECT_NEXT, 0);
    site_intent(t, INTENT_INSPECT_NEXT, 0);
    assert_int_equal(inspection(t, 0)->checked, INSPECT_CHECKED_USUAL + 2);
    assert_int_equal(inspection(t, 0)->wrong, 1);
}

static void things_are_ticked_where_something_was_wrong(void **state)
{
    struct test_site *t = *state;
    enter(t);
    site_intent(t, INTENT_INSPECT, 2);
    site_intent(t, INTENT_CHECKED, 10);
    site_intent(t, INTENT_WRONG, 2);
    site_intent(t, INTENT_THING, THING_FOOD);
    site_intent(t, INTENT_THING, THING_BAG);
    site_intent(t, INTENT_THING, THING_FOOD);
    site_intent(t, INTENT_THING, WRONG_THING_COUNT);
    site_intent(t, INTENT_THING, -1);
    site_intent(t, INTENT_INSPECT_NEXT, 0);
    assert_int_equal(inspection(t, 0)->things, 1 << THING_BAG);
    site_intent(t, INTENT_INSPECT, 2);
    site_intent(t, INTENT_CHECKED, 10);
    site_intent(t, INTENT_WRONG, 0);
    site_intent(t, INTENT_THING, THING_BAG);
    site_intent(t, INTENT_INSPECT_NEXT, 0);
    assert_int_equal(inspection(t, 1)->things, 0);
}

/* Bags are lifted out, looked into and put back. */
static void looking_into_a_bin_is_no_deposit(void **state)
{
    struct test_site *t = *state;
    t->load_g[WASTE_KITCHEN] = EMPTY_G + 9000;
    site_run(t, 8000);
    const int adjustments = site_count(t, EVENT_ADJUSTMENT);
    enter(t);
    site_intent(t, INTENT_INSPECT, 3);
    assert_true(site_view(t).bins[WASTE_KITCHEN].in_service);
    site_lid(t, WASTE_KITCHEN, true);
    t->load_g[WASTE_KITCHEN] -= 5000;
    site_run(t, 20000);
    t->load_g[WASTE_KITCHEN] += 5000;
    site_run(t, 5000);
    site_lid(t, WASTE_KITCHEN, false);
    site_intent(t, INTENT_CHECKED, 5);
    site_intent(t, INTENT_WRONG, 1);
    site_intent(t, INTENT_INSPECT_NEXT, 0);
    site_run(t, 15000);
    assert_false(site_view(t).bins[WASTE_KITCHEN].in_service);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 0);
    assert_int_equal(site_count(t, EVENT_ADJUSTMENT), adjustments);
}

static void a_bag_that_is_kept_is_an_adjustment(void **state)
{
    struct test_site *t = *state;
    t->load_g[WASTE_KITCHEN] = EMPTY_G + 9000;
    site_run(t, 8000);
    const int adjustments = site_count(t, EVENT_ADJUSTMENT);
    enter(t);
    site_intent(t, INTENT_INSPECT, 3);
    t->load_g[WASTE_KITCHEN] -= 2000;
    site_run(t, 3000);
    site_intent(t, INTENT_CANCEL, 0); /* and nothing is entered */
    site_run(t, 15000);
    assert_int_equal(site_count(t, EVENT_INSPECTION), 0);
    assert_int_equal(site_count(t, EVENT_ADJUSTMENT), adjustments + 1);
    assert_int_equal(site_event(t, EVENT_ADJUSTMENT, adjustments)->body.adjustment.change_g, -2000);
}

static void cancel_goes_one_step_back_and_leave_goes_at_once(void **state)
{
    static const enum inspect_step back[] = {INSPECT_WRONG, INSPECT_CHECKED, INSPECT_BIN};
    struct test_site *t = *state;
    enter(t);
    site_intent(t, INTENT_INSPECT, 1);
    site_intent(t, INTENT_CHECKED, 5);
    site_intent(t, INTENT_WRONG, 0);
    for (size_t i = 0; i < sizeof back / sizeof *back; i++) {
        site_intent(t, INTENT_CANCEL, 0);
        assert_int_equal(site_view(t).inspect.step, back[i]);
    }
    site_intent(t, INTENT_CANCEL, 0);
    assert_int_equal(site_view(t).screen, SCREEN_CHOOSE);
    enter(t);
    site_intent(t, INTENT_INSPECT, 1);
    site_intent(t, INTENT_LEAVE, 0);
    assert_int_equal(site_view(t).screen, SCREEN_CHOOSE);
    assert_false(site_view(t).bins[0].in_service);
}

/* Who forgets to leave does not keep the bin for ever. */
static void an_inspection_nobody_goes_on_with_is_given_up(void **state)
{
    struct test_site *t = *state;
    enter(t);
    site_intent(t, INTENT_INSPECT, 1);
    site_run(t, 10 * t->site.timing.service_idle_ms - 1);
    assert_int_equal(site_view(t).screen, SCREEN_INSPECT);
    site_run(t, 1);
    assert_int_equal(site_view(t).screen, SCREEN_CHOOSE);
    assert_false(site_view(t).bins[0].in_service);
    assert_int_equal(site_count(t, EVENT_INSPECTION), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(four_touches_record_an_inspection),
        SITE_TEST(the_figure_is_that_of_the_week_and_says_when_it_is_none),
        SITE_TEST(nothing_is_counted_before_it_is_recorded),
        SITE_TEST(no_more_can_be_wrong_than_were_checked),
        SITE_TEST(steps_by_one_and_takes_what_stands),
        SITE_TEST(things_are_ticked_where_something_was_wrong),
        SITE_TEST(looking_into_a_bin_is_no_deposit),
        SITE_TEST(a_bag_that_is_kept_is_an_adjustment),
        SITE_TEST(cancel_goes_one_step_back_and_leave_goes_at_once),
        SITE_TEST(an_inspection_nobody_goes_on_with_is_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
