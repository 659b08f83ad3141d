/* Damage on the line: no wrong weight where a check protects it, and the next good frame counts. */
#include "hw_decoded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const char yaohua[] = "\x02+0020002"
                             "1B\x03";
static const char text_frame[] = "ST,GS,+  1.234kg\r\n";
static const char lid[] = "$LID,01,2A,OC?C*";

struct sample {
    const char *protocol;
    const char *bytes;
    size_t count;
    const char *result;
    bool is_checked; /* the format has a check that finds every single wrong byte */
};

static struct sample samples[] = {
    {"yaohua_tf0", yaohua, sizeof yaohua - 1, "ok 20.00;", true},
    {"st_gs", text_frame, sizeof text_frame - 1, "ok 1.234;", false},
    {"lid_line", NULL, 0, "error 10?0;", true},
};
enum { SAMPLES = sizeof samples / sizeof samples[0] };

/* The lid line gets its check from the writer's side of the same header that documents it. */
#include "hw/lid_board.h"
static int complete_samples(void **state)
{
    (void)state;
    static uint8_t line[LID_LINE_MAX];
    samples[2].count = lid_line_write(1, 0x2A, "OC?C", line);
    samples[2].bytes = (const char *)line;
    return memcmp(line, lid, strlen(lid));
}

static struct decoded decoded;

static void a_changed_byte_is_never_a_wrong_value(void **state)
{
    (void)state;
    for (size_t s = 0; s < SAMPLES; s++) {
        const struct sample *sample = &samples[s];
        for (size_t place = 0; place < sample->count && sample->is_checked; place++) {
            for (unsigned flip = 1; flip < 256; flip++) {
                uint8_t bytes[HW_FRAME_MAX];
                memcpy(bytes, sample->bytes, sample->count);
                bytes[place] = (uint8_t)(bytes[place] ^ flip);
                assert_string_equal(decoded_text(&decoded, sample->protocol, bytes, sample->count),
                                    "");
            }
        }
    }
}

static void a_lost_or_doubled_byte_is_never_a_wrong_value(void **state)
{
    (void)state;
    for (size_t s = 0; s < SAMPLES; s++) {
        const struct sample *sample = &samples[s];
        for (size_t place = 0; place < sample->count && sample->is_checked; place++) {
            uint8_t bytes[HW_FRAME_MAX];
            memcpy(bytes, sample->bytes, place);
            memcpy(bytes + place, sample->bytes + place + 1, sample->count - place - 1);
            assert_string_equal(decoded_text(&decoded, sample->protocol, bytes, sample->count - 1),
                                "");
            memcpy(bytes, sample->bytes, place + 1);
            memcpy(bytes + place + 1, sample->bytes + place, sample->count - place);
            const char *got = decoded_text(&decoded, sample->protocol, bytes, sample->count + 1);
            assert_true(strcmp(got, "") == 0 || strcmp(got, sample->result) == 0);
        }
    }
}

/* st_gs has no check: what stays is that a frame is either refused or keeps its shape. */
static void damaged_text_is_refused_or_shows_the_damage_only(void **state)
{
    (void)state;
    int accepted = 0;
    for (size_t place = 0; place < sizeof text_frame - 1; place++) {
        for (unsigned flip = 1; flip < 256; flip++) {
            uint8_t bytes[sizeof text_frame - 1];
            memcpy(bytes, text_frame, sizeof bytes);
            bytes[place] = (uint8_t)(bytes[place] ^ flip);
            const char *got = decoded_text(&decoded, "st_gs", bytes, sizeof bytes);
            if (got[0] == '\0') {
                continue;
            }
            accepted++;
            /* The 'k' may have become one more digit; the unit's letter case is free. */
            const bool in_value = place >= 6 && place <= 14;
            const bool may_change = place == 5 || place >= 15;
            assert_true(in_value || (may_change && strcmp(got, "ok 1.234;") == 0));
        }
    }
    /* Signs, digits and blanks of the value, the letter case, the free choice of line end. */
    assert_in_range(accepted, 1, 700);
}

static void the_frame_after_damage_counts(void **state)
{
    (void)state;
    for (size_t s = 0; s < SAMPLES; s++) {
        const struct sample *sample = &samples[s];
        for (size_t kept = 0; kept <= sample->count; kept++) {
            uint8_t bytes[3 * HW_FRAME_MAX];
            memcpy(bytes, sample->bytes, kept);
            memcpy(bytes + kept, sample->bytes, sample->count);
            memcpy(bytes + kept + sample->count, sample->bytes, sample->count);
            const char *got =
                decoded_text(&decoded, sample->protocol, bytes, kept + 2 * sample->count);
            const size_t frames = strlen(got) / strlen(sample->result);
            assert_true(frames >= 2);
            assert_int_equal(strlen(got), frames * strlen(sample->result));
            assert_int_equal(decoded.port.stats.frames, frames);
        }
    }
}

