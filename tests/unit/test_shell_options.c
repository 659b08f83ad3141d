#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kiosk/shell/options.h"

static void only_whole_numbers_within_bounds(void **state)
{
    (void)state;
    static const char *const refused[] = {"",   " 1",   "+1", "-1", "1 ",
                                          "1x", "0x10", "4",  "0",  "99999999999999999999"};
    uint64_t value = 7;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_false(options_number(refused[i], 1, 3, &value));
        assert_int_equal(value, 7);
    }
    assert_true(options_number("3", 1, 3, &value));
    assert_int_equal(value, 3);
    assert_true(options_number("18446744073709551615", 0, UINT64_MAX, &value));
    assert_true(value == UINT64_MAX);
    assert_false(options_number("18446744073709551616", 0, UINT64_MAX, &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(only_whole_numbers_within_bounds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
