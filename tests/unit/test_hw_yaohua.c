/* What the vectors cannot show of the Yaohua family: requests, addresses, the port's decimals. */
#include "hw_decoded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct decoded decoded;

static const char *decode(const char *protocol, struct hw_options options, const char *bytes)
{
    decoded_begin(&decoded, protocol, options);
    decoded_feed(&decoded, bytes, strlen(bytes));
    decoded_end(&decoded);
    return decoded.text;
}

static void the_gross_weight_is_asked_for(void **state)
{
    (void)state;
    static const struct {
        char address;
        const char *request;
    } cases[] = {{'\0', "\x02"
                        "AB03\x03"},
                 {'A', "\x02"
                       "AB03\x03"},
                 {'B', "\x02"
                       "BB00\x03"},
                 {'Z', "\x02"
                       "ZB18\x03"}};
    const struct hw_driver *driver = hw_driver_find("yaohua_cmd");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct hw_options options = {.address = cases[i].address};
        uint8_t request[HW_REQUEST_MAX];
        assert_int_equal(driver->poll(&options, request), strlen(cases[i].request));
        assert_memory_equal(request, cases[i].request, strlen(cases[i].request));
    }
}

static void zero_and_tare_are_those_of_the_a22(void **state)
{
    (void)state;
    const struct hw_driver *driver = hw_driver_find("yaohua_cmd");
    const struct hw_options options = {.address = 'A'};
    uint8_t request[HW_REQUEST_MAX];
    assert_int_equal(driver->command(&options, HW_COMMAND_ZERO, request), 6);
    assert_memory_equal(request,
                        "\x02"
                        "A071\x03",
                        6);
    assert_int_equal(driver->command(&options, HW_COMMAND_TARE, request), 6);
    assert_memory_equal(request,
                        "\x02"
                        "AT15\x03",
                        6);
    assert_int_equal(driver->command(&options, HW_COMMAND_CLEAR_TARE, request), 0);
}

static void text_models_take_single_letters(void **state)
{
    (void)state;
    static const char *const protocols[] = {"yaohua_ww", "yaohua_wg15"};
    for (size_t i = 0; i < sizeof protocols / sizeof protocols[0]; i++) {
        const struct hw_driver *driver = hw_driver_find(protocols[i]);
        const struct hw_options options = {.checksum = true};
        uint8_t request[HW_REQUEST_MAX];
        assert_int_equal(driver->command(&options, HW_COMMAND_ZERO, request), 1);
        assert_int_equal(request[0], 'Z');
        assert_int_equal(driver->command(&options, HW_COMMAND_TARE, request), 1);
        assert_int_equal(request[0], 'T');
        assert_int_equal(driver->command(&options, HW_COMMAND_CLEAR_TARE, request), 0);
    }
}

static void only_the_own_address_is_heard(void **state)
{
    (void)state;
    static const char answers[] = "\x02"
                                  "AB+0001002"
                                  "2B\x03"
                                  "\x02"
                                  "BB+0002002"
                                  "2B\x03";
    assert_string_equal(
        decode("yaohua_cmd", (struct hw_options){.address = 'A', .checksum = false}, answers),
        "ok 1.00 cfg;");
    assert_string_equal(
        decode("yaohua_cmd", (struct hw_options){.address = 'B', .checksum = false}, answers),
        "ok 2.00 cfg;");
    assert_string_equal(decode("yaohua_cmd", (struct hw_options){.checksum = false}, answers),
                        "ok 1.00 cfg;ok 2.00 cfg;");
    assert_string_equal(decode("yaohua_cmd", (struct hw_options){.address = 'C'}, answers), "");
    assert_int_equal(decoded.port.stats.frames, 2);
}

static void the_ports_decimals_stand_in_for_a_missing_point(void **state)
{
    (void)state;
    static const struct {
        const char *protocol, *without, *with, *result;
    } cases[] = {
        {"yaohua_eq_rev", "=54321000", "=54.32100", "ok 123.45 cfg;"},
        {"eq_forward", "=00012345", "=00123.45", "ok 123.45 cfg;"},
        {"xpsy_eq_tail", "54321000=", "54.32100=", "ok 123.45 cfg;"},
        {"yaohua_ww", "ww0012345kg\r\n", "ww0123.45kg\r\n", "ok 123.45 kg;"},
    };
    const struct hw_options options = {.has_decimals = true, .decimals = 2};
    const struct hw_options other = {.has_decimals = true, .decimals = 4};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(decode(cases[i].protocol, options, cases[i].without), cases[i].result);
        assert_string_equal(decode(cases[i].protocol, other, cases[i].with), cases[i].result);
    }
}

static void one_stream_is_two_weights_in_two_formats(void **state)
{
    (void)state;
    static const char stream[] = "=000.3000=000.3000";
    const struct hw_options options = {.checksum = false};
    assert_string_equal(decode("yaohua_eq_rev", options, stream), "ok 3.000 cfg;ok 3.000 cfg;");
    assert_string_equal(decode("eq_forward", options, stream), "ok 0.3000 cfg;ok 0.3000 cfg;");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gross_weight_is_asked_for),
        cmocka_unit_test(zero_and_tare_are_those_of_the_a22),
        cmocka_unit_test(text_models_take_single_letters),
        cmocka_unit_test(only_the_own_address_is_heard),
        cmocka_unit_test(the_ports_decimals_stand_in_for_a_missing_point),
        cmocka_unit_test(one_stream_is_two_weights_in_two_formats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
