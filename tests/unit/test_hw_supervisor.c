/* Ports on trial: trusted only after frames that prove their role, and every fault by its name. */
#include "hw/supervisor.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct supervisor port;

static void open_at(int64_t now_ms)
{
    assert_true(supervisor_should_open(&port, now_ms));
    supervisor_opened(&port, now_ms);
}

static void begin(enum reading_kind kind)
{
    supervisor_init(&port, kind);
    open_at(0);
}

static void begin_trusted(void)
{
    begin(READING_WEIGHT);
    for (int i = 0; i < SUPERVISOR_TRUST_FRAMES; i++) {
        supervisor_heard(&port, 12, 1, 10 * i);
    }
    assert_int_equal(port.state, PORT_TRUSTED);
}

static void three_frames_in_five_seconds_make_trust(void **state)
{
    (void)state;
    begin(READING_WEIGHT);
    assert_int_equal(port.state, PORT_CHECKING);
    supervisor_heard(&port, 12, 1, 100);
    supervisor_heard(&port, 12, 1, 200);
    assert_false(supervisor_is_trusted(&port));
    supervisor_heard(&port, 12, 1, 300);
    assert_true(supervisor_is_trusted(&port));
    assert_int_equal(port.fault, PORT_FAULT_NONE);
}

static void a_held_port_waits_for_more_than_frames(void **state)
{
    (void)state;
    begin(READING_WEIGHT);
    supervisor_hold(&port, PORT_FAULT_NONE);
    supervisor_heard(&port, 60, 5, 100);
    assert_int_equal(port.state, PORT_CHECKING);
    supervisor_hold(&port, PORT_FAULT_WRONG_DEVICE);
    supervisor_tick(&port, 100 + SUPERVISOR_SILENT_MS);
    assert_int_equal(port.fault, PORT_FAULT_SILENT);
    supervisor_heard(&port, 60, 5, 6000);
    assert_int_equal(port.fault, PORT_FAULT_WRONG_DEVICE);
    assert_int_equal(port.state, PORT_CHECKING);
    supervisor_release(&port);
    supervisor_heard(&port, 12, 1, 6100);
    assert_int_equal(port.state, PORT_TRUSTED);
    assert_int_equal(port.fault, PORT_FAULT_NONE);
}

static void what_held_it_ends_with_the_next_opening(void **state)
{
    (void)state;
    begin(READING_WEIGHT);
    supervisor_hold(&port, PORT_FAULT_WRONG_DEVICE);
    supervisor_lost(&port, 1000);
    open_at(2000);
    supervisor_heard(&port, 60, 3, 2100);
    assert_int_equal(port.state, PORT_TRUSTED);
}

static void frames_far_apart_make_none(void **state)
{
    (void)state;
    begin(READING_WEIGHT);
    for (int i = 1; i <= 20; i++) {
        supervisor_heard(&port, 12, 1, i * 3000);
        assert_int_equal(port.state, PORT_CHECKING);
    }
    supervisor_heard(&port, 12, 1, 61000);
    supervisor_heard(&port, 12, 1, 62000);
    assert_true(supervisor_is_trusted(&port));
}

static void several_frames_at_once_count_each(void **state)
{
    (void)state;
    begin(READING_LID);
    supervisor_heard(&port, 60, 5, 100);
    assert_true(supervisor_is_trusted(&port));
}

static void trust_begins_anew_after_a_loss(void **state)
{
    (void)state;
    begin_trusted();
    supervisor_lost(&port, 1000);
    assert_int_equal(port.state, PORT_LOST);
    assert_int_equal(port.fault, PORT_FAULT_LOST);
    assert_false(supervisor_should_open(&port, 1249));
    open_at(1250);
    assert_int_equal(port.state, PORT_CHECKING);
    supervisor_heard(&port, 12, 1, 1300);
    supervisor_heard(&port, 12, 1, 1400);
    assert_false(supervisor_is_trusted(&port));
    supervisor_heard(&port, 12, 1, 1500);
    assert_true(supervisor_is_trusted(&port));
}

