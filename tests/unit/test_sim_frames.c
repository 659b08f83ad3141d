/* What the simulated devices say is what the drivers of hw/ understand, and near the true mass. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hw/port.h"
#include "hw/sim/sim.h"

enum { DIVISION_G = 10, NOISE_G = 5, SETTLE_MS = 2500 };

struct bench {
    struct sim *sim;
    struct port ports[SIM_PORT_COUNT];
    reading_t last[SIM_PORT_COUNT][SIM_BINS + 1]; /* by port and channel */
    int64_t now_ms;
    int32_t highest_g[SIM_BINS];
};

static void take_reading(void *context, const reading_t *reading)
{
    struct bench *bench = context;
    bench->last[reading->port][reading->channel] = *reading;
    if (reading->kind == READING_WEIGHT && reading->has_value &&
        reading->grams > bench->highest_g[reading->port]) {
        bench->highest_g[reading->port] = reading->grams;
    }
}

static void take_bytes(void *context, int64_t t_ms, int port, const uint8_t *bytes, size_t count)
{
    struct bench *bench = context;
    port_feed(&bench->ports[port], bytes, count, t_ms, take_reading, bench);
}

static void bench_open(struct bench *bench, const char *scenario)
{
    char error[SIM_ERROR_MAX] = "";
    *bench = (struct bench){.sim = malloc(sim_size())};
    assert_non_null(bench->sim);
    for (int port = 0; port < SIM_PORT_COUNT; port++) {
        struct port_config config = {
            .driver = hw_driver_find(sim_ports[port].protocol),
            .options = {.checksum = true, .unit = "kg"},
            .index = (uint8_t)port,
            .equal_frames = 1,
        };
        assert_non_null(config.driver);
        assert_string_equal(config.driver->line, sim_ports[port].line);
        port_init(&bench->ports[port], &config);
    }
    sim_init(bench->sim, 0, 11, 0);
    if (sim_load_scenario(bench->sim, scenario, error) != 0) {
        fail_msg("%s", error);
    }
}

static void bench_run(struct bench *bench, int64_t until_ms)
{
    const struct sim_sink sink = {.context = bench, .bytes = take_bytes};
    sim_advance(bench->sim, until_ms, &sink);
    bench->now_ms = until_ms;
}

static void bench_close(struct bench *bench)
{
    for (int port = 0; port < SIM_PORT_COUNT; port++) {
        const struct port_stats *stats = &bench->ports[port].stats;
        for (int reason = 0; reason < REJECT_REASON_COUNT; reason++) {
            assert_true(stats->rejects[reason] == 0);
        }
    }
    free(bench->sim);
}

static void assert_weight_near_truth(const struct bench *bench, int bin)
{
    const reading_t *reading = &bench->last[bin][1];
    assert_true(reading->has_value);
    assert_true(reading->t_ms > bench->now_ms - 150);
    assert_int_equal(reading->status, READING_OK);
    int32_t error_g = reading->grams - sim_grams(bench->sim, bin);
    assert_in_range(error_g + DIVISION_G + NOISE_G, 0, 2 * (DIVISION_G + NOISE_G));
}

static void a_resting_site_shows_its_contents(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, "at 0 contents 1 12340\nat 0 contents 2 -60\n"
                       "at 0 contents 3 0\nat 0 contents 4 59990\n");
    for (int64_t t_ms = 1000; t_ms <= 60000; t_ms += 1000) {
        bench_run(&bench, t_ms);
        for (int bin = 0; bin < SIM_BINS; bin++) {
            assert_weight_near_truth(&bench, bin);
        }
    }
    bench_close(&bench);
}

static void every_bag_settles_within_two_and_a_half_seconds_of_the_lid(void **state)
{
    (void)state;
    static const int32_t bags_g[] = {60, 75, 480, 1234, 6000};
    char scenario[2048] = "";
    size_t length = 0;
    for (size_t i = 0; i < 4 * sizeof bags_g / sizeof bags_g[0]; i++) {
        int bin = (int)(i % 4) + 1;
        length += (size_t)snprintf(scenario + length, sizeof scenario - length,
                                   "at %zu open %d\nafter 1 throw %d %d\nafter 0.8 close %d\n",
                                   10 + 10 * i, bin, bin, (int)bags_g[i / 4], bin);
    }
    struct bench bench;
    bench_open(&bench, scenario);
    for (size_t i = 0; i < 4 * sizeof bags_g / sizeof bags_g[0]; i++) {
        bench_run(&bench, (int64_t)(10 + 10 * i) * 1000 + 1800 + SETTLE_MS);
        assert_weight_near_truth(&bench, (int)(i % 4));
    }
    bench_close(&bench);
}

