/* Locks on lids: who may throw in finds them open, and a lock that does not open stops nothing. */
#include "core_site.h"

enum { LOCK_PORT = LID_PORT, LOCK_CHANNEL = 3 };

static void fit_lock(struct test_site *t)
{
    t->site.bins[WASTE_KITCHEN].lock = (struct site_channel){LOCK_PORT, LOCK_CHANNEL};
}

static void lock_says(struct test_site *t, bool has_value, bool open)
{
    site_reading(t, (reading_t){.kind = READING_LOCK,
                                .status = has_value ? READING_OK : READING_ERROR,
                                .port = LOCK_PORT,
                                .channel = LOCK_CHANNEL,
                                .has_value = has_value,
                                .lid_open = open,
                                .t_ms = t->now_ms});
}

static int outages(const struct test_site *t, const char *fault)
{
    int count = 0;
    for (int i = 0; i < t->event_count; i++) {
        const struct kiosk_event *event = &t->events[i];
        count += event->kind == EVENT_DEVICE_LOST && strcmp(event->body.device.fault, fault) == 0 &&
                 strcmp(event->body.device.device, "lock 3") == 0;
    }
    return count;
}

static void a_choice_opens_the_locks_of_its_class_alone(void **state)
{
    struct test_site *t = *state;
    fit_lock(t);
    site_choose(t, WASTE_RESIDUAL);
    assert_int_equal(t->unlocks[LOCK_PORT][LOCK_CHANNEL], 0);
    site_choose(t, WASTE_KITCHEN);
    assert_int_equal(t->unlocks[LOCK_PORT][LOCK_CHANNEL], 1);
}

static void a_lock_that_says_so_is_well(void **state)
{
    struct test_site *t = *state;
    fit_lock(t);
    site_choose(t, WASTE_KITCHEN);
    lock_says(t, true, false); /* told before it moved */
    site_run(t, 500);
    lock_says(t, true, true);
    site_run(t, 9000);
    assert_int_equal(site_count(t, EVENT_DEVICE_LOST), 0);
}

static void a_silent_lock_is_a_fault_until_it_opens_and_stops_no_deposit(void **state)
{
    struct test_site *t = *state;
    fit_lock(t);
    site_choose(t, WASTE_KITCHEN);
    site_run(t, 4000);
    assert_int_equal(outages(t, "lock_silent"), 1);
    site_drop(t, WASTE_KITCHEN, 800); /* its lid opened: it works, after all */
    site_run(t, 3000);
    assert_int_equal(site_count(t, EVENT_DEPOSIT), 1);
    assert_int_equal(site_deposit(t, 0)->outcome, OUTCOME_CONSISTENT);
    assert_int_equal(site_count(t, EVENT_DEVICE_BACK), 1);
}

static void a_lock_that_does_not_open_is_named_once(void **state)
{
    struct test_site *t = *state;
    fit_lock(t);
    site_choose(t, WASTE_KITCHEN);
    lock_says(t, false, false);
    site_choose(t, WASTE_KITCHEN);
    lock_says(t, false, false);
    site_run(t, 4000);
    assert_int_equal(outages(t, "lock_failed"), 1);
    assert_int_equal(site_count(t, EVENT_DEVICE_LOST), 1);
}

static void a_board_that_cannot_tell_is_no_fault(void **state)
{
    struct test_site *t = *state;
    fit_lock(t);
    lock_says(t, false, false); /* unasked, as such boards do every second */
    site_choose(t, WASTE_KITCHEN);
    lock_says(t, false, false);
    site_run(t, 9000);
    assert_int_equal(t->unlocks[LOCK_PORT][LOCK_CHANNEL], 1);
    assert_int_equal(site_count(t, EVENT_DEVICE_LOST), 0);
}

static void a_cleaner_finds_the_bin_open(void **state)
{
    struct test_site *t = *state;
    fit_lock(t);
    site_intent(t, INTENT_SERVICE, 0);
    site_pin(t, "2468", true);
    site_intent(t, INTENT_COLLECT, t->site.bins[WASTE_KITCHEN].number);
    assert_int_equal(t->unlocks[LOCK_PORT][LOCK_CHANNEL], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(a_choice_opens_the_locks_of_its_class_alone),
        SITE_TEST(a_lock_that_says_so_is_well),
        SITE_TEST(a_silent_lock_is_a_fault_until_it_opens_and_stops_no_deposit),
        SITE_TEST(a_lock_that_does_not_open_is_named_once),
        SITE_TEST(a_board_that_cannot_tell_is_no_fault),
        SITE_TEST(a_cleaner_finds_the_bin_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
