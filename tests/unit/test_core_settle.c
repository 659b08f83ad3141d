/* When a weight stands still. */
#include "kiosk/core/settle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct settle_terms terms = {
    .short_ms = 600, .long_ms = 600, .division_g = 10, .samples = 4};

static struct settle begin(void)
{
    struct settle settle;
    settle_init(&settle);
    return settle;
}

static settled_t read(const struct settle *settle, int64_t since_ms)
{
    return settle_read(settle, since_ms, &terms);
}

static void nothing_is_no_weight(void **state)
{
    (void)state;
    struct settle settle = begin();
    settled_t now = read(&settle, INT64_MIN);
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
    settled_t now = read(&settle, INT64_MIN);
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
        assert_false(read(&settle, INT64_MIN).settled);
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
        settled_at = read(&settle, INT64_MIN).settled ? i : -1;
    }
    assert_true(settled_at > 10); /* not while it swung */
    assert_in_range(read(&settle, INT64_MIN).grams, 2990, 3010);
}

static void a_few_fast_readings_do_not_cover_the_window(void **state)
{
    (void)state;
    struct settle settle = begin();
    for (int i = 0; i < 10; i++) {
        settle_push(&settle, i * 20, 500);
    }
    settled_t now = read(&settle, INT64_MIN);
    assert_false(now.settled); /* 180 ms of 600 */
    assert_true(now.has_estimate);
    assert_int_equal(now.grams, 500);
    settle_push(&settle, 450, 500);
    assert_true(read(&settle, INT64_MIN).settled);
}

static void slow_scale_settles_over_four_readings(void **state)
{
    (void)state;
    struct settle settle = begin();
    for (int i = 0; i < 3; i++) {
        settle_push(&settle, i * 500, 700);
        assert_false(read(&settle, INT64_MIN).settled);
    }
    settle_push(&settle, 1500, 700);
    assert_true(read(&settle, INT64_MIN).settled);
    settle_push(&settle, 2000, 900);
    assert_false(read(&settle, INT64_MIN).settled);
}

static void fast_scale_wraps_the_ring(void **state)
{
    (void)state;
    struct settle settle = begin();
    for (int i = 0; i < 1000; i++) {
        settle_push(&settle, i * 20, i < 900 ? i * 50 : 8000);
        bool still = i >= 900 + 29; /* 600 ms of readings, the last of the ramp as a spike */
        assert_int_equal(read(&settle, INT64_MIN).settled, still);
    }
    assert_int_equal(read(&settle, INT64_MIN).grams, 8000);
}

/* A longer window than the ring can hold must not keep a fast scale from ever settling. */
static void a_full_ring_proves_enough(void **state)
{
    (void)state;
    struct settle settle = begin();
    const struct settle_terms patient = {
        .short_ms = 5000, .long_ms = 5000, .division_g = 10, .samples = 4};
    for (int i = 0; i < SETTLE_SAMPLES_MAX; i++) {
        assert_false(settle_read(&settle, INT64_MIN, &patient).settled);
        settle_push(&settle, i * 20, 700);
    }
    assert_true(settle_read(&settle, INT64_MIN, &patient).settled);
}

/* A flickering scale is allowed a larger spread, but no slope that hides in it. */
static void a_slope_within_the_spread_does_not_settle(void **state)
{
    (void)state;
    struct settle settle = begin();
    const struct settle_terms noisy = {
        .short_ms = 600, .long_ms = 600, .division_g = 10, .samples = 4, .noise_mg = 20000};
    for (int i = 0; i <= 30; i++) {
        settle_push(&settle, i * 20, 1000 + (i % 2 == 0 ? -20 : 20) + 4 * i);
    }
    assert_false(settle_read(&settle, INT64_MIN, &noisy).settled);
    for (int i = 31; i <= 61; i++) {
        settle_push(&settle, i * 20, 1060 + (i % 2 == 0 ? -20 : 20));
    }
    assert_true(settle_read(&settle, INT64_MIN, &noisy).settled);
    assert_in_range(settle_read(&settle, INT64_MIN, &noisy).grams, 1058, 1062);
    assert_false(read(&settle, INT64_MIN).settled); /* a quiet scale does not scatter so */
}

/* One reading of a bad contact says nothing; two are a movement. */
static void one_spike_does_not_count(void **state)
{
    (void)state;
    struct settle settle = begin();
    for (int i = 0; i <= 12; i++) {
        settle_push(&settle, i * 50, i == 7 ? 9000 : 800);
    }
    settled_t now = read(&settle, INT64_MIN);
    assert_true(now.settled);
    assert_int_equal(now.grams, 800);
    assert_int_equal(now.spread_g, 0);
    settle_push(&settle, 650, 9000);
    assert_false(read(&settle, INT64_MIN).settled);
}

/* Quiet, it is believed after the short window; scattering, after the long one. */
static void short_window_is_for_the_quiet(void **state)
{
    (void)state;
    const struct settle_terms quick = {.short_ms = 300, .long_ms = 1000, .division_g = 10};
    struct settle settle = begin();
    for (int i = 0; i <= 4; i++) {
        settle_push(&settle, i * 100, 500);
    }
    assert_true(settle_read(&settle, INT64_MIN, &quick).settled);
    settle_reset(&settle);
    static const int32_t tail[] = {470, 480, 490, 490, 500, 500, 500, 500};
    for (int i = 0; i < 8; i++) {
        settle_push(&settle, i * 100, tail[i]);
        bool rests = i >= 6; /* not while it still creeps upwards */
        assert_int_equal(settle_read(&settle, INT64_MIN, &quick).settled, rests);
    }
}

/* How far the mean may be off: much while it scatters or moves, nothing at rest. */
static void doubt_tells_what_may_hide(void **state)
{
    (void)state;
    struct settle settle = begin();
    for (int i = 0; i < 20; i++) {
        settle_push(&settle, i * 100, 1000 + (i % 2 == 0 ? 300 : -300));
    }
    settled_t scattered = settle_estimate(&settle, INT64_MIN, 3000);
    assert_in_range(scattered.doubt_g, 150, 600);
    settle_reset(&settle);
    for (int i = 0; i < 20; i++) {
        settle_push(&settle, i * 100, 1000);
    }
    assert_int_equal(settle_estimate(&settle, INT64_MIN, 3000).doubt_g, 0);
}

static void readings_before_since_say_nothing(void **state)
{
    (void)state;
    struct settle settle = begin();
    for (int i = 0; i <= 10; i++) {
        settle_push(&settle, i * 100, 400);
    }
    assert_true(read(&settle, 400).settled);
    assert_false(read(&settle, 700).settled);
    assert_true(read(&settle, 1000).has_estimate);
    assert_false(read(&settle, 1001).has_estimate);
}

static void reset_forgets(void **state)
{
    (void)state;
    struct settle settle = begin();
    for (int i = 0; i <= 10; i++) {
        settle_push(&settle, i * 100, 400);
    }
    settle_reset(&settle);
    assert_false(read(&settle, INT64_MIN).has_estimate);
    settle_push(&settle, 1100, 90);
    assert_int_equal(read(&settle, INT64_MIN).grams, 90);
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
        cmocka_unit_test(one_spike_does_not_count),
        cmocka_unit_test(short_window_is_for_the_quiet),
        cmocka_unit_test(doubt_tells_what_may_hide),
        cmocka_unit_test(readings_before_since_say_nothing),
        cmocka_unit_test(reset_forgets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
