/* Displayed decimals -> grams, exactly. */
#include "hw/driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct hw_value weight(bool negative, uint64_t digits, uint8_t decimals)
{
    return (struct hw_value){
        .has_digits = true, .negative = negative, .digits = digits, .decimals = decimals};
}

static void units_are_exact(void **state)
{
    (void)state;
    static const struct {
        bool negative;
        uint64_t digits;
        uint8_t decimals;
        const char *unit;
        int32_t grams;
    } cases[] = {
        {false, 2000, 2, "kg", 20000},
        {false, 205, 2, "t", 2050000},
        {true, 256, 1, "kg", -25600},
        {false, 1062, 1, "g", 106},
        {false, 1065, 1, "g", 107},
        {true, 1065, 1, "g", -107},
        {false, 1, 0, "jin", 500},
        {false, 25, 1, "jin", 1250},
        {false, 1, 3, "jin", 1},
        {false, 9, 4, "jin", 0},
        {false, 123456789, 9, "t", 123457},
        {false, 499999999, 9, "g", 0},
        {false, 500000000, 9, "g", 1},
        {true, 500000000, 9, "g", -1},
        {true, 0, 2, "kg", 0},
        {false, 1, 0, "KG", 1000},
        {false, 1, 0, "Kg", 1000},
        {false, 1, 0, "T", 1000000},
        {false, 1, 0, "JIN", 500},
        {false, 2147483647, 0, "g", INT32_MAX},
        {true, 2147483648, 0, "g", INT32_MIN},
        {false, 2147483647, 3, "kg", INT32_MAX},
        {true, 2147483648, 3, "kg", INT32_MIN},
        {false, 21474836474, 1, "g", INT32_MAX},
        {false, 2147483647499999, 9, "kg", INT32_MAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct hw_value value = weight(cases[i].negative, cases[i].digits, cases[i].decimals);
        int32_t grams = 12345;
        assert_true(hw_value_to_grams(&value, cases[i].unit, &grams));
        assert_int_equal(grams, cases[i].grams);
    }
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    static const struct {
        bool negative;
        uint64_t digits;
        uint8_t decimals;
        const char *unit;
    } cases[] = {
        {false, 2147483648, 0, "g"}, {true, 2147483649, 0, "g"},  {false, 21474836475, 1, "g"},
        {false, 2147484, 0, "kg"},   {false, 2148, 0, "t"},       {false, 1000000000000000, 0, "t"},
        {false, UINT64_MAX, 0, "t"}, {false, UINT64_MAX, 9, "t"}, {false, 1, 10, "g"},
        {false, 1, 0, ""},           {false, 1, 0, "%"},          {false, 1, 0, "tl"},
        {false, 1, 0, "kgg"},        {false, 1, 0, "k"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct hw_value value = weight(cases[i].negative, cases[i].digits, cases[i].decimals);
        int32_t grams = 12345;
        assert_false(hw_value_to_grams(&value, cases[i].unit, &grams));
        assert_int_equal(grams, 12345);
    }
}

/* International pound 1959, troy ounce, metric carat; the halves go away from zero. */
static void units_of_other_countries_are_exact(void **state)
{
    (void)state;
    static const struct {
        bool negative;
        uint64_t digits;
        uint8_t decimals;
        const char *unit;
        int32_t grams;
    } cases[] = {
        {false, 1, 0, "lb", 454},
        {false, 1000, 3, "LB", 454},
        {false, 100000, 0, "lb", 45359237},
        {true, 10000000, 2, "lb", -45359237},
        {false, 16, 0, "oz", 454},
        {false, 64000, 0, "oz", 1814369},
        {false, 1000000, 3, "oz", 28350},
        {false, 10000, 0, "ozt", 311035},
        {false, 20, 0, "dwt", 31},
        {false, 480, 0, "gn", 31},
        {false, 7, 0, "ct", 1},
        {false, 25, 1, "ct", 1},
        {true, 25, 1, "ct", -1},
        {false, 24, 1, "ct", 0},
        {false, 499, 0, "mg", 0},
        {false, 500, 0, "mg", 1},
        {true, 1234567, 0, "mg", -1235},
        {false, 1, 0, "Jin", 500},
        {false, 1234567890123, 9, "lb", 559991},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct hw_value value = weight(cases[i].negative, cases[i].digits, cases[i].decimals);
        int32_t grams = 12345;
        assert_true(hw_value_to_grams(&value, cases[i].unit, &grams));
        assert_int_equal(grams, cases[i].grams);
    }
    const struct hw_value heaviest = weight(false, 4734430, 0);
    int32_t grams;
    assert_false(hw_value_to_grams(&heaviest, "lb", &grams)); /* 2147501 kg */
}

static void no_digits_are_no_weight(void **state)
{
    (void)state;
    struct hw_value value = weight(false, 0, 0);
    value.has_digits = false;
    int32_t grams = 12345;
    assert_false(hw_value_to_grams(&value, "kg", &grams));
    assert_int_equal(grams, 12345);
}

static void text_is_as_displayed(void **state)
{
    (void)state;
    static const struct {
        bool negative;
        uint64_t digits;
        uint8_t decimals;
        const char *text;
    } cases[] = {
        {false, 2000, 2, "20.00"},
        {true, 200, 3, "-0.200"},
        {true, 0, 2, "-0.00"},
        {false, 0, 0, "0"},
        {true, 8880, 0, "-8880"},
        {false, 5, 4, "0.0005"},
        {false, 1, 9, "0.000000001"},
        {true, 1000000000000000, 9, "-1000000.000000000"},
        {true, UINT64_MAX, 9, "-18446744073.709551615"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct hw_value value = weight(cases[i].negative, cases[i].digits, cases[i].decimals);
        char text[HW_VALUE_TEXT_MAX];
        hw_value_text(&value, text, sizeof text);
        assert_string_equal(text, cases[i].text);
    }
}

static void a_lid_is_a_bit_and_a_fault_a_question(void **state)
{
    (void)state;
    char text[HW_VALUE_TEXT_MAX];
    struct hw_value value = {.kind = READING_LID, .lid_open = true};
    hw_value_text(&value, text, sizeof text);
    assert_string_equal(text, "1");
    value.lid_open = false;
    hw_value_text(&value, text, sizeof text);
    assert_string_equal(text, "0");
    value.status = READING_ERROR;
    hw_value_text(&value, text, sizeof text);
    assert_string_equal(text, "?");
}

static void the_table_is_sorted_and_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < hw_driver_count; i++) {
        const struct hw_driver *driver = hw_drivers[i];
        assert_ptr_equal(hw_driver_find(driver->name), driver);
        assert_non_null(driver->frame);
        assert_true(driver->polled == (driver->poll != NULL));
        assert_true(strlen(driver->line) < HW_LINE_TEXT_MAX && driver->summary[0] != '\0');
        if (i > 0) {
            const struct hw_driver *before = hw_drivers[i - 1];
            assert_true(before->kind < driver->kind ||
                        (before->kind == driver->kind && strcmp(before->name, driver->name) < 0));
        }
    }
    assert_null(hw_driver_find("nobody"));
    assert_null(hw_driver_find(""));
}

static void every_word_has_a_text(void **state)
{
    (void)state;
    for (int reason = 0; reason < REJECT_REASON_COUNT; reason++) {
        assert_true(strlen(hw_reject_text((enum reject_reason)reason)) > 0);
    }
    assert_string_equal(hw_reject_text(REJECT_CHECKSUM), "checksum");
    assert_string_equal(hw_status_text(READING_OK), "ok");
    assert_string_equal(hw_status_text(READING_MOVING), "unstable");
    assert_string_equal(hw_status_text(READING_OVERLOAD), "overload");
    assert_string_equal(hw_status_text(READING_UNDERLOAD), "underload");
    assert_string_equal(hw_status_text(READING_BUSY), "busy");
    assert_string_equal(hw_status_text(READING_ERROR), "error");
}

static void distances_are_millimetres(void **state)
{
    (void)state;
    static const struct {
        uint64_t digits;
        uint8_t decimals;
        const char *unit;
        int32_t mm;
    } cases[] = {{1953, 0, "mm", 1953}, {123, 0, "cm", 1230}, {1235, 1, "mm", 124},
                 {125, 2, "m", 1250},   {0, 0, "mm", 0},      {2147483647, 0, "MM", INT32_MAX}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct hw_value value = weight(false, cases[i].digits, cases[i].decimals);
        int32_t mm = 12345;
        assert_true(hw_value_to_mm(&value, cases[i].unit, &mm));
        assert_int_equal(mm, cases[i].mm);
    }
    static const char *const no_distance[] = {"kg", "g", "", "in"};
    for (size_t i = 0; i < sizeof no_distance / sizeof no_distance[0]; i++) {
        const struct hw_value value = weight(false, 1, 0);
        int32_t mm = 12345;
        assert_false(hw_value_to_mm(&value, no_distance[i], &mm));
        assert_int_equal(mm, 12345);
    }
    int32_t grams;
    const struct hw_value value = weight(false, 1, 0);
    assert_false(hw_value_to_grams(&value, "mm", &grams));
}

static void cards_locks_and_codes_are_words(void **state)
{
    (void)state;
    static const struct {
        struct hw_value value;
        const char *text;
    } cases[] = {
        {{.kind = READING_CARD, .text = "0126153249"}, "0126153249"},
        {{.kind = READING_LOCK, .lid_open = true}, "opened"},
        {{.kind = READING_LOCK}, "closed"},
        {{.kind = READING_LOCK, .status = READING_ERROR}, ""},
        {{.kind = READING_LOCK, .lid_open = true, .text = "coil3=on"}, "coil3=on"},
        {{.kind = READING_WEIGHT, .status = READING_ERROR, .text = "E11"}, "E11"},
        {{.kind = READING_LEVEL, .has_digits = true, .digits = 1953}, "1953"},
        {{.kind = READING_LEVEL, .status = READING_ERROR}, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[HW_VALUE_TEXT_MAX];
        hw_value_text(&cases[i].value, text, sizeof text);
        assert_string_equal(text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_are_exact),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(units_of_other_countries_are_exact),
        cmocka_unit_test(no_digits_are_no_weight),
        cmocka_unit_test(text_is_as_displayed),
        cmocka_unit_test(a_lid_is_a_bit_and_a_fault_a_question),
        cmocka_unit_test(distances_are_millimetres),
        cmocka_unit_test(cards_locks_and_codes_are_words),
        cmocka_unit_test(the_table_is_sorted_and_complete),
        cmocka_unit_test(every_word_has_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
