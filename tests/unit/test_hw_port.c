/* The pump: readings do not depend on how bytes were cut, equal frames confirm, nothing that is no
 * weight becomes one. */
#include "hw/lid_line.h"
#include "hw/port.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { READINGS_MAX = 20000 };

static struct {
    size_t count;
    reading_t readings[READINGS_MAX];
} got;

static void collect(void *context, const reading_t *reading)
{
    (void)context;
    assert_true(got.count < READINGS_MAX);
    got.readings[got.count++] = *reading;
}

static struct port port;

static void begin(const char *protocol, const char *unit, uint8_t equal_frames)
{
    struct port_config config = {
        .driver = hw_driver_find(protocol),
        .options = {.checksum = true},
        .index = 3,
        .equal_frames = equal_frames,
    };
    snprintf(config.options.unit, sizeof config.options.unit, "%s", unit);
    port_init(&port, &config);
    got.count = 0;
}

static void feed(const char *text, int64_t now_ms)
{
    port_feed(&port, (const uint8_t *)text, strlen(text), now_ms, collect, NULL);
}

static void a_reading_carries_port_channel_time_and_grams(void **state)
{
    (void)state;
    begin("st_gs", "", 1);
    assert_true(port.stats.last_frame_ms == INT64_MIN);
    feed("ST,GS,-  1.2", 100);
    feed("34kg\r\n", 150);
    assert_int_equal(got.count, 1);
    const reading_t *reading = &got.readings[0];
    assert_int_equal(reading->t_ms, 150);
    assert_int_equal(reading->grams, -1234);
    assert_int_equal(reading->port, 3);
    assert_int_equal(reading->channel, 1);
    assert_int_equal(reading->kind, READING_WEIGHT);
    assert_int_equal(reading->status, READING_OK);
    assert_true(reading->has_value);
    assert_int_equal(port.stats.last_frame_ms, 150);
    assert_int_equal(port.stats.bytes, 18);
    assert_int_equal(port.stats.frames, 1);
    assert_int_equal(port.stats.readings, 1);
}

/* A piece of a stream: mostly frames of all sorts, some cut frames and garbage. */
static size_t write_piece(char *to, unsigned kind, int kilograms)
{
    enum { PIECE_MAX = 32 };
    if (kind < 8) {
        return (size_t)snprintf(to, PIECE_MAX, "ST,GS,+%7d.0kg\r\n", kilograms);
    }
    if (kind < 11) {
        return (size_t)snprintf(to, PIECE_MAX, "US,NT,-%7d kg\r", kilograms);
    }
    if (kind < 13) {
        return (size_t)snprintf(to, PIECE_MAX, "OL,GS,  %5d kg\n", kilograms);
    }
    if (kind < 15) {
        return (size_t)snprintf(to, PIECE_MAX, "ST,GS,+%3d", kilograms);
    }
    return (size_t)snprintf(to, PIECE_MAX, "##%d##", kilograms);
}

static void chunks_make_no_difference(void **state)
{
    (void)state;
    static char stream[200000];
    static reading_t whole[READINGS_MAX];
    static const size_t chunks[] = {7, 63, 64, 65, 4096, sizeof stream};
    size_t length = 0;
    uint32_t seed = 7;
    print_message("seed %u\n", seed);
    while (length < sizeof stream - 64) {
        seed = seed * 1664525 + 1013904223;
        length += write_piece(stream + length, seed >> 28, (int)(seed >> 8 & 127));
    }
    begin("st_gs", "", 2);
    for (size_t i = 0; i < length; i++) {
        port_feed(&port, (const uint8_t *)stream + i, 1, 0, collect, NULL);
    }
    const size_t count = got.count;
    const struct port_stats stats = port.stats;
    memcpy(whole, got.readings, count * sizeof whole[0]);
    assert_true(count > 5000 && stats.rejects[REJECT_LAYOUT] > 100);
    for (size_t c = 0; c < sizeof chunks / sizeof chunks[0]; c++) {
        begin("st_gs", "", 2);
        for (size_t at = 0; at < length; at += chunks[c]) {
            const size_t size = length - at < chunks[c] ? length - at : chunks[c];
            port_feed(&port, (const uint8_t *)stream + at, size, 0, collect, NULL);
        }
        assert_int_equal(got.count, count);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(got.readings[i].grams, whole[i].grams);
            assert_int_equal(got.readings[i].status, whole[i].status);
        }
        assert_int_equal(port.stats.frames, stats.frames);
        assert_memory_equal(port.stats.rejects, stats.rejects, sizeof stats.rejects);
    }
}

