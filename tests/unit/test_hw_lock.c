/* The lock board: what it is told, and what its answers mean. */
#include "hw/lock_8a.h"
#include "hw_collected.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct collected got;

static void feed(uint8_t head, uint8_t board, uint8_t lock, uint8_t state_byte)
{
    const uint8_t bytes[] = {head, board, lock, state_byte,
                             (uint8_t)(head ^ board ^ lock ^ state_byte)};
    collected_feed(&got, bytes, sizeof bytes);
}

/* The maker's examples. */
static void commands_are_those_of_the_sheet(void **state)
{
    (void)state;
    uint8_t request[LOCK_8A_LENGTH];
    assert_int_equal(lock_8a_open(1, 1, request), LOCK_8A_LENGTH);
    assert_memory_equal(request, "\x8A\x01\x01\x11\x9B", LOCK_8A_LENGTH);
    lock_8a_open(1, 2, request);
    assert_memory_equal(request, "\x8A\x01\x02\x11\x98", LOCK_8A_LENGTH);
    lock_8a_open(2, LOCK_8A_ALL, request);
    assert_memory_equal(request, "\x8A\x02\x00\x11\x99", LOCK_8A_LENGTH);
    lock_8a_read(1, 1, request);
    assert_memory_equal(request, "\x80\x01\x01\x33\xB3", LOCK_8A_LENGTH);
}

static void an_answer_is_a_lock_that_opened_or_did_not(void **state)
{
    (void)state;
    static const uint8_t heads[] = {0x8A, 0x80, 0x81};
    for (size_t i = 0; i < sizeof heads; i++) {
        for (uint8_t lock = 1; lock <= HW_CHANNELS_MAX; lock++) {
            collected_begin(&got, "lock8a");
            feed(heads[i], 1, lock, 0x00);
            feed(heads[i], 1, lock, 0x11);
            assert_int_equal(got.count, 2);
            assert_int_equal(got.readings[0].kind, READING_LOCK);
            assert_int_equal(got.readings[0].channel, lock);
            assert_true(got.readings[0].has_value && got.readings[0].lid_open);
            assert_true(got.readings[1].has_value && !got.readings[1].lid_open);
        }
    }
}

/* Boards whose contact closes when the lock opens. */
static void the_contact_may_stand_the_other_way_round(void **state)
{
    (void)state;
    uint8_t request[LOCK_8A_LENGTH];
    collected_begin(&got, "lock8a");
    got.port.config.options.open_is_set = true;
    feed(0x8A, 1, 2, 0x11);
    feed(0x81, 1, 2, 0x00);
    collected_feed(&got, request, lock_8a_read(1, 2, request));
    collected_feed(&got, request, lock_8a_open(1, LOCK_8A_ALL, request));
    assert_int_equal(got.count, 2);
    assert_true(got.readings[0].has_value && got.readings[0].lid_open);
    assert_true(got.readings[1].has_value && !got.readings[1].lid_open);
}

static void the_question_is_no_answer(void **state)
{
    (void)state;
    uint8_t request[LOCK_8A_LENGTH];
    collected_begin(&got, "lock8a");
    collected_feed(&got, request, lock_8a_read(1, 3, request));
    assert_int_equal(got.count, 0);
    assert_int_equal(got.port.stats.frames, 1);
}

static void a_lock_that_no_port_has_is_no_reading(void **state)
{
    (void)state;
    collected_begin(&got, "lock8a");
    feed(0x8A, 1, LOCK_8A_ALL, 0x00);
    feed(0x8A, 1, HW_CHANNELS_MAX + 1, 0x00);
    feed(0x8A, 1, 255, 0x00);
    assert_int_equal(got.count, 0);
    assert_int_equal(got.port.stats.rejects[REJECT_VALUE], 3);
}

static void a_wrong_byte_is_no_answer(void **state)
{
    (void)state;
    static const uint8_t good[] = {0x8A, 0x01, 0x01, 0x00, 0x8A};
    for (size_t place = 0; place < sizeof good; place++) {
        for (unsigned flip = 1; flip < 256; flip++) {
            uint8_t bytes[sizeof good];
            memcpy(bytes, good, sizeof bytes);
            bytes[place] = (uint8_t)(bytes[place] ^ flip);
            collected_begin(&got, "lock8a");
            collected_feed(&got, bytes, sizeof bytes);
            assert_int_equal(got.count, 0);
            collected_feed(&got, good, sizeof good);
            collected_feed(&got, good, sizeof good);
            assert_in_range(got.count, 1, 2);
            assert_true(got.readings[got.count - 1].lid_open);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_are_those_of_the_sheet),
        cmocka_unit_test(an_answer_is_a_lock_that_opened_or_did_not),
        cmocka_unit_test(the_contact_may_stand_the_other_way_round),
        cmocka_unit_test(the_question_is_no_answer),
        cmocka_unit_test(a_lock_that_no_port_has_is_no_reading),
        cmocka_unit_test(a_wrong_byte_is_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
