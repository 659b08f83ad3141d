/* Damage on the line, for every driver and real frames of it: no wrong value where a check protects
 * it, none that two equal frames confirm where there is no check, and the next good frames count.
 *
 * The frames are those rows of the tables in vectors that hold one whole frame each. */
#include "hw_vectors.h"

#include <strings.h>

enum { SAMPLES_MAX = 512, SAMPLES_OF_DRIVER = 8, SAMPLE_BYTES = HW_FRAME_MAX };

struct sample {
    const struct hw_driver *driver;
    struct hw_options options;
    uint8_t bytes[SAMPLE_BYTES];
    size_t count;
    char result[VECTOR_TEXT_MAX];
    bool is_checked; /* a check finds every single wrong byte */
};

static struct sample samples[SAMPLES_MAX];
static size_t sample_count;
static struct decoded decoded;

static const char *decode(const struct sample *sample, const uint8_t *bytes, size_t count)
{
    decoded_begin(&decoded, sample->driver->name, sample->options);
    decoded_feed(&decoded, bytes, count);
    decoded_end(&decoded);
    return decoded.text;
}

static bool is_last_frame(const struct sample *sample, size_t count)
{
    struct hw_value values[HW_VALUES_MAX];
    hw_frame_reader *const reader = sample->driver->last_frame;
    return reader && reader(&sample->options, sample->bytes, count, values).verdict == FRAME_OK;
}

/* A check that may be left out is there where the bytes before it were whole as well. */
static bool has_check(const struct sample *sample)
{
    const struct hw_driver *driver = sample->driver;
    return driver->checksum_default &&
           (!is_last_frame(sample, sample->count) || is_last_frame(sample, sample->count - 1));
}

/* EM-18 readers send a card's digits with neither beginning nor end: only the pause between two
 * cards separates them, and a stream of them can be read from any digit on. */
static bool has_no_bounds(const struct vector *vector)
{
    return strcmp(vector->driver->name, "rdm630") == 0 && vector->bytes[0] != 0x02;
}

static void take_sample(struct vector *vector)
{
    size_t of_driver = 0;
    for (size_t i = 0; i < sample_count; i++) {
        of_driver += samples[i].driver == vector->driver;
    }
    if (of_driver == SAMPLES_OF_DRIVER || vector->column[6][0] != '\0' || vector->want[0] == '\0' ||
        vector->count > SAMPLE_BYTES || has_no_bounds(vector)) {
        return;
    }
    assert_true(sample_count < SAMPLES_MAX);
    struct sample *sample = &samples[sample_count];
    *sample = (struct sample){
        .driver = vector->driver, .options = vector->options, .count = vector->count};
    memcpy(sample->bytes, vector->bytes, vector->count);
    memcpy(sample->result, vector->want, sizeof sample->result);
    sample->is_checked = has_check(sample);
    decode(sample, sample->bytes, sample->count);
    /* Only whole frames with nothing around them: damage outside a frame does not count as such. */
    const struct port_stats *stats = &decoded.port.stats;
    uint64_t rejects = 0;
    for (int reason = 0; reason < REJECT_REASON_COUNT; reason++) {
        rejects += stats->rejects[reason];
    }
    sample_count += stats->frames == 1 && rejects == 0;
}

static int collect_samples(void **state)
{
    (void)state;
    vectors_each(take_sample);
    return sample_count > 0 ? 0 : -1;
}

/* What is shown below is shown of every row of the driver table. */
static void every_driver_is_among_the_damaged(void **state)
{
    (void)state;
    for (size_t i = 0; i < hw_driver_count; i++) {
        size_t of_driver = 0;
        for (size_t s = 0; s < sample_count; s++) {
            of_driver += samples[s].driver == hw_drivers[i];
        }
        if (of_driver == 0) {
            fail_msg("no row of vectors/*.tsv is one whole frame of %s", hw_drivers[i]->name);
        }
    }
}

/* Nothing, a fault without a value, or the right result: any number of times. */
static bool is_right_or_nothing(const struct sample *sample, const char *got)
{
    static const char fault[] = "error  "; /* and a unit */
    const size_t one = strlen(sample->result);
    for (;;) {
        if (strncmp(got, sample->result, one) == 0) {
            got += one;
        } else if (strncmp(got, fault, sizeof fault - 1) == 0) {
            got = strchr(got, ';') + 1;
        } else {
            return got[0] == '\0';
        }
    }
}

static bool ends_with_two(const struct sample *sample, const char *got)
{
    const size_t one = strlen(sample->result);
    const size_t length = strlen(got);
    return length >= 2 * one && strcmp(got + length - one, sample->result) == 0 &&
           strncmp(got + length - 2 * one, sample->result, one) == 0;
}

static void check(bool is_good, const struct sample *sample, const char *what, size_t place)
{
    if (!is_good) {
        print_error("%s, %s at %zu:", sample->driver->name, what, place);
        for (size_t i = 0; i < sample->count; i++) {
            print_error(" %02X", sample->bytes[i]);
        }
        print_error(": expected \"%s\", got \"%s\"\n", sample->result, decoded.text);
    }
    assert_true(is_good);
}