static void equal_frames_confirm(void **state)
{
    (void)state;
    begin("st_gs", "", 3);
    feed("ST,GS,+  1.000kg\r\nST,GS,+  1.000kg\r\nST,GS,+  1.000kg\r\nST,GS,+  1.000kg\r\n", 0);
    feed("ST,GS,+  1.001kg\r\nUS,GS,+  1.001kg\r\nST,GS,+  1.001kg\r\n", 1);
    static const enum reading_status want[] = {READING_MOVING, READING_MOVING, READING_OK,
                                               READING_OK,     READING_MOVING, READING_MOVING,
                                               READING_OK};
    assert_int_equal(got.count, sizeof want / sizeof want[0]);
    for (size_t i = 0; i < got.count; i++) {
        assert_int_equal(got.readings[i].status, want[i]);
        assert_true(got.readings[i].has_value);
    }
}

static void moving_stays_moving_however_often_it_is_said(void **state)
{
    (void)state;
    begin("st_gs", "", 1);
    feed("US,GS,+  1.000kg\r\nUS,GS,+  1.000kg\r\nUS,GS,+  1.000kg\r\n", 0);
    assert_int_equal(got.count, 3);
    assert_int_equal(got.readings[2].status, READING_MOVING);
}

static void overload_and_line_loss_begin_the_count_again(void **state)
{
    (void)state;
    begin("st_gs", "", 2);
    feed("ST,GS,+  1.000kg\r\nOL,GS,+  1.000kg\r\nST,GS,+  1.000kg\r\n", 0);
    assert_int_equal(got.readings[1].status, READING_OVERLOAD);
    assert_false(got.readings[1].has_value);
    assert_int_equal(got.readings[1].grams, 0);
    assert_int_equal(got.readings[2].status, READING_MOVING);
    port_lost(&port);
    feed("ST,GS,+  1.000kg\r\n", 5);
    assert_int_equal(got.readings[3].status, READING_MOVING);
    feed("ST,GS,+  1.000kg\r\n", 6);
    assert_int_equal(got.readings[4].status, READING_OK);
}

static void a_counter_of_equal_frames_does_not_wrap(void **state)
{
    (void)state;
    begin("st_gs", "", 255);
    for (int i = 0; i < 600; i++) {
        feed("ST,GS,+  1.000kg\r\n", i);
        assert_int_equal(got.readings[i].status, i < 254 ? READING_MOVING : READING_OK);
    }
}

static void the_unit_of_the_port_completes_a_format_without(void **state)
{
    (void)state;
    static const struct {
        const char *unit;
        int32_t grams;
    } cases[] = {{"kg", 20000}, {"g", 20}, {"t", 20000000}, {"jin", 10000}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin("yaohua_tf0", cases[i].unit, 1);
        feed("\x02+0020002"
             "1B\x03",
             0);
        assert_int_equal(got.count, 1);
        assert_int_equal(got.readings[0].grams, cases[i].grams);
    }
}

static void what_is_no_weight_is_no_reading(void **state)
{
    (void)state;
    begin("yaohua_tf0", "", 1);
    feed("\x02+0020002"
         "1B\x03",
         0);
    assert_int_equal(got.count, 0);
    assert_int_equal(port.stats.frames, 1);
    assert_int_equal(port.stats.rejects[REJECT_VALUE], 1);
    begin("st_gs", "", 1);
    feed("ST,GS,+99999999t\r\n", 0);
    assert_int_equal(got.count, 0);
    assert_int_equal(port.stats.rejects[REJECT_VALUE], 1);
    assert_false(port_has_wrong_unit(&port));
}

static void pieces_for_weights_are_a_wrong_unit_until_a_weight_comes(void **state)
{
    (void)state;
    begin("and_std", "kg", 1);
    for (int i = 0; i < PORT_WRONG_UNITS; i++) {
        assert_false(port_has_wrong_unit(&port));
        feed("QT,+00012345 PC\r\n", i);
    }
    assert_true(port_has_wrong_unit(&port));
    assert_int_equal(got.count, 0);
    feed("ST,+0001.000 kg\r\n", 10);
    assert_false(port_has_wrong_unit(&port));
}

