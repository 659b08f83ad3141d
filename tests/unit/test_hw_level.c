/* Level sensors: millimetres, and nothing that was not measured. */
#include "hw_collected.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct collected got;

static const struct {
    const char *protocol;
    uint8_t frame[9];
    size_t length;
    int32_t mm;
} sensors[] = {
    {"a02_uart", {0xFF, 0x07, 0xA1, 0xA7}, 4, 1953},
    {"jsn_sr04t", {0xFF, 0x07, 0xA1, 0xA7}, 4, 1953},
    {"aj_sr04m", {0xFF, 0x07, 0xA1, 0xA8}, 4, 1953},
    {"tfmini", {0x59, 0x59, 0x7B, 0x00, 0xF4, 0x01, 0x02, 0x00, 0x24}, 9, 1230},
};
enum { SENSORS = sizeof sensors / sizeof sensors[0] };

static void a_distance_is_millimetres(void **state)
{
    (void)state;
    for (size_t i = 0; i < SENSORS; i++) {
        collected_begin(&got, sensors[i].protocol);
        collected_feed(&got, sensors[i].frame, sensors[i].length);
        assert_int_equal(got.count, 1);
        assert_int_equal(got.readings[0].kind, READING_LEVEL);
        assert_int_equal(got.readings[0].status, READING_OK);
        assert_true(got.readings[0].has_value);
        assert_int_equal(got.readings[0].level_mm, sensors[i].mm);
        assert_int_equal(got.readings[0].grams, 0);
    }
}

static void nothing_seen_is_no_full_bin(void **state)
{
    (void)state;
    static const struct {
        const char *protocol;
        uint8_t frame[9];
        size_t length;
        enum reading_status status;
    } cases[] = {
        {"a02_uart", {0xFF, 0x00, 0x00, 0xFF}, 4, READING_ERROR},
        {"a02_uart", {0xFF, 0x00, 0x1D, 0x1C}, 4, READING_UNDERLOAD},
        {"aj_sr04m", {0xFF, 0x00, 0x00, 0x00}, 4, READING_ERROR},
        {"tfmini", {0x59, 0x59, 0x00, 0x00, 0xF4, 0x01, 0x02, 0x00, 0xA9}, 9, READING_ERROR},
        {"tfmini", {0x59, 0x59, 0xFF, 0xFF, 0x05, 0x00, 0x02, 0x00, 0xB7}, 9, READING_ERROR},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        collected_begin(&got, cases[i].protocol);
        collected_feed(&got, cases[i].frame, cases[i].length);
        assert_int_equal(got.count, 1);
        assert_int_equal(got.readings[0].status, cases[i].status);
        assert_false(got.readings[0].has_value);
        assert_int_equal(got.readings[0].level_mm, 0);
    }
}

/* Every byte of a frame changed in every way, between two good frames. */
static void a_wrong_byte_is_no_distance(void **state)
{
    (void)state;
    for (size_t i = 0; i < SENSORS; i++) {
        for (size_t place = 0; place < sensors[i].length; place++) {
            for (unsigned flip = 1; flip < 256; flip++) {
                uint8_t bytes[27];
                const size_t length = sensors[i].length;
                for (size_t k = 0; k < 3; k++) {
                    memcpy(bytes + k * length, sensors[i].frame, length);
                }
                bytes[length + place] = (uint8_t)(bytes[length + place] ^ flip);
                collected_begin(&got, sensors[i].protocol);
                collected_feed(&got, bytes, 3 * length);
                assert_in_range(got.count, 1, 2);
                for (size_t k = 0; k < got.count; k++) {
                    assert_int_equal(got.readings[k].level_mm, sensors[i].mm);
                }
            }
        }
    }
}

static void the_sensor_is_heard_again_within_two_frames(void **state)
{
    (void)state;
    for (size_t i = 0; i < SENSORS; i++) {
        for (size_t lost = 0; lost < sensors[i].length; lost++) {
            collected_begin(&got, sensors[i].protocol);
            collected_feed(&got, sensors[i].frame, lost);
            collected_feed(&got, sensors[i].frame, sensors[i].length);
            collected_feed(&got, sensors[i].frame, sensors[i].length);
            assert_true(got.count >= 1);
            assert_int_equal(got.readings[got.count - 1].level_mm, sensors[i].mm);
            assert_int_equal(got.port.pending_count, 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_distance_is_millimetres),
        cmocka_unit_test(nothing_seen_is_no_full_bin),
        cmocka_unit_test(a_wrong_byte_is_no_distance),
        cmocka_unit_test(the_sensor_is_heard_again_within_two_frames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
