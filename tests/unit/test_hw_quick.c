/* The quick ways say the same as the whole ones: a frame that lies whole in one chunk and the same
 * frame byte by byte, a number at once and character by character, a weight by one product and by
 * division. */
#include "hw/decimal.h"
#include "hw/text_line.h"
#include "hw_decoded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

enum { ROUNDS = 200000, PLACES = 8, UNIT_AT = 14, FRAME_BYTES = 18, FIELD_MAX = 12 };

static uint32_t seed = 20250608;

static uint32_t below(uint32_t end)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 16) % end;
}

static void make_frame(char frame[FRAME_BYTES + 1])
{
    static const char *const heads[] = {"ST,GS,", "US,NT,", "ST,TR,", "OL,GS,", "ST,NT ", "SU,GS,"};
    static const char *const tails[] = {"kg\r\n", "kg\r\n", "kg\n\r", " g\r\n", "g\r\nS", "kg  "};
    static const char bytes[] = "  00123456789..+-,/k";
    strcpy(frame, heads[below(2) ? 0 : below(6)]);
    for (uint32_t place = 0; place < PLACES; place++) {
        frame[UNIT_AT - PLACES + place] = bytes[below(sizeof bytes - 1)];
    }
    /* Most of them with a sign, some blanks and digits: so that they are accepted. */
    if (below(4) > 0) {
        const uint32_t blanks = below(PLACES);
        for (uint32_t place = 1; place < PLACES; place++) {
            frame[UNIT_AT - PLACES + place] = place < blanks ? ' ' : (char)('0' + below(10));
        }
        frame[UNIT_AT - PLACES] = "+- "[below(3)];
        frame[UNIT_AT - 1 - below(PLACES)] = "./ 7"[below(4)];
    }
    strcpy(frame + UNIT_AT, tails[below(2) ? 0 : below(6)]);
}

static void a_whole_frame_reads_as_one_in_pieces(void **state)
{
    (void)state;
    static struct decoded whole;
    static struct decoded pieces;
    const struct hw_options options = {.checksum = false};
    int values = 0;
    print_message("seed %u\n", seed);
    for (int round = 0; round < ROUNDS; round++) {
        char frame[FRAME_BYTES + 1];
        make_frame(frame);
        decoded_begin(&whole, "st_gs", options);
        decoded_begin(&pieces, "st_gs", options);
        decoded_feed(&whole, frame, FRAME_BYTES);
        for (size_t i = 0; i < FRAME_BYTES; i++) {
            decoded_feed(&pieces, frame + i, 1);
        }
        if (strcmp(whole.text, pieces.text) != 0) {
            fail_msg("\"%s\": whole \"%s\", in pieces \"%s\"", frame, whole.text, pieces.text);
        }
        assert_memory_equal(&whole.port.stats, &pieces.port.stats, sizeof whole.port.stats);
        values += whole.length > 0;
    }
    assert_in_range(values, ROUNDS / 10, ROUNDS - ROUNDS / 10);
}

/* Most of them blanks, a sign, digits and a point in their order; the others anything. */
static size_t make_field(uint8_t field[FIELD_MAX])
{
    static const char bytes[] = " +-.0123456789kO/:\x80";
    const size_t width = 1 + below(FIELD_MAX);
    const bool is_any = below(3) == 0;
    const size_t sign = below(6);
    const size_t first = sign + below(3);
    for (size_t i = 0; i < width; i++) {
        field[i] = (uint8_t)(is_any      ? bytes[below(sizeof bytes - 1)]
                             : i == sign ? "+- 5"[below(4)]
                             : i < first ? ' '
                                         : (char)('0' + below(10)));
    }
    if (!is_any) {
        field[below((uint32_t)width)] = (uint8_t) ".. 7"[below(4)];
    }
    return width;
}

static void assert_same_number(bool is_number, const struct hw_value *got, const uint8_t *field,
                               size_t width)
{
    /* Blanks may stand behind a number, and make the field too wide to be read at once. */
    struct hw_value want;
    uint8_t wide[FIELD_MAX + PLACES];
    memset(wide, ' ', sizeof wide);
    memcpy(wide, field, width);
    hw_value_begin(&want, READING_WEIGHT);
    assert_int_equal(is_number, decimal_read(wide, sizeof wide, &want));
    if (is_number) {
        assert_true(got->has_digits && want.has_digits);
        assert_int_equal(got->digits, want.digits);
        assert_int_equal(got->decimals, want.decimals);
        assert_int_equal(got->negative, want.negative);
    }
}

static void a_number_at_once_is_the_number(void **state)
{
    (void)state;
    int numbers = 0;
    print_message("seed %u\n", seed);
    for (int round = 0; round < ROUNDS; round++) {
        uint8_t field[FIELD_MAX];
        uint8_t reversed[FIELD_MAX];
        struct hw_value value;
        const size_t width = make_field(field);
        for (size_t i = 0; i < width; i++) {
            reversed[i] = field[width - 1 - i];
        }
        hw_value_begin(&value, READING_WEIGHT);
        const bool is_number = decimal_read(field, width, &value);
        assert_same_number(is_number, &value, field, width);
        hw_value_begin(&value, READING_WEIGHT);
        assert_same_number(decimal_read_reversed(reversed, width, &value), &value, field, width);
        numbers += is_number && width >= EIGHT_LEAST && width <= EIGHT;
    }
    assert_in_range(numbers, ROUNDS / 10, ROUNDS - ROUNDS / 10);
}

static void a_usual_unit_is_any_unit(void **state)
{
    (void)state;
    static const char bytes[] = "kgKGs% 1\xEB";
    for (int round = 0; round < ROUNDS; round++) {
        uint8_t letters[4];
        for (size_t i = 0; i < sizeof letters; i++) {
            letters[i] = (uint8_t)bytes[below(sizeof bytes - 1)];
        }
        const uint8_t *end = letters + below(sizeof letters + 1);
        struct text quick = {letters, end};
        struct text any = {letters, end};
        struct hw_value value = {.unit = ""};
        struct hw_value want = {.unit = ""};
        assert_int_equal(text_unit(&quick, &value), text_any_unit(&any, &want));
        assert_string_equal(value.unit, want.unit);
        assert_ptr_equal(quick.at, any.at);
    }
}

static void a_product_is_what_a_division_gives(void **state)
{
    (void)state;
    static const char *const units[] = {"kg", "g", "jin", "t", "mm", ""};
    for (int round = 0; round < ROUNDS; round++) {
        const struct hw_value value = {
            .kind = READING_WEIGHT,
            .has_digits = below(100) > 0,
            .negative = below(2) > 0,
            .decimals = (uint8_t)below(HW_DECIMALS_MAX + 2),
            .digits = ((uint64_t)below(65536) << 16 | below(65536)) >> below(32) << below(8),
        };
        const struct hw_unit *unit = hw_weight_unit(units[below(6)]);
        int32_t quick = 0;
        int32_t divided = 0;
        assert_int_equal(hw_value_quickly_in(&value, unit, &quick),
                         hw_value_in(&value, unit, &divided));
        assert_int_equal(quick, divided);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_frame_reads_as_one_in_pieces),
        cmocka_unit_test(a_number_at_once_is_the_number),
        cmocka_unit_test(a_usual_unit_is_any_unit),
        cmocka_unit_test(a_product_is_what_a_division_gives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