static void an_echo_counts_when_the_next_one_agrees(void **state)
{
    (void)state;
    static const struct {
        const char *frame;
        int32_t mm;
        enum reading_status status;
    } cases[] = {
        {"\xFF\x07\xA1\xA7", 1953, READING_MOVING}, {"\xFF\x07\xB0\xB6", 1968, READING_OK},
        {"\xFF\x01\xA1\xA1", 417, READING_MOVING},  {"\xFF\x07\xA1\xA7", 1953, READING_MOVING},
        {"\xFF\x07\xA1\xA7", 1953, READING_OK},
    };
    begin("a02_uart", "", 2);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        port_feed(&port, (const uint8_t *)cases[i].frame, 4, 0, collect, &got);
        assert_int_equal(got.count, i + 1);
        assert_true(got.readings[i].has_value);
        assert_int_equal(got.readings[i].level_mm, cases[i].mm);
        assert_int_equal(got.readings[i].status, cases[i].status);
    }
}

/* What a frame's check cannot promise, a second frame has to. */
static void weak_formats_want_two_frames_by_themselves(void **state)
{
    (void)state;
    for (size_t i = 0; i < hw_driver_count; i++) {
        const struct hw_driver *driver = hw_drivers[i];
        const bool has_crc = strncmp(driver->name, "modbus_", 7) == 0;
        const bool repeats = driver->kind == READING_WEIGHT || driver->kind == READING_LEVEL;
        assert_int_equal(driver->equal_frames, repeats && !has_crc ? 2 : 1);
    }
}

static void a_stored_tare_is_no_reading(void **state)
{
    (void)state;
    static const char *const frames[][2] = {
        {"st_gs", "ST,TR,+  1.000kg\r\n"},          {"ohaus_defender", "   1.000 kg    T\r\n"},
        {"ohaus_defender", "   1.000 kg   PT\r\n"}, {"sbi", "T1    +    1.000 kg \r\n"},
        {"sbi", "wRef  +    1.000 kg \r\n"},        {"adam_azextra", "T   +  1.000 kg\r\n"},
    };
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        begin(frames[i][0], "", 1);
        feed(frames[i][1], 0);
        assert_int_equal(got.count, 0);
        assert_int_equal(port.stats.frames, 1);
    }
}

static void a_lid_speaks_once(void **state)
{
    (void)state;
    char line[LID_LINE_MAX + 1] = "";
    begin("lid_line", "", 5);
    lid_line_write(1, 0, "OC?", (uint8_t *)line);
    feed(line, 70);
    assert_int_equal(got.count, 3);
    static const reading_t want[] = {
        {.status = READING_OK, .has_value = true, .lid_open = true},
        {.status = READING_OK, .has_value = true, .lid_open = false},
        {.status = READING_ERROR, .has_value = false, .lid_open = false},
    };
    for (size_t i = 0; i < got.count; i++) {
        assert_int_equal(got.readings[i].kind, READING_LID);
        assert_int_equal(got.readings[i].channel, i + 1);
        assert_int_equal(got.readings[i].t_ms, 70);
        assert_int_equal(got.readings[i].status, want[i].status);
        assert_int_equal(got.readings[i].has_value, want[i].has_value);
        assert_int_equal(got.readings[i].lid_open, want[i].lid_open);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reading_carries_port_channel_time_and_grams),
        cmocka_unit_test(chunks_make_no_difference),
        cmocka_unit_test(equal_frames_confirm),
        cmocka_unit_test(moving_stays_moving_however_often_it_is_said),
        cmocka_unit_test(overload_and_line_loss_begin_the_count_again),
        cmocka_unit_test(a_counter_of_equal_frames_does_not_wrap),
        cmocka_unit_test(the_unit_of_the_port_completes_a_format_without),
        cmocka_unit_test(what_is_no_weight_is_no_reading),
        cmocka_unit_test(pieces_for_weights_are_a_wrong_unit_until_a_weight_comes),
        cmocka_unit_test(an_echo_counts_when_the_next_one_agrees),
        cmocka_unit_test(weak_formats_want_two_frames_by_themselves),
        cmocka_unit_test(a_stored_tare_is_no_reading),
        cmocka_unit_test(a_lid_speaks_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