static void garbage_between_frames_costs_at_most_one_frame(void **state)
{
    (void)state;
    uint32_t seed = 20250607;
    print_message("seed %u\n", seed);
    for (size_t s = 0; s < SAMPLES; s++) {
        const struct sample *sample = &samples[s];
        for (int round = 0; round < 2000; round++) {
            uint8_t bytes[4 * HW_FRAME_MAX];
            size_t count = 0;
            seed = seed * 1664525 + 1013904223;
            const size_t garbage = seed >> 16 & 31;
            for (size_t i = 0; i < garbage; i++) {
                seed = seed * 1664525 + 1013904223;
                bytes[count++] = (uint8_t)(seed >> 24);
            }
            for (int i = 0; i < 3; i++) {
                memcpy(bytes + count, sample->bytes, sample->count);
                count += sample->count;
            }
            const char *got = decoded_text(&decoded, sample->protocol, bytes, count);
            const size_t length = strlen(got);
            const size_t two = 2 * strlen(sample->result);
            assert_true(length >= two);
            assert_memory_equal(got + length - two + strlen(sample->result), sample->result,
                                strlen(sample->result));
        }
    }
}

static void a_nul_inside_rejects_and_a_nul_between_does_not(void **state)
{
    (void)state;
    for (size_t s = 0; s < SAMPLES; s++) {
        const struct sample *sample = &samples[s];
        for (size_t place = 0; place <= sample->count; place++) {
            uint8_t bytes[2 * HW_FRAME_MAX];
            memcpy(bytes, sample->bytes, place);
            bytes[place] = 0;
            memcpy(bytes + place + 1, sample->bytes + place, sample->count - place);
            const char *got = decoded_text(&decoded, sample->protocol, bytes, sample->count + 1);
            /* After the CR of a text line the frame is already complete. */
            const bool is_between =
                place == 0 || place == sample->count ||
                (strcmp(sample->protocol, "st_gs") == 0 && place == sample->count - 1);
            assert_string_equal(got, is_between ? sample->result : "");
        }
    }
}

static void parity_bits_need_the_mask(void **state)
{
    (void)state;
    for (size_t s = 0; s < SAMPLES; s++) {
        const struct sample *sample = &samples[s];
        uint8_t bytes[HW_FRAME_MAX];
        for (size_t i = 0; i < sample->count; i++) {
            uint8_t byte = (uint8_t)sample->bytes[i];
            unsigned ones = 0;
            for (unsigned bit = 0; bit < 7; bit++) {
                ones += (unsigned)byte >> bit & 1U;
            }
            bytes[i] = (uint8_t)(byte | (ones % 2 ? 0x80 : 0));
        }
        assert_string_equal(decoded_text(&decoded, sample->protocol, bytes, sample->count), "");
        const struct hw_options masked = {.mask7 = true, .checksum = true};
        decoded_begin(&decoded, sample->protocol, masked);
        decoded_feed(&decoded, bytes, sample->count);
        assert_string_equal(decoded.text, sample->result);
    }
}

static void half_a_frame_does_not_survive_a_lost_line(void **state)
{
    (void)state;
    for (size_t s = 0; s < SAMPLES; s++) {
        const struct sample *sample = &samples[s];
        const struct hw_options options = {.checksum = true};
        for (size_t cut = 1; cut < sample->count; cut++) {
            decoded_begin(&decoded, sample->protocol, options);
            decoded_feed(&decoded, sample->bytes, cut);
            port_lost(&decoded.port);
            decoded.text[decoded.length = 0] = '\0';
            decoded_feed(&decoded, sample->bytes + cut, sample->count - cut);
            assert_string_equal(decoded.text, "");
            assert_int_equal(decoded.port.stats.lost, 1);
        }
    }
}

static void rejects_are_counted_by_reason(void **state)
{
    (void)state;
    static const struct {
        const char *protocol, *bytes;
        enum reject_reason reason;
        uint64_t count;
    } cases[] = {
        {"yaohua_tf0", "noise noise", REJECT_NOISE, 1},
        {"yaohua_tf0",
         "\x02+0020002"
         "1C\x03\x02+0020002"
         "1D\x03",
         REJECT_CHECKSUM, 2},
        {"yaohua_tf0", "\x02+00x0002", REJECT_LAYOUT, 1},
        {"st_gs", "hello\r\nworld\r\n", REJECT_NOISE, 1},
        {"st_gs", "ST,GS,x\r\nUS,GS,x\r\n", REJECT_LAYOUT, 2},
        {"st_gs", "ST,GS,\r\n", REJECT_VALUE, 1},
        {"st_gs", "ST,GS,+  1.234kg                 \r\n", REJECT_LENGTH, 1},
        {"lid_line", "$LID,01,2A,CCCCCCCCC*0000\r\n", REJECT_LENGTH, 1},
        {"lid_line", "$LID,01,2A,CCCC*0000\r\n", REJECT_CHECKSUM, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(
            decoded_text(&decoded, cases[i].protocol, cases[i].bytes, strlen(cases[i].bytes)), "");
        for (int reason = 0; reason < REJECT_REASON_COUNT; reason++) {
            const uint64_t want = reason == (int)cases[i].reason ? cases[i].count : 0;
            assert_int_equal(decoded.port.stats.rejects[reason], want);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_changed_byte_is_never_a_wrong_value),
        cmocka_unit_test(a_lost_or_doubled_byte_is_never_a_wrong_value),
        cmocka_unit_test(damaged_text_is_refused_or_shows_the_damage_only),
        cmocka_unit_test(the_frame_after_damage_counts),
        cmocka_unit_test(garbage_between_frames_costs_at_most_one_frame),
        cmocka_unit_test(a_nul_inside_rejects_and_a_nul_between_does_not),
        cmocka_unit_test(parity_bits_need_the_mask),
        cmocka_unit_test(half_a_frame_does_not_survive_a_lost_line),
        cmocka_unit_test(rejects_are_counted_by_reason),
    };
    return cmocka_run_group_tests(tests, complete_samples, NULL);
}
