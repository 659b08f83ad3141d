/* The text formats without a check: a lost place, a long line or a lost unit makes no weight. */
#include "hw_collected.h"
#include "hw_decoded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct collected got;
static struct decoded decoded;

static const struct {
    const char *protocol;
    const char *frame;
    int32_t grams;
    bool is_fixed; /* a lost or doubled byte inside changes a width that is known */
} scales[] = {
    {"adam_azextra", "  1.250kg\r\n", 1250, false},
    {"and_std", "ST,+0001.250 kg\r\n", 1250, true},
    {"dini", "ST,GS,   1.250,kg\r\n", 1250, true},
    {"kern_text", "-   1.250 kg\r\n", -1250, false},
    {"ohaus_defender", "   1.250 kg    G\r\n", 1250, false},
    {"sbi", "+    1.250 kg \r\n", 1250, true},
};
enum { SCALES = sizeof scales / sizeof scales[0] };

static void a_weight_is_grams(void **state)
{
    (void)state;
    for (size_t i = 0; i < SCALES; i++) {
        collected_begin(&got, scales[i].protocol);
        collected_feed_text(&got, scales[i].frame);
        assert_int_equal(got.count, 1);
        assert_int_equal(got.readings[0].kind, READING_WEIGHT);
        assert_int_equal(got.readings[0].grams, scales[i].grams);
    }
}

/* kern_ew is not among these: it has two lengths, and one of each is the other. */
static void a_lost_or_doubled_byte_does_not_fit_a_fixed_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < SCALES; i++) {
        const size_t inside = strlen(scales[i].frame) - 2;
        for (size_t place = 0; place < inside && scales[i].is_fixed; place++) {
            char line[2 * HW_FRAME_MAX];
            snprintf(line, sizeof line, "%.*s%s", (int)place, scales[i].frame,
                     scales[i].frame + place + 1);
            decoded_text(&decoded, scales[i].protocol, line, strlen(line));
            assert_string_equal(decoded.text, "");
            snprintf(line, sizeof line, "%.*s%s", (int)place + 1, scales[i].frame,
                     scales[i].frame + place);
            collected_begin(&got, scales[i].protocol);
            collected_feed_text(&got, line);
            /* The first letter doubled leaves the whole frame behind it. */
            assert_true(got.count == 0 || (place == 0 && got.readings[0].grams == 1250));
        }
    }
}

static void the_second_frame_after_damage_counts(void **state)
{
    (void)state;
    for (size_t i = 0; i < SCALES; i++) {
        for (size_t kept = 0; kept <= strlen(scales[i].frame); kept++) {
            collected_begin(&got, scales[i].protocol);
            collected_feed(&got, scales[i].frame, kept);
            collected_feed_text(&got, scales[i].frame);
            collected_feed_text(&got, scales[i].frame);
            assert_true(got.count >= 1);
            assert_int_equal(got.readings[got.count - 1].grams, scales[i].grams);
        }
    }
}

/* Where nothing tells a beginning, the tail of a long line could be the tail of a number. */
static void the_tail_of_a_long_line_is_no_weight(void **state)
{
    (void)state;
    static const struct {
        const char *protocol, *tail, *frame;
        int32_t grams;
    } cases[] = {
        {"adam_azextra", "1.250kg\r\n", "  0.500kg\r\n", 500},
        {"kern_text", "1.250 kg\r\n", "    0.500 kg\r\n", 500},
        {"ohaus_defender", "1.250 kg  G\r\n", "   0.500 kg  G\r\n", 500},
        {"sbi", "+    1.250 kg \r\n", "+    0.500 kg \r\n", 500},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (size_t length = 40; length < 140; length++) {
            char line[200];
            memset(line, '1', length);
            strcpy(line + length, cases[i].tail);
            collected_begin(&got, cases[i].protocol);
            collected_feed_text(&got, line);
            assert_int_equal(got.count, 0);
            collected_feed_text(&got, cases[i].frame);
            assert_int_equal(got.count, 1);
            assert_int_equal(got.readings[0].grams, cases[i].grams);
        }
    }
}

static void without_a_unit_there_is_no_weight(void **state)
{
    (void)state;
    collected_begin(&got, "sbi");
    collected_feed_text(&got, "+    1.250    \r\n");
    collected_feed_text(&got, "+    1.250 %  \r\n");
    collected_feed_text(&got, "+        5 pcs\r\n");
    assert_int_equal(got.count, 0);
    assert_int_equal(got.port.stats.frames, 3);
    assert_int_equal(got.port.stats.rejects[REJECT_VALUE], 3);
}

static void the_flag_decides_never_the_digits(void **state)
{
    (void)state;
    static const struct {
        const char *protocol, *frame;
        enum reading_status status;
    } cases[] = {
        {"and_std", "OL,+0000.234 kg\r\n", READING_OVERLOAD},
        {"cas22", "OL,GS,\x01\x80,   12.50 kg\r\n", READING_OVERLOAD},
        {"dini", "UL,GS,   -20.0,kg\r\n", READING_UNDERLOAD},
        {"kern_ew", "+0000.00 G E\r\n", READING_OVERLOAD},
        {"kern_ew", "-0000.00 G E\r\n", READING_UNDERLOAD},
        {"kern_text", "           Error\r\n", READING_ERROR},
        {"sbi", "      High    \r\n", READING_OVERLOAD},
        {"weightech_wt1000", "0,     ol,000.000,     ol\r\n", READING_OVERLOAD},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        collected_begin(&got, cases[i].protocol);
        collected_feed_text(&got, cases[i].frame);
        assert_int_equal(got.count, 1);
        assert_int_equal(got.readings[0].status, cases[i].status);
        assert_false(got.readings[0].has_value);
        assert_int_equal(got.readings[0].grams, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_weight_is_grams),
        cmocka_unit_test(a_lost_or_doubled_byte_does_not_fit_a_fixed_line),
        cmocka_unit_test(the_second_frame_after_damage_counts),
        cmocka_unit_test(the_tail_of_a_long_line_is_no_weight),
        cmocka_unit_test(without_a_unit_there_is_no_weight),
        cmocka_unit_test(the_flag_decides_never_the_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