/* Calls `visit` with each way of losing, doubling or (all if `every_flip`, else the single bits and
 * a few more) changing one byte. */
typedef void visit_damaged(const struct sample *sample, const uint8_t *bytes, size_t count,
                           const char *what, size_t place);

static void each_damage(const struct sample *sample, bool every_flip, visit_damaged *visit)
{
    uint8_t bytes[SAMPLE_BYTES + 1];
    for (size_t place = 0; place < sample->count; place++) {
        memcpy(bytes, sample->bytes, sample->count);
        for (unsigned flip = 1; flip < 256; flip++) {
            const bool is_bit = (flip & (flip - 1)) == 0;
            if (every_flip || is_bit || flip % 16 == 15) {
                bytes[place] = (uint8_t)(sample->bytes[place] ^ flip);
                visit(sample, bytes, sample->count, "byte changed", place);
            }
        }
        memcpy(bytes, sample->bytes, sample->count);
        memmove(bytes + place, sample->bytes + place + 1, sample->count - place - 1);
        visit(sample, bytes, sample->count - 1, "byte lost", place);
        memcpy(bytes, sample->bytes, sample->count);
        memcpy(bytes + place + 1, sample->bytes + place, sample->count - place);
        visit(sample, bytes, sample->count + 1, "byte doubled", place);
    }
}

static void visit_checked(const struct sample *sample, const uint8_t *bytes, size_t count,
                          const char *what, size_t place)
{
    check(is_right_or_nothing(sample, decode(sample, bytes, count)), sample, what, place);
}

static void a_check_lets_no_damage_through(void **state)
{
    (void)state;
    size_t checked = 0;
    for (size_t s = 0; s < sample_count; s++) {
        if (samples[s].is_checked) {
            each_damage(&samples[s], true, visit_checked);
            checked++;
        }
    }
    assert_true(checked >= 3);
}

struct confirmed {
    int32_t grams;
    bool has_wrong;
};

static void compare_confirmed(void *context, const reading_t *reading)
{
    struct confirmed *confirmed = context;
    if (reading->has_value && reading->status == READING_OK && reading->grams != confirmed->grams) {
        confirmed->has_wrong = true;
    }
}

static void learn_grams(void *context, const reading_t *reading)
{
    struct confirmed *confirmed = context;
    confirmed->grams = reading->grams;
}

static void feed_all(struct port *port, const struct sample *sample, port_sink *sink,
                     struct confirmed *confirmed)
{
    port_feed(port, sample->bytes, sample->count, 0, sink, confirmed);
}

/* Good, damaged, good, good: the damaged one is never confirmed by a second equal frame. */
static void visit_unchecked(const struct sample *sample, const uint8_t *bytes, size_t count,
                            const char *what, size_t place)
{
    struct port port;
    struct port_config config = {
        .driver = sample->driver, .options = sample->options, .equal_frames = 2};
    struct confirmed confirmed = {.has_wrong = false};
    memcpy(config.options.unit, "kg", sizeof "kg");
    port_init(&port, &config);
    feed_all(&port, sample, learn_grams, &confirmed);
    feed_all(&port, sample, learn_grams, &confirmed);
    port_feed(&port, bytes, count, 0, compare_confirmed, &confirmed);
    feed_all(&port, sample, compare_confirmed, &confirmed);
    feed_all(&port, sample, compare_confirmed, &confirmed);
    check(!confirmed.has_wrong, sample, what, place);
}

static void without_a_check_two_equal_frames_protect(void **state)
{
    (void)state;
    size_t unchecked = 0;
    for (size_t s = 0; s < sample_count; s++) {
        if (!samples[s].is_checked && samples[s].driver->kind == READING_WEIGHT) {
            each_damage(&samples[s], false, visit_unchecked);
            unchecked++;
        }
    }
    assert_true(unchecked >= 3);
}

static size_t append_sample(uint8_t *bytes, size_t count, const struct sample *sample)
{
    memcpy(bytes + count, sample->bytes, sample->count);
    return count + sample->count;
}

/* Damage costs at most the frame it hit and one more. */
static void visit_then_good(const struct sample *sample, const uint8_t *damaged, size_t count,
                            const char *what, size_t place)
{
    uint8_t bytes[4 * SAMPLE_BYTES + 1];
    memcpy(bytes, damaged, count);
    for (int i = 0; i < 3; i++) {
        count = append_sample(bytes, count, sample);
    }
    check(ends_with_two(sample, decode(sample, bytes, count)), sample, what, place);
}

static void frames_after_damage_count(void **state)
{
    (void)state;
    for (size_t s = 0; s < sample_count; s++) {
        each_damage(&samples[s], false, visit_then_good);
    }
}

static void frames_after_a_cut_frame_count(void **state)
{
    (void)state;
    for (size_t s = 0; s < sample_count; s++) {
        for (size_t kept = 0; kept <= samples[s].count; kept++) {
            visit_then_good(&samples[s], samples[s].bytes, kept, "cut", kept);
            visit_then_good(&samples[s], samples[s].bytes + kept, samples[s].count - kept, "begun",
                            kept);
        }
    }
}

