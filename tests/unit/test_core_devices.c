/* What the kiosk says of its parts: ports, the ledger, the wall clock. */
#include "core_site.h"

#define HOUR_MS ((int64_t)3600 * 1000)

/* ---- ports ----------------------------------------------------------------------------------- */

static void lost_port_is_one_pair(void **state)
{
    struct test_site *t = *state;
    int64_t lost_ms = t->now_ms;
    site_port(t, 1, false);
    site_run(t, 3000);
    site_port(t, 1, false); /* said twice, and up for a moment: one outage still */
    site_port(t, 1, true);
    site_port(t, 1, false);
    site_run(t, 3600 * 1000);
    assert_int_equal(site_count(t, EVENT_DEVICE_LOST), 1);
    assert_int_equal(site_count(t, EVENT_DEVICE_BACK), 0);
    site_port(t, 1, true);
    site_run(t, 10000);
    assert_int_equal(site_count(t, EVENT_DEVICE_LOST), 1);
    assert_int_equal(site_count(t, EVENT_DEVICE_BACK), 1);
    const struct event_device *lost = &site_event(t, EVENT_DEVICE_LOST, 0)->body.device;
    assert_string_equal(lost->device, "s2");
    assert_string_equal(lost->fault, "lost");
    assert_int_equal(lost->since_ms, lost_ms);
    assert_string_equal(site_event(t, EVENT_DEVICE_BACK, 0)->body.device.device, "s2");
}

static void silent_port_is_one_pair(void **state)
{
    struct test_site *t = *state;
    site_mute_lids(t, true);
    site_run(t, 3600 * 1000);
    const struct kiosk_event *lost = site_event(t, EVENT_DEVICE_LOST, 0);
    assert_string_equal(lost->body.device.device, "l1");
    assert_string_equal(lost->body.device.fault, "silent");
    assert_int_equal(lost->at.t_ms - lost->body.device.since_ms, 5000);
    site_mute_lids(t, false);
    site_run(t, 10000);
    assert_int_equal(site_count(t, EVENT_DEVICE_LOST), 1);
    assert_int_equal(site_count(t, EVENT_DEVICE_BACK), 1);
    site_mute_lids(t, true);
    site_run(t, 10000);
    assert_int_equal(site_count(t, EVENT_DEVICE_LOST), 2);
}

static void port_that_was_never_heard_is_silent(void **state)
{
    struct test_site *t = *state;
    site_prepare(t);
    site_mute_scale(t, 2, true);
    kiosk_init(&t->kiosk, &t->site);
    site_begin_kiosk(t);
    site_run(t, 1000);
    assert_int_equal(site_view(t).bins[2].scale, SENSOR_WAITING);
    site_run(t, 10000);
    assert_int_equal(site_count(t, EVENT_DEVICE_LOST), 1);
}

static void port_that_is_up_and_says_nothing_stays_in_its_outage(void **state)
{
    struct test_site *t = *state;
    site_port(t, 0, false);
    site_run(t, 1000);
    site_port(t, 0, true);
    site_mute_scale(t, 0, true);
    site_run(t, 60000);
    assert_int_equal(site_count(t, EVENT_DEVICE_LOST), 1);
    assert_int_equal(site_count(t, EVENT_DEVICE_BACK), 0);
}

/* A reading that was still on its way when the port went does not bring it back. */
static void late_reading_of_a_lost_port_is_no_return(void **state)
{
    struct test_site *t = *state;
    site_port(t, 0, false);
    site_scale_reading(t, 0);
    site_run(t, 60000);
    assert_int_equal(site_count(t, EVENT_DEVICE_LOST), 1);
    assert_int_equal(site_count(t, EVENT_DEVICE_BACK), 0);
}

static void unknown_ports_and_channels_are_ignored(void **state)
{
    struct test_site *t = *state;
    int before = t->event_count;
    for (int port = 0; port < 256; port++) {
        site_reading(t, (reading_t){.kind = READING_WEIGHT,
                                    .port = (uint8_t)port,
                                    .channel = 200,
                                    .has_value = true,
                                    .grams = 50000});
        if (port > LID_PORT) {
            site_port_news(t, (uint8_t)port, false);
            site_port_news(t, (uint8_t)port, true);
        }
    }
    site_reading(
        t, (reading_t){
               .kind = 77, .port = LID_PORT, .channel = 1, .has_value = true, .lid_open = true});
    site_run(t, 2000);
    assert_int_equal(t->event_count, before);
}