static void the_pause_doubles_up_to_two_seconds(void **state)
{
    (void)state;
    static const int64_t pauses[] = {250, 500, 1000, 2000, 2000, 2000};
    supervisor_init(&port, READING_WEIGHT);
    int64_t now_ms = 7000;
    for (size_t i = 0; i < sizeof pauses / sizeof pauses[0]; i++) {
        assert_true(supervisor_should_open(&port, now_ms));
        supervisor_refused(&port, PORT_FAULT_ABSENT, now_ms);
        assert_int_equal(port.state, PORT_ABSENT);
        assert_int_equal(port.fault, PORT_FAULT_ABSENT);
        assert_int_equal(supervisor_deadline(&port), now_ms + pauses[i]);
        assert_int_equal(port.retries, i + 1);
        now_ms += pauses[i];
    }
}

static void a_device_that_opens_and_dies_earns_no_quick_retries(void **state)
{
    (void)state;
    supervisor_init(&port, READING_WEIGHT);
    int64_t now_ms = 0;
    for (int i = 0; i < 6; i++) {
        open_at(now_ms);
        supervisor_lost(&port, now_ms);
        now_ms = supervisor_deadline(&port);
    }
    assert_int_equal(port.retry_pause_ms, SUPERVISOR_RETRY_LONGEST_MS);
    open_at(now_ms);
    supervisor_heard(&port, 60, 3, now_ms);
    supervisor_lost(&port, now_ms + 1);
    assert_int_equal(supervisor_deadline(&port), now_ms + 1 + SUPERVISOR_RETRY_FIRST_MS);
}

static void a_lost_device_that_is_not_back_yet_stays_lost(void **state)
{
    (void)state;
    begin_trusted();
    supervisor_lost(&port, 1000);
    assert_true(supervisor_should_open(&port, 1250));
    supervisor_refused(&port, PORT_FAULT_ABSENT, 1250);
    assert_int_equal(port.state, PORT_LOST);
    assert_int_equal(port.fault, PORT_FAULT_LOST);
}

static void silence_has_a_name_and_ends_with_a_frame(void **state)
{
    (void)state;
    begin_trusted();
    assert_int_equal(supervisor_deadline(&port), 20 + SUPERVISOR_SILENT_MS);
    supervisor_tick(&port, 20 + SUPERVISOR_SILENT_MS - 1);
    assert_int_equal(port.state, PORT_TRUSTED);
    supervisor_tick(&port, 20 + SUPERVISOR_SILENT_MS);
    assert_int_equal(port.state, PORT_SILENT);
    assert_int_equal(port.fault, PORT_FAULT_SILENT);
    supervisor_heard(&port, 12, 1, 9000);
    assert_int_equal(port.state, PORT_TRUSTED);
    assert_int_equal(port.fault, PORT_FAULT_NONE);
}

static void one_that_never_spoke_is_not_trusted_by_one_frame(void **state)
{
    (void)state;
    begin(READING_WEIGHT);
    supervisor_tick(&port, SUPERVISOR_SILENT_MS);
    assert_int_equal(port.fault, PORT_FAULT_SILENT);
    supervisor_heard(&port, 12, 1, 6000);
    assert_int_equal(port.state, PORT_CHECKING);
}

static void bytes_of_another_protocol_are_a_wrong_device(void **state)
{
    (void)state;
    begin(READING_WEIGHT);
    supervisor_heard(&port, SUPERVISOR_FOREIGN_BYTES - 1, 0, 100);
    assert_int_equal(supervisor_deadline(&port), SUPERVISOR_SILENT_MS);
    supervisor_heard(&port, 1, 0, 200);
    assert_int_equal(supervisor_deadline(&port), SUPERVISOR_FOREIGN_MS);
    supervisor_tick(&port, SUPERVISOR_FOREIGN_MS);
    assert_int_equal(port.state, PORT_CHECKING);
    assert_int_equal(port.fault, PORT_FAULT_WRONG_DEVICE);
    supervisor_heard(&port, 36, 3, 5000);
    assert_int_equal(port.state, PORT_TRUSTED);
    assert_int_equal(port.fault, PORT_FAULT_NONE);
}