static void frames_after_garbage_count(void **state)
{
    (void)state;
    uint32_t seed = 20250607;
    print_message("seed %u\n", seed);
    for (size_t s = 0; s < sample_count; s++) {
        for (size_t round = 0; round < 200; round++) {
            uint8_t garbage[32];
            seed = seed * 1664525 + 1013904223;
            const size_t count = seed >> 16 & 31;
            for (size_t i = 0; i < count; i++) {
                seed = seed * 1664525 + 1013904223;
                garbage[i] = (uint8_t)(seed >> 24);
            }
            visit_then_good(&samples[s], garbage, count, "garbage", round);
        }
    }
}

static void a_nul_inside_is_no_other_value(void **state)
{
    (void)state;
    for (size_t s = 0; s < sample_count; s++) {
        const struct sample *sample = &samples[s];
        for (size_t place = 0; place <= sample->count; place++) {
            uint8_t bytes[SAMPLE_BYTES + 1];
            memcpy(bytes, sample->bytes, place);
            bytes[place] = 0;
            memcpy(bytes + place + 1, sample->bytes + place, sample->count - place);
            check(is_right_or_nothing(sample, decode(sample, bytes, sample->count + 1)), sample,
                  "NUL", place);
        }
    }
}

static bool is_seven_bit(const struct sample *sample)
{
    for (size_t i = 0; i < sample->count; i++) {
        if (sample->bytes[i] > 0x7F) {
            return false;
        }
    }
    return true;
}

static void parity_bits_need_the_mask(void **state)
{
    (void)state;
    for (size_t s = 0; s < sample_count; s++) {
        struct sample sample = samples[s];
        if (!is_seven_bit(&sample)) {
            continue;
        }
        uint8_t bytes[SAMPLE_BYTES];
        for (size_t i = 0; i < sample.count; i++) {
            unsigned ones = 0;
            for (unsigned bit = 0; bit < 7; bit++) {
                ones += (unsigned)sample.bytes[i] >> bit & 1U;
            }
            bytes[i] = (uint8_t)(sample.bytes[i] | (ones % 2 ? 0x80 : 0));
        }
        check(is_right_or_nothing(&sample, decode(&sample, bytes, sample.count)), &sample, "parity",
              0);
        sample.options.mask7 = true;
        check(strcmp(decode(&sample, bytes, sample.count), sample.result) == 0, &sample, "mask", 0);
    }
}

static void half_a_frame_does_not_survive_a_lost_line(void **state)
{
    (void)state;
    for (size_t s = 0; s < sample_count; s++) {
        const struct sample *sample = &samples[s];
        for (size_t cut = 1; cut < sample->count; cut++) {
            char alone[DECODED_MAX];
            strcpy(alone, decode(sample, sample->bytes + cut, sample->count - cut));
            decoded_begin(&decoded, sample->driver->name, sample->options);
            decoded_feed(&decoded, sample->bytes, cut);
            port_lost(&decoded.port);
            decoded.text[decoded.length = 0] = '\0';
            decoded_feed(&decoded, sample->bytes + cut, sample->count - cut);
            decoded_end(&decoded);
            check(strcmp(decoded.text, alone) == 0, sample, "line lost", cut);
            check(!sample->is_checked || is_right_or_nothing(sample, alone), sample, "half a frame",
                  cut);
            assert_int_equal(decoded.port.stats.lost, 1);
        }
    }
}

/* st_gs has no check: what stays is that a frame is either refused or keeps its shape. */
static void damaged_text_is_refused_or_shows_the_damage_only(void **state)
{
    (void)state;
    static const char text_frame[] = "ST,GS,+  1.234kg\r\n";
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
            assert_true(in_value || (may_change && strcasecmp(got, "ok 1.234 kg;") == 0));
        }
    }
    /* Signs, digits and blanks of the value, the letter case, the free choice of line end. */
    assert_in_range(accepted, 1, 700);
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
        {"yaohua_tf0", "\x02+00x00021B\x03", REJECT_LAYOUT, 1},
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
        cmocka_unit_test(every_driver_is_among_the_damaged),
        cmocka_unit_test(a_check_lets_no_damage_through),
        cmocka_unit_test(without_a_check_two_equal_frames_protect),
        cmocka_unit_test(frames_after_damage_count),
        cmocka_unit_test(frames_after_a_cut_frame_count),
        cmocka_unit_test(frames_after_garbage_count),
        cmocka_unit_test(a_nul_inside_is_no_other_value),
        cmocka_unit_test(parity_bits_need_the_mask),
        cmocka_unit_test(half_a_frame_does_not_survive_a_lost_line),
        cmocka_unit_test(damaged_text_is_refused_or_shows_the_damage_only),
        cmocka_unit_test(rejects_are_counted_by_reason),
    };
    return cmocka_run_group_tests(tests, collect_samples, NULL);
}
