/* When a weight stands still. */
#include "kiosk/core/settle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { WINDOW_MS = 600, TOLERANCE_G = 20 };

static struct settle begin(void)
{
    struct settle settle;
    settle_init(&settle, WINDOW_MS, TOLERANCE_G);
    return settle;
}

static void nothing_is_no_weight(void **state)
{
    (void)state;
    struct settle settle = begin();
    settled_t now = settle_read(&settle, INT64_MIN);
    assert_false(now.settled);
    assert_false(now.has_estimate);
}

static void steady_readings_settle(void **state)
{
    (void)state;
    struct settle settle = begin();
    for (int i = 0; i <= 6; i++) {
        settle_push(&settle, i * 100, 1500 + (i % 2) * 10);
    }
    settled_t now = settle_read(&settle, INT64_MIN);
    assert_true(now.settled);
    assert_in_range(now.grams, 1500, 1510);
    assert_int_equal(now.spread_g, 10);
}

/* Each step is one division; a test of steps would call it stable. */
static void slow_ramp_never_settles(void **state)
{
    (void)state;
    struct settle settle = begin();
    for (int i = 0; i < 200; i++) {
        settle_push(&settle, i * 100, i * 10);
        assert_false(settle_read(&settle, INT64_MIN).settled);
    }
}

static void damped_oscillation_settles_to_its_centre(void **state)
{
    (void)state;
    struct settle settle = begin();
    int32_t swing = 2000;
    int settled_at = -1;
    for (int i = 0; i < 60 && settled_at < 0; i++) {
        settle_push(&settle, i * 100, 3000 + (i % 2 == 0 ? swing : -swing));
        swing = swing * 3 / 4;
        settled_at = settle_read(&settle, INT64_MIN).settled ? i : -1;
    }
    assert_true(settled_at > 10); /* not while it swung */
    assert_in_range(settle_read(&settle, INT64_MIN).grams, 2990, 3010);
}

static void a_few_fast_readings_do_not_cover_the_window(void **state)
{
    (void)state;
    struct settle settle = begin();
    for (int i = 0; i < 10; i++) {
        settle_push(&settle, i * 20, 500);
    }
    settled_t now = settle_read(&settle, INT64_MIN);
    assert_false(now.settled); /* 180 ms of 600 */
    assert_true(now.has_estimate);
    assert_int_equal(now.grams, 500);
    settle_push(&settle, 450, 500);
    assert_true(settle_read(&settle, INT64_MIN).settled);
}

static void slow_scale_settles_over_four_readings(void **state)
{
    (void)state;
    struct settle settle = begin();
    for (int i = 0; i < 3; i++) {
        settle_push(&settle, i * 500, 700);
        assert_false(settle_read(&settle, INT64_MIN).settled);
    }
    settle_push(&settle, 1500, 700);
    assert_true(settle_read(&settle, INT64_MIN).settled);
    settle_push(&settle, 2000, 900);
    assert_false(settle_read(&settle, INT64_MIN).settled);
}

static void fast_scale_wraps_the_ring(void **state)
{
    (void)state;
    struct settle settle = begin();
    for (int i = 0; i < 1000; i++) {
        settle_push(&settle, i * 20, i < 900 ? i * 50 : 8000);
        bool still = i >= 900 + 30; /* 600 ms of readings after the ramp */
        assert_int_equal(settle_read(&settle, INT64_MIN).settled, still);
    }
    assert_int_equal(settle_read(&settle, INT64_MIN).grams, 8000);
}

/* A longer window than the ring can hold must not keep a fast scale from ever settling. */
static void a_full_ring_proves_enough(void **state)
{
    (void)state;
    struct settle settle;
    settle_init(&settle, 5000, TOLERANCE_G);
    for (int i = 0; i < SETTLE_SAMPLES_MAX; i++) {
        assert_false(settle_read(&settle, INT64_MIN).settled);
        settle_push(&settle, i * 20, 700);
    }
    assert_true(settle_read(&settle, INT64_MIN).settled);
}

/* A flickering scale is allowed a larger spread, but no slope that hides in it. */
static void a_slope_within_the_spread_does_not_settle(void **state)
{
    (void)state;
    struct settle settle = begin();
    settle.tolerance_g = 100;
    for (int i = 0; i <= 30; i++) {
        settle_push(&settle, i * 20, 1000 + (i % 2 == 0 ? -20 : 20) + 2 * i);
    }
    assert_false(settle_read(&settle, INT64_MIN).settled);
    for (int i = 31; i <= 61; i++) {
        settle_push(&settle, i * 20, 1060 + (i % 2 == 0 ? -40 : 40));
    }
    assert_true(settle_read(&settle, INT64_MIN).settled);
}

static void readings_before_since_say_nothing(void **state)
{
    (void)state;
    struct settle settle = begin();
    for (int i = 0; i <= 10; i++) {
        settle_push(&settle, i * 100, 400);
    }
    assert_true(settle_read(&settle, 400).settled);
    assert_false(settle_read(&settle, 700).settled);
    assert_true(settle_read(&settle, 1000).has_estimate);
    assert_false(settle_read(&settle, 1001).has_estimate);
}

static void reset_forgets(void **state)
{
    (void)state;
    struct settle settle = begin();
    for (int i = 0; i <= 10; i++) {
        settle_push(&settle, i * 100, 400);
    }
    settle_reset(&settle);
    assert_false(settle_read(&settle, INT64_MIN).has_estimate);
    settle_push(&settle, 1100, 90);
    assert_int_equal(settle_read(&settle, INT64_MIN).grams, 90);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_no_weight),
        cmocka_unit_test(steady_readings_settle),
        cmocka_unit_test(slow_ramp_never_settles),
        cmocka_unit_test(damped_oscillation_settles_to_its_centre),
        cmocka_unit_test(a_few_fast_readings_do_not_cover_the_window),
        cmocka_unit_test(slow_scale_settles_over_four_readings),
        cmocka_unit_test(fast_scale_wraps_the_ring),
        cmocka_unit_test(a_full_ring_proves_enough),
        cmocka_unit_test(a_slope_within_the_spread_does_not_settle),
        cmocka_unit_test(readings_before_since_say_nothing),
        cmocka_unit_test(reset_forgets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
