/* PIN entry and its lockout. */
#include "kiosk/core/access.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void type(struct access *access, int64_t now_ms, const char *digits)
{
    for (; *digits != '\0'; digits++) {
        access_digit(access, now_ms, *digits - '0');
    }
}

static bool try_pin(struct access *access, int64_t now_ms, bool right)
{
    type(access, now_ms, "1234");
    if (!access_enter(access, now_ms)) {
        return false;
    }
    access_result(access, now_ms, right);
    return true;
}

static void digits_are_entered_and_erased(void **state)
{
    (void)state;
    struct access access = {0};
    type(&access, 0, "123");
    access_erase(&access, 0);
    type(&access, 0, "9");
    assert_true(access_enter(&access, 0));
    assert_string_equal(access.digits, "129");
    type(&access, 0, "5"); /* while it is being checked, nothing changes */
    access_erase(&access, 0);
    assert_string_equal(access.digits, "129");
    assert_false(access_enter(&access, 0));
}

static void nonsense_is_ignored(void **state)
{
    (void)state;
    struct access access = {0};
    access_digit(&access, 0, 10);
    access_digit(&access, 0, -1);
    access_erase(&access, 0);
    assert_false(access_enter(&access, 0));
    type(&access, 0, "1234567890123");
    assert_int_equal(access.digit_count, PIN_DIGITS_MAX);
    assert_string_equal(access.digits, "12345678");
}

static void three_tries_are_free_then_waits_double(void **state)
{
    (void)state;
    struct access access = {0};
    int64_t now_ms = 1000;
    for (int i = 1; i < ACCESS_FREE_TRIES; i++) {
        assert_true(try_pin(&access, now_ms, false));
        assert_true(access.wrong);
        assert_false(access_locked(&access, now_ms));
    }
    int64_t wait_ms = ACCESS_FIRST_WAIT_MS;
    for (int i = 0; i < 300; i++) { /* past what a byte counts */
        assert_true(try_pin(&access, now_ms, false));
        assert_true(access_locked(&access, now_ms));
        assert_true(access_locked(&access, now_ms + wait_ms - 1));
        assert_false(access_locked(&access, now_ms + wait_ms));
        assert_false(try_pin(&access, now_ms + wait_ms - 1, true)); /* nor the right one */
        now_ms += wait_ms;
        wait_ms = wait_ms * 2 > ACCESS_LONGEST_WAIT_MS ? ACCESS_LONGEST_WAIT_MS : wait_ms * 2;
    }
}

static void the_right_pin_clears_the_count(void **state)
{
    (void)state;
    struct access access = {0};
    for (int i = 0; i < ACCESS_FREE_TRIES; i++) {
        assert_true(try_pin(&access, 0, false));
    }
    assert_true(try_pin(&access, ACCESS_FIRST_WAIT_MS, true));
    assert_false(access.wrong);
    assert_int_equal(access.digit_count, 0);
    for (int i = 1; i < ACCESS_FREE_TRIES; i++) {
        assert_true(try_pin(&access, ACCESS_FIRST_WAIT_MS, false));
        assert_false(access_locked(&access, ACCESS_FIRST_WAIT_MS));
    }
}

static void leaving_keeps_count_and_lock(void **state)
{
    (void)state;
    struct access access = {0};
    for (int i = 0; i < ACCESS_FREE_TRIES; i++) {
        assert_true(try_pin(&access, 0, false));
        access_clear(&access);
    }
    assert_true(access_locked(&access, ACCESS_FIRST_WAIT_MS - 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_are_entered_and_erased),
        cmocka_unit_test(nonsense_is_ignored),
        cmocka_unit_test(three_tries_are_free_then_waits_double),
        cmocka_unit_test(the_right_pin_clears_the_count),
        cmocka_unit_test(leaving_keeps_count_and_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