static void faulty_lid_is_shown_and_is_no_opening(void **state)
{
    struct test_site *t = *state;
    site_mute_lids(t, true);
    site_reading(
        t,
        (reading_t){.kind = READING_LID, .port = LID_PORT, .channel = 1, .status = READING_ERROR});
    assert_int_equal(site_view(t).bins[0].lid, SENSOR_ERROR);
    assert_int_equal(site_count(t, EVENT_OPENING), 0);
}

/* ---- the ledger ------------------------------------------------------------------------------ */

static void events_wait_until_they_are_acknowledged(void **state)
{
    struct test_site *t = *state;
    assert_int_equal(kiosk_pending_count(&t->kiosk), 0);
    t->store_down = true;
    site_input(t, (struct kiosk_input){.kind = INPUT_STORE_STATE, .u.store_state = STORE_FULL});
    site_choose(t, WASTE_KITCHEN);
    site_drop(t, WASTE_KITCHEN, 800);
    site_run(t, 2000);
    struct view view = site_view(t);
    assert_int_equal(view.store, STORE_FULL);
    assert_int_equal(view.unrecorded, 2); /* opening and deposit */
    assert_false(view.receipt.recorded);
    assert_int_equal(view.figures.today_deposits, 0); /* never ahead of the ledger */
    t->store_down = false;
    site_input(t, (struct kiosk_input){.kind = INPUT_STORE_STATE, .u.store_state = STORE_OK});
    site_run(t, 100);
    view = site_view(t);
    assert_int_equal(view.unrecorded, 0);
    assert_true(view.receipt.recorded);
    assert_int_equal(view.figures.today_deposits, 1);
    assert_int_equal(view.figures.today_grams, 800);
    assert_int_equal(view.figures.week_consistent, 1);
}

static void more_than_can_wait_is_counted(void **state)
{
    struct test_site *t = *state;
    t->store_down = true;
    site_input(t, (struct kiosk_input){.kind = INPUT_STORE_STATE, .u.store_state = STORE_FAILED});
    for (int i = 0; i < 40; i++) { /* three events each: opening, deposit, visit */
        site_drop(t, WASTE_KITCHEN, 100);
        site_run(t, 2000);
        site_intent(t, INTENT_FINISH, 0);
    }
    assert_int_equal(kiosk_pending_count(&t->kiosk), KIOSK_PENDING_MAX);
    assert_int_equal(site_view(t).unrecorded, 3 * 40);
    t->store_down = false;
    site_run(t, 100);
    assert_int_equal(kiosk_pending_count(&t->kiosk), 0);
    /* One place was taken by the row that says when it began. */
    assert_int_equal(site_view(t).unrecorded, 3 * 40 - (KIOSK_PENDING_MAX - 1));
    int kept = 0;
    for (int i = 0; i < t->ledger_count; i++) {
        kept += t->ledger[i].kind == EVENT_DEPOSIT;
    }
    assert_int_equal(site_view(t).figures.today_deposits, kept);
    site_choose(t, WASTE_KITCHEN);
    site_drop(t, WASTE_KITCHEN, 100);
    site_run(t, 2000);
    assert_true(site_view(t).receipt.recorded);
}

static void unknown_acknowledgements_change_nothing(void **state)
{
    struct test_site *t = *state;
    static const uint32_t tokens[] = {0, 1, 12345, UINT32_MAX};
    t->store_down = true;
    site_drop(t, WASTE_KITCHEN, 800);
    site_run(t, 2000);
    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        site_input(t, (struct kiosk_input){.kind = INPUT_STORED, .u.stored = {tokens[i], 5}});
    }
    assert_int_equal(kiosk_pending_count(&t->kiosk), 2);
    assert_false(site_view(t).receipt.recorded);
}

/* ---- the wall clock -------------------------------------------------------------------------- */

static void clock(struct test_site *t, int64_t utc_ms, enum clock_quality quality)
{
    site_input(t, (struct kiosk_input){.kind = INPUT_CLOCK, .u.clock = {utc_ms, quality}});
}

