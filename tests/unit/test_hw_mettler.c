/* What the vectors cannot show of the Mettler Toledo family: requests, and when a frame is whole.
 */
#include "hw_decoded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct decoded decoded;

static void requests_are_those_of_the_manuals(void **state)
{
    (void)state;
    static const struct {
        const char *protocol, *poll, *zero, *tare, *clear;
    } cases[] = {
        {"mt_sics", "SI\r\n", "Z\r\n", "T\r\n", "TAC\r\n"},
        {"mt_8217", "W", "Z", "T", "C"},
        {"mt_cont", NULL, "Z\r\n", "T\r\n", "C\r\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct hw_driver *driver = hw_driver_find(cases[i].protocol);
        const struct hw_options options = {.checksum = true};
        const char *const commands[] = {[HW_COMMAND_ZERO] = cases[i].zero,
                                        [HW_COMMAND_TARE] = cases[i].tare,
                                        [HW_COMMAND_CLEAR_TARE] = cases[i].clear};
        uint8_t request[HW_REQUEST_MAX];
        assert_true(driver->polled == (cases[i].poll != NULL));
        if (cases[i].poll) {
            assert_int_equal(driver->poll(&options, request), strlen(cases[i].poll));
            assert_memory_equal(request, cases[i].poll, strlen(cases[i].poll));
        }
        for (int c = HW_COMMAND_ZERO; c <= HW_COMMAND_CLEAR_TARE; c++) {
            const size_t length = driver->command(&options, (enum hw_command)c, request);
            assert_int_equal(length, strlen(commands[c]));
            assert_memory_equal(request, commands[c], length);
        }
    }
}

static const char no_check[] = "\x02\x2D\x30\x20  1234     0\r";

static void without_a_check_a_frame_waits_for_the_next_one(void **state)
{
    (void)state;
    decoded_begin(&decoded, "mt_cont", (struct hw_options){.checksum = true});
    decoded_feed(&decoded, no_check, sizeof no_check - 1);
    assert_string_equal(decoded.text, "");
    decoded_feed(&decoded, no_check, 2);
    assert_string_equal(decoded.text, "ok 1.234 kg;");
}

static void with_the_check_off_a_frame_ends_at_its_cr(void **state)
{
    (void)state;
    decoded_begin(&decoded, "mt_cont", (struct hw_options){.checksum = false});
    decoded_feed(&decoded, no_check, sizeof no_check - 1);
    assert_string_equal(decoded.text, "ok 1.234 kg;");
}

static void with_a_check_a_frame_ends_with_it(void **state)
{
    (void)state;
    unsigned sum = 0;
    for (size_t i = 0; i < sizeof no_check - 1; i++) {
        sum += (uint8_t)no_check[i];
    }
    const uint8_t check = (uint8_t)(-sum & 0x7F);
    decoded_begin(&decoded, "mt_cont", (struct hw_options){.checksum = true});
    decoded_feed(&decoded, no_check, sizeof no_check - 1);
    decoded_feed(&decoded, &check, 1);
    assert_string_equal(decoded.text, "ok 1.234 kg;");
    decoded_end(&decoded);
    assert_string_equal(decoded.text, "ok 1.234 kg;");
}

/* Units of no weight in SI, and the tare, are shown but are no readings. */
static void count_reading(void *context, const reading_t *reading)
{
    (void)reading;
    ++*(int *)context;
}

static void pieces_percent_and_tare_are_no_readings(void **state)
{
    (void)state;
    static const char lines[] = "S S         12 PCS\r\nS S      12.50 %\r\nTA A     100.00 g\r\n"
                                "S S     100.00 g\r\n";
    const struct port_config config = {.driver = hw_driver_find("mt_sics"), .equal_frames = 1};
    struct port port;
    int readings = 0;
    port_init(&port, &config);
    port_feed(&port, (const uint8_t *)lines, sizeof lines - 1, 0, count_reading, &readings);
    assert_int_equal(port.stats.frames, 4);
    assert_int_equal(readings, 1);
    assert_int_equal(port.stats.rejects[REJECT_VALUE], 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_those_of_the_manuals),
        cmocka_unit_test(without_a_check_a_frame_waits_for_the_next_one),
        cmocka_unit_test(with_the_check_off_a_frame_ends_at_its_cr),
        cmocka_unit_test(with_a_check_a_frame_ends_with_it),
        cmocka_unit_test(pieces_percent_and_tare_are_no_readings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
