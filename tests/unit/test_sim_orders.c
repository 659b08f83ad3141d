/* Simulated scales that can be told to zero and tare do it as real ones do: what they show is read
 * by the kiosk's own drivers, and what they are told is what those drivers send. */
#include "hw/port.h"
#include "hw/sim/sim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DEAF = 0, BIN = 1, OTHER = 3, QUIET_MS = 5000, LIGHT_G = 1200, HEAVY_G = 40000 };

static struct sim *sim;
static int64_t now_ms;
static struct port ports[SIM_BINS];
static struct hw_value shown[SIM_BINS];
static char last[SIM_BINS][64]; /* bytes of the last frame, as text */

static void take_values(void *context, const struct hw_value *values, size_t count)
{
    assert_int_equal(count, 1);
    *(struct hw_value *)context = values[0];
}

static void take_bytes(void *context, int64_t t_ms, int port, const uint8_t *bytes, size_t count)
{
    (void)context;
    if (port < SIM_BINS) {
        port_feed_values(&ports[port], bytes, count, t_ms, take_values, &shown[port]);
        memcpy(last[port], bytes, count);
        last[port][count] = '\0';
    }
}

static void run(int64_t ms)
{
    const struct sim_sink sink = {.bytes = take_bytes};
    now_ms += ms;
    sim_advance(sim, now_ms, &sink);
}

static int set_up(void **state)
{
    (void)state;
    sim = malloc(sim_size());
    now_ms = 1000;
    sim_init(sim, now_ms, 4, 0);
    for (int i = 0; i < SIM_BINS; i++) {
        const struct hw_driver *driver = hw_driver_find(sim_ports[i].protocol);
        const struct port_config config = {.driver = driver,
                                           .options = {.checksum = driver->checksum_default}};
        port_init(&ports[i], &config);
    }
    run(QUIET_MS);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(sim);
    return 0;
}

static void put_in(int bin, int32_t grams)
{
    sim_empty(sim, bin);
    run(QUIET_MS + QUIET_MS);
    sim_throw(sim, bin, grams);
    run(QUIET_MS);
}

/* What the kiosk's driver sends for that command. */
static void tell(int bin, enum hw_command command)
{
    const struct hw_options options = {.checksum = false};
    uint8_t request[HW_REQUEST_MAX];
    const size_t length =
        hw_driver_find(sim_ports[BIN].protocol)->command(&options, command, request);
    assert_true(length > 0);
    sim_hear(sim, bin, request, length);
    run(QUIET_MS);
}

static int32_t grams_of(int bin)
{
    int32_t grams = INT32_MIN;
    assert_true(hw_value_to_grams(&shown[bin], "kg", &grams));
    return grams;
}

static void expect_about(int bin, int32_t grams)
{
    assert_in_range(grams_of(bin) + 1000000, grams + 1000000 - 10, grams + 1000000 + 10);
}

static void what_lies_there_becomes_nothing(void **state)
{
    (void)state;
    put_in(BIN, LIGHT_G);
    expect_about(BIN, LIGHT_G);
    tell(BIN, HW_COMMAND_ZERO);
    expect_about(BIN, 0);
    assert_int_equal(shown[BIN].status, READING_OK);
    assert_memory_equal(last[BIN], "ST,GS,", 6);
    assert_int_equal(sim_grams(sim, BIN), LIGHT_G);
    sim_throw(sim, BIN, 500);
    run(QUIET_MS);
    expect_about(BIN, 500);
}

static void another_scale_is_not_meant(void **state)
{
    (void)state;
    put_in(BIN, LIGHT_G);
    put_in(OTHER, LIGHT_G);
    tell(BIN, HW_COMMAND_ZERO);
    expect_about(OTHER, LIGHT_G);
}

static void too_much_is_not_made_the_zero(void **state)
{
    (void)state;
    put_in(BIN, HEAVY_G);
    tell(BIN, HW_COMMAND_ZERO);
    expect_about(BIN, HEAVY_G);
}

static void a_moving_scale_does_not_obey(void **state)
{
    (void)state;
    put_in(BIN, LIGHT_G);
    sim_throw(sim, BIN, 800);
    run(150);
    tell(BIN, HW_COMMAND_ZERO);
    expect_about(BIN, LIGHT_G + 800);
}

static void a_tare_is_taken_off_until_it_is_cleared(void **state)
{
    (void)state;
    put_in(BIN, HEAVY_G);
    tell(BIN, HW_COMMAND_TARE);
    expect_about(BIN, 0);
    assert_memory_equal(last[BIN], "ST,NT,", 6);
    sim_throw(sim, BIN, 250);
    run(QUIET_MS);
    expect_about(BIN, 250);
    tell(BIN, HW_COMMAND_ZERO); /* not of a net weight */
    expect_about(BIN, 250);
    tell(BIN, HW_COMMAND_CLEAR_TARE);
    expect_about(BIN, HEAVY_G + 250);
    assert_memory_equal(last[BIN], "ST,GS,", 6);
}

static void only_whole_orders_count(void **state)
{
    (void)state;
    static const char *const no_orders[] = {"\r\n",   "XMZ\r\n",    "MZ \r\n",
                                            "mz\r\n", "M\r\nZ\r\n", "MZMZMZMZMZMZ\r\n"};
    put_in(BIN, LIGHT_G);
    for (size_t i = 0; i < sizeof no_orders / sizeof no_orders[0]; i++) {
        sim_hear(sim, BIN, (const uint8_t *)no_orders[i], strlen(no_orders[i]));
        run(QUIET_MS);
        expect_about(BIN, LIGHT_G);
    }
    /* In pieces it is one all the same. */
    sim_hear(sim, BIN, (const uint8_t *)"M", 1);
    sim_hear(sim, BIN, (const uint8_t *)"Z", 1);
    run(QUIET_MS);
    expect_about(BIN, LIGHT_G);
    sim_hear(sim, BIN, (const uint8_t *)"\n", 1);
    run(QUIET_MS);
    expect_about(BIN, 0);
}

static void continuous_yaohua_output_hears_nothing(void **state)
{
    (void)state;
    put_in(DEAF, LIGHT_G);
    tell(DEAF, HW_COMMAND_ZERO);
    expect_about(DEAF, LIGHT_G);
    assert_null(hw_driver_find(sim_ports[DEAF].protocol)->command);
}

#define SIM_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SIM_TEST(what_lies_there_becomes_nothing),         SIM_TEST(another_scale_is_not_meant),
        SIM_TEST(too_much_is_not_made_the_zero),           SIM_TEST(a_moving_scale_does_not_obey),
        SIM_TEST(a_tare_is_taken_off_until_it_is_cleared), SIM_TEST(only_whole_orders_count),
        SIM_TEST(continuous_yaohua_output_hears_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