static void steps_of_the_clock_are_recorded_and_drift_is_not(void **state)
{
    struct test_site *t = *state;
    int64_t right_ms = START_UTC_MS + t->now_ms;
    clock(t, right_ms + 999, CLOCK_NTP);
    clock(t, right_ms, CLOCK_NTP);
    assert_int_equal(site_count(t, EVENT_CLOCK), 0);
    clock(t, right_ms + 1000, CLOCK_NTP);
    clock(t, right_ms - HOUR_MS, CLOCK_NTP);
    assert_int_equal(site_event(t, EVENT_CLOCK, 0)->body.clock.step_ms, 1000);
    assert_int_equal(site_event(t, EVENT_CLOCK, 1)->body.clock.step_ms, -HOUR_MS - 1000);
    assert_int_equal(site_event(t, EVENT_CLOCK, 1)->at.utc_ms, right_ms - HOUR_MS);
}

static void changes_of_quality_are_recorded(void **state)
{
    struct test_site *t = *state;
    int64_t right_ms = START_UTC_MS + t->now_ms;
    clock(t, right_ms, CLOCK_RTC);
    assert_int_equal(site_event(t, EVENT_CLOCK, 0)->body.clock.step_ms, 0);
    assert_int_equal(site_event(t, EVENT_CLOCK, 0)->at.quality, CLOCK_RTC);
    clock(t, 0, CLOCK_UNSET); /* no time is no step to 1970 */
    assert_int_equal(site_event(t, EVENT_CLOCK, 1)->body.clock.step_ms, 0);
    assert_int_equal(site_event(t, EVENT_CLOCK, 1)->at.utc_ms, 0);
    assert_false(site_view(t).has_clock);
    site_choose(t, WASTE_KITCHEN);
    site_drop(t, WASTE_KITCHEN, 800);
    site_run(t, 2000);
    assert_int_equal(site_event(t, EVENT_DEPOSIT, 0)->at.utc_ms, 0);
    clock(t, right_ms + 10000, CLOCK_NTP);
    assert_int_equal(site_event(t, EVENT_CLOCK, 2)->body.clock.step_ms, 0); /* set anew */
    assert_true(site_view(t).has_clock);
    assert_int_equal(site_view(t).now.hour, 8);
}

static void impossible_clocks_are_ignored(void **state)
{
    struct test_site *t = *state;
    clock(t, INT64_MIN, CLOCK_NTP);
    clock(t, INT64_MAX, CLOCK_NTP);
    clock(t, -1, CLOCK_NTP);
    clock(t, START_UTC_MS, (enum clock_quality)9);
    assert_int_equal(site_count(t, EVENT_CLOCK), 0);
    assert_int_equal(site_view(t).now.year, 2026);
}

static void day_passes_at_local_midnight(void **state)
{
    struct test_site *t = *state;
    site_choose(t, WASTE_KITCHEN);
    site_drop(t, WASTE_KITCHEN, 800);
    site_run(t, 2000);
    assert_int_equal(site_view(t).figures.today_deposits, 1);
    site_run(t, 16 * HOUR_MS);
    struct view view = site_view(t);
    assert_int_equal(view.now.day, 8);
    assert_int_equal(view.figures.today_deposits, 0);
    assert_int_equal(view.figures.week_deposits, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(lost_port_is_one_pair),
        SITE_TEST(silent_port_is_one_pair),
        SITE_TEST(port_that_was_never_heard_is_silent),
        SITE_TEST(port_that_is_up_and_says_nothing_stays_in_its_outage),
        SITE_TEST(late_reading_of_a_lost_port_is_no_return),
        SITE_TEST(unknown_ports_and_channels_are_ignored),
        SITE_TEST(faulty_lid_is_shown_and_is_no_opening),
        SITE_TEST(events_wait_until_they_are_acknowledged),
        SITE_TEST(more_than_can_wait_is_counted),
        SITE_TEST(unknown_acknowledgements_change_nothing),
        SITE_TEST(steps_of_the_clock_are_recorded_and_drift_is_not),
        SITE_TEST(changes_of_quality_are_recorded),
        SITE_TEST(impossible_clocks_are_ignored),
        SITE_TEST(day_passes_at_local_midnight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