static void frames_that_turn_to_noise_are_frame_errors(void **state)
{
    (void)state;
    begin_trusted();
    supervisor_heard(&port, 500, 0, 1000);
    supervisor_tick(&port, 20 + SUPERVISOR_FOREIGN_MS);
    assert_int_equal(port.fault, PORT_FAULT_FRAMES);
    assert_int_equal(port.state, PORT_CHECKING);
    supervisor_heard(&port, 12, 1, 6000);
    assert_false(supervisor_is_trusted(&port));
}

static void a_unit_that_is_no_weight_is_a_fault_of_a_trusted_port(void **state)
{
    (void)state;
    begin(READING_WEIGHT);
    supervisor_unit(&port, true);
    assert_int_equal(port.fault, PORT_FAULT_NONE); /* first things first */
    begin_trusted();
    supervisor_unit(&port, true);
    assert_int_equal(port.state, PORT_TRUSTED);
    assert_int_equal(port.fault, PORT_FAULT_UNIT);
    supervisor_unit(&port, false);
    assert_int_equal(port.fault, PORT_FAULT_NONE);
    supervisor_unit(&port, true);
    supervisor_lost(&port, 1000);
    supervisor_unit(&port, false);
    assert_int_equal(port.fault, PORT_FAULT_LOST);
}

static void a_card_reader_waits_for_people(void **state)
{
    (void)state;
    begin(READING_CARD);
    assert_true(supervisor_is_trusted(&port));
    assert_true(supervisor_deadline(&port) == INT64_MAX);
    supervisor_tick(&port, 3600 * 1000);
    assert_int_equal(port.fault, PORT_FAULT_NONE);
    supervisor_heard(&port, 14, 1, 3700 * 1000);
    supervisor_lost(&port, 3701 * 1000);
    assert_int_equal(port.state, PORT_LOST);
}

static void disconnects_are_counted_over_an_hour(void **state)
{
    (void)state;
    supervisor_init(&port, READING_WEIGHT);
    int64_t now_ms = 0;
    for (int i = 0; i < 40; i++) {
        now_ms = i * 180000; /* twenty an hour */
        open_at(now_ms);
        supervisor_lost(&port, now_ms);
    }
    assert_int_equal(port.disconnects, 40);
    assert_int_equal(supervisor_disconnects_in_hour(&port, now_ms), 20);
    assert_int_equal(supervisor_disconnects_in_hour(&port, now_ms + SUPERVISOR_HOUR_MS), 0);
}

static void a_port_may_be_refused_for_what_it_is(void **state)
{
    (void)state;
    supervisor_init(&port, READING_WEIGHT);
    assert_true(supervisor_should_open(&port, 0));
    supervisor_refused(&port, PORT_FAULT_DUPLICATE, 0);
    assert_int_equal(port.state, PORT_ABSENT);
    assert_int_equal(port.fault, PORT_FAULT_DUPLICATE);
    assert_false(supervisor_is_open(&port));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_frames_in_five_seconds_make_trust),
        cmocka_unit_test(a_held_port_waits_for_more_than_frames),
        cmocka_unit_test(what_held_it_ends_with_the_next_opening),
        cmocka_unit_test(frames_far_apart_make_none),
        cmocka_unit_test(several_frames_at_once_count_each),
        cmocka_unit_test(trust_begins_anew_after_a_loss),
        cmocka_unit_test(the_pause_doubles_up_to_two_seconds),
        cmocka_unit_test(a_device_that_opens_and_dies_earns_no_quick_retries),
        cmocka_unit_test(a_lost_device_that_is_not_back_yet_stays_lost),
        cmocka_unit_test(silence_has_a_name_and_ends_with_a_frame),
        cmocka_unit_test(one_that_never_spoke_is_not_trusted_by_one_frame),
        cmocka_unit_test(bytes_of_another_protocol_are_a_wrong_device),
        cmocka_unit_test(frames_that_turn_to_noise_are_frame_errors),
        cmocka_unit_test(a_unit_that_is_no_weight_is_a_fault_of_a_trusted_port),
        cmocka_unit_test(a_card_reader_waits_for_people),
        cmocka_unit_test(disconnects_are_counted_over_an_hour),
        cmocka_unit_test(a_port_may_be_refused_for_what_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
