/* What scales and sensors are asked and told, byte for byte. */
#include "hw/driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *protocol;
    char address;
    const char *poll; /* NULL where the device speaks by itself */
    const char *zero; /* "" where it cannot be told */
    const char *tare;
    const char *clear_tare;
} devices[] = {
    {"adam_azextra", 0, "P\r\n", "Z\r\n", "T\r\n", ""},
    {"and_std", 0, NULL, "Z\r\n", "T\r\n", ""},
    {"cas22", 0, NULL, "D01KZ\r\n", "D01KT\r\n", ""},
    {"cas22", '7', NULL, "D07KZ\r\n", "D07KT\r\n", ""},
    {"dini", 0, "READ\r\n", "ZERO\r\n", "TARE\r\n", "C\r\n"},
    {"dini", '3', "03READ\r\n", "03ZERO\r\n", "03TARE\r\n", "03C\r\n"},
    {"kern_ew", 0, NULL, "", "", ""},
    {"kern_text", 0, "w", "", "t", ""},
    {"ohaus_defender", 0, "IP\r\n", "Z\r\n", "T\r\n", ""},
    {"sbi", 0, "\x1BP\r\n", "\x1BV\r\n", "\x1BU\r\n", ""},
    {"st_gs", 0, NULL, "MZ\r\n", "MT\r\n", "CT\r\n"},
    {"weightech_wt1000", 0, NULL, "", "", ""},
    {"yaohua_tf0", 0, NULL, "", "", ""},
    {"a02_uart", 0, NULL, "", "", ""},
    {"aj_sr04m", 0, "\x55", "", "", ""},
    {"jsn_sr04t", 0, "\x55", "", "", ""},
    {"tfmini", 0, NULL, "", "", ""},
    {"em_bin", 0, NULL, "", "", ""},
    {"qr_line", 0, NULL, "", "", ""},
    {"rdm630", 0, NULL, "", "", ""},
    {"lock8a", 0, NULL, "", "", ""},
};
enum { DEVICES = sizeof devices / sizeof devices[0] };

static void assert_request(const uint8_t *request, size_t length, const char *want)
{
    assert_int_equal(length, strlen(want));
    assert_memory_equal(request, want, length);
}

static void polled_devices_are_asked(void **state)
{
    (void)state;
    for (size_t i = 0; i < DEVICES; i++) {
        const struct hw_driver *driver = hw_driver_find(devices[i].protocol);
        const struct hw_options options = {.address = devices[i].address};
        uint8_t request[HW_REQUEST_MAX];
        assert_non_null(driver);
        assert_true(driver->polled == (devices[i].poll != NULL));
        if (driver->polled) {
            assert_in_range(driver->poll_ms, 50, 1000);
            assert_request(request, driver->poll(&options, request), devices[i].poll);
        }
    }
}

static void a_command_is_that_of_the_manual(void **state)
{
    (void)state;
    for (size_t i = 0; i < DEVICES; i++) {
        const struct hw_driver *driver = hw_driver_find(devices[i].protocol);
        const struct hw_options options = {.address = devices[i].address};
        const char *const want[] = {
            [HW_COMMAND_ZERO] = devices[i].zero,
            [HW_COMMAND_TARE] = devices[i].tare,
            [HW_COMMAND_CLEAR_TARE] = devices[i].clear_tare,
        };
        for (enum hw_command command = HW_COMMAND_ZERO; command <= HW_COMMAND_CLEAR_TARE;
             command++) {
            uint8_t request[HW_REQUEST_MAX];
            const size_t length = driver->command ? driver->command(&options, command, request) : 0;
            assert_request(request, length, want[command]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(polled_devices_are_asked),
        cmocka_unit_test(a_command_is_that_of_the_manual),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