static void a_bag_swings_before_it_settles(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, "at 0 contents 2 1000\nat 5 open 2\nat 7 throw 2 2000\nat 9 close 2\n");
    bench_run(&bench, 7300);
    assert_int_equal(bench.last[1][1].status, READING_MOVING);
    bench_run(&bench, 12000);
    assert_true(bench.highest_g[1] > 3300);
    assert_weight_near_truth(&bench, 1);
    bench_close(&bench);
}

static void a_hand_on_the_lid_is_felt_and_goes(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, "at 0 contents 4 1000\nat 5 open 4\nat 10 close 4\n");
    bench_run(&bench, 9000);
    assert_weight_near_truth(&bench, 3);
    bench_run(&bench, 10000 + SETTLE_MS);
    assert_true(bench.highest_g[3] > 1050);
    assert_weight_near_truth(&bench, 3);
    bench_close(&bench);
}

static void leaning_comes_and_goes(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, "at 0 contents 1 5000\nat 5 lean 1 2000 4\n");
    bench_run(&bench, 8000);
    assert_in_range(bench.last[0][1].grams, 6500, 7500);
    bench_run(&bench, 9000 + SETTLE_MS);
    assert_weight_near_truth(&bench, 0);
    bench_close(&bench);
}

static void overload_is_a_flag_without_a_weight(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, "at 5 lean 4 180000 4\n");
    bench_run(&bench, 8000);
    assert_int_equal(bench.last[3][1].status, READING_OVERLOAD);
    assert_false(bench.last[3][1].has_value);
    bench_run(&bench, 9000 + 2 * SETTLE_MS);
    assert_weight_near_truth(&bench, 3);
    bench_close(&bench);
}

static void a_bin_taken_away_is_missing_and_its_successor_is_empty(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, "at 0 contents 2 40000\nat 3 open 2\nat 5 empty 2\nat 14 close 2\n");
    bench_run(&bench, 8500);
    assert_true(bench.last[1][1].grams < -8000);
    bench_run(&bench, 14000 + SETTLE_MS);
    assert_int_equal(sim_grams(bench.sim, 1), 0);
    assert_weight_near_truth(&bench, 1);
    bench_close(&bench);
}

static void lids_are_told_at_once(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, "at 3.333 open 3\nat 5 close 3\n");
    bench_run(&bench, 3332);
    assert_false(bench.last[SIM_PORT_LIDS][3].lid_open);
    bench_run(&bench, 3333);
    assert_true(bench.last[SIM_PORT_LIDS][3].lid_open);
    assert_false(bench.last[SIM_PORT_LIDS][2].lid_open);
    bench_run(&bench, 5000);
    assert_false(bench.last[SIM_PORT_LIDS][3].lid_open);
    bench_close(&bench);
}

static void a_frozen_scale_repeats_itself(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, "at 0 contents 3 2000\nat 3 freeze s3\nat 4 open 3\nat 5 throw 3 900\n"
                       "at 6 close 3\nat 20 thaw s3\n");
    bench_run(&bench, 2950);
    int32_t frozen_g = bench.last[2][1].grams;
    bench_run(&bench, 19000);
    assert_int_equal(bench.last[2][1].grams, frozen_g);
    assert_true(bench.last[2][1].t_ms > 18800);
    bench_run(&bench, 21000);
    assert_weight_near_truth(&bench, 2);
    bench_close(&bench);
}

static void frames_after_garbage_are_read_again(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench, "at 3 garbage s1 40\nat 3 garbage s2 40\nat 3 garbage l1 40\n");
    bench_run(&bench, 3000);
    uint64_t before[SIM_PORT_COUNT];
    for (int port = 0; port < SIM_PORT_COUNT; port++) {
        before[port] = bench.ports[port].stats.frames;
    }
    bench_run(&bench, 6000);
    for (int port = 0; port < SIM_PORT_COUNT; port++) {
        uint64_t expected = port == SIM_PORT_LIDS ? 6 : 30;
        assert_true(bench.ports[port].stats.frames - before[port] >= expected - 2);
    }
    free(bench.sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_resting_site_shows_its_contents),
        cmocka_unit_test(every_bag_settles_within_two_and_a_half_seconds_of_the_lid),
        cmocka_unit_test(a_bag_swings_before_it_settles),
        cmocka_unit_test(a_hand_on_the_lid_is_felt_and_goes),
        cmocka_unit_test(leaning_comes_and_goes),
        cmocka_unit_test(overload_is_a_flag_without_a_weight),
        cmocka_unit_test(a_bin_taken_away_is_missing_and_its_successor_is_empty),
        cmocka_unit_test(lids_are_told_at_once),
        cmocka_unit_test(a_frozen_scale_repeats_itself),
        cmocka_unit_test(frames_after_garbage_are_read_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
