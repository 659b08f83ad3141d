/* What registers and inputs mean: word orders, signs, floats and status bits, to the gram. */
#include "hw/modbus_map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct modbus_map map_of(const char *name)
{
    const struct modbus_row *row = modbus_row_find(name);
    assert_non_null(row);
    return row->map;
}

static reading_t first_of(const struct modbus_map *map, const uint8_t *data)
{
    reading_t readings[HW_CHANNELS_MAX];
    assert_int_equal(modbus_map_decode(map, data, readings), map->count);
    return readings[0];
}

static void assert_grams(const struct modbus_map *map, const uint8_t *data, int32_t grams)
{
    const reading_t reading = first_of(map, data);
    assert_int_equal(reading.status, READING_OK);
    assert_true(reading.has_value);
    assert_int_equal(reading.grams, grams);
}

static void assert_no_weight(const struct modbus_map *map, const uint8_t *data,
                             enum reading_status status)
{
    const reading_t reading = first_of(map, data);
    assert_int_equal(reading.status, status);
    assert_false(reading.has_value);
    assert_int_equal(reading.grams, 0);
}

static void every_word_order_gives_the_same_grams(void **state)
{
    (void)state;
    static const struct {
        enum modbus_order order;
        uint8_t minus_nine[4], many[4];
    } cases[] = {
        {MODBUS_ABCD, {0xFF, 0xFF, 0xFF, 0xF7}, {0x01, 0x23, 0x45, 0x67}},
        {MODBUS_CDAB, {0xFF, 0xF7, 0xFF, 0xFF}, {0x45, 0x67, 0x01, 0x23}},
        {MODBUS_BADC, {0xFF, 0xFF, 0xF7, 0xFF}, {0x23, 0x01, 0x67, 0x45}},
        {MODBUS_DCBA, {0xF7, 0xFF, 0xFF, 0xFF}, {0x67, 0x45, 0x23, 0x01}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct modbus_map map = map_of("weight");
        map.order = cases[i].order;
        assert_grams(&map, cases[i].minus_nine, -9);
        assert_grams(&map, cases[i].many, 0x01234567);
    }
}

static void sixteen_bits_have_a_sign_and_an_order(void **state)
{
    (void)state;
    struct modbus_map map = map_of("weight");
    map.width = 16;
    map.stride = 1;
    assert_grams(&map, (const uint8_t[]){0x80, 0x00}, -32768);
    assert_grams(&map, (const uint8_t[]){0x7F, 0xFF}, 32767);
    map.number = MODBUS_UINT;
    assert_grams(&map, (const uint8_t[]){0x80, 0x00}, 32768);
    map.order = MODBUS_BADC;
    assert_grams(&map, (const uint8_t[]){0x34, 0x12}, 0x1234);
}

static void ready_maps_read_what_was_recorded(void **state)
{
    (void)state;
    struct modbus_map map = map_of("kpr");
    assert_grams(&map, (const uint8_t[]){0xFF, 0xFF, 0xFF, 0xFF}, -10); /* -0.01 kg */
    assert_grams(&map, (const uint8_t[]){0x00, 0x00, 0x04, 0xD2}, 12340);
    map = map_of("ecobin");
    assert_grams(&map, (const uint8_t[]){0xFF, 0xF7, 0xFF, 0xFF}, -9);
    assert_grams(&map, (const uint8_t[]){0x01, 0xF4, 0x00, 0x00}, 500);
}

static void signs_ratios_and_units_meet_in_one_rounding(void **state)
{
    (void)state;
    static const struct {
        int multiply, divide, decimals;
        const char *unit;
        bool negate;
        int32_t number, grams;
    } cases[] = {
        {1, 1, 0, "g", true, 5, -5},
        {1, 1, 2, "kg", false, 1234, 12340},
        {1, 1, 3, "t", false, 12, 12000},
        {1, 1, 0, "jin", false, 3, 1500},
        {1, 2, 0, "g", false, 1, 1},   /* half away from zero */
        {1, 2, 0, "g", false, -1, -1}, /* on both sides */
        {1, 3, 0, "g", false, 1, 0},
        {2, 3, 0, "g", false, 1, 1},
        {45359, 100, 0, "g", false, 10, 4536}, /* pounds: 4535.9 g */
        {1, 1, 6, "kg", false, 499, 0},        /* 0.499 g */
        {1, 1, 6, "kg", false, 500, 1},
        {1000000, 1000000, 0, "g", false, INT32_MAX, INT32_MAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct modbus_map map = map_of("weight");
        map.multiply = cases[i].multiply;
        map.divide = cases[i].divide;
        map.decimals = cases[i].decimals;
        map.negate = cases[i].negate;
        strcpy(map.unit, cases[i].unit);
        const uint32_t bits = (uint32_t)cases[i].number;
        const uint8_t data[4] = {(uint8_t)(bits >> 24), (uint8_t)(bits >> 16), (uint8_t)(bits >> 8),
                                 (uint8_t)bits};
        assert_grams(&map, data, cases[i].grams);
    }
}

static void what_passes_int32_grams_is_no_weight(void **state)
{
    (void)state;
    struct modbus_map map = map_of("weight");
    strcpy(map.unit, "kg");
    assert_no_weight(&map, (const uint8_t[]){0x00, 0x20, 0xC4, 0x9C}, READING_ERROR);
    assert_grams(&map, (const uint8_t[]){0x00, 0x20, 0xC4, 0x9B}, 2147483000);
    strcpy(map.unit, "g");
    map.number = MODBUS_UINT;
    assert_no_weight(&map, (const uint8_t[]){0x80, 0x00, 0x00, 0x01}, READING_ERROR);
    map.negate = true;
    map.invalid = 1;
    assert_grams(&map, (const uint8_t[]){0x80, 0x00, 0x00, 0x00}, INT32_MIN);
}

static void the_value_that_means_none_is_no_weight(void **state)
{
    (void)state;
    struct modbus_map map = map_of("ecobin");
    assert_no_weight(&map, (const uint8_t[]){0x00, 0x00, 0x80, 0x00}, READING_ERROR);
    map.invalid = -1;
    assert_no_weight(&map, (const uint8_t[]){0xFF, 0xFF, 0xFF, 0xFF}, READING_ERROR);
    assert_no_weight(&map, (const uint8_t[]){0x00, 0x00, 0x80, 0x00}, READING_ERROR);
    map.number = MODBUS_UINT;
    assert_no_weight(&map, (const uint8_t[]){0xFF, 0xFF, 0xFF, 0xFF}, READING_ERROR);
}

static void floats_become_grams_exactly_rounded(void **state)
{
    (void)state;
    static const struct {
        uint32_t bits;
        int32_t grams; /* of kilograms */
    } cases[] = {
        {0x00000000, 0},          {0x80000000, 0},     {0x3F800000, 1000},
        {0xBF800000, -1000},      {0x41460000, 12375}, /* 12.375 */
        {0x3A83126F, 1},                               /* 0.001 */
        {0x3A03126F, 1},                               /* 0.0005 and a little more: 1 g */
        {0x3A03126E, 0},                               /* a little less: 0 g */
        {0x3DCCCCCD, 100},                             /* 0.1 */
        {0x4B7FFFFF, 0},          {0x00000001, 0},     /* far above, far below */
        {0x42C83333, 100100},                          /* 100.1 */
        {0x4A03126E, 2147483500},                      /* 2147483.5 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct modbus_map map = map_of("weight");
        map.number = MODBUS_FLOAT;
        strcpy(map.unit, "kg");
        const uint32_t bits = cases[i].bits;
        const uint8_t data[4] = {(uint8_t)(bits >> 24), (uint8_t)(bits >> 16), (uint8_t)(bits >> 8),
                                 (uint8_t)bits};
        if (bits == 0x4B7FFFFF) {
            assert_no_weight(&map, data, READING_ERROR);
        } else {
            assert_grams(&map, data, cases[i].grams);
        }
    }
}

static void halves_of_a_float_round_away_from_zero(void **state)
{
    (void)state;
    struct modbus_map map = map_of("weight");
    map.number = MODBUS_FLOAT;
    assert_grams(&map, (const uint8_t[]){0x3F, 0x00, 0x00, 0x00}, 1);  /* 0.5 g */
    assert_grams(&map, (const uint8_t[]){0xBF, 0x00, 0x00, 0x00}, -1); /* -0.5 g */
    assert_grams(&map, (const uint8_t[]){0x3E, 0xFF, 0xFF, 0xFF}, 0);  /* just below */
    assert_grams(&map, (const uint8_t[]){0x40, 0x20, 0x00, 0x00}, 3);  /* 2.5 g */
    map.order = MODBUS_CDAB;
    assert_grams(&map, (const uint8_t[]){0x00, 0x00, 0x40, 0x20}, 3);
}

static void no_number_and_infinity_are_no_weight(void **state)
{
    (void)state;
    struct modbus_map map = map_of("weight");
    map.number = MODBUS_FLOAT;
    static const uint32_t patterns[] = {0x7F800000, 0xFF800000, 0x7FC00000, 0xFFC00001,
                                        0x7F800001, 0x7F7FFFFF, 0xFF7FFFFF, 0x4F000000};
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        const uint32_t bits = patterns[i];
        const uint8_t data[4] = {(uint8_t)(bits >> 24), (uint8_t)(bits >> 16), (uint8_t)(bits >> 8),
                                 (uint8_t)bits};
        assert_no_weight(&map, data, READING_ERROR);
    }
    assert_grams(&map, (const uint8_t[]){0xCF, 0x00, 0x00, 0x00}, INT32_MIN);
}

/* 12.345 kg with the status word of each device. */
static void the_status_word_decides_never_the_digits(void **state)
{
    (void)state;
    const struct modbus_map id551 = map_of("id551");
    static const struct {
        uint8_t high, low;
        enum reading_status status;
    } cases[] = {
        {0x80, 0x00, READING_OK},       {0x90, 0x00, READING_MOVING},
        {0x84, 0x00, READING_OVERLOAD}, {0x82, 0x00, READING_UNDERLOAD},
        {0x00, 0x00, READING_ERROR},    {0x94, 0x00, READING_OVERLOAD},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const uint8_t data[10] = {0x41, 0x45, 0x85, 0x1F, 0, 0, 0, 0, cases[i].high, cases[i].low};
        const reading_t reading = first_of(&id551, data);
        assert_int_equal(reading.status, cases[i].status);
        const bool weighs = cases[i].status == READING_OK || cases[i].status == READING_MOVING;
        assert_int_equal(reading.has_value, weighs);
        assert_int_equal(reading.grams, weighs ? 12345 : 0);
    }
    const struct modbus_map pt113 = map_of("pt113");
    assert_grams(&pt113, (const uint8_t[]){0, 0, 0x04, 0xD2, 0x00, 0x02}, 12340);
    assert_no_weight(&pt113, (const uint8_t[]){0, 0, 0x04, 0xD2, 0x40, 0x00}, READING_ERROR);
    assert_no_weight(&pt113, (const uint8_t[]){0, 0, 0x04, 0xD2, 0x00, 0x03}, READING_ERROR);
}

static void a_division_register_places_the_point(void **state)
{
    (void)state;
    struct modbus_map map = map_of("bc360");
    map.first = 1;
    map.division = 0;
    static const struct {
        uint8_t code;
        int32_t grams; /* of 12345 */
    } cases[] = {{0, 12345}, {2, 12345}, {3, 123450}, {5, 123450}, {8, 1234500}, {9, 12345000}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const uint8_t data[4] = {0, cases[i].code, 0x30, 0x39};
        assert_grams(&map, data, cases[i].grams);
    }
    assert_no_weight(&map, (const uint8_t[]){0, 15, 0x30, 0x39}, READING_ERROR);
    assert_grams(&map, (const uint8_t[]){0, 0, 0xFF, 0xFF}, -1);
}

static void channels_of_one_device_come_in_one_answer(void **state)
{
    (void)state;
    const struct modbus_map map = map_of("zsg4");
    uint8_t request[MODBUS_REQUEST_MAX];
    size_t bytes;
    assert_int_equal(modbus_map_request(&map, request, &bytes), 6);
    assert_memory_equal(request, ((const uint8_t[]){3, 3, 0, 0, 0, 8}), 6);
    assert_int_equal(bytes, 16);
    const uint8_t data[16] = {0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFE, 0x80, 0, 0, 0, 0, 0, 1, 0};
    reading_t readings[HW_CHANNELS_MAX];
    assert_int_equal(modbus_map_decode(&map, data, readings), 4);
    static const int32_t grams[] = {1, -2, 0, 256};
    for (int i = 0; i < 4; i++) {
        assert_int_equal(readings[i].channel, i + 1);
        assert_int_equal(readings[i].grams, grams[i]);
        assert_int_equal(readings[i].has_value, i != 2);
    }
}

static void inputs_are_lids_by_their_wiring(void **state)
{
    (void)state;
    struct modbus_map map = map_of("di");
    map.first = 2;
    map.count = 3;
    map.channel = 4;
    uint8_t request[MODBUS_REQUEST_MAX];
    size_t bytes;
    assert_int_equal(modbus_map_request(&map, request, &bytes), 6);
    assert_memory_equal(request, ((const uint8_t[]){1, 2, 0, 2, 0, 3}), 6);
    assert_int_equal(bytes, 1);
    reading_t readings[HW_CHANNELS_MAX];
    for (int wiring = 0; wiring < 2; wiring++) {
        map.open_is_0 = wiring == 1;
        assert_int_equal(modbus_map_decode(&map, (const uint8_t[]){0xFA}, readings), 3);
        for (int i = 0; i < 3; i++) {
            assert_int_equal(readings[i].kind, READING_LID);
            assert_int_equal(readings[i].channel, 4 + i);
            assert_true(readings[i].has_value);
            assert_int_equal(readings[i].lid_open, (i == 1) != map.open_is_0);
        }
    }
    assert_int_equal(modbus_map_fault(&map, readings), 3);
    assert_false(readings[2].has_value);
    assert_int_equal(readings[2].status, READING_ERROR);
}

static void levels_are_millimetres_inside_their_range(void **state)
{
    (void)state;
    const struct modbus_map ultrasonic = map_of("sen0310");
    reading_t reading = first_of(&ultrasonic, (const uint8_t[]){0, 123});
    assert_int_equal(reading.kind, READING_LEVEL);
    assert_true(reading.has_value);
    assert_int_equal(reading.level_mm, 1230);
    const struct modbus_map laser = map_of("sen0492");
    assert_int_equal(first_of(&laser, (const uint8_t[]){0x0F, 0xA0}).level_mm, 4000);
    assert_false(first_of(&laser, (const uint8_t[]){0x0F, 0xA1}).has_value);
    assert_false(first_of(&laser, (const uint8_t[]){0x00, 0x00}).has_value);
}

static void relays_are_switched_on_or_off_and_never_toggled(void **state)
{
    (void)state;
    struct modbus_map map = map_of("relay");
    map.count = 8;
    for (int function = MODBUS_WRITE_COIL; function <= MODBUS_WRITE_COILS; function += 10) {
        map.function = function;
        for (int channel = 1; channel <= 8; channel++) {
            for (int on = 0; on < 2; on++) {
                uint8_t request[MODBUS_REQUEST_MAX];
                const size_t length = modbus_map_switch(&map, channel, on == 1, request);
                const uint8_t coil = (uint8_t)(channel - 1), bit = (uint8_t)on;
                if (function == MODBUS_WRITE_COIL) {
                    const uint8_t want[] = {1, 5, 0, coil, on == 1 ? 0xFF : 0x00, 0};
                    assert_int_equal(length, sizeof want);
                    assert_memory_equal(request, want, sizeof want);
                } else {
                    const uint8_t want[] = {1, 15, 0, coil, 0, 1, 1, bit};
                    assert_int_equal(length, sizeof want);
                    assert_memory_equal(request, want, sizeof want);
                }
            }
        }
    }
}

static void a_scale_is_told_by_writing_one_register(void **state)
{
    (void)state;
    static const struct {
        const char *map;
        enum hw_command command;
        const char *request;
        size_t length;
    } cases[] = {
        /* KPR: recorded with its answer. */
        {"kpr", HW_COMMAND_ZERO, "\x01\x10\x00\x5E\x00\x01\x02\x00\x01", 9},
        {"kpr", HW_COMMAND_TARE, "", 0},
        {"pt113", HW_COMMAND_ZERO, "\x01\x06\x00\x08\x00\x01", 6},
        {"pt113", HW_COMMAND_TARE, "\x01\x06\x00\x08\x00\x02", 6},
        {"pt113", HW_COMMAND_CLEAR_TARE, "", 0},
        {"znsv6t1", HW_COMMAND_ZERO, "\x01\x06\x00\x16\x00\x01", 6},
        {"znsv6t1", HW_COMMAND_TARE, "\x01\x06\x00\x15\x00\x01", 6},
        {"weight", HW_COMMAND_ZERO, "", 0},
    };
    uint8_t request[MODBUS_REQUEST_MAX];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct modbus_map map = map_of(cases[i].map);
        assert_int_equal(modbus_map_command(&map, 1, cases[i].command, request), cases[i].length);
        assert_memory_equal(request, cases[i].request, cases[i].length);
    }
    struct modbus_map map = map_of("zsg4");
    map.tare = (struct modbus_command){MODBUS_WRITE_REGISTERS, 0x100, 0xABCD};
    map.command_stride = 3;
    assert_int_equal(modbus_map_command(&map, 4, HW_COMMAND_TARE, request), 9);
    assert_memory_equal(request, "\x03\x10\x01\x09\x00\x01\x02\xAB\xCD", 9);
}

static void ready_maps_are_complete_but_for_what_they_leave_open(void **state)
{
    (void)state;
    char error[MODBUS_ERROR_MAX];
    for (size_t i = 0; i < modbus_row_count; i++) {
        const bool is_open = strcmp(modbus_rows[i].name, "bc360") == 0;
        assert_int_equal(modbus_map_check(&modbus_rows[i].map, error), !is_open);
        assert_true(i == 0 || strcmp(modbus_rows[i - 1].name, modbus_rows[i].name) < 0);
    }
    assert_null(modbus_row_find("kpr2"));
}

static void maps_that_cannot_be_asked_are_refused(void **state)
{
    (void)state;
    char error[MODBUS_ERROR_MAX];
    struct modbus_map map = map_of("weight");
    map.status = 40;
    assert_false(modbus_map_check(&map, error)); /* too far from the weight */
    map = map_of("weight");
    map.channel = 8;
    map.count = 2;
    assert_false(modbus_map_check(&map, error));
    map = map_of("weight");
    map.count = 2;
    map.stride = 1;
    assert_false(modbus_map_check(&map, error));
    map = map_of("weight");
    map.number = MODBUS_FLOAT;
    map.width = 16;
    assert_false(modbus_map_check(&map, error));
    map = map_of("weight");
    strcpy(map.unit, "oz");
    assert_false(modbus_map_check(&map, error));
    map = map_of("weight");
    map.moving_mask = 1;
    assert_false(modbus_map_check(&map, error));
    map = map_of("weight");
    map.zero = (struct modbus_command){MODBUS_READ_HOLDING, 1, 1};
    assert_false(modbus_map_check(&map, error));
    map = map_of("zsg4");
    map.zero = (struct modbus_command){MODBUS_WRITE_REGISTER, 1, 1};
    assert_false(modbus_map_check(&map, error)); /* all four at once */
    map.command_stride = 1;
    assert_true(modbus_map_check(&map, error));
    map.zero.first = 65533;
    assert_false(modbus_map_check(&map, error)); /* the last one is none */
    map = map_of("level");
    map.tare = (struct modbus_command){MODBUS_WRITE_REGISTER, 1, 1};
    assert_false(modbus_map_check(&map, error));
    map = map_of("relay");
    map.function = MODBUS_READ_INPUTS;
    assert_false(modbus_map_check(&map, error));
    map = map_of("di");
    map.address = 248;
    assert_false(modbus_map_check(&map, error));
    assert_true(strlen(error) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_order_gives_the_same_grams),
        cmocka_unit_test(sixteen_bits_have_a_sign_and_an_order),
        cmocka_unit_test(ready_maps_read_what_was_recorded),
        cmocka_unit_test(signs_ratios_and_units_meet_in_one_rounding),
        cmocka_unit_test(what_passes_int32_grams_is_no_weight),
        cmocka_unit_test(the_value_that_means_none_is_no_weight),
        cmocka_unit_test(floats_become_grams_exactly_rounded),
        cmocka_unit_test(halves_of_a_float_round_away_from_zero),
        cmocka_unit_test(no_number_and_infinity_are_no_weight),
        cmocka_unit_test(the_status_word_decides_never_the_digits),
        cmocka_unit_test(a_division_register_places_the_point),
        cmocka_unit_test(channels_of_one_device_come_in_one_answer),
        cmocka_unit_test(inputs_are_lids_by_their_wiring),
        cmocka_unit_test(levels_are_millimetres_inside_their_range),
        cmocka_unit_test(relays_are_switched_on_or_off_and_never_toggled),
        cmocka_unit_test(a_scale_is_told_by_writing_one_register),
        cmocka_unit_test(ready_maps_are_complete_but_for_what_they_leave_open),
        cmocka_unit_test(maps_that_cannot_be_asked_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
